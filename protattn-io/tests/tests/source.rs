//! Sources of every kind, recognised by what is in them.

use std::fs;
use std::path::Path;

use protattn_io::source::{self, Format};

use crate::fixture;

fn write(folder: &Path, name: &str, text: &str) {
    fs::write(folder.join(name), text).unwrap();
}

#[test]
fn what_a_path_is_can_be_told() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "a.txt", ">a\nAC\n");
    write(folder.path(), "c.txt", "# a comment\n\nempty.cif:A\n");
    write(folder.path(), "d.list", "not/there.cif\n");
    write(folder.path(), "b", "{\"id\":\"b\",\"sequence\":\"AC\"}\n");
    write(folder.path(), "empty.cif", "");
    let detect = |name: &str| Format::detect(folder.path().join(name)).unwrap();
    assert_eq!(detect("a.txt"), Format::Fasta);
    assert_eq!(detect("b"), Format::Jsonl);
    assert_eq!(detect("empty.cif"), Format::Structure);
    assert_eq!(detect("empty.cif:A"), Format::Structure);
    assert_eq!(detect("."), Format::Folder);
    assert_eq!(detect("c.txt"), Format::List);
    assert_eq!(detect("d.list"), Format::List);
    assert_eq!(
        Format::detect(fixture("lmdb/valid/kinds")).unwrap(),
        Format::Lmdb
    );
    assert_eq!(
        Format::detect(fixture("lmdb/valid/kinds/data.mdb")).unwrap(),
        Format::Lmdb
    );
}

#[test]
fn what_is_unknown_is_refused_with_what_is_known() {
    let folder = tempfile::tempdir().unwrap();
    for (content, found) in [
        ("", "it is empty"),
        ("hello", "its content is of no known kind"),
        ("\u{1f}", "its content is of no known kind"),
        ("[1]", "it is a JSON list, and not of objects"),
        (
            "id\tposition\tlabel\n",
            "it is a table of labels, to be joined to a source of sequences",
        ),
        (
            "PK\u{3}\u{4}",
            "it is a zip archive without `data.npy` and `pdbids.npy`",
        ),
    ] {
        write(folder.path(), "x", content);
        let path = folder.path().join("x");
        let error = source::open(&path, None).unwrap_err().to_string();
        let known = "known are FASTA, PDB, mmCIF, records in JSON lines or Parquet, LMDB folders, TAPE's JSON, \
            ProteinNet's text, NetSurfP's .npz, UniProt's TSV and JSON, and folders and lists of such files";
        assert_eq!(error, format!("{}: {found}; {known}", path.display()));
    }
    fs::write(folder.path().join("x"), b"\x1f\x8b\x08").unwrap();
    let error = source::open(folder.path().join("x"), None)
        .unwrap_err()
        .to_string();
    let message = if cfg!(feature = "gzip") {
        "the compressed data stop too soon; the file may be cut short"
    } else {
        "it is compressed, and protattn-io was built without the feature `gzip`, which unpacks it"
    };
    assert!(error.ends_with(message), "{error}");
}

#[test]
fn what_is_not_there_is_named_as_it_was_typed() {
    let error = source::open("no/such.cif:A", None).unwrap_err().to_string();
    assert!(error.starts_with("no/such.cif:A: "), "{error}");
    let folder = tempfile::tempdir().unwrap();
    let error = source::open(folder.path(), None).unwrap_err().to_string();
    assert!(error.ends_with(": the folder holds no files"), "{error}");
}

#[test]
fn a_chain_is_of_a_structure_only() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "a.fasta", ">a\nAC\n");
    for name in ["a.fasta:B", ".:B"] {
        let error = source::open(folder.path().join(name), None)
            .unwrap_err()
            .to_string();
        assert!(
            error.ends_with("chain B is asked for, and only structures have chains"),
            "{error}"
        );
    }
}

