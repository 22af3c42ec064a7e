//! Predicted contacts against those of the structure.

mod draw;

use crate::labels::{Labels, owned, setters};
use crate::plot::reach;
use ndarray::ArrayView2;

const DEFAULT_THRESHOLD: f64 = 0.05;

/// A square map of residue pairs: what is predicted above the diagonal, from light to dark, and the
/// contacts of the structure below it, as dots.
///
/// What is predicted may as well be the attention of a head. The first residue is at the top left.
/// Only the triangle above the diagonal is read (row < column); an asymmetric map is for the
/// caller to make symmetric. Residues are numbered from 1, or as [`numbering`](Self::numbering)
/// says. Cells below [`threshold`](Self::threshold) are not drawn and, in large maps, neighbours that
/// look alike are one piece, so that the file stays small. Pairs of maps of up to some hundred
/// residues say what they are under a pointer. The figure is 85 mm wide, or 175 mm for more than
/// 150 residues.
///
/// ```
/// use protattn_viz::{ContactMap, Figure, ndarray::Array2};
///
/// let mut probability = Array2::zeros((12, 12)); // [residue, residue]
/// probability[[1, 9]] = 0.84;
/// let svg = ContactMap::new(probability.view())
///     .contacts(&[(1, 9), (2, 8)])
///     .title("1abc, chain A")
///     .to_svg()?;
/// assert!(svg.contains("<title>residues 2 and 10: 0.840</title>"));
/// assert!(svg.contains("<title>residues 3 and 9: contact</title>"));
/// # Ok::<(), protattn_viz::Error>(())
/// ```
///
/// # Errors
///
/// [`Error::Count`](crate::Error::Count) for no residues or more than 4,000;
/// [`Error::Length`](crate::Error::Length) for values that are not square, or not one number
/// or mark a residue; [`Error::Outside`](crate::Error::Outside) for a value outside 0 to 1, a
/// threshold that is not from 0 to 1, or a contact of a residue that is not there.
#[derive(Debug, Clone)]
#[must_use]
pub struct ContactMap<'a> {
    values: ArrayView2<'a, f64>,
    contacts: Vec<(usize, usize)>,
    undefined: Vec<bool>,
    numbering: Vec<String>,
    threshold: f64,
    fitted: bool,
    labels: Labels,
    contact_label: String,
}

impl<'a> ContactMap<'a> {
    /// A map of `values` with the axes [residue, residue], 1 to 4,000 of each, from 0 to 1 or NaN
    /// where undefined.
    pub fn new(values: ArrayView2<'a, f64>) -> Self {
        Self {
            values,
            contacts: Vec::new(),
            undefined: Vec::new(),
            numbering: Vec::new(),
            threshold: DEFAULT_THRESHOLD,
            fitted: false,
            labels: Labels::new("Contact map", "Probability of contact", ""),
            contact_label: "contact in the structure".to_owned(),
        }
    }

    setters! {
        title,
        /// What is above the diagonal; `Probability of contact` by default.
        value_label,
    }

    /// The contacts of the structure, 0-based pairs of residues in either order, of which each
    /// counts once; a residue's contact with itself is passed over. None by default.
    pub fn contacts(mut self, pairs: &[(usize, usize)]) -> Self {
        self.contacts = pairs.to_vec();
        self
    }

    /// Which residues have no coordinates: their pairs are grey below the diagonal; none by
    /// default.
    pub fn undefined(mut self, residues: &[bool]) -> Self {
        self.undefined = residues.to_vec();
        self
    }

    /// The number of each residue, such as the author's with its insertion code (`52A`); 1, 2, 3,
    /// ... by default.
    pub fn numbering(mut self, numbers: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        self.numbering = owned(numbers);
        self
    }

    /// Values below this, from 0 to 1, are not drawn; 0.05 by default.
    pub fn threshold(mut self, value: f64) -> Self {
        self.threshold = value;
        self
    }

    /// A scale of colours that ends at the largest value; by default it ends at 1.
    pub fn fitted(mut self) -> Self {
        self.fitted = true;
        self
    }

    /// What is below the diagonal; `contact in the structure` by default.
    pub fn contact_label(mut self, label: impl Into<String>) -> Self {
        self.contact_label = label.into();
        self
    }

    /// The cells above the diagonal.
    fn above(&self) -> impl Iterator<Item = ((usize, usize), f64)> + '_ {
        let n = self.n_residues();
        let places = (0..n).flat_map(move |row| (row + 1..n).map(move |column| (row, column)));
        places.map(|place| (place, self.values[place]))
    }

    /// The contacts as cells (row, column) below the diagonal, in order and each once, whichever
    /// residue they name first; a residue is in no contact with itself.
    fn below(&self) -> Vec<(usize, usize)> {
        let pairs = self.contacts.iter().filter(|(i, j)| i != j);
        let mut cells: Vec<(usize, usize)> = pairs.map(|&(i, j)| (i.max(j), i.min(j))).collect();
        cells.sort_unstable();
        cells.dedup();
        cells
    }

    fn n_residues(&self) -> usize {
        self.values.nrows()
    }

    fn is_undefined(&self, residue: usize) -> bool {
        self.undefined.get(residue).copied().unwrap_or(false)
    }

    fn number(&self, residue: usize) -> String {
        let number = self.numbering.get(residue);
        number.map_or_else(|| (residue + 1).to_string(), String::clone)
    }

    /// The highest value above the diagonal, if there is any.
    fn highest(&self) -> Option<f64> {
        reach(self.above().map(|(_, value)| value)).map(|(_, highest)| highest)
    }
}
