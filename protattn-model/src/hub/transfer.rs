//! One file, from its address to its place on disk: whole and compared, or not at all.

use std::error::Error as StdError;
use std::fmt::Write as _;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;

use sha2::{Digest, Sha256};
use ureq::http::StatusCode;

use super::cache::beside;
use super::client::{Asked, Client, Remote, pause};
use super::error::Error;
use super::{Event, Progress};

/// What has arrived of a file lies beside it, under its name and this suffix.
const PARTIAL: &str = "protattn.incomplete";
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
    let partial = beside(path, PARTIAL);
    let resumed = size_of(&partial)? > 0;
    let mut arrive = || {
        receive(client, asked, remote, &partial, progress)?;
        compare(&partial, remote)
    };
    // What was there may have been of another file or of two writers: once more, from nothing.
    match arrive() {
        Err(Error::Damaged { .. }) if resumed => arrive()?,
        outcome => outcome?,
    }
    File::open(&partial)
        .and_then(|file| file.sync_all())
        .and_then(|()| fs::rename(&partial, path))
        .map_err(|source| write_error(path, source))?;
    progress(Event::Done { name: &remote.name });
    Ok(())
}

/// Whether there is a file of this size.
pub(super) fn is_whole(path: &Path, size: u64) -> bool {
    fs::metadata(path).is_ok_and(|found| found.is_file() && found.len() == size)
}

/// Receives the file, going on after each break until one attempt too many has gained nothing.
fn receive(
    client: &Client<'_>,
    asked: Asked<'_>,
    remote: &Remote,
    partial: &Path,
    progress: Progress<'_>,
) -> Result<(), Error> {
    let mut in_vain = 0;
    loop {
        let before = size_of(partial)?;
        let Some(source) = attempt(client, asked, remote, partial, progress)? else {
            return Ok(());
        };
        let have = size_of(partial)?;
        in_vain = if have > before { 0 } else { in_vain + 1 };
        if in_vain > client.retries() {
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
    client: &Client<'_>,
    asked: Asked<'_>,
    remote: &Remote,
    partial: &Path,
    progress: Progress<'_>,
) -> Result<Option<Box<dyn StdError + Send + Sync>>, Error> {
    let present = size_of(partial)?;
    if present == remote.size && present > 0 {
        return Ok(None);
    }
    let from = if present < remote.size { present } else { 0 };
    let answer = client.get(remote, asked, from)?;
    let is_rest = answer.status() == StatusCode::PARTIAL_CONTENT;
    let mut have = if is_rest { from } else { 0 };
    let failed = |source| write_error(partial, source);
    let mut file = OpenOptions::new()
        .create(true)
        .append(true)
        .open(partial)
        .map_err(failed)?;
    file.set_len(have).map_err(failed)?;
    progress(Event::File {
        name: &remote.name,
        size: remote.size,
        have,
    });

    let mut body = answer.into_body().into_reader();
    let mut block = vec![0; BLOCK];
    while have <= remote.size {
        let count = match body.read(&mut block) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) => return Ok(Some(Box::new(error))),
        };
        file.write_all(&block[..count]).map_err(failed)?;
        have += count as u64;
        progress(Event::Bytes(count as u64));
    }
    if have < remote.size {
        return Ok(Some(Box::new(io::Error::from(
            io::ErrorKind::UnexpectedEof,
        ))));
    }
    Ok(None)
}

/// Compares what has arrived with what was announced, reading it back from the disk; throws it
/// away if it is something else.
fn compare(partial: &Path, remote: &Remote) -> Result<(), Error> {
    let size = size_of(partial)?;
    let difference = if size != remote.size {
        Some(("size", size.to_string(), remote.size.to_string()))
    } else if is_sha256(&remote.etag) {
        let found = sha256(partial)?;
        (found != remote.etag).then(|| ("sha256", found, remote.etag.clone()))
    } else {
        None
    };
    let Some((what, found, expected)) = difference else {
        return Ok(());
    };
    fs::remove_file(partial).map_err(|source| write_error(partial, source))?;
    Err(Error::Damaged {
        file: remote.name.clone(),
        what,
        found,
        expected,
    })
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

/// The size of a file; 0 if there is none.
fn size_of(path: &Path) -> Result<u64, Error> {
    match fs::metadata(path) {
        Ok(found) => Ok(found.len()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
        Err(source) => Err(Error::Read {
            path: path.to_owned(),
            source,
        }),
    }
}

fn write_error(path: &Path, source: io::Error) -> Error {
    Error::Write {
        path: path.to_owned(),
        source,
    }
}
