//! The features of proteins, with all that a fit needs to know of them.

use std::collections::HashSet;
use std::fmt;

use protattn_io::Skipped;
use protattn_model::run::{BoxError, Error, Sum};
use serde::{Deserialize, Serialize};

use super::samples::{Samples, Task};
use super::store::{FeatureFile, Store};
use super::{FeatureKind, Settings};

/// A protein that was read.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct ReadProtein {
    /// Its place among all proteins, those to train on first.
    pub(super) place: usize,
    /// The residues that are read.
    pub(super) sequence: String,
    /// Of each task.
    pub(super) samples: Vec<Samples>,
    /// Tasks whose labels could not be had.
    pub(super) skipped: Vec<Skipped>,
    /// Of each block its features, row after row; empty where they lie in a file.
    pub(super) values: Vec<Vec<f32>>,
    /// Where they lie in the file.
    #[serde(skip)]
    pub(super) offset: u64,
}

impl ReadProtein {
    pub(super) fn new(place: usize, sequence: &str) -> Self {
        Self {
            place,
            sequence: sequence.to_owned(),
            ..Self::default()
        }
    }

    pub(super) fn bytes(&self) -> u64 {
        let values: usize = self.values.iter().map(Vec::len).sum();
        let samples: usize = self
            .samples
            .iter()
            .map(|samples| samples.labels.len())
            .sum();
        (self.sequence.len() + 4 * values + size_of::<[usize; 2]>() * samples) as u64
    }
}

/// What was passed over of some proteins.
pub(super) fn skipped(proteins: &[ReadProtein]) -> Vec<Skipped> {
    let skipped = proteins.iter().flat_map(|protein| &protein.skipped);
    skipped.cloned().collect()
}

/// The features of one kind and layer; those of attention are of the pairs of one task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Block {
    pub(super) kind: FeatureKind,
    /// 0 is the embedding.
    pub(super) layer: usize,
    /// The task, of attention.
    pub(super) task: Option<usize>,
    pub(super) n_features: usize,
}

impl Block {
    /// Rows that a protein has: one a residue, or one a pair of the task.
    pub(super) fn n_rows(&self, protein: &ReadProtein) -> usize {
        match self.task {
            None => protein.sequence.len(),
            Some(task) => protein.samples[task].places.len(),
        }
    }

    /// Bytes of the features of a protein.
    pub(super) fn bytes(&self, protein: &ReadProtein) -> u64 {
        4 * self.n_features as u64 * self.n_rows(protein) as u64
    }
}

impl fmt::Display for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, layer {}", self.kind, self.layer)
    }
}

/// What there is of every protein: tasks, and blocks of features.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Layout {
    pub(super) tasks: Vec<Task>,
    pub(super) blocks: Vec<Block>,
    /// Proteins of places below are those to train on.
    pub(super) n_train: usize,
}

impl Layout {
    /// The layout for settings that were checked, of a model of this width and so many heads a layer.
    pub(super) fn new(
        tasks: Vec<Task>,
        n_train: usize,
        settings: &Settings,
        [width, n_heads]: [usize; 2],
    ) -> Self {
        let layers = &settings.layers;
        let has = |kind| settings.features.contains(&kind);
        let hidden = layers.iter().filter(|_| has(FeatureKind::Hidden));
        let hidden = hidden.map(|layer| Block {
            kind: FeatureKind::Hidden,
            layer: *layer,
            task: None,
            n_features: width,
        });
        let mut blocks: Vec<Block> = hidden.collect();
        for (task, _) in tasks.iter().enumerate().filter(|(_, task)| task.pairs) {
            let layers = layers
                .iter()
                .filter(|layer| **layer > 0 && has(FeatureKind::Attention));
            blocks.extend(layers.map(|layer| Block {
                kind: FeatureKind::Attention,
                layer: *layer,
                task: Some(task),
                n_features: n_heads,
            }));
        }
        Self {
            tasks,
            blocks,
            n_train,
        }
    }

