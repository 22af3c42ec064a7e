//! Limits on the sizes of what is read, so that a damaged or hostile file cannot take all memory.
//!
//! They are far over what real files have, and are the process's: a program that has reason to trust
//! a larger file raises all of them at once before it reads.
//!
//! | what | at most |
//! | --- | --- |
//! | a sequence in FASTA | 1,000,000 residues |
//! | a line of protattn's own records, a record of a JSON list | 64 MiB |
//! | a line of ProteinNet's text or of UniProt's TSV | 16 MiB |
//! | a line of a table of labels | 64 KiB |
//! | a list of files | 256 MiB |
//! | a structure, unpacked; a table in Parquet | 1 GiB |
//! | a value in LMDB | 256 MiB |
//! | a pickle | 1,048,576 values |
//! | NetSurfP-2.0's arrays | 64 MiB a protein, 16 MiB of identifiers |
//! | what gzip unpacks to, over the first 64 MiB | 200 times the packed bytes |
//! | a download | 4 GiB |
//!
//! Nesting is limited too, and those limits are fixed: 256 open lists in a pickle, 64 levels of an
//! LMDB tree, 128 levels of JSON.
//!
//! ```
//! use std::num::NonZeroU32;
//! use protattn_io::limits;
//!
//! assert_eq!(limits::factor(), 1);
//! limits::raise(NonZeroU32::new(4).expect("not zero"));
//! assert_eq!(limits::factor(), 4);
//! ```

use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};

static FACTOR: AtomicU32 = AtomicU32::new(1);

/// Multiplies all limits on sizes, as they are by default, by a factor, for readers that are opened
/// from now on.
pub fn raise(factor: NonZeroU32) {
    FACTOR.store(factor.get(), Ordering::Relaxed);
}

/// What the limits are multiplied by: 1 unless they were raised.
pub fn factor() -> u32 {
    FACTOR.load(Ordering::Relaxed)
}

/// A limit as it is now.
#[allow(dead_code, reason = "without features there are no readers")]
pub(crate) fn raised(limit: u64) -> u64 {
    limit.saturating_mul(factor().into())
}

/// As [`raised`], for sizes in memory.
#[allow(dead_code, reason = "without features there are no readers")]
pub(crate) fn raised_size(limit: usize) -> usize {
    usize::try_from(raised(limit as u64)).unwrap_or(usize::MAX)
}
