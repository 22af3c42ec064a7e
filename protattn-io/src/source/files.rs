//! Which files a folder or a list stands for.

use std::path::{Path, PathBuf};

use super::location::Location;
use crate::Error;
use crate::compressed::read_up_to;
use crate::limits::raised;

/// The most bytes that a list may have: a line for each structure that is known.
const MAX_LIST: u64 = 1 << 28;

/// The ends of the names of lists.
const LIST_ENDINGS: [&str; 3] = ["list", "lst", "txt"];

/// The ends of the names of structure files.
const STRUCTURE_ENDINGS: [&str; 4] = ["pdb", "ent", "cif", "mmcif"];

/// The last part of a name, after the point and in lower case; the one before it if that is `gz`.
pub(super) fn ending(path: &Path) -> Option<String> {
    let lower = |path: &Path| Some(path.extension()?.to_str()?.to_ascii_lowercase());
    let last = lower(path)?;
    if last == "gz" {
        return lower(Path::new(path.file_stem()?));
    }
    Some(last)
}

/// Whether the name is that of a PDB or mmCIF file.
pub(super) fn is_structure(path: &Path) -> bool {
    ending(path).is_some_and(|ending| STRUCTURE_ENDINGS.contains(&ending.as_str()))
}

/// Whether a file is a list: its name says so, and what its first entry names is there (which a
/// `.list` need not show).
pub(super) fn is_list(path: &Path, start: &[u8]) -> bool {
    let Some(ending) = ending(path).filter(|e| LIST_ENDINGS.contains(&e.as_str())) else {
        return false;
    };
    let text = String::from_utf8_lossy(start);
    let first = entries(&text).next();
    ending == "list" || first.is_some_and(|entry| located(path, entry).path.is_file())
}

/// The lines that name something.
fn entries(text: &str) -> impl Iterator<Item = &str> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let lines = text.lines().map(str::trim);
    lines.filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// What an entry of a list names, from the folder of the list.
fn located(list: &Path, entry: &str) -> Location {
    let folder = list.parent().unwrap_or(Path::new(""));
    Location::parse(&folder.join(entry))
}

/// The files that a list names, in its order.
pub(super) fn of_list(path: &Path) -> Result<Vec<Location>, Error> {
    let limit = raised(MAX_LIST);
    let bytes = read_up_to(path, limit.saturating_add(1))?;
    if bytes.len() as u64 > limit {
        let message = format!("the list has over {limit} bytes");
        return Err(Error::format(path, message));
    }
    let text = String::from_utf8(bytes)
        .map_err(|_| Error::format(path, "it is no list of files: it is not UTF-8"))?;
    let files: Vec<_> = entries(&text).map(|entry| located(path, entry)).collect();
    if files.is_empty() {
        return Err(Error::format(path, "the list names no files"));
    }
    Ok(files)
}

/// The files of a folder, by name, then the structure files of the folders in it; and what is odd.
/// Hidden files and folders are passed over, and so are links to folders, which can lead in circles.
pub(super) fn of_folder(path: &Path) -> Result<(Vec<Location>, Vec<String>), Error> {
    let (mut files, folders) = listed(path)?;
    let mut warnings = Vec::new();
    for folder in folders {
        let before = files.len();
        structures_below(&folder, &mut files)?;
        if files.len() == before {
            let folder = folder.display();
            warnings.push(format!(
                "{folder}: a folder without structures was passed over"
            ));
        }
    }
    if files.is_empty() {
        return Err(Error::format(path, "the folder holds no files"));
    }
    let location = |path| Location { path, chain: None };
    Ok((files.into_iter().map(location).collect(), warnings))
}

fn structures_below(path: &Path, files: &mut Vec<PathBuf>) -> Result<(), Error> {
    let mut open = vec![path.to_owned()];
    while let Some(folder) = open.pop() {
        let (found, mut folders) = listed(&folder)?;
        files.extend(found.into_iter().filter(|file| is_structure(file)));
        folders.reverse();
        open.append(&mut folders);
    }
    Ok(())
}

/// The files and the folders directly in a folder, each by name.
fn listed(path: &Path) -> Result<(Vec<PathBuf>, Vec<PathBuf>), Error> {
    let io = Error::io(path);
    let (mut files, mut folders) = (Vec::new(), Vec::new());
    for entry in std::fs::read_dir(path).map_err(io)? {
        let entry = entry.map_err(io)?;
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        if entry.file_type().map_err(io)?.is_dir() {
            folders.push(entry.path());
        } else if !entry.path().is_dir() {
            files.push(entry.path());
        }
    }
    files.sort();
    folders.sort();
    Ok((files, folders))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_end_before_gz() {
        for (name, expected) in [
            ("a/1ubq.CIF", Some("cif")),
            ("pdb1ubq.ent.gz", Some("ent")),
            ("x.gz", None),
            ("plain", None),
        ] {
            assert_eq!(ending(Path::new(name)).as_deref(), expected, "{name}");
        }
    }

    #[test]
    fn comments_and_blank_lines_name_nothing() {
        let text = "\u{feff}# structures\n\n 1ubq.cif:A \r\n#2abc.cif\n3abc.pdb";
        assert_eq!(
            entries(text).collect::<Vec<_>>(),
            ["1ubq.cif:A", "3abc.pdb"]
        );
    }
}
