//! Structures by identifier, downloaded once and kept.
//!
//! [`Fetcher::structure`] gives the path of an entry of the Protein Data Bank or of the AlphaFold
//! database, as mmCIF, from a folder where downloads are kept ([`Options::cache`]) or else from the
//! archive. What is there is never asked for again: delete the file to have it anew.
//!
//! ```no_run
//! use protattn_io::fetch::{Fetcher, Identifier, Options};
//!
//! let id: Identifier = "7HVP:A".parse().expect("an entry with a chain");
//! let path = Fetcher::new(Options::from_env()?).structure(&id, &mut |_| {})?;
//! assert!(path.ends_with("7hvp.cif"));
//! # Ok::<(), protattn_io::Error>(())
//! ```

mod identifier;
mod options;

pub use identifier::Identifier;
pub use options::Options;

use std::fs;
use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::time::Duration;

use ureq::{Agent, Body};

use crate::Error;
use crate::limits::raised;
use crate::replace::Replacement;

/// The largest structure that is downloaded, in bytes: several times the largest of the archive.
pub const MAX_DOWNLOAD: u64 = 4 << 30;
/// The largest answer of the AlphaFold database to the question where a model is, in bytes.
const MAX_ANSWER: u64 = 1 << 22;
const CONNECT: Duration = Duration::from_secs(20);
const SILENCE: Duration = Duration::from_secs(60);

/// How far a download is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Bytes so far.
    pub done: u64,
    /// Bytes in all, where the server says.
    pub total: Option<u64>,
}

/// Finds structures, in the folder of downloads or in the archives.
#[derive(Debug)]
pub struct Fetcher {
    options: Options,
    agent: Agent,
}

impl Fetcher {
    /// One that does as the options say. Nothing is asked for yet.
    pub fn new(options: Options) -> Self {
        let config = Agent::config_builder()
            .user_agent(concat!("protattn/", env!("CARGO_PKG_VERSION")))
            .http_status_as_error(false)
            .timeout_connect(Some(CONNECT))
            .timeout_recv_response(Some(SILENCE))
            .timeout_per_read(Some(SILENCE))
            .build();
        Self {
            options,
            agent: config.into(),
        }
    }

    /// The mmCIF file of an entry, whichever of its chains is meant. `progress` is called as a
    /// download goes on, and not at all for a file that is there.
    ///
    /// # Errors
    ///
    /// [`Error::Fetch`] if the entry does not exist, cannot be reached or downloaded whole, or is
    /// not there and [`Options::offline`] is set; [`Error::Io`] if the folder of downloads cannot
    /// be written.
    pub fn structure(
        &self,
        id: &Identifier,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<PathBuf, Error> {
        let path = self.options.cache.join(id.file_name());
        if path.is_file() {
            return Ok(path);
        }
        if self.options.offline {
            let message = format!(
                "it is not among the downloads in {}, and being offline was asked for",
                self.options.cache.display()
            );
            return Err(refused(id, message));
        }
        let io = Error::io(&path);
        fs::create_dir_all(&self.options.cache).map_err(Error::io(&self.options.cache))?;
        let url = self.address(id)?;
        let (file, target) = Replacement::create(&path).map_err(io)?;
        self.download(id, &url, target, progress)?;
        file.finish().map_err(io)?;
        Ok(path)
    }

    /// Where the file of an entry is. The AlphaFold database is asked, as its addresses change with
    /// each of its versions.
    fn address(&self, id: &Identifier) -> Result<String, Error> {
        let accession = match id {
            Identifier::Pdb { entry, .. } => {
                return Ok(format!("{}/{entry}.cif", self.options.pdb));
            }
            Identifier::AlphaFold { accession } => accession,
        };
        let url = format!("{}/api/prediction/{accession}", self.options.alphafold);
        let mut body = self.get(id, &url)?;
        let answer = body.with_config().limit(MAX_ANSWER).read_to_string();
        let answer = answer.map_err(|error| refused(id, format!("{url}: {error}")))?;
        let models: serde_json::Value = serde_json::from_str(&answer).unwrap_or_default();
        let address = models
            .get(0)
            .and_then(|model| model.get("cifUrl")?.as_str());
        let address =
            address.filter(|url| url.starts_with("http://") || url.starts_with("https://"));
        let no_address = || refused(id, format!("{url} gives no address of an mmCIF file"));
        address.map(str::to_owned).ok_or_else(no_address)
    }

    fn get(&self, id: &Identifier, url: &str) -> Result<Body, Error> {
        let answer = self.agent.get(url).call();
        let answer = answer.map_err(|error| {
            refused(
                id,
                format!("{url} cannot be reached ({error}); is there a network?"),
            )
        })?;
        match answer.status().as_u16() {
            200 => Ok(answer.into_body()),
            400 | 404 | 410 => Err(refused(id, format!("there is no such entry at {url}"))),
            status => Err(refused(
                id,
                format!("{url} answers with status {status}; try again later"),
            )),
        }
    }

    fn download(
        &self,
        id: &Identifier,
        url: &str,
        mut target: fs::File,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<(), Error> {
        let body = self.get(id, url)?;
        let total = body.content_length();
        let mut body = body.into_with_config().limit(raised(MAX_DOWNLOAD)).reader();
        let broken = |error: io::Error| refused(id, format!("{url} broke off: {error}"));
        let (mut buffer, mut done) = (vec![0; 1 << 16], 0);
        loop {
            let read = body.read(&mut buffer).map_err(broken)?;
            if read == 0 {
                break;
            }
            if done == 0 && !looks_like_mmcif(&buffer[..read]) {
                return Err(refused(id, format!("what {url} sends is no mmCIF file")));
            }
            target
                .write_all(&buffer[..read])
                .map_err(Error::io(&self.options.cache))?;
            done += read as u64;
            progress(Progress { done, total });
        }
        match total {
            Some(total) if total != done => Err(refused(
                id,
                format!("{url} broke off after {done} of {total} bytes"),
            )),
            _ if done == 0 => Err(refused(id, format!("{url} sends nothing"))),
            _ => Ok(()),
        }
    }
}

/// Whether it begins as an mmCIF file does, rather than as a page that says why there is none.
fn looks_like_mmcif(start: &[u8]) -> bool {
    let mut lines = start
        .split(|byte| *byte == b'\n')
        .map(<[u8]>::trim_ascii_start);
    lines
        .find(|line| !line.is_empty() && line[0] != b'#')
        .is_some_and(|line| line.starts_with(b"data_"))
}

fn refused(id: &Identifier, message: String) -> Error {
    Error::Fetch {
        id: id.to_string(),
        message,
    }
}
