//! A path with the name of a chain.

use std::path::{Path, PathBuf};

/// Where a source is, and which chain of it is wanted.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Location {
    pub(super) path: PathBuf,
    pub(super) chain: Option<String>,
}

impl Location {
    /// Takes `1ubq.cif:A` apart, unless there is a file of that whole name or none of the first
    /// part's.
    pub(super) fn parse(path: &Path) -> Self {
        Self::with_chain(path).unwrap_or_else(|| Self {
            path: path.to_owned(),
            chain: None,
        })
    }

    fn with_chain(path: &Path) -> Option<Self> {
        if path.exists() {
            return None;
        }
        let (file, chain) = path.to_str()?.rsplit_once(':')?;
        let file = PathBuf::from(file);
        (file.exists() && !chain.is_empty()).then(|| Self {
            path: file,
            chain: Some(chain.to_owned()),
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_chain_follows_a_file_that_exists() {
        let folder = tempfile::tempdir().unwrap();
        let name = |name: &str| folder.path().join(name);
        std::fs::write(name("a.cif"), "").unwrap();
        std::fs::write(name("b:A"), "").unwrap();

        let chain = |name: &Path| Location::parse(name).chain;
        assert_eq!(chain(&name("a.cif")), None);
        assert_eq!(chain(&name("a.cif:A")), Some("A".to_owned()));
        assert_eq!(Location::parse(&name("a.cif:A")).path, name("a.cif"));
        assert_eq!(
            chain(&name("b:A")),
            None,
            "a file of the whole name is meant"
        );
        assert_eq!(
            chain(&name("c.cif:A")),
            None,
            "the message will name what was typed"
        );
        assert_eq!(chain(&name("a.cif:")), None);
    }
}