    /// The blocks of a kind and layer, with their numbers.
    pub(super) fn of_layer(
        &self,
        kind: FeatureKind,
        layer: usize,
    ) -> impl Iterator<Item = (usize, &Block)> {
        let blocks = self.blocks.iter().enumerate();
        blocks.filter(move |(_, block)| block.kind == kind && block.layer == layer)
    }

    /// Bytes of all features of a protein.
    pub(super) fn bytes(&self, protein: &ReadProtein) -> u64 {
        self.blocks.iter().map(|block| block.bytes(protein)).sum()
    }
}

/// What a fit needs of some proteins, or of all.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Features {
    /// `None` for that of the first that is added.
    layout: Option<Layout>,
    proteins: Vec<ReadProtein>,
    #[serde(skip)]
    store: Store,
}

impl Features {
    /// Of no proteins yet.
    pub(super) fn new(layout: Option<Layout>, store: Store) -> Self {
        Self {
            layout,
            proteins: Vec::new(),
            store,
        }
    }

    /// Adds a protein.
    pub(super) fn push(&mut self, mut protein: ReadProtein) -> Result<(), Error> {
        self.store.take(&mut protein)?;
        self.proteins.push(protein);
        Ok(())
    }

    /// All features, now that they are there.
    pub(super) fn complete(self) -> Result<FeatureSet, Error> {
        let mut proteins = self.proteins;
        proteins.sort_by_key(|protein| protein.place);
        if proteins.windows(2).any(|two| two[0].place == two[1].place) {
            return Err(Error::Twice);
        }
        let layout = self
            .layout
            .ok_or_else(|| Error::data("there are no features"))?;
        Ok(FeatureSet {
            n_train: proteins.partition_point(|protein| protein.place < layout.n_train),
            layout,
            proteins,
            file: self.store.into_file(),
        })
    }

    /// Proteins that were read.
    pub(super) fn proteins(&self) -> &[ReadProtein] {
        &self.proteins
    }

    /// Bytes held in memory.
    fn held(&self) -> u64 {
        self.proteins.iter().map(ReadProtein::bytes).sum()
    }
}

impl Sum for Features {
    fn add(&mut self, other: Self) -> Result<(), BoxError> {
        match (&self.layout, &other.layout) {
            (Some(layout), Some(added)) if layout != added => {
                return Err("features of other tasks or layers cannot be added".into());
            }
            (None, _) => self.layout = other.layout,
            _ => {}
        }
        for protein in other.proteins {
            self.push(protein)?;
        }
        Ok(self.store.check(self.held())?)
    }

    fn bytes(&self) -> u64 {
        self.held()
    }
}

/// What fits need of all proteins, in the order of their places.
#[derive(Debug)]
pub(super) struct FeatureSet {
    pub(super) layout: Layout,
    pub(super) proteins: Vec<ReadProtein>,
    /// The first of the proteins are those to train on.
    pub(super) n_train: usize,
    /// Where the features lie, if not in memory.
    pub(super) file: Option<FeatureFile>,
}

impl FeatureSet {
    /// The proteins to train on, and those to judge by.
    pub(super) fn sets(&self) -> (&[ReadProtein], &[ReadProtein]) {
        self.proteins.split_at(self.n_train)
    }

    /// Says if what is learned is judged by proteins that it was learned from.
    pub(super) fn shared(&self) -> Option<String> {
        let (train, eval) = self.sets();
        let known: HashSet<&str> = train
            .iter()
            .map(|protein| protein.sequence.as_str())
            .collect();
        let is_known = |protein: &&ReadProtein| known.contains(protein.sequence.as_str());
        let n = eval.iter().filter(is_known).count();
        (n > 0).then(|| {
            format!(
                "{n} of {} evaluation proteins have a sequence that is trained on too: the scores say \
                 less than they seem to; divide the data by similarity",
                eval.len()
            )
        })
    }
}
