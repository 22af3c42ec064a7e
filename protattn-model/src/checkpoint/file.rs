//! One file of weights, and the bytes of it.

use std::fs::File;
#[cfg(feature = "torch")]
use std::io::Cursor;
use std::ops::Deref;
use std::path::{Path, PathBuf};

use memmap2::{Mmap, MmapOptions};
#[cfg(feature = "torch")]
use protattn_io::zip;

use crate::error::Error;

/// The number 0x1950a86a20f9469cfc6c with which `torch.save` began before, little endian. It
/// follows the first opcodes of a pickle, which depend on the pickle's protocol.
pub(super) const MAGIC: &[u8] = b"\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19";

/// A file of weights, on disk or in memory. What is read of a file on disk is mapped part by part.
pub(super) struct WeightsFile<'a> {
    path: PathBuf,
    length: u64,
    data: Data<'a>,
}

enum Data<'a> {
    File(File),
    Bytes(&'a [u8]),
}

/// Some bytes of a file.
pub(super) enum Bytes<'a> {
    Mapped(Mmap),
    Borrowed(&'a [u8]),
    /// In another order than in the file.
    Owned(Vec<u8>),
}

impl Deref for Bytes<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Mapped(map) => map,
            Self::Borrowed(bytes) => bytes,
            Self::Owned(bytes) => bytes,
        }
    }
}

impl<'a> WeightsFile<'a> {
    pub(super) fn open(path: &Path) -> Result<Self, Error> {
        let failed = Error::io(path);
        let file = File::open(path).map_err(&failed)?;
        Ok(Self {
            path: path.to_owned(),
            length: file.metadata().map_err(&failed)?.len(),
            data: Data::File(file),
        })
    }

    /// A file in memory; messages call it `model.safetensors`.
    pub(super) fn from_bytes(bytes: &'a [u8]) -> Self {
        Self {
            path: PathBuf::from("model.safetensors"),
            length: bytes.len() as u64,
            data: Data::Bytes(bytes),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Its size in bytes.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// The bytes from `offset` on, if the file has that many.
    pub(super) fn bytes(&self, offset: u64, length: usize) -> Result<Bytes<'a>, Error> {
        let end = offset.checked_add(length as u64);
        if end.is_none_or(|end| end > self.length) {
            return Err(self.malformed(format!(
                "needs {length} bytes from byte {offset} on, but has only {}; it is truncated",
                self.length
            )));
        }
        match &self.data {
            Data::Bytes(bytes) => Ok(Bytes::Borrowed(&bytes[offset as usize..][..length])),
            Data::File(_) if length == 0 => Ok(Bytes::Borrowed(&[])),
            Data::File(file) => map(file, offset, length)
                .map(Bytes::Mapped)
                .map_err(Error::io(&self.path)),
        }
    }

    /// The bytes from `offset` to the end of the file, but no more than `limit`.
    pub(super) fn window(&self, offset: u64, limit: usize) -> Result<Bytes<'a>, Error> {
        let rest = self.length.saturating_sub(offset);
        let length = usize::try_from(rest).map_or(limit, |rest| rest.min(limit));
        self.bytes(offset, length)
    }

    /// The directory of the zip archive that it is.
    #[cfg(feature = "torch")]
    pub(super) fn archive(&self) -> Result<zip::Archive, zip::Error> {
        match &self.data {
            Data::File(file) => zip::Archive::read(file),
            Data::Bytes(bytes) => zip::Archive::read(Cursor::new(bytes)),
        }
    }

    /// The error that the file is not what it should be.
    pub(super) fn malformed(&self, reason: impl Into<String>) -> Error {
        Error::Weights {
            file: self.path.clone(),
            reason: reason.into(),
        }
    }
}

/// Maps a part of a file that lies within its length.
fn map(file: &File, offset: u64, length: usize) -> std::io::Result<Mmap> {
    let mut options = MmapOptions::new();
    options.offset(offset).len(length);
    // SAFETY: the map is read-only and lives only while one tensor is packed or copied, or one
    // header is read. Should another process change the file in that time, the weights may be
    // wrong, and should it be cut short, the system ends this process; no file that is being
    // written can be mapped safely. Published weights are not rewritten in place.
    unsafe { options.map(file) }
}
