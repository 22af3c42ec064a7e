//! The safetensors format: eight bytes with the size of a JSON header, the header, the tensors.

use safetensors::tensor::Metadata;
use serde::de::IgnoredAny;

use super::file::WeightsFile;
use super::stored::Stored;
use super::unique::UniqueKeys;
use crate::error::Error;

/// The bytes before the header, which hold its size.
const SIZE_BYTES: u64 = 8;
/// The largest header that is read, as in the format's own implementation.
const MAX_HEADER: u64 = 100_000_000;

/// The tensors of a file of this format.
pub(super) fn tensors(file: &WeightsFile<'_>) -> Result<Vec<(String, Stored)>, Error> {
    let size = header_size(file)?;
    let header = file.bytes(SIZE_BYTES, size as usize)?;
    let invalid = |source| Error::Header {
        file: file.path().to_owned(),
        source,
    };
    let _: UniqueKeys<IgnoredAny> = serde_json::from_slice(&header).map_err(invalid)?;
    // This checks as well that the tensors follow each other without gaps and have the sizes that
    // their shapes and formats ask for.
    let metadata: Metadata = serde_json::from_slice(&header).map_err(invalid)?;
    let start = SIZE_BYTES + size;
    let expected = start.saturating_add(metadata.data_len() as u64);
    if expected != file.length() {
        return Err(Error::FileLength {
            file: file.path().to_owned(),
            found: file.length(),
            expected,
        });
    }
    let tensors = metadata.tensors().into_iter().map(|(name, info)| {
        let (from, to) = info.data_offsets;
        let stored = Stored {
            dtype: info.dtype,
            shape: info.shape.clone(),
            offset: start + from as u64,
            span: to - from,
            strides: None,
        };
        (name, stored)
    });
    Ok(tensors.collect())
}

/// The size of the header, if the file is long enough for it.
fn header_size(file: &WeightsFile<'_>) -> Result<u64, Error> {
    let limit = file.length().saturating_sub(SIZE_BYTES).min(MAX_HEADER);
    let start = file.window(0, SIZE_BYTES as usize)?;
    let found = start
        .first_chunk()
        .map_or(SIZE_BYTES, |size| u64::from_le_bytes(*size));
    if found > limit {
        return Err(Error::HeaderSize {
            file: file.path().to_owned(),
            found,
            limit,
        });
    }
    Ok(found)
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
        tensors(&WeightsFile::from_bytes(bytes)).unwrap_err()
    }

    const TWO: &str = r#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},
        "b":{"dtype":"F32","shape":[1,1],"data_offsets":[8,12]}}"#;

    #[test]
    fn a_valid_file_is_read() {
        let bytes = file(TWO, 12);
        let mut tensors = tensors(&WeightsFile::from_bytes(&bytes)).unwrap();
        tensors.sort_by(|(a, _), (b, _)| a.cmp(b));
        let described: Vec<_> = tensors
            .iter()
            .map(|(name, stored)| (name.as_str(), &stored.shape[..], stored.span))
            .collect();
        assert_eq!(described, [("a", &[2][..], 8), ("b", &[1, 1], 4)]);
        assert_eq!(tensors[1].1.offset, 8 + TWO.len() as u64 + 8);
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
    fn a_name_that_is_there_twice_is_refused() {
        // Either alone would be valid.
        let twice = r#"{"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},
            "b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#;
        match error(&file(twice, 4)) {
            Error::Header { source, .. } => {
                assert!(source.to_string().starts_with("the key `b` is there twice"));
            }
            other => panic!("{other}"),
        }
    }

    #[test]
    fn a_length_that_does_not_fit_the_header_is_refused() {
        for data in [11, 13, 0] {
            let error = error(&file(TWO, data));
            assert!(matches!(error, Error::FileLength { found, expected, .. }
                if expected + data as u64 == found + 12));
        }
    }
}
