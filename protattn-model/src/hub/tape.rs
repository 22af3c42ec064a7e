//! The files that TAPE publishes at an address of its own (Rao et al. 2019, songlab-cal/tape).

use super::cache;
use super::client::{Asked, Client};
use super::error::Error;
use super::options::Options;
use super::transfer;
use super::{Event, Progress, Snapshot};
use crate::checkpoint::CONFIG;

/// The name of each file at the address, and in a folder.
const FILES: [(&str, &str); 2] = [
    ("bert-base-config.json", CONFIG),
    ("bert-base-pytorch_model.bin", "pytorch_model.bin"),
];

/// The folder of TAPE's BERT, fetched as far as its files are not in it.
///
/// The address gives no checksums: the files are compared by size alone.
pub(super) fn resolve(
    name: &str,
    options: &Options,
    progress: Progress<'_>,
) -> Result<Snapshot, Error> {
    let folder = options.other_cache.join(name);
    let client = Client::new(options);
    for (remote_name, file) in FILES {
        let path = folder.join(file);
        if path.is_file() {
            continue;
        }
        if options.offline {
            let (model, cache) = (format!("`{name}`"), options.other_cache.clone());
            return Err(Error::NotCached { model, cache });
        }
        let url = format!("{}/{remote_name}", options.tape_address);
        let remote = client.describe(file, url, Asked::Address)?;
        let lock = cache::lock(&folder, file, || progress(Event::Waiting { name: file }))?;
        if !path.is_file() {
            transfer::fetch(&client, Asked::Address, &remote, &path, progress)?;
        }
        drop(lock);
    }
    Ok(Snapshot {
        folder,
        id: None,
        commit: None,
    })
}
