//! Where structures come from, and where they are kept.

use std::env;
use std::path::PathBuf;

use crate::Error;

/// Where structures come from, and where they are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// The folder where downloads are kept.
    pub cache: PathBuf,
    /// The address under which `7hvp.cif` lies.
    pub pdb: String,
    /// The address under which `api/prediction/P69905` says where a model is.
    pub alphafold: String,
    /// Take what was downloaded before, and ask nobody.
    pub offline: bool,
}

impl Options {
    /// What the environment says:
    ///
    /// | variable | meaning | unless set |
    /// | --- | --- | --- |
    /// | `PROTATTN_CACHE` | folder, of which `structures` is used | `protattn` in `XDG_CACHE_HOME`, or in `.cache` of the home folder (`LOCALAPPDATA` on Windows) |
    /// | `PROTATTN_PDB_URL` | address of the Protein Data Bank's files | `https://files.rcsb.org/download` |
    /// | `PROTATTN_ALPHAFOLD_URL` | address of the AlphaFold database | `https://alphafold.ebi.ac.uk` |
    /// | `PROTATTN_OFFLINE` | be offline, unless it is empty or `0` | not offline |
    ///
    /// # Errors
    ///
    /// [`Error::Fetch`] if neither `PROTATTN_CACHE` nor a home folder is set.
    pub fn from_env() -> Result<Self, Error> {
        let set = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
        let address = |name: &str, otherwise: &str| {
            set(name).map_or_else(
                || otherwise.to_owned(),
                |url| url.trim_end_matches('/').to_owned(),
            )
        };
        let cache = set("PROTATTN_CACHE").map(PathBuf::from);
        let cache = cache.or_else(|| Some(system_cache(set)?.join("protattn")));
        let no_folder = || Error::Fetch {
            id: "downloads".to_owned(),
            message: "there is no home folder to keep them in; set PROTATTN_CACHE to a folder"
                .to_owned(),
        };
        Ok(Self {
            cache: cache.ok_or_else(no_folder)?.join("structures"),
            pdb: address("PROTATTN_PDB_URL", "https://files.rcsb.org/download"),
            alphafold: address("PROTATTN_ALPHAFOLD_URL", "https://alphafold.ebi.ac.uk"),
            offline: set("PROTATTN_OFFLINE").is_some_and(|value| value != "0"),
        })
    }
}

/// The folder for what can be had again, by the conventions of the system.
fn system_cache(set: impl Fn(&str) -> Option<String>) -> Option<PathBuf> {
    if cfg!(windows) {
        return set("LOCALAPPDATA").map(PathBuf::from);
    }
    let own = set("XDG_CACHE_HOME").map(PathBuf::from);
    own.or_else(|| Some(PathBuf::from(set("HOME")?).join(".cache")))
}
