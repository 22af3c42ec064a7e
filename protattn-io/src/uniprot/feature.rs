//! The kinds of features that are read.

use super::location::Location;
use crate::labels;

/// The labels that features become.
pub(super) const LABELS: [&str; 6] = [
    labels::BINDING_SITE,
    labels::ACTIVE_SITE,
    labels::MODIFICATION,
    labels::DISULFIDE,
    labels::TRANSMEMBRANE,
    labels::SIGNAL,
];

/// A kind of feature, under its names.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Kind {
    /// Which of [`LABELS`] it is.
    pub(super) label: usize,
    /// Before each feature in a TSV.
    key: &'static str,
    /// The name of the field of a query, which may stand for the column.
    field: &'static str,
    /// The title of the column.
    title: &'static str,
    /// Whether its two positions are bonded, rather than the ends of a stretch.
    pub(super) is_bond: bool,
}

const fn kind(label: usize, key: &'static str, field: &'static str, title: &'static str) -> Kind {
    Kind {
        label,
        key,
        field,
        title,
        is_bond: false,
    }
}

const fn bond(label: usize, key: &'static str, field: &'static str, title: &'static str) -> Kind {
    Kind {
        is_bond: true,
        ..kind(label, key, field, title)
    }
}

/// Every kind that is read (UniProtKB user manual, *Feature keys*, release 2023_01; the metal,
/// calcium and nucleotide keys until 2022).
static KINDS: [Kind; 12] = [
    kind(0, "BINDING", "ft_binding", "Binding site"),
    kind(0, "METAL", "ft_metal", "Metal binding"),
    kind(0, "CA_BIND", "ft_ca_bind", "Calcium binding"),
    kind(0, "NP_BIND", "ft_np_bind", "Nucleotide binding"),
    kind(1, "ACT_SITE", "ft_act_site", "Active site"),
    kind(2, "MOD_RES", "ft_mod_res", "Modified residue"),
    kind(2, "CARBOHYD", "ft_carbohyd", "Glycosylation"),
    kind(2, "LIPID", "ft_lipid", "Lipidation"),
    bond(2, "CROSSLNK", "ft_crosslnk", "Cross-link"),
    bond(3, "DISULFID", "ft_disulfid", "Disulfide bond"),
    kind(4, "TRANSMEM", "ft_transmem", "Transmembrane"),
    kind(5, "SIGNAL", "ft_signal", "Signal peptide"),
];

impl Kind {
    /// The kind whose features stand in a column.
    pub(super) fn of_column(name: &str) -> Option<&'static Self> {
        let is = |kind: &&Self| {
            [kind.title, kind.field]
                .iter()
                .any(|n| n.eq_ignore_ascii_case(name))
        };
        KINDS.iter().find(is)
    }

    /// The kind of this type in JSON.
    pub(super) fn of_type(name: &str) -> Option<&'static Self> {
        let name = if name == "Signal" {
            "Signal peptide"
        } else {
            name
        };
        KINDS.iter().find(|kind| kind.title == name)
    }

    /// The features of a cell: `KEY location`, each with qualifiers (`/note="..."`) after it, all
    /// between semicolons.
    pub(super) fn locations(&self, cell: &str) -> Result<Vec<Location>, String> {
        let mut locations = Vec::new();
        for part in parts(cell) {
            if part.is_empty() || part.starts_with('/') {
                continue;
            }
            let position = part.strip_prefix(self.key);
            let position = position.and_then(|rest| rest.strip_prefix(' '));
            let position = position.ok_or_else(|| {
                let Self { key, title, .. } = self;
                format!("{part:?} in column `{title}` does not begin with {key}")
            })?;
            locations.extend(Location::parse(position.trim())?);
        }
        Ok(locations)
    }
}

/// The parts between semicolons that are not in quotes.
fn parts(cell: &str) -> impl Iterator<Item = &str> {
    let mut in_quotes = false;
    let parts = cell.split(move |sign| {
        in_quotes ^= sign == '"';
        sign == ';' && !in_quotes
    });
    parts.map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn semicolons_and_keys_in_quotes_end_nothing() {
        let kind = Kind::of_column("FT_BINDING").expect("a kind");
        let cell = "BINDING 52; /ligand=\"a; BINDING 3; \"\"b\"\"\"; /note=\"x\";  BINDING 60..63;";
        let found = kind.locations(cell).expect("two features");
        let (one, two) = ((Some(52), Some(52)), (Some(60), Some(63)));
        let places: Vec<_> = found.iter().map(|l| (l.start, l.end)).collect();
        assert_eq!(places, [one, two]);
        let error = kind.locations("METAL 5").map(|_| ());
        let message = "\"METAL 5\" in column `Binding site` does not begin with BINDING";
        assert_eq!(error, Err(message.to_owned()));
    }

    #[test]
    fn a_kind_has_a_label_and_names_of_its_own() {
        for kind in &KINDS {
            assert!(kind.label < LABELS.len());
            assert_eq!(Kind::of_column(kind.title), Some(kind));
            assert_eq!(Kind::of_column(kind.field), Some(kind));
        }
        assert_eq!(Kind::of_type("Signal").map(|kind| kind.key), Some("SIGNAL"));
        assert_eq!(Kind::of_type("Chain"), None);
    }
}
