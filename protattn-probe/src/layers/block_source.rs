//! One block of features, as a source.

use std::ops::Range;

use ndarray::{Array2, Axis};

use super::features::{Block, FeatureSet};
use crate::{Error, FeatureSource, SourceError};

/// The features `[row, feature]` of one block, protein after protein, where they lie.
pub(super) struct BlockSource<'a> {
    set: &'a FeatureSet,
    number: usize,
    pub(super) block: Block,
    /// The first row of each protein, and the number of all.
    starts: Vec<usize>,
    /// All of them in memory, if they lie in a file and fit.
    loaded: Option<Array2<f32>>,
}

impl<'a> BlockSource<'a> {
    /// The block of this number.
    pub(super) fn new(set: &'a FeatureSet, number: usize) -> Self {
        let block = set.layout.blocks[number];
        let mut starts = vec![0];
        let mut next = 0;
        for protein in &set.proteins {
            next += block.n_rows(protein);
            starts.push(next);
        }
        Self {
            set,
            number,
            block,
            starts,
            loaded: None,
        }
    }

    /// Bytes of all features.
    pub(super) fn bytes(&self) -> u64 {
        4 * self.block.n_features as u64 * self.n_samples() as u64
    }

    /// The same with all features in memory, if they lie in a file.
    pub(super) fn loaded(mut self) -> Result<Self, Error> {
        if self.set.file.is_some() {
            self.loaded = Some(self.copied(0..self.n_samples())?);
        }
        Ok(self)
    }

    /// The rows of a protein.
    pub(super) fn rows_of(&self, protein: usize) -> Range<usize> {
        self.starts[protein]..self.starts[protein + 1]
    }

    /// A copy of the features of a protein.
    pub(super) fn of_protein(&self, protein: usize) -> Result<Array2<f32>, Error> {
        let rows = self.rows_of(protein);
        match &self.loaded {
            Some(all) => Ok(all.slice_axis(Axis(0), rows.into()).to_owned()),
            None => self.copied(rows),
        }
    }

    fn copied(&self, rows: Range<usize>) -> Result<Array2<f32>, Error> {
        let failed = |row: usize| move |source| Error::Source { row, source };
        let (first, shape) = (rows.start, (rows.len(), self.block.n_features));
        let mut values = Vec::new();
        let reserved = values.try_reserve_exact(shape.0 * shape.1);
        reserved.map_err(|error| failed(first)(error.into()))?;
        let mut buffer = Vec::new();
        // In pieces, so that features of a file are not in memory twice.
        for start in rows.clone().step_by(4096) {
            let piece = start..(start + 4096).min(rows.end);
            values.extend(self.rows(piece, &mut buffer).map_err(failed(start))?);
        }
        Array2::from_shape_vec(shape, values).map_err(|error| failed(first)(error.into()))
    }

    /// Lends some rows of one protein, or adds them to the buffer.
    fn lend<'b>(
        &'b self,
        protein: usize,
        rows: Range<usize>,
        buffer: &mut Vec<f32>,
    ) -> Result<Option<&'b [f32]>, SourceError> {
        let width = self.block.n_features;
        let of_protein = &self.set.proteins[protein];
        let Some(file) = &self.set.file else {
            let values = of_protein.values.get(self.number);
            let values = values.and_then(|values| values.get(rows.start * width..rows.end * width));
            return Ok(Some(values.ok_or("a protein has too few features")?));
        };
        let before = self.set.layout.blocks[..self.number].iter();
        let before: u64 = before.map(|block| block.bytes(of_protein)).sum();
        let offset = of_protein.offset + before + 4 * (rows.start * width) as u64;
        file.read(offset, rows.len() * width, buffer)?;
        Ok(None)
    }
}

