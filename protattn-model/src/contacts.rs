//! Contacts between residues, predicted from the attention of all layers and heads.

use ndarray::{Array2, ArrayView2, ArrayView3, Axis, Zip, aview1};
use protattn_io::ProductCorrection;

use crate::checkpoint::Checkpoint;
use crate::error::{Error, SinkError};
use crate::info::Info;
use crate::sink::{Output, Sink};

const WEIGHT: &str = "contact_head.regression.weight";
const BIAS: &str = "contact_head.regression.bias";

/// A logistic regression from attention to contacts, with a weight for each head of each layer
/// (Rao et al., "Transformer protein language models are unsupervised structure learners", ICLR
/// 2021; transformers 5.23, `EsmContactPredictionHead`).
///
/// Checkpoints of ESM-1b and ESM-2 come with one; see
/// [`Model::contact_head`](crate::Model::contact_head). One that was fitted elsewhere can be
/// applied to the attention of any model, by [`new`](Self::new) and [`Contacts`].
#[derive(Debug, Clone, PartialEq)]
pub struct ContactHead {
    weights: Array2<f32>,
    bias: f32,
}

impl ContactHead {
    /// The regression with these weights, [layer, head], and this bias.
    ///
    /// # Errors
    /// [`Error::NonFiniteWeight`] if one of the numbers is NaN or infinite; the tensor is named as
    /// in the checkpoints of ESM, and an element of the weights is counted row by row.
    pub fn new(weights: Array2<f32>, bias: f32) -> Result<Self, Error> {
        let refuse = |tensor: &str, index| {
            let tensor = tensor.to_owned();
            Err(Error::NonFiniteWeight { tensor, index })
        };
        if let Some(index) = weights.iter().position(|weight| !weight.is_finite()) {
            return refuse(WEIGHT, index);
        }
        if !bias.is_finite() {
            return refuse(BIAS, 0);
        }
        Ok(Self { weights, bias })
    }

    /// Reads the head of a checkpoint, if it is there.
    pub(crate) fn load(
        checkpoint: &Checkpoint<'_>,
        layers: usize,
        heads: usize,
    ) -> Result<Option<Self>, Error> {
        let Some(weights) = checkpoint.beside_the_pass(WEIGHT, &[1, layers * heads])? else {
            return Ok(None);
        };
        let bias = checkpoint.beside_the_pass(BIAS, &[1])?;
        let bias = bias.ok_or_else(|| checkpoint.missing(BIAS))?;
        let weights = Array2::from_shape_vec((layers, heads), weights);
        let weights = weights.expect("the checkpoint sees to the shape");
        Ok(Some(Self {
            weights,
            bias: bias[0],
        }))
    }

    /// The weight of each head, [layer, head].
    #[must_use]
    pub fn weights(&self) -> ArrayView2<'_, f32> {
        self.weights.view()
    }

    /// What is added to the weighted sum.
    #[must_use]
    pub fn bias(&self) -> f32 {
        self.bias
    }

    /// Whether the attention of a layer is needed. That of the first always is: it says how many
    /// residues there are.
    fn reads(&self, layer: usize) -> bool {
        let weights = self.weights.axis_iter(Axis(0)).nth(layer);
        weights.is_some_and(|weights| layer == 0 || weights.iter().any(|&weight| weight != 0.0))
    }
}

/// A sink that turns the attention of a pass into the probability of a contact for each pair of
/// residues, by a [`ContactHead`].
///
/// The attention a of each head, [from, to] without special tokens, is made symmetric,
/// s = a + aᵀ, and corrected for what its residues have in common with all others
/// ([`ProductCorrection`]): c(i, j) = s(i, j) - r(i) r(j) / t, where r(i) is the sum of row i of s and
/// t that of all rows. The probability is 1 / (1 + exp(-x)), where x(i, j) is the bias plus the sum
/// over layers and heads of weight times c(i, j). It is what transformers 5.23 computes (`EsmModel`,
/// `predict_contacts`) for a sequence without padding, but that a head whose residues pay each
/// other no attention at all adds 0 here and NaN there.
///
/// Maps are added up one by one in double precision: what is kept is one number for each pair of
/// residues, whatever the number of layers and heads. Layers and heads of weight 0 are passed
/// over, and a pass goes no further than the last layer that has another.
///
/// The sink can be used for one pass after another. It is meant for passes without the special
/// tokens, as [`Model::forward`](crate::Model::forward) runs them; with them, what it gives are
/// pairs of tokens, and the corrections are other ones.
///
/// ```
/// use protattn_model::ndarray::array;
/// use protattn_model::{ContactHead, Contacts, Model, Workspace};
///
/// # let config = br#"{"model_type": "bert", "vocab_size": 30, "hidden_size": 16,
/// #     "num_hidden_layers": 3, "num_attention_heads": 2, "intermediate_size": 32}"#;
/// let model = Model::random(config, None, 1)?;
/// // Two heads of three layers. One of ESM: model.contact_head(), where it is Some.
/// let head = ContactHead::new(array![[0.0, 4.1], [0.0, 0.0], [7.3, 0.0]], -2.0)?;
///
/// let tokens = model.tokenizer().encode("MKTAYIAK", None)?;
/// let mut contacts = Contacts::new(&head, model.info())?;
/// model.forward(&tokens, &mut Workspace::new(), &mut contacts)?;
/// let probabilities = contacts.probabilities().expect("the pass has gone through");
///
/// assert_eq!(probabilities.dim(), (8, 8));
/// assert_eq!(probabilities, probabilities.t());
/// // Even attention, as untrained models have it, says nothing: 1 / (1 + exp(2)) is left.
/// assert!(probabilities.iter().all(|p| (p - 0.119).abs() < 0.01));
/// # Ok::<(), protattn_model::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Contacts<'h> {
    head: &'h ContactHead,
    /// [from, to]: the weighted sum of the maps, which is made symmetric at the end.
    sum: Array2<f64>,
    /// Layers that are still to come in this pass; `None` before the first.
    missing: Option<usize>,
}

