//! What the readers make of files, good and bad.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

#[cfg(feature = "jsonl")]
#[path = "tests/any_protein.rs"]
mod any_protein;
#[cfg(all(
    feature = "fasta",
    feature = "fetch",
    feature = "gzip",
    feature = "json",
    feature = "jsonl",
    feature = "lmdb",
    feature = "netsurfp",
    feature = "proteinnet",
    feature = "structure",
    feature = "uniprot"
))]
#[path = "tests/corpus.rs"]
mod corpus;
#[cfg(feature = "fetch")]
#[path = "tests/fetch.rs"]
mod fetch;
#[cfg(feature = "json")]
#[path = "tests/json.rs"]
mod json;
#[cfg(feature = "jsonl")]
#[path = "tests/jsonl.rs"]
mod jsonl;
#[cfg(feature = "labels")]
#[path = "tests/label_table.rs"]
mod label_table;
#[cfg(feature = "lmdb")]
#[path = "tests/lmdb.rs"]
mod lmdb;
#[cfg(feature = "lmdb")]
#[path = "tests/lmdb_real.rs"]
mod lmdb_real;
#[cfg(feature = "netsurfp")]
#[path = "tests/netsurfp.rs"]
mod netsurfp;
#[cfg(feature = "parquet")]
#[path = "tests/parquet.rs"]
mod parquet;
#[cfg(feature = "parquet")]
#[path = "tests/parquet_proteins.rs"]
mod parquet_proteins;
#[cfg(feature = "proteinnet")]
#[path = "tests/proteinnet.rs"]
mod proteinnet;
#[path = "tests/source.rs"]
mod source;
#[cfg(feature = "uniprot")]
#[path = "tests/uniprot.rs"]
mod uniprot;

use std::path::PathBuf;

/// A file or folder among the fixtures.
fn fixture(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(name)
}

/// A file or folder of the data that are kept beside the project. Tests that need it are ignored
/// unless they are asked for.
#[cfg(any(feature = "lmdb", feature = "proteinnet"))]
fn shared(name: &str) -> PathBuf {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared");
    let root = std::env::var_os("PROTATTN_SHARED").map_or_else(beside, PathBuf::from);
    let path = root.join(name);
    let message = "is not there (set PROTATTN_SHARED)";
    assert!(path.exists(), "{} {message}", path.display());
    path
}
