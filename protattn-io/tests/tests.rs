//! What the readers make of files, good and bad.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

#[cfg(feature = "fetch")]
#[path = "tests/fetch.rs"]
mod fetch;
#[cfg(feature = "jsonl")]
#[path = "tests/jsonl.rs"]
mod jsonl;
#[cfg(feature = "lmdb")]
#[path = "tests/lmdb.rs"]
mod lmdb;
#[cfg(feature = "lmdb")]
#[path = "tests/lmdb_real.rs"]
mod lmdb_real;
#[cfg(feature = "parquet")]
#[path = "tests/parquet.rs"]
mod parquet;
#[path = "tests/source.rs"]
mod source;

use std::path::PathBuf;

/// A file or folder among the fixtures.
fn fixture(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(name)
}

/// A file or folder of the data that are kept beside the project; `None`, with a line to say so,
/// where there are none.
#[cfg(feature = "lmdb")]
fn shared(name: &str) -> Option<PathBuf> {
    use std::io::Write;

    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared");
    let root = std::env::var_os("PROTATTN_SHARED").map_or_else(beside, PathBuf::from);
    let path = root.join(name);
    if path.exists() {
        return Some(path);
    }
    // Not eprintln!, which the test runner keeps to itself.
    let _ = writeln!(std::io::stderr(), "skipped: there is no {}", path.display());
    None
}
