//! What attention is compared with: the extension point of this crate.

use ndarray::s;
use protattn_io::{Label, PairLabels, Protein, ResidueLabels};

use crate::{Error, Strata};

/// What a property says of one protein.
///
/// Both kinds cover the protein in its full length, whatever part of it a model reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Labels {
    /// One label a residue, 0-based along the sequence: the label of an arc is that of the residue
    /// it goes **to**, the one attended to.
    Residues(ResidueLabels),
    /// One label for each ordered pair of residues, axes [from, to], both 0-based.
    Pairs(PairLabels),
}

impl Labels {
    /// The number of residues covered.
    pub fn n_residues(&self) -> usize {
        match self {
            Self::Residues(labels) => labels.len(),
            Self::Pairs(labels) => labels.len(),
        }
    }

    /// The label of an arc between two residues (0-based); `None` if one of them is not covered.
    #[inline]
    pub fn of_arc(&self, from: usize, to: usize) -> Option<Label> {
        match self {
            Self::Residues(labels) => labels.get(to).copied().filter(|_| from < labels.len()),
            Self::Pairs(labels) => labels.view().get([from, to]).copied(),
        }
    }

    /// Visits every label that an arc among the first `n` residues can have: one a residue, or one
    /// an ordered pair, pairs of a residue with itself included.
    pub(crate) fn for_each_among_first(&self, n: usize, visit: impl FnMut(Label)) {
        let n = n.min(self.n_residues());
        match self {
            Self::Residues(labels) => labels[..n].iter().copied().for_each(visit),
            Self::Pairs(labels) => {
                labels
                    .view()
                    .slice(s![..n, ..n])
                    .iter()
                    .copied()
                    .for_each(visit);
            }
        }
    }

    /// The largest class among the labels of the first `n` residues, or their pairs.
    pub(crate) fn largest_class_among_first(&self, n: usize) -> Option<usize> {
        let mut largest = None;
        self.for_each_among_first(n, |label| largest = largest.max(label.class()));
        largest
    }
}

/// Why a property could not label a protein: any error at all.
pub type PropertyError = Box<dyn std::error::Error + Send + Sync>;

/// Something known of residues, or of pairs of residues, that attention may agree with.
///
/// The built-in properties use this trait and nothing else; one of your own stands beside them in
/// every count and table.
///
/// # Contract
///
/// - [`labels`](Self::labels) is called once for each protein, through
///   [`labels_of`], before any attention of that protein is looked at. Different proteins may be
///   asked about at the same time from different threads, in any order: hence `Send + Sync`, and
///   hence the answer must depend on the protein alone.
/// - What it returns covers the whole protein, also where a model will read only its first part.
///   The caller cuts.
/// - The classes of a label are indices into [`classes`](Self::classes), which never changes.
/// - `Ok(None)` means that the source says nothing of this property for this protein, which then
///   does not count for it, neither in the arcs nor in the background. It is not the same as
///   labels that are all [`Label::NONE`]: known to be in no class.
/// - An error leaves the protein out for this property, with its name and the error reported; it
///   ends nothing else.
///
/// # Example
///
/// Whether the residue attended to carries a charge, which histidine may or may not:
///
/// ```
/// use protattn_io::{Label, Protein};
/// use protattn_metrics::{Labels, Property, PropertyError, labels_of};
///
/// struct Charge([String; 2]);
///
/// impl Property for Charge {
///     fn name(&self) -> &str { "charge" }
///     fn classes(&self) -> &[String] { &self.0 }
///     fn labels(&self, protein: &Protein) -> Result<Option<Labels>, PropertyError> {
///         let label = |letter| match letter {
///             'K' | 'R' => Label::of_class(0).unwrap_or_default(),
///             'D' | 'E' => Label::of_class(1).unwrap_or_default(),
///             'H' | 'X' => Label::UNDEFINED,
///             _ => Label::NONE,
///         };
///         Ok(Some(Labels::Residues(protein.sequence().chars().map(label).collect())))
///     }
/// }
///
/// let charge = Charge(["positive".into(), "negative".into()]);
/// let labels = labels_of(&charge, &Protein::new("p", "GKEH")?)?.expect("always known");
/// assert_eq!(labels.of_arc(3, 1).and_then(Label::class), Some(0)); // histidine looks at lysine
/// assert_eq!(labels.of_arc(1, 3), Some(Label::UNDEFINED));         // lysine at histidine
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Property: Send + Sync {
    /// Its name in commands and tables, in lower case with hyphens: `binding-site`.
    fn name(&self) -> &str;

    /// The names of its mutually exclusive classes, in the order in which tables list them: at
    /// least one, at most [`Label::MAX_CLASSES`], no name twice. A property that a residue or pair
    /// either has or has not is of the one class `yes`.
    fn classes(&self) -> &[String];

    /// What is known of a protein, in its full length; `None` if nothing is.
    ///
    /// # Errors
    ///
    /// If what the protein carries cannot be read as this property.
    fn labels(&self, protein: &Protein) -> Result<Option<Labels>, PropertyError>;

    /// By what a background is matched to where a head looks, so that a head is not said to know the
    /// property that merely prefers some amino acids or near neighbours; `None` if that would be the
    /// property itself. By the amino acid attended to unless overridden; a property of pairs will
    /// want [`Strata::Separation`].
    fn matched_by(&self) -> Option<Strata> {
        Some(Strata::AminoAcid)
    }
}

/// Asks a property for the labels of a protein, and holds it to its contract.
///
/// # Errors
///
/// [`Error::Property`], which names the protein, if the property fails, labels another number of
/// residues than there are, or uses a class that it does not declare.
pub fn labels_of(property: &dyn Property, protein: &Protein) -> Result<Option<Labels>, Error> {
    let failed = |source: PropertyError| Error::Property {
        protein: protein.id().to_owned(),
        property: property.name().to_owned(),
        source,
    };
    let Some(labels) = property.labels(protein).map_err(failed)? else {
        return Ok(None);
    };
    check(property, protein, &labels).map_err(|error| failed(error.into()))?;
    Ok(Some(labels))
}

fn check(property: &dyn Property, protein: &Protein, labels: &Labels) -> Result<(), Error> {
    let property_name = || property.name().to_owned();
    let (expected, found) = (protein.len(), labels.n_residues());
    if expected != found {
        return Err(Error::LabelCount {
            property: property_name(),
            expected,
            found,
        });
    }
    let n_classes = property.classes().len();
    match labels
        .largest_class_among_first(found)
        .filter(|&class| class >= n_classes)
    {
        Some(found) => Err(Error::ClassIndex {
            property: property_name(),
            found,
            n_classes,
        }),
        None => Ok(()),
    }
}
