//! Which format a file of weights has, by its first bytes.

use super::file::{MAGIC, WeightsFile};
use super::safetensors;
use super::stored::Stored;
use super::torch;
use crate::error::Error;

/// As many bytes as tell the formats apart.
const START: usize = 32;
/// The start of a zip archive: what `torch.save` writes since version 1.6.
const ZIP: &[u8] = b"PK\x03\x04";
/// What stands in place of a large file in a repository that was cloned without git-lfs.
const POINTER: &[u8] = b"version https://git-lfs";

/// Reads what the file says of its tensors. The name of the file does not matter.
pub(super) fn tensors(file: &WeightsFile<'_>) -> Result<Vec<(String, Stored)>, Error> {
    let start = file.window(0, START)?;
    if start.starts_with(POINTER) {
        let reason = "is the pointer that git-lfs leaves in place of the weights; \
                      run `git lfs pull` in its folder";
        Err(file.malformed(reason))
    } else if start.starts_with(ZIP) {
        torch::zipped_tensors(file)
    } else if start.windows(MAGIC.len()).any(|bytes| bytes == MAGIC) {
        torch::legacy_tensors(file)
    } else {
        safetensors::tensors(file)
    }
}
