//! Files of the output folder: written whole or not at all.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Makes the output folder, and proves that it can be written before hours of work go into it.
pub(crate) fn prepare(folder: &Path) -> Result<()> {
    let advice = || {
        format!(
            "{}: cannot write to the output folder; choose another with --output",
            folder.display()
        )
    };
    fs::create_dir_all(folder).with_context(advice)?;
    let probe = temporary(&folder.join("protattn"));
    File::create(&probe).with_context(advice)?;
    fs::remove_file(&probe).with_context(advice)
}

/// Removes a file that an earlier run may have left: it would be taken for one of this run.
pub(crate) fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("{}: cannot be removed", path.display()))
        }
        _ => Ok(()),
    }
}

/// Writes a file through a temporary name in the same folder.
pub(crate) fn write(path: &Path, contents: &[u8]) -> Result<()> {
    write_with(path, |file| Ok(file.write_all(contents)?))
}

/// As [`write`], for contents that are made as they are written.
pub(crate) fn write_with(
    path: &Path,
    fill: impl FnOnce(&mut BufWriter<File>) -> Result<()>,
) -> Result<()> {
    replace(path, fill, |_| Ok(()))
}

/// As [`write_with`], and the file has its name only once the disk has what it holds: it is whole or
/// not there also after the machine has failed.
pub(crate) fn write_durably(
    path: &Path,
    fill: impl FnOnce(&mut BufWriter<File>) -> Result<()>,
) -> Result<()> {
    replace(path, fill, |file| match file.sync_data() {
        Err(error) if error.kind() == io::ErrorKind::Unsupported => Ok(()),
        synced => synced,
    })
}

fn replace(
    path: &Path,
    fill: impl FnOnce(&mut BufWriter<File>) -> Result<()>,
    last: impl FnOnce(&File) -> io::Result<()>,
) -> Result<()> {
    let temporary = temporary(path);
    let context = || format!("{}: cannot be written", path.display());
    let filled = File::create(&temporary)
        .map_err(anyhow::Error::from)
        .and_then(|file| {
            let mut file = BufWriter::new(file);
            fill(&mut file)?;
            file.flush()?;
            last(file.get_ref())?;
            fs::rename(&temporary, path)?;
            Ok(())
        });
    if filled.is_err() {
        // The first error is the one to tell; a temporary file left behind harms nothing.
        let _ = fs::remove_file(&temporary);
    }
    filled.with_context(context)
}

fn temporary(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.{}.tmp", std::process::id()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_write_leaves_what_was_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("table");
        write(&path, b"first").unwrap();
        let failed = write_with(&path, |file| {
            file.write_all(b"half")?;
            anyhow::bail!("interrupted")
        });
        assert!(format!("{:#}", failed.unwrap_err()).ends_with("cannot be written: interrupted"));
        assert_eq!(fs::read(&path).unwrap(), b"first");
        assert_eq!(
            fs::read_dir(folder.path()).unwrap().count(),
            1,
            "nothing else is left"
        );
    }

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
