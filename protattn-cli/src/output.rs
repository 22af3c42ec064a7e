//! Files of the output folder: written whole or not at all.

use std::fs::{self, File};
use std::io::BufWriter;
use std::path::Path;

use anyhow::{Context, Result};
use protattn_io::replace::{self, Replacement};

/// Makes the output folder, and proves that it can be written before hours of work go into it.
pub(crate) fn prepare(folder: &Path) -> Result<()> {
    let made = fs::create_dir_all(folder);
    let written = made.and_then(|()| Replacement::create(&folder.join("protattn")));
    written.map(|_| ()).with_context(|| {
        format!(
            "{}: cannot write to the output folder; choose another with --output",
            folder.display()
        )
    })
}

/// Removes a file that an earlier run may have left: it would be taken for one of this run.
pub(crate) fn remove(path: &Path) -> Result<()> {
    let removed = replace::remove_if_there(path);
    removed.with_context(|| format!("{}: cannot be removed", path.display()))
}

/// Writes a file through a temporary name in the same folder.
pub(crate) fn write(path: &Path, contents: &[u8]) -> Result<()> {
    let written = replace::write(path, contents);
    written.with_context(|| format!("{}: cannot be written", path.display()))
}

/// As [`write`], for contents that are made as they are written.
pub(crate) fn write_with(
    path: &Path,
    fill: impl FnOnce(&mut BufWriter<File>) -> Result<()>,
) -> Result<()> {
    let written = replace::write_with(path, fill);
    written.with_context(|| format!("{}: cannot be written", path.display()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn an_output_folder_that_is_a_file_is_refused() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let error = prepare(&file.path().join("results")).unwrap_err();
        assert!(
            error.to_string().contains("choose another with --output"),
            "{error}"
        );
    }
}