#[test]
fn a_file_is_no_folder() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "a.fasta", ">a\nAC\n");
    let error = source::open(folder.path().join("a.fasta"), Some(Format::Folder)).unwrap_err();
    assert!(
        error.to_string().ends_with("it is a file, not a folder"),
        "{error}"
    );
}

#[cfg(not(feature = "fasta"))]
#[test]
fn a_feature_that_is_off_is_named() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "a.fasta", ">a\nAC\n");
    let error = source::open(folder.path().join("a.fasta"), None)
        .unwrap_err()
        .to_string();
    let message = "a.fasta: protattn-io was built without the feature `fasta`, which reads it";
    assert!(error.ends_with(message), "{error}");
}

#[cfg(all(feature = "fasta", feature = "jsonl"))]
#[test]
fn a_folder_is_read_in_order_and_a_bad_file_is_one_error() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "c.fasta", ">c1\nAC\n>c2\nA-C\n>c3\nAC\n");
    write(
        folder.path(),
        "a.jsonl",
        "{\"id\":\"a\",\"sequence\":\"AC\"}\n",
    );
    write(folder.path(), "b.txt", "no sequence");
    write(folder.path(), ".hidden", "no sequence");
    fs::create_dir(folder.path().join("deeper")).unwrap();

    let mut opened = source::open(folder.path(), None).unwrap();
    let found: Vec<String> = opened
        .by_ref()
        .map(|record| {
            record.map_or_else(|error| error.to_string(), |protein| protein.id().to_owned())
        })
        .collect();
    assert_eq!([&found[0], &found[2], &found[4]], ["a", "c1", "c3"]);
    assert!(
        found[1].contains("b.txt: its content is of no known kind"),
        "{}",
        found[1]
    );
    assert!(
        found[3].contains("c.fasta: c2: line 4 has '-'"),
        "{}",
        found[3]
    );
    assert_eq!(found.len(), 5);
    let warnings = opened.take_warnings();
    assert_eq!(warnings.len(), 1);
    assert!(
        warnings[0].ends_with("deeper: a folder without structures was passed over"),
        "{}",
        warnings[0]
    );
    assert!(opened.take_warnings().is_empty());
}

#[cfg(all(feature = "fasta", feature = "jsonl"))]
#[test]
fn a_format_that_is_given_is_not_looked_for() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "a.fasta", ">a\nAC\n");
    let path = folder.path().join("a.fasta");
    for given in [path.as_path(), folder.path()] {
        let record = source::open(given, Some(Format::Jsonl))
            .unwrap()
            .next()
            .unwrap();
        let message = record.unwrap_err().to_string();
        assert!(
            message.contains("a.fasta: line 1: expected value"),
            "{message}"
        );
    }
}

#[cfg(feature = "lmdb")]
#[test]
fn an_lmdb_folder_is_one_source() {
    let opened = source::open(fixture("lmdb/valid/kinds"), None).unwrap();
    assert_eq!(opened.format(), Format::Lmdb);
    assert_eq!(
        opened.map(|record| record.unwrap().len()).sum::<usize>(),
        18
    );
}

#[cfg(feature = "structure")]
mod structures {
    use super::*;

    const ATOMS: &str = "\
ATOM      1  N   MET A   1      27.340  24.430   2.614  1.00  9.67           N
ATOM      2  CA  MET A   1      26.266  25.413   2.842  1.00 10.38           C
ATOM      3  CA  GLN B   2      26.850  29.021   3.898  1.00  9.07           C
END
";