impl FeatureSource for BlockSource<'_> {
    fn n_samples(&self) -> usize {
        self.starts[self.starts.len() - 1]
    }

    fn n_features(&self) -> usize {
        self.block.n_features
    }

    fn rows<'a>(
        &'a self,
        rows: Range<usize>,
        buffer: &'a mut Vec<f32>,
    ) -> Result<&'a [f32], SourceError> {
        if let Some(all) = &self.loaded {
            return FeatureSource::rows(all, rows, buffer);
        }
        buffer.clear();
        let mut row = rows.start;
        while row < rows.end {
            let protein = self.starts.partition_point(|start| *start <= row) - 1;
            let (first, end) = (self.starts[protein], rows.end.min(self.starts[protein + 1]));
            if let Some(lent) = self.lend(protein, row - first..end - first, buffer)? {
                if rows == (row..end) {
                    return Ok(lent);
                }
                buffer.extend_from_slice(lent);
            }
            row = end;
        }
        Ok(buffer)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use ndarray::array;

    use super::super::features::{Features, Layout, ReadProtein};
    use super::super::samples::{Samples, Task};
    use super::super::store::Store;
    use super::super::target::Target;
    use super::super::training::TrainingSamples;
    use super::super::{FeatureKind, Storage};
    use super::*;

    const HIDDEN: Block = Block {
        kind: FeatureKind::Hidden,
        layer: 1,
        task: None,
        n_features: 2,
    };
    const ATTENTION: Block = Block {
        kind: FeatureKind::Attention,
        layer: 1,
        task: Some(0),
        n_features: 1,
    };

    /// Proteins of 2 residues and no pair, of 1 and 1, and of 3 residues and 2 pairs, of which the first
    /// two are trained on; hidden features count from 0, those of attention from -1 down.
    fn set(store: Store) -> FeatureSet {
        let task = Task {
            name: "contact".to_owned(),
            classes: vec!["yes".to_owned()],
            pairs: true,
        };
        let layout = Layout {
            tasks: vec![task],
            blocks: vec![HIDDEN, ATTENTION],
            n_train: 5,
        };
        let protein = |place, hidden: &[f32], attention: &[f32]| ReadProtein {
            samples: vec![Samples {
                places: (0..attention.len()).map(|j| [0, j]).collect(),
                labels: vec![protattn_io::Label::NONE; attention.len()],
            }],
            values: vec![hidden.to_vec(), attention.to_vec()],
            ..ReadProtein::new(place, &"A".repeat(hidden.len() / 2))
        };
        let mut features = Features::new(Some(layout), store);
        let last = protein(7, &[6.0, 7.0, 8.0, 9.0, 10.0, 11.0], &[-2.0, -3.0]);
        for protein in [
            last,
            protein(0, &[0.0, 1.0, 2.0, 3.0], &[]),
            protein(4, &[4.0, 5.0], &[-1.0]),
        ] {
            features.push(protein).unwrap();
        }
        features.complete().unwrap()
    }

    #[test]
    fn rows_are_the_same_in_memory_and_in_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let scratch = Storage::default().scratch(folder.path().to_owned());
        for (store, load) in [
            (Store::default(), false),
            (scratch.open().unwrap(), false),
            (scratch.open().unwrap(), true),
        ] {
            let set = set(store);
            let source = |number| match BlockSource::new(&set, number) {
                source if load => source.loaded().unwrap(),
                source => source,
            };
            let (hidden, attention) = (source(0), source(1));
            let mut buffer = vec![9.0];
            let mut rows = |source: &BlockSource<'_>, rows: Range<usize>| {
                source.rows(rows, &mut buffer).unwrap().to_vec()
            };
            assert_eq!(
                (hidden.n_samples(), hidden.n_features(), hidden.bytes()),
                (6, 2, 48)
            );
            assert_eq!(rows(&hidden, 1..4), [2.0, 3.0, 4.0, 5.0, 6.0, 7.0]);
            assert_eq!(rows(&hidden, 4..6), [8.0, 9.0, 10.0, 11.0]);
            assert_eq!(rows(&attention, 0..3), [-1.0, -2.0, -3.0]);
            assert!(rows(&attention, 1..1).is_empty());
            assert_eq!(hidden.of_protein(1).unwrap(), array![[4.0, 5.0]]);
            assert_eq!(attention.of_protein(0).unwrap().dim(), (0, 1));
        }
    }

    #[test]
    fn a_place_is_taken_once_and_training_proteins_come_first() {
        let found = set(Store::default());
        assert_eq!((found.n_train, found.sets().1.len()), (2, 1));
        let mut twice = Features::new(Some(found.layout.clone()), Store::default());
        for _ in 0..2 {
            twice.push(ReadProtein::new(3, "A")).unwrap();
        }
        assert!(twice.complete().is_err());
    }

    #[test]
    fn training_samples_point_at_their_rows() {
        let set = set(Store::default());
        let target = Target::One(0);
        let train = |number| {
            let source = BlockSource::new(&set, number);
            TrainingSamples::new(&set, 0, &target, &source, 0.25)
        };
        // One pair of the second protein, residue 0 with itself; its hidden states are in row 2.
        let (hidden, attention) = (train(0), train(1));
        assert_eq!((hidden.places, hidden.rows), (vec![[2, 2]], vec![]));
        assert_eq!((attention.places, attention.rows), (vec![], vec![0]));
        assert_eq!((attention.groups, attention.n_proteins), (vec![1], 1));
        // Three negatives of four were left out.
        assert_eq!(attention.frequencies, [4.0, 0.0]);
    }
}