impl<'h> Contacts<'h> {
    /// A sink for passes of the model that `info` is of.
    ///
    /// # Errors
    /// [`Error::ContactHeadShape`] if the head has not a weight for each of the model's heads.
    pub fn new(head: &'h ContactHead, info: &Info) -> Result<Self, Error> {
        let (found, expected) = (head.weights.dim(), (info.n_layers, info.n_heads));
        if found != expected {
            return Err(Error::ContactHeadShape { found, expected });
        }
        Ok(Self {
            head,
            sum: Array2::default((0, 0)),
            missing: None,
        })
    }

    /// The probability of a contact, [residue, residue], each in 0..=1, symmetric, of the last
    /// pass; `None` if there was none, or it has not come to its end.
    ///
    /// Pairs near each other in sequence, and residues with themselves, have a number like all
    /// others but no meaning: the regressions of ESM were fitted to pairs at least 6 apart.
    #[must_use]
    pub fn probabilities(&self) -> Option<Array2<f32>> {
        if self.missing != Some(0) {
            return None;
        }
        let bias = f64::from(self.head.bias);
        let probability = |&a: &f64, &b: &f64| (1.0 / (1.0 + (-(a + b) - bias).exp())) as f32;
        Some(
            Zip::from(&self.sum)
                .and(self.sum.t())
                .map_collect(probability),
        )
    }

    /// Begins with the first layer of a pass.
    fn begin(&mut self, residues: usize) {
        if self.sum.dim() == (residues, residues) {
            self.sum.fill(0.0);
        } else {
            self.sum = Array2::zeros((residues, residues));
        }
        let layers = 0..self.head.weights.nrows();
        self.missing = Some(layers.filter(|&layer| self.head.reads(layer)).count());
    }

    /// Adds the corrected map of one head, half of it: the other half is its mirror image.
    fn add(&mut self, map: ArrayView2<'_, f32>, weight: f64) {
        // A row sums to at most 1: single precision loses nothing that the map itself has.
        let row_sum = |row: &[f32]| f64::from(aview1(row).sum());
        let correction = ProductCorrection::new(map, row_sum).with_transpose();
        let columns = aview1(correction.columns());
        for ((from, mut sum), row) in self.sum.outer_iter_mut().enumerate().zip(map.rows()) {
            let own = 0.5 * correction.share(from);
            Zip::from(&mut sum)
                .and(row)
                .and(columns)
                .for_each(|sum, &a, other| *sum += weight * (f64::from(a) - own * other));
        }
    }
}

impl Sink for Contacts<'_> {
    fn wants(&self, output: Output) -> bool {
        matches!(output, Output::Attention { layer } if self.head.reads(layer))
    }

    fn attention(&mut self, layer: usize, attention: ArrayView3<'_, f32>) -> Result<(), SinkError> {
        let head = self.head;
        if !head.reads(layer) {
            return Ok(());
        }
        if layer == 0 {
            self.begin(attention.len_of(Axis(1)));
        }
        let residues = self.sum.nrows();
        let (found, expected) = (attention.dim(), (head.weights.ncols(), residues, residues));
        if found != expected {
            let message = format!("attention of shape {found:?} for contacts of {expected:?}");
            return Err(message.into());
        }
        let weights = head.weights.row(layer);
        for (map, &weight) in attention.outer_iter().zip(weights) {
            if weight != 0.0 {
                self.add(map, f64::from(weight));
            }
        }
        self.missing = self.missing.and_then(|layers| layers.checked_sub(1));
        Ok(())
    }
}