    #[test]
    fn a_chain_can_be_chosen() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), "x.pdb", ATOMS);
        let sequences = |name: &str| -> Vec<String> {
            let opened = source::open(folder.path().join(name), None).unwrap();
            opened
                .map(|record| record.unwrap().sequence().to_owned())
                .collect()
        };
        assert_eq!(sequences("x.pdb"), ["M", "Q"]);
        assert_eq!(sequences("x.pdb:B"), ["Q"]);
        assert_eq!(sequences("."), ["M", "Q"]);
        let error = source::open(folder.path().join("x.pdb:C"), None)
            .unwrap_err()
            .to_string();
        assert!(error.contains("x.pdb") && error.contains('C'), "{error}");
    }

    fn ids(path: &Path) -> Vec<String> {
        let opened = source::open(path, None).unwrap();
        opened
            .map(|record| {
                record.map_or_else(|error| error.to_string(), |protein| protein.id().to_owned())
            })
            .collect()
    }

    #[test]
    fn structures_anywhere_in_a_folder_are_read() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["ab/cd", "ab/.hidden", "zz"] {
            fs::create_dir_all(folder.path().join(name)).unwrap();
        }
        for name in [
            "b.pdb",
            "ab/3.ENT",
            "ab/1.pdb",
            "ab/cd/2.pdb",
            "ab/.hidden/4.pdb",
        ] {
            write(folder.path(), name, ATOMS);
        }
        write(
            folder.path(),
            "ab/notes.txt",
            "no structure, and no error so deep",
        );
        #[cfg(unix)]
        std::os::unix::fs::symlink(folder.path(), folder.path().join("zz/circle")).unwrap();

        let expected = ["b.A", "b.B", "1.A", "1.B", "3.A", "3.B", "2.A", "2.B"];
        assert_eq!(ids(folder.path()), expected);
        let mut opened = source::open(folder.path(), None).unwrap();
        let warnings = opened.take_warnings();
        assert_eq!(warnings.len(), 1, "{warnings:?}");
        assert!(warnings[0].ends_with("zz: a folder without structures was passed over"));
    }

    #[test]
    fn a_list_names_files_and_chains() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("deep")).unwrap();
        write(folder.path(), "deep/x.pdb", ATOMS);
        write(folder.path(), "y.pdb", ATOMS);
        let list = "# chains\n\ndeep/x.pdb:B\r\nnot-there.pdb:A\ny.pdb\ny.pdb:Q\ndeep\nself.list\n";
        write(folder.path(), "self.list", list);

        let found = ids(&folder.path().join("self.list"));
        assert_eq!([&found[0], &found[2], &found[3]], ["x.B", "y.A", "y.B"]);
        for (index, message) in [
            (1, "not-there.pdb:A: No such file"),
            (4, "y.pdb: there is no chain Q; protein chains: A, B"),
            (5, "deep: a list names files, and this is a folder"),
            (
                6,
                "self.list: it is a list, which is read only where it is named itself",
            ),
        ] {
            assert!(found[index].contains(message), "{}", found[index]);
        }
        assert_eq!(found.len(), 7);
        let error = source::open(folder.path().join("self.list:A"), None).unwrap_err();
        assert!(
            error.to_string().contains("only structures have chains"),
            "{error}"
        );
    }

    #[test]
    fn a_list_that_names_nothing_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), "a.list", "# nothing\n");
        let error = source::open(folder.path().join("a.list"), None).unwrap_err();
        assert!(
            error.to_string().ends_with("the list names no files"),
            "{error}"
        );
    }

    #[test]
    fn options_reach_the_structures() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), "x.pdb", ATOMS);
        let mut options = source::Options::default();
        options.structure.chains = Some(vec!["B".to_owned()]);
        let count = |name| {
            source::open_with(folder.path().join(name), options.clone())
                .unwrap()
                .count()
        };
        assert_eq!((count("x.pdb"), count("x.pdb:A"), count(".")), (1, 1, 1));
    }

    #[cfg(feature = "gzip")]
    #[test]
    fn compressed_files_are_read_like_the_others() {
        let folder = tempfile::tempdir().unwrap();
        let pack = |name: &str, text: &str| {
            let file = fs::File::create(folder.path().join(name)).unwrap();
            let mut encoder = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
            std::io::Write::write_all(&mut encoder, text.as_bytes()).unwrap();
            encoder.finish().unwrap();
        };
        pack("pdb1abc.ent.gz", ATOMS);
        pack("named-otherwise", ATOMS);
        pack("deep.list", "pdb1abc.ent.gz:B\n");
        assert_eq!(ids(&folder.path().join("pdb1abc.ent.gz:B")), ["pdb1abc.B"]);
        assert_eq!(ids(&folder.path().join("named-otherwise")).len(), 2);
        assert_eq!(ids(&folder.path().join("deep.list")), ["pdb1abc.B"]);
        fs::remove_file(folder.path().join("deep.list")).unwrap();
        assert_eq!(ids(folder.path()).len(), 4);
    }

    #[test]
    fn what_is_odd_is_a_warning_with_its_path() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), "x.pdb", ATOMS.trim_end_matches("END\n"));
        for path in [folder.path().join("x.pdb"), folder.path().to_owned()] {
            let mut opened = source::open(path, None).unwrap();
            assert_eq!(opened.by_ref().filter(Result::is_ok).count(), 2);
            let warnings = opened.take_warnings();
            assert!(
                warnings.iter().any(|warning| warning.contains("x.pdb: ")),
                "{warnings:?}"
            );
        }
    }
}

