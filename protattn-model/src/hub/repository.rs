//! A model of the hub: in the cache, or fetched into it.

use std::fmt;
use std::fs;
use std::path::PathBuf;

use hf_hub::api::sync::ApiRepo;

use super::cache::{self, Cache};
use super::choice;
use super::client::{Asked, Client};
use super::error::Error;
use super::name::{is_commit, is_revision};
use super::options::Options;
use super::transfer;
use super::{Event, Progress, Snapshot};
use crate::checkpoint;

/// How many of a model's files an error names.
const NAMED: usize = 12;

/// A revision of a model on the hub.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'a> {
    pub(super) id: &'a str,
    pub(super) revision: &'a str,
    /// How its commit must begin.
    pub(super) commit: Option<&'a str>,
}

/// The folder of a model's files, fetched as far as they are not in the cache.
pub(super) fn resolve(
    wanted: Wanted<'_>,
    options: &Options,
    progress: Progress<'_>,
) -> Result<Snapshot, Error> {
    let Wanted { id, revision, .. } = wanted;
    if !is_revision(revision) {
        return Err(Error::Revision {
            revision: revision.to_owned(),
        });
    }
    let cache = Cache::new(&options.cache, id, revision);
    if let Some(commit) = cached(wanted, &cache, options) {
        return Ok(wanted.snapshot(&cache, commit));
    }
    if options.offline {
        return Err(Error::NotCached {
            model: wanted.to_string(),
            cache: options.cache.clone(),
        });
    }
    let client = Client::new(options);
    let info = client.list(id, revision)?;
    wanted.check(&info.sha)?;
    let commit = info.sha;
    let fetch = Fetch {
        wanted,
        client: &client,
        cache: &cache,
        repo: client.repo(id, &commit)?,
        commit: &commit,
        listed: info
            .siblings
            .into_iter()
            .map(|file| file.rfilename)
            .collect(),
    };
    fetch.all(progress)?;
    cache.remember(&commit)?;
    Ok(wanted.snapshot(&cache, commit))
}

/// The commit of the revision, if all that is needed of it is in the cache.
fn cached(wanted: Wanted<'_>, cache: &Cache, options: &Options) -> Option<String> {
    if options.update && !options.offline && !is_commit(wanted.revision) {
        return None;
    }
    let commit = cache.commit()?;
    wanted.check(&commit).ok()?;
    cache::is_complete(&cache.snapshot(&commit), !options.offline).then_some(commit)
}

impl Wanted<'_> {
    fn check(&self, found: &str) -> Result<(), Error> {
        let expected = match self.commit {
            Some(expected) if !found.starts_with(expected) => expected,
            _ => return Ok(()),
        };
        Err(Error::Moved {
            id: self.id.to_owned(),
            revision: self.revision.to_owned(),
            found: found.to_owned(),
            expected: expected.to_owned(),
        })
    }

    fn snapshot(&self, cache: &Cache, commit: String) -> Snapshot {
        Snapshot {
            folder: cache.snapshot(&commit),
            id: Some(self.id.to_owned()),
            commit: Some(commit),
        }
    }
}

impl fmt::Display for Wanted<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "`{}` (revision {})", self.id, self.revision)
    }
}

/// What fetching a model's files needs to know.
struct Fetch<'a> {
    wanted: Wanted<'a>,
    client: &'a Client<'a>,
    cache: &'a Cache,
    repo: ApiRepo,
    commit: &'a str,
    listed: Vec<String>,
}

impl Fetch<'_> {
    fn all(&self, progress: Progress<'_>) -> Result<(), Error> {
        let has = |name: &str| self.listed.iter().any(|listed| listed == name);
        let (small, weights) = choice::choose(has).map_err(|missing| self.unusable(missing))?;
        for name in small {
            self.file(name, progress)?;
        }
        let path = self.file(weights, progress)?;
        if checkpoint::is_index(weights) {
            self.shards(path, progress)
        } else {
            Ok(())
        }
    }

    fn shards(&self, index: PathBuf, progress: Progress<'_>) -> Result<(), Error> {
        let text = match fs::read(&index) {
            Ok(text) => text,
            Err(source) => {
                return Err(Error::Read {
                    path: index,
                    source,
                });
            }
        };
        let names = choice::shards(&text).map_err(|reason| Error::Index {
            path: index,
            reason,
        })?;
        if let Some(missing) = names.iter().find(|name| !self.listed.contains(name)) {
            return Err(self.unusable(missing));
        }
        for name in &names {
            self.file(name, progress)?;
        }
        Ok(())
    }

    /// Sees that a file is in the snapshot, and gives its path.
    fn file(&self, name: &str, progress: Progress<'_>) -> Result<PathBuf, Error> {
        let path = self.cache.snapshot(self.commit).join(name);
        if path.is_file() {
            return Ok(path);
        }
        let Wanted { id, revision, .. } = self.wanted;
        let asked = Asked::Model { id, revision };
        let url = self.repo.url(name);
        let remote = self.client.describe(name, url, asked)?;
        let blob = self.cache.blob(&remote.etag);
        let lock = self
            .cache
            .lock(&remote.etag, || progress(Event::Waiting { name }))?;
        if !transfer::is_whole(&blob, remote.size) {
            if let Some(folder) = blob.parent() {
                cache::make_folder(folder)?;
            }
            transfer::fetch(self.client, asked, &remote, &blob, progress)?;
        }
        drop(lock);
        self.cache.link(self.commit, name, &remote.etag)?;
        Ok(path)
    }

    fn unusable(&self, missing: &str) -> Error {
        Error::Unusable {
            model: self.wanted.to_string(),
            missing: missing.to_owned(),
            found: self.listed.iter().take(NAMED).cloned().collect(),
        }
    }
}
