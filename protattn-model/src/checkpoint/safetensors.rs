//! The safetensors format: eight bytes with the size of a JSON header, the header, the tensors.

use std::cmp::Reverse;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use memmap2::{Mmap, MmapOptions};
use safetensors::tensor::{Metadata, TensorInfo};

use super::tensor::{Bytes, Tensor};
use crate::error::Error;

/// The bytes before the header, which hold its size.
const SIZE_BYTES: u64 = 8;
/// The largest header that is read, as in the format's own implementation.
const MAX_HEADER: u64 = 100_000_000;

/// A safetensors file whose header has been read and checked.
pub(super) struct Safetensors<'a> {
    label: PathBuf,
    metadata: Metadata,
    /// Where the tensors begin.
    start: u64,
    data: Data<'a>,
}

enum Data<'a> {
    File(File),
    Bytes(&'a [u8]),
}

impl<'a> Safetensors<'a> {
    /// Opens a file and reads its header.
    pub(super) fn open(path: &Path) -> Result<Self, Error> {
        let failed = |source| Error::Io {
            path: path.to_owned(),
            source,
        };
        let file = File::open(path).map_err(failed)?;
        let length = file.metadata().map_err(failed)?.len();
        let (metadata, start) = read_header(&file, length, path)?;
        Ok(Self {
            label: path.to_owned(),
            metadata,
            start,
            data: Data::File(file),
        })
    }

    /// Reads the header of a file in memory.
    pub(super) fn from_bytes(bytes: &'a [u8]) -> Result<Self, Error> {
        let label = PathBuf::from("model.safetensors");
        let (metadata, start) = read_header(bytes, bytes.len() as u64, &label)?;
        Ok(Self {
            label,
            metadata,
            start,
            data: Data::Bytes(bytes),
        })
    }

    /// What the header says of a tensor.
    pub(super) fn info(&self, name: &str) -> Option<&TensorInfo> {
        self.metadata.info(name)
    }

    /// Up to three stored names that share the most parts with this one, and among those the
    /// ones that begin alike the longest.
    pub(super) fn nearest(&self, name: &str) -> Vec<String> {
        let shared = |other: &str| {
            let parts: Vec<_> = other.split('.').collect();
            name.split('.').filter(|part| parts.contains(part)).count()
        };
        let alike = |other: &str| {
            let pairs = name.bytes().zip(other.bytes());
            pairs.take_while(|(a, b)| a == b).count()
        };
        let mut names = self.metadata.offset_keys();
        names.sort_by_cached_key(|other| (Reverse((shared(other), alike(other))), other.clone()));
        names.truncate(3);
        names
    }

    /// Reads a stored tensor, if it has this shape.
    pub(super) fn read(&self, name: &str, shape: &[usize]) -> Result<Tensor<'a>, Error> {
        let info = self.info(name).ok_or_else(|| Error::MissingTensor {
            tensor: name.to_owned(),
            prefix: "",
            nearest: self.nearest(name),
        })?;
        if info.shape != shape {
            return Err(Error::TensorShape {
                tensor: name.to_owned(),
                found: info.shape.clone(),
                expected: shape.to_vec(),
            });
        }
        let bytes = self.bytes(info)?;
        let columns = shape.last().copied().unwrap_or(1);
        Tensor::from_bytes(bytes, info.dtype, columns).ok_or_else(|| Error::TensorType {
            tensor: name.to_owned(),
            found: info.dtype.to_string(),
        })
    }

    fn bytes(&self, info: &TensorInfo) -> Result<Bytes<'a>, Error> {
        let (from, to) = info.data_offsets;
        match &self.data {
            Data::Bytes(bytes) => {
                let start = self.start as usize;
                Ok(Bytes::Borrowed(&bytes[start + from..start + to]))
            }
            Data::File(file) => map(file, self.start + from as u64, to - from)
                .map(Bytes::Mapped)
                .map_err(|source| Error::Io {
                    path: self.label.clone(),
                    source,
                }),
        }
    }
}

/// Maps a part of a file that lies within its length.
fn map(file: &File, offset: u64, length: usize) -> std::io::Result<Mmap> {
    let mut options = MmapOptions::new();
    options.offset(offset).len(length);
    // SAFETY: the map is read-only and lives only while one tensor is packed. Should another
    // process change the file in that time, the weights may be wrong, and should it be cut short,
    // the system ends this process; no file that is being written can be mapped safely. Published
    // weights are not rewritten in place.
    unsafe { options.map(file) }
}

