//! Counts as they are read: believed only once they agree with themselves.

use super::{ArcCounts, check_axes};
use crate::Error;
use crate::checked::checked_when_read;

checked_when_read!(ArcCounts);

impl ArcCounts {
    /// Whether the numbers agree with themselves.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let n_classes = self.classes.len();
        let n_rows = check_axes(&self.property, n_classes, &self.layers, self.n_heads)?;
        self.check_len("background_in_class", &self.background_in_class, n_classes)?;
        self.check_len("arcs_in_class", &self.arcs_in_class, n_rows * n_classes)?;
        self.check_len("arcs_eligible", &self.arcs_eligible, n_rows)?;
        self.check_len("arcs_total", &self.arcs_total, n_rows)?;

        self.check_parts(
            "the background",
            &self.background_in_class,
            self.background_eligible,
        )?;
        let cells = self.arcs_in_class.chunks_exact(n_classes);
        for ((parts, &eligible), &total) in cells.zip(&self.arcs_eligible).zip(&self.arcs_total) {
            self.check_parts("a head", parts, eligible)?;
            self.check_parts("a head", &[eligible], total)?;
        }
        Ok(())
    }

    fn check_len(&self, what: &str, list: &[u64], expected: usize) -> Result<(), Error> {
        if list.len() == expected {
            return Ok(());
        }
        Err(self.damaged(format!("{what} has {} numbers, not {expected}", list.len())))
    }

    /// Classes exclude one another, so their counts sum to no more than what could be in one.
    fn check_parts(&self, what: &str, parts: &[u64], whole: u64) -> Result<(), Error> {
        let sum = parts
            .iter()
            .try_fold(0_u64, |sum, &part| sum.checked_add(part));
        if sum.is_some_and(|sum| sum <= whole) {
            return Ok(());
        }
        Err(self.damaged(format!(
            "{what} has more in its parts than its whole of {whole}"
        )))
    }

    fn damaged(&self, message: String) -> Error {
        Error::Damaged {
            property: self.property.clone(),
            message,
        }
    }
}
