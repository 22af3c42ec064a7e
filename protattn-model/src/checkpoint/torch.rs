//! What `torch.save` writes of a state dict: a pickled dict from names to tensors, and beside it the
//! storages that the tensors are views of.

#[cfg(feature = "torch")]
mod legacy;
#[cfg(feature = "torch")]
mod state_dict;
#[cfg(feature = "torch")]
mod zip;

#[cfg(feature = "torch")]
pub(super) use self::legacy::tensors as legacy_tensors;
#[cfg(feature = "torch")]
pub(super) use self::zip::tensors as zipped_tensors;
#[cfg(not(feature = "torch"))]
pub(super) use self::{unread as legacy_tensors, unread as zipped_tensors};

/// Stands for the readers in a build without them.
#[cfg(not(feature = "torch"))]
pub(super) fn unread(
    file: &super::file::WeightsFile<'_>,
) -> Result<Vec<(String, super::stored::Stored)>, crate::error::Error> {
    let reason = "is a file of PyTorch, which this build does not read; \
                  turn on the feature `torch` of protattn-model";
    Err(file.malformed(reason))
}

#[cfg(all(test, not(feature = "torch")))]
mod tests {
    use crate::checkpoint::store::Store;

    #[test]
    fn the_missing_feature_is_named() {
        for start in [
            &b"PK\x03\x04"[..],
            b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.",
        ] {
            match Store::from_bytes(start) {
                Err(error) => assert!(error.to_string().contains("the feature `torch`")),
                Ok(_) => panic!("the file is taken"),
            }
        }
    }
}