/// Structures of a folder and a list are read by several threads, in their order all the same.
#[cfg(feature = "structure")]
#[test]
fn threads_change_neither_the_order_nor_what_is_odd() {
    use std::num::NonZeroUsize;

    let folder = tempfile::tempdir().unwrap();
    let atom = "ATOM      1  CA  GLY A   1      26.500  10.500   4.000  1.00 20.00           C\n";
    for file in 0..40 {
        let text = match file % 5 {
            3 => "ATOM  broken\n".to_owned(),
            // Without an END: odd, and usable.
            4 => atom.to_owned(),
            _ => format!("{atom}TER\nEND\n"),
        };
        std::fs::write(folder.path().join(format!("{file:02}.pdb")), text).unwrap();
    }
    let list = folder.path().join("all.list");
    let names: String = (0..40)
        .rev()
        .map(|file| format!("{file:02}.pdb:A\n"))
        .collect();
    std::fs::write(&list, names).unwrap();

    let read = |path: &std::path::Path, threads: usize| {
        let mut options = source::Options::default();
        options.threads = NonZeroUsize::new(threads);
        let mut source = source::open_with(path, options).unwrap();
        let records: Vec<String> = source
            .by_ref()
            .map(|record| record.map_or_else(|error| error.to_string(), |p| p.id().to_owned()))
            .collect();
        (records, source.take_warnings())
    };
    for path in [folder.path(), &list] {
        let (records, warnings) = read(path, 1);
        assert!(
            records
                .iter()
                .filter(|record| record.ends_with(".A"))
                .count()
                == 32
        );
        assert!(records.len() >= 40 && warnings.len() >= 8, "{warnings:?}");
        for threads in [2, 7, 64] {
            assert_eq!(read(path, threads), (records.clone(), warnings.clone()));
        }
    }

    // Threads that nobody reads from any more end.
    let mut source = source::open(folder.path(), None).unwrap();
    assert!(source.next().is_some());
}

#[test]
fn the_files_of_a_source_are_those_that_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    std::fs::create_dir(at("more")).unwrap();
    for name in ["b.fasta", "a.txt", ".hidden", "more/c.pdb", "more/d.txt"] {
        std::fs::write(at(name), ">x\nAC\n").unwrap();
    }
    let found = source::files(folder.path()).unwrap();
    assert_eq!(found, [at("a.txt"), at("b.fasta"), at("more/c.pdb")]);
    std::fs::write(at("some.list"), "b.fasta\nmore/c.pdb:A\n").unwrap();
    let found = source::files(at("some.list")).unwrap();
    assert_eq!(found, [at("some.list"), at("b.fasta"), at("more/c.pdb")]);
    assert_eq!(
        source::files(at("more/c.pdb:A")).unwrap(),
        [at("more/c.pdb")]
    );
    std::fs::write(at("more/data.mdb"), "").unwrap();
    assert_eq!(source::files(at("more")).unwrap(), [at("more/data.mdb")]);
}
