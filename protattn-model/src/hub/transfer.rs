//! One file, from its address to its place on disk: whole and compared, or not at all.

use std::error::Error as StdError;
use std::fmt::Write as _;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;

use sha2::{Digest, Sha256};
use ureq::http::StatusCode;

use super::client::{Asked, Client, Remote, pause};
use super::error::Error;
use super::partial::{self, Partial};
use super::{Event, Progress};

const BLOCK: usize = 1 << 18;

/// Fetches a file. Under its own name it is only ever whole: of the announced size and, where its
/// entity tag is a sha256, with that checksum. What has arrived before a break is kept.
pub(super) fn fetch(
    client: &Client<'_>,
    asked: Asked<'_>,
    remote: &Remote,
    path: &Path,
    progress: Progress<'_>,
) -> Result<(), Error> {
    let download = Download {
        client,
        asked,
        remote,
        partial: Partial::of(path),
    };
    let resumed = download.partial.size()? > 0;
    let mut arrive = || {
        download.receive(progress)?;
        download.compare()?;
        download.partial.publish(path)
    };
    let outcome = match arrive() {
        // What was there was the beginning of something else: once more, from nothing.
        Err(Error::Damaged { .. }) if resumed => arrive(),
        outcome => outcome,
    };
    match outcome {
        // Another process was first, although the lock should have kept it waiting.
        Err(_) if is_whole(path, remote.size) => {}
        outcome => outcome?,
    }
    partial::clear(path);
    progress(Event::Done { name: &remote.name });
    Ok(())
}

/// Whether there is a file of this size.
pub(super) fn is_whole(path: &Path, size: u64) -> bool {
    fs::metadata(path).is_ok_and(|found| found.is_file() && found.len() == size)
}

/// One file on its way.
struct Download<'a> {
    client: &'a Client<'a>,
    asked: Asked<'a>,
    remote: &'a Remote,
    partial: Partial,
}

impl Download<'_> {
    /// Receives the file, going on after each break until one attempt too many has gained nothing.
    fn receive(&self, progress: Progress<'_>) -> Result<(), Error> {
        let Self {
            remote, partial, ..
        } = self;
        let mut in_vain = 0;
        loop {
            let before = partial.size()?;
            let Some(source) = self.attempt(progress)? else {
                return Ok(());
            };
            let have = partial.size()?;
            in_vain = if have > before { 0 } else { in_vain + 1 };
            if in_vain > self.client.retries() {
                let (file, size) = (remote.name.clone(), remote.size);
                return Err(Error::Broken {
                    file,
                    have,
                    size,
                    source,
                });
            }
            progress(Event::Retrying {
                name: &remote.name,
                reason: &*source,
            });
            pause(in_vain);
        }
    }

    /// Receives what is missing of the file, until it is whole or the connection breaks; then the
    /// answer is why.
    fn attempt(
        &self,
        progress: Progress<'_>,
    ) -> Result<Option<Box<dyn StdError + Send + Sync>>, Error> {
        let Self {
            remote, partial, ..
        } = self;
        let present = partial.size()?;
        if present == remote.size && present > 0 {
            return Ok(None);
        }
        let from = if present < remote.size { present } else { 0 };
        let answer = self.client.get(remote, self.asked, from)?;
        let is_rest = answer.status() == StatusCode::PARTIAL_CONTENT;
        let mut have = if is_rest { from } else { 0 };
        let failed = |source| partial.write_error(source);
        let open = OpenOptions::new()
            .create(true)
            .append(true)
            .open(partial.path());
        let mut file = open.map_err(&failed)?;
        file.set_len(have).map_err(&failed)?;
        progress(Event::File {
            name: &remote.name,
            size: remote.size,
            have,
        });

        let mut body = answer.into_body().into_reader();
        let mut block = vec![0; BLOCK];
        // A body longer than announced is read one block too far, which is enough to see it.
        while have <= remote.size {
            let count = match body.read(&mut block) {
                Ok(0) => break,
                Ok(count) => count,
                Err(error) => return Ok(Some(Box::new(error))),
            };
            file.write_all(&block[..count]).map_err(&failed)?;
            have += count as u64;
            progress(Event::Bytes(count as u64));
        }
        if have < remote.size {
            let cut_off = io::Error::from(io::ErrorKind::UnexpectedEof);
            return Ok(Some(Box::new(cut_off)));
        }
        Ok(None)
    }

    /// Compares what has arrived with what was announced, reading it back from the disk; throws it
    /// away if it is something else.
    fn compare(&self) -> Result<(), Error> {
        let Self {
            remote, partial, ..
        } = self;
        let size = partial.size()?;
        let difference = if size != remote.size {
            Some(("size", size.to_string(), remote.size.to_string()))
        } else if is_sha256(&remote.etag) {
            let found = sha256(partial.path())?;
            (found != remote.etag).then(|| ("sha256", found, remote.etag.clone()))
        } else {
            None
        };
        let Some((what, found, expected)) = difference else {
            return Ok(());
        };
        partial.discard()?;
        Err(Error::Damaged {
            file: remote.name.clone(),
            what,
            found,
            expected,
        })
    }
}

fn is_sha256(etag: &str) -> bool {
    etag.len() == 64
        && etag
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn sha256(path: &Path) -> Result<String, Error> {
    let failed = |source| Error::Read {
        path: path.to_owned(),
        source,
    };
    let mut file = File::open(path).map_err(failed)?;
    let mut digest = Sha256::new();
    let mut block = vec![0; BLOCK];
    loop {
        match file.read(&mut block).map_err(failed)? {
            0 => break,
            count => digest.update(&block[..count]),
        }
    }
    let mut hex = String::new();
    for byte in digest.finalize() {
        let _ = write!(hex, "{byte:02x}");
    }
    Ok(hex)
}
