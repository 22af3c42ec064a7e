//! The names under which a protein may be listed.

/// The whole id and, where there is one in it, the UniProt accession.
pub(super) fn keys(id: &str) -> impl Iterator<Item = &str> {
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

/// The accession in `AF-P69905-F1-model_v6.A`. A model in several pieces has other positions from
/// the second on, and so another name here.
fn of_alphafold(id: &str) -> Option<&str> {
    let (accession, rest) = id.strip_prefix("AF-")?.split_once('-')?;
    let after = rest.strip_prefix("F1")?;
    let is_whole = after.is_empty() || after.starts_with(['-', '.']);
    is_whole.then_some(accession)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_accession_is_found_where_there_is_one() {
        let accession = |id| keys(id).nth(1);
        assert_eq!(accession("sp|P69905|HBA_HUMAN"), Some("P69905"));
        assert_eq!(accession("tr|A3SA23|A3SA23_9RHOB"), Some("A3SA23"));
        assert_eq!(accession("sp|P69905-2|HBA_HUMAN"), Some("P69905-2"));
        assert_eq!(accession("AF-P69905-F1-model_v6.A"), Some("P69905"));
        assert_eq!(accession("AF-P69905-F1"), Some("P69905"));
        assert_eq!(accession("AF-P69905-F12-model_v6.A"), None);
        assert_eq!(accession("gi|12345|x"), None);
        assert_eq!(accession("sp|P69905"), None);
        assert_eq!(keys("1ubq.A").collect::<Vec<_>>(), ["1ubq.A"]);
    }
}
