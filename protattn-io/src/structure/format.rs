//! Which format a structure file has, by its content.

/// The two formats of structure files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// The older one, by columns.
    Pdb,
    /// PDBx/mmCIF.
    Mmcif,
}

/// Records with which a PDB file begins, written by the archive or by a program.
const FIRST_RECORDS: [&str; 10] = [
    "HEADER", "TITLE", "REMARK", "CRYST1", "MODEL", "ATOM", "HETATM", "COMPND", "SEQRES", "EXPDTA",
];

impl Format {
    /// mmCIF opens with `data_`, `loop_` or a tag, PDB with one of its records or has atom records
    /// further down. Otherwise, what the text is instead.
    pub(super) fn of(text: &[u8]) -> Result<Self, String> {
        if text.starts_with(&[0x1f, 0x8b]) {
            return Err("the file is compressed with gzip; unpack it first".to_owned());
        }
        let text = text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text);
        let lines = || text.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii);
        let Some(first) = lines().find(|line| !line.is_empty() && !line.starts_with(b"#")) else {
            return Err("the file is empty".to_owned());
        };
        let opens_cif = |word: &[u8]| {
            first
                .get(..word.len())
                .is_some_and(|head| head.eq_ignore_ascii_case(word))
        };
        if opens_cif(b"data_") || opens_cif(b"loop_") || opens_cif(b"_") {
            return Ok(Self::Mmcif);
        }
        let record = first.split(|&byte| byte == b' ').next().unwrap_or_default();
        let is_first = FIRST_RECORDS.iter().any(|name| name.as_bytes() == record);
        if is_first
            || lines().any(|line| line.starts_with(b"ATOM  ") || line.starts_with(b"HETATM"))
        {
            return Ok(Self::Pdb);
        }
        let beginning: String = String::from_utf8_lossy(first).chars().take(20).collect();
        Err(format!(
            "the file is neither PDB nor mmCIF; it begins with {beginning:?}"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_told_apart() {
        for text in [
            "data_1ABC\n",
            "# a comment\r\n\r\nDATA_x",
            "loop_\n_atom_site.id",
            "_entry.id X",
        ] {
            assert_eq!(Format::of(text.as_bytes()), Ok(Format::Mmcif), "{text:?}");
        }
        for text in [
            "HEADER    X",
            "\u{feff}REMARK",
            "ATOM      1",
            "comment\nHETATM    1",
            "REMARK data_\n",
        ] {
            assert_eq!(Format::of(text.as_bytes()), Ok(Format::Pdb), "{text:?}");
        }
    }

    #[test]
    fn what_is_neither_is_described() {
        let message = |text: &[u8]| Format::of(text).expect_err("neither");
        assert_eq!(message(b""), "the file is empty");
        assert_eq!(message(b"\n # \n"), "the file is empty");
        assert_eq!(
            message(b">sp|P0\nMK"),
            "the file is neither PDB nor mmCIF; it begins with \">sp|P0\""
        );
        assert_eq!(
            message(b"\x1f\x8b\x08"),
            "the file is compressed with gzip; unpack it first"
        );
    }
}
