//! Contacts from the attention of all heads of all layers.

use std::path::Path;

use ndarray::{Array2, ArrayView2};

use crate::probe::{Fit, Probe};
use crate::save::{self, Saved, damaged};
use crate::source::FeatureSource;
use crate::{Error, LogisticRegression};

/// The name of the entry of the metadata.
const KIND: &str = "protattn-contact-regression";

/// Contact prediction by logistic regression on the attention of all heads of all layers, made
/// symmetric and corrected (Rao et al. 2021, "Transformer protein language models are unsupervised
/// structure learners", section 3.2).
///
/// It is fitted on a few proteins, 20 there, on pairs at least 6 apart ([`PairSampling`]), with a
/// penalty on absolute values that leaves a few heads. `Contacts` of protattn-model applies it to the
/// attention of a pass, and [`contact_scores`](crate::contact_scores()) judges what comes of it.
///
/// Saved as safetensors, the tensors are `coefficients` `[layer, head]` and `intercept` `[1]`, F64,
/// and the metadata has one entry, `protattn-contact-regression`, whose lines are a name and a
/// value each: `version` (1), `layers`, `heads`, `min_separation`, `converged`, `iterations`,
/// `gradient_norm`, `objective` and `constant_features`.
///
/// [`PairSampling`]: crate::PairSampling
///
/// # Examples
///
/// ```
/// use protattn_probe::ndarray::{Array2, Array3};
/// use protattn_probe::{ContactRegression, PairAttention, PairSampling, attention_features};
///
/// // One layer of two heads over 12 residues; the first attends to what is in contact.
/// let contact = |i: usize, j: usize| i.abs_diff(j) >= 6 && (i + j) % 4 == 0;
/// let attention = Array3::from_shape_fn((2, 12, 12), |(head, i, j)| match head {
///     0 if contact(i, j) => 0.2,
///     0 => 0.05,
///     _ => ((i * 5 + j) % 7) as f32 / 20.0,
/// });
///
/// let samples = PairSampling::new(6).select(0, 12, |i, j| Some(contact(i, j)));
/// let mut features = Array2::zeros((samples.pairs.len(), 2));
/// let kind = PairAttention::Corrected;
/// attention_features(attention.view(), &samples.pairs, kind, features.view_mut())?;
/// let settings = ContactRegression::default_settings();
/// let regression = ContactRegression::fit(&settings, &features, &samples.labels, 1, 6)?;
///
/// let coefficients = regression.coefficients(); // [layer, head]
/// assert!(coefficients[[0, 0]] > 1.0 && coefficients[[0, 0]] > coefficients[[0, 1]]);
/// # Ok::<(), protattn_probe::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ContactRegression {
    /// `[layer, head]`
    coefficients: Array2<f64>,
    intercept: f64,
    min_separation: usize,
    fit: Fit,
}

impl ContactRegression {
    /// Settings after Rao et al.: a penalty on the absolute values of the coefficients of raw
    /// features, with a weight of 0.15 against the sum of losses (C = 1 / 0.15).
    pub fn default_settings() -> LogisticRegression {
        LogisticRegression::contact_settings()
    }

    /// Fits the regression. `features` is `[pair, layer * n_heads + head]`, as
    /// [`attention_features`](crate::attention_features) gives them for each layer with
    /// [`PairAttention::Corrected`](crate::PairAttention::Corrected), of the pairs of all proteins together; `labels` `[pair]` is 1
    /// for a contact and 0 for none. `min_separation` is what the pairs were chosen by, and is kept
    /// for whoever reads the result.
    ///
    /// # Errors
    ///
    /// Those of [`LogisticRegression::fit`], and [`Error::Heads`] if the features are not the same
    /// number for each of `n_layers` layers.
    pub fn fit(
        settings: &LogisticRegression,
        features: impl FeatureSource,
        labels: &[usize],
        n_layers: usize,
        min_separation: usize,
    ) -> Result<Self, Error> {
        let probe = settings.fit(features, labels, 2)?;
        Self::from_probe(&probe, n_layers, min_separation)
    }

