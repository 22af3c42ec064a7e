//! Predicted contacts against those of the structure.

mod draw;

use crate::error::{Error, Result, check_count, check_length};
use crate::layout::{self, Column};
use crate::plot::reach;
use crate::scale::check_within;
use crate::svg::Svg;
use ndarray::ArrayView2;

const MAX_RESIDUES: usize = 4000;
/// More residues than this get the double column.
const SINGLE_COLUMN_RESIDUES: usize = 150;
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
/// use ndarray::Array2;
/// use protattn_viz::ContactMap;
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
#[derive(Debug, Clone)]
#[must_use]
pub struct ContactMap<'a> {
    values: ArrayView2<'a, f64>,
    contacts: &'a [(usize, usize)],
    undefined: &'a [bool],
    numbering: &'a [&'a str],
    threshold: f64,
    fitted: bool,
    title: &'a str,
    value_label: &'a str,
    contact_label: &'a str,
}

impl<'a> ContactMap<'a> {
    /// A map of `values` with the axes [residue, residue], 1 to 4,000 of each, from 0 to 1 or NaN
    /// where undefined.
    pub fn new(values: ArrayView2<'a, f64>) -> Self {
        Self {
            values,
            contacts: &[],
            undefined: &[],
            numbering: &[],
            threshold: DEFAULT_THRESHOLD,
            fitted: false,
            title: "",
            value_label: "Probability of contact",
            contact_label: "contact in the structure",
        }
    }

    /// The contacts of the structure, 0-based pairs of residues in either order, of which each
    /// counts once; a residue's contact with itself is passed over. None by default.
    pub fn contacts(mut self, pairs: &'a [(usize, usize)]) -> Self {
        self.contacts = pairs;
        self
    }

    /// Which residues have no coordinates: their pairs are grey below the diagonal; none by
    /// default.
    pub fn undefined(mut self, residues: &'a [bool]) -> Self {
        self.undefined = residues;
        self
    }

    /// The number of each residue, such as the author's with its insertion code (`52A`); 1, 2, 3,
    /// ... by default.
    pub fn numbering(mut self, numbers: &'a [&'a str]) -> Self {
        self.numbering = numbers;
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

    /// The title above the figure; none by default.
    pub fn title(mut self, title: &'a str) -> Self {
        self.title = title;
        self
    }

    /// What is above the diagonal; `Probability of contact` by default.
    pub fn value_label(mut self, label: &'a str) -> Self {
        self.value_label = label;
        self
    }

    /// What is below the diagonal; `contact in the structure` by default.
    pub fn contact_label(mut self, label: &'a str) -> Self {
        self.contact_label = label;
        self
    }

    /// The figure as an SVG document; one that says so in words where nothing above the diagonal
    /// is defined and there are no contacts.
    ///
    /// # Errors
    ///
    /// [`Error::Count`] for no residues or more than 4,000;
    /// [`Error::Length`] for values that are not square, or not one number
    /// or mark a residue; [`Error::Outside`] for a value outside 0 to 1, a
    /// threshold that is not from 0 to 1, or a contact of a residue that is not there.
    pub fn to_svg(&self) -> Result<String> {
        self.check()?;
        let name = "Contact map";
        let highest = reach(self.above().map(|(_, value)| value));
        let contacts = self.below();
        if highest.is_none() && contacts.is_empty() {
            return Ok(layout::no_values(self.title, name));
        }
        let end = match highest {
            Some((_, highest)) if self.fitted => highest,
            _ => 1.0,
        };
        let mut svg = Svg::new();
        let height = draw::figure(self, end, &contacts, &mut svg);
        let title = layout::titled(self.title, name);
        let description = self.description(contacts.len());
        Ok(svg.finish(self.column().width(), height, title, &description))
    }

    fn check(&self) -> Result<()> {
        let (n, columns) = self.values.dim();
        check_count("residues", n, 1, MAX_RESIDUES)?;
        check_length(|| "columns of a contact map".into(), columns, n)?;
        if !self.undefined.is_empty() {
            check_length(
                || "marks of undefined residues".into(),
                self.undefined.len(),
                n,
            )?;
        }
        if !self.numbering.is_empty() {
            check_length(|| "residue numbers".into(), self.numbering.len(), n)?;
        }
        if !(0.0..=1.0).contains(&self.threshold) {
            return Err(Error::Outside {
                what: "threshold".to_owned(),
                value: self.threshold,
                low: 0.0,
                high: 1.0,
            });
        }
        for ((row, column), value) in self.above() {
            let what = || format!("value of residues {} and {}", row + 1, column + 1);
            check_within(value, (0.0, 1.0), what)?;
        }
        let last = (n - 1) as f64;
        self.contacts.iter().try_for_each(|&(i, j)| {
            let what = || format!("residue of contact ({i}, {j})");
            check_within(i.max(j) as f64, (0.0, last), what)
        })
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

    fn column(&self) -> Column {
        if self.n_residues() > SINGLE_COLUMN_RESIDUES {
            Column::Double
        } else {
            Column::Single
        }
    }

    fn number(&self, residue: usize) -> String {
        self.numbering
            .get(residue)
            .map_or_else(|| (residue + 1).to_string(), |number| (*number).to_owned())
    }

    fn description(&self, n_contacts: usize) -> String {
        let drawn = self.above().filter(|(_, value)| *value >= self.threshold);
        format!(
            "{} residues. Above the diagonal, {}: {} pairs at {} or more. Below it, {}: {} pairs.",
            self.n_residues(),
            self.value_label,
            drawn.count(),
            self.threshold,
            self.contact_label,
            n_contacts
        )
    }
}