/// Reads and checks the header of a file of this length; gives it with the offset of the tensors.
fn read_header(mut file: impl Read, length: u64, label: &Path) -> Result<(Metadata, u64), Error> {
    let failed = |source| Error::Io {
        path: label.to_owned(),
        source,
    };
    let limit = length.saturating_sub(SIZE_BYTES).min(MAX_HEADER);
    let mut size = [0; SIZE_BYTES as usize];
    let size = if length < SIZE_BYTES {
        SIZE_BYTES
    } else {
        file.read_exact(&mut size).map_err(failed)?;
        u64::from_le_bytes(size)
    };
    if size > limit {
        return Err(Error::HeaderSize {
            file: label.to_owned(),
            found: size,
            limit,
        });
    }
    let mut header = vec![0; size as usize];
    file.read_exact(&mut header).map_err(failed)?;
    // This checks as well that the tensors follow each other without gaps and have the sizes that
    // their shapes and formats ask for.
    let metadata: Metadata = serde_json::from_slice(&header).map_err(|source| Error::Header {
        file: label.to_owned(),
        source,
    })?;
    let start = SIZE_BYTES + size;
    let expected = start.saturating_add(metadata.data_len() as u64);
    if expected == length {
        Ok((metadata, start))
    } else {
        Err(Error::FileLength {
            file: label.to_owned(),
            found: length,
            expected,
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn file(header: &str, data: usize) -> Vec<u8> {
        let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
        bytes.extend(header.as_bytes());
        bytes.resize(bytes.len() + data, 0);
        bytes
    }

    fn error(bytes: &[u8]) -> Error {
        match Safetensors::from_bytes(bytes) {
            Ok(_) => panic!("the file is taken"),
            Err(error) => error,
        }
    }

    const TWO: &str = r#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},
        "b":{"dtype":"F32","shape":[1,1],"data_offsets":[8,12]}}"#;

    #[test]
    fn a_valid_file_is_read() {
        let bytes = file(TWO, 12);
        let stored = Safetensors::from_bytes(&bytes).unwrap();
        assert_eq!(stored.read("a", &[2]).unwrap().values(), [0.0; 2]);
        assert!(matches!(
            stored.read("b", &[1]),
            Err(Error::TensorShape { found, .. }) if found == [1, 1]
        ));
    }

    #[test]
    fn an_absurd_header_size_is_refused_before_memory_is_taken() {
        let mut bytes = file(TWO, 12);
        bytes[..8].copy_from_slice(&(1_u64 << 60).to_le_bytes());
        assert!(matches!(error(&bytes), Error::HeaderSize { found, .. } if found == 1 << 60));
        assert!(matches!(error(&[]), Error::HeaderSize { .. }));
        assert!(matches!(error(&[0; 7]), Error::HeaderSize { .. }));
    }

    #[test]
    fn offsets_that_overlap_leave_gaps_or_do_not_fit_are_refused() {
        for (from, to) in [
            ("[8,12]", "[4,8]"),
            ("[8,12]", "[9,13]"),
            ("[8,12]", "[8,16]"),
            ("[8,12]", "[12,8]"),
            ("[8,12]", "[8,18446744073709551615]"),
            ("[1,1]", "[4611686018427387904,16]"),
            ("[1,1]", "[4611686018427387904,4611686018427387904]"),
            ("F32", "F99"),
        ] {
            let header = TWO.replace(from, to);
            assert_ne!(header, TWO);
            assert!(
                matches!(error(&file(&header, 12)), Error::Header { .. }),
                "{to}"
            );
        }
        assert!(matches!(error(&file("not json", 12)), Error::Header { .. }));
    }

    #[test]
    fn a_length_that_does_not_fit_the_header_is_refused() {
        for data in [11, 13, 0] {
            let error = error(&file(TWO, data));
            assert!(matches!(error, Error::FileLength { found, expected, .. }
                if expected + data as u64 == found + 12));
        }
    }

    #[test]
    fn the_nearest_names_share_the_most_parts() {
        let header = r#"{"x.layer.0.key.bias":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},
            "x.layer.0.key.weights":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},
            "y":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},
            "z":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}"#;
        let bytes = file(header, 0);
        let stored = Safetensors::from_bytes(&bytes).unwrap();
        let nearest = stored.nearest("layer.0.key.weight");
        assert_eq!(
            nearest,
            ["x.layer.0.key.bias", "x.layer.0.key.weights", "y"]
        );
    }
}