    /// The regression of a probe of two classes that was fitted on such features otherwise: with
    /// a penalty chosen by cross-validation, or on some of the negatives and
    /// [corrected](Probe::correct_sampling).
    ///
    /// # Errors
    ///
    /// [`Error::NotBinary`] if the probe has more classes, [`Error::Heads`] if its features are
    /// not the same number for each of `n_layers` layers.
    pub fn from_probe(
        probe: &Probe,
        n_layers: usize,
        min_separation: usize,
    ) -> Result<Self, Error> {
        if probe.n_classes() != 2 {
            return Err(Error::NotBinary {
                n_classes: probe.n_classes(),
            });
        }
        let n_features = probe.n_features();
        let heads = Error::Heads {
            n_features,
            n_layers,
        };
        if n_layers == 0 || !n_features.is_multiple_of(n_layers) {
            return Err(heads);
        }
        let coefficients = probe.coefficients().iter().copied().collect();
        let coefficients = Array2::from_shape_vec((n_layers, n_features / n_layers), coefficients)
            .map_err(|_| heads)?;
        Ok(Self {
            coefficients,
            intercept: probe.intercepts()[0],
            min_separation,
            fit: *probe.fit(),
        })
    }

    /// Coefficients `[layer, head]`; 0 for a head that plays no part.
    pub fn coefficients(&self) -> ArrayView2<'_, f64> {
        self.coefficients.view()
    }

    /// The log odds of a contact where all features are 0.
    pub fn intercept(&self) -> f64 {
        self.intercept
    }

    /// How far apart the residues of the pairs were, at least, on which it was fitted.
    pub fn min_separation(&self) -> usize {
        self.min_separation
    }

    /// How the fit ended.
    pub fn fitted(&self) -> &Fit {
        &self.fit
    }

    /// The regression as the bytes of a safetensors file.
    ///
    /// # Errors
    ///
    /// [`Error::Damaged`] if the format cannot hold it, for which it would have to be huge.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Error> {
        let mut saved = Saved::new();
        let (n_layers, n_heads) = self.coefficients.dim();
        saved.set("layers", n_layers);
        saved.set("heads", n_heads);
        saved.set("min_separation", self.min_separation);
        saved.set_fit(&self.fit);
        saved.set_tensor("coefficients", &[n_layers, n_heads], &self.coefficients);
        saved.set_tensor("intercept", &[1], [&self.intercept]);
        saved.to_bytes(KIND)
    }

    /// Reads what [`to_bytes`](Self::to_bytes) wrote.
    ///
    /// # Errors
    ///
    /// [`Error::Damaged`] if the bytes are no contact regression, if tensors and metadata
    /// contradict each other, or if a number is not finite.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let mut saved = Saved::from_bytes(bytes, KIND, &["coefficients", "intercept"])?;
        let shape: [usize; 2] = [saved.value("layers")?, saved.value("heads")?];
        if shape.contains(&0) {
            return Err(damaged(format!(
                "it has {} layers of {} heads",
                shape[0], shape[1]
            )));
        }
        Ok(Self {
            coefficients: saved.matrix("coefficients", shape)?,
            intercept: saved.tensor("intercept", &[1])?[0],
            min_separation: saved.value("min_separation")?,
            fit: saved.fit()?,
        })
    }

    /// Writes the regression to a file, whole or not at all.
    ///
    /// # Errors
    ///
    /// [`Error::File`] if the file cannot be written, and those of [`to_bytes`](Self::to_bytes).
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        save::write(path.as_ref(), &self.to_bytes()?)
    }

    /// Reads a regression from a file.
    ///
    /// # Errors
    ///
    /// [`Error::File`] if the file cannot be read, [`Error::Damaged`] if it is over 1 GiB, and
    /// those of [`from_bytes`](Self::from_bytes).
    pub fn load(path: impl AsRef<Path>) -> Result<Self, Error> {
        Self::from_bytes(&save::read(path.as_ref())?)
    }
}
