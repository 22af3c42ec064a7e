//! The names that a protein goes by.

use crate::Protein;

impl Protein {
    /// The names that it may be listed by: its whole id and, where there is one in it, the UniProt
    /// accession.
    ///
    /// ```
    /// let protein = protattn_io::Protein::new("sp|P69905|HBA_HUMAN", "MVLS")?;
    /// assert_eq!(protein.names().collect::<Vec<_>>(), ["sp|P69905|HBA_HUMAN", "P69905"]);
    /// # Ok::<(), protattn_io::Error>(())
    /// ```
    pub fn names(&self) -> impl Iterator<Item = &str> {
        names(self.id())
    }
}

fn names(id: &str) -> impl Iterator<Item = &str> {
    std::iter::once(id).chain(of_fasta(id).or_else(|| of_alphafold(id)))
}

/// The accession in `sp|P69905|HBA_HUMAN`.
fn of_fasta(id: &str) -> Option<&str> {
    let mut parts = id.split('|');
    let database = parts.next()?;
    let accession = parts.next()?;
    parts.next()?;
    matches!(database, "sp" | "tr").then_some(accession)
}

/// The accession in `AF-P69905-F1-model_v6.A`, or `AF-P69905.A`. A model in several pieces has other
/// positions from the second on, and so another name here.
fn of_alphafold(id: &str) -> Option<&str> {
    let id = id.strip_prefix("AF-")?;
    let (accession, rest) = id.split_at(id.find(['-', '.']).unwrap_or(id.len()));
    let after = rest.strip_prefix("-F1").unwrap_or(rest);
    let is_whole = after.is_empty() || after.starts_with('.') || after.starts_with("-model");
    is_whole.then_some(accession)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_accession_is_found_where_there_is_one() {
        let accession = |id| names(id).nth(1);
        assert_eq!(accession("sp|P69905|HBA_HUMAN"), Some("P69905"));
        assert_eq!(accession("tr|A3SA23|A3SA23_9RHOB"), Some("A3SA23"));
        assert_eq!(accession("sp|P69905-2|HBA_HUMAN"), Some("P69905-2"));
        assert_eq!(accession("AF-P69905-F1-model_v6.A"), Some("P69905"));
        assert_eq!(accession("AF-P69905-F1"), Some("P69905"));
        assert_eq!(accession("AF-P69905.A"), Some("P69905"));
        assert_eq!(accession("AF-P69905-F12-model_v6.A"), None);
        assert_eq!(accession("AF-P69905-F2"), None);
        assert_eq!(accession("gi|12345|x"), None);
        assert_eq!(accession("sp|P69905"), None);
        assert_eq!(names("1ubq.A").collect::<Vec<_>>(), ["1ubq.A"]);
    }
}
