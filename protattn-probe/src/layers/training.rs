//! The samples that a probe is trained on.

use super::FeatureKind;
use super::block_source::BlockSource;
use super::features::FeatureSet;
use super::target::Target;

/// The samples of all training proteins.
pub(super) struct TrainingSamples {
    /// Rows of the features of each sample, where a sample has a row.
    pub(super) rows: Vec<usize>,
    /// Rows of both residues of each sample, where it has the hidden states of two.
    pub(super) places: Vec<[usize; 2]>,
    pub(super) labels: Vec<usize>,
    /// Samples of each class, as if none had been left out.
    pub(super) frequencies: Vec<f64>,
    /// The protein of each sample.
    pub(super) groups: Vec<usize>,
    pub(super) n_proteins: usize,
}

impl TrainingSamples {
    /// Those of a task in this block; of the pairs that are negative, `negative_rate` are there.
    pub(super) fn new(
        set: &FeatureSet,
        task: usize,
        target: &Target,
        source: &BlockSource<'_>,
        negative_rate: f64,
    ) -> Self {
        let mut train = Self {
            rows: Vec::new(),
            places: Vec::new(),
            labels: Vec::new(),
            frequencies: vec![0.0; target.n_classes()],
            groups: Vec::new(),
            n_proteins: 0,
        };
        let pairs = set.layout.tasks[task].pairs;
        for (number, protein) in set.sets().0.iter().enumerate() {
            let (samples, rows) = (&protein.samples[task], source.rows_of(number));
            let (first, places) = (rows.start, samples.places.iter());
            match (pairs, source.block.kind) {
                (true, FeatureKind::Hidden) => {
                    train
                        .places
                        .extend(places.map(|[i, j]| [first + i, first + j]));
                }
                (true, FeatureKind::Attention) => train.rows.extend(rows),
                (false, _) => train.rows.extend(places.map(|[i, _]| first + i)),
            }
            let labels = samples.labels.iter().map(|label| target.class(*label));
            train.labels.extend(labels);
            train.groups.resize(train.labels.len(), number);
            train.n_proteins += usize::from(!samples.labels.is_empty());
        }
        for label in &train.labels {
            train.frequencies[*label] += 1.0;
        }
        if pairs {
            train.frequencies[0] /= negative_rate;
        }
        train
    }
}
