//! Proteins in Parquet: ours and pyarrow's, good, bad and damaged.

use std::fs;
use std::path::Path;

use proptest::collection::vec;
use proptest::prelude::*;
use protattn_io::parquet::{Reader, Table, Writer};
use protattn_io::source::{self, Format};
use protattn_io::{Error, Protein, Track};

use crate::any_protein::protein;
use crate::fixture;

fn write(path: &Path, proteins: &[Protein]) {
    let mut writer = Writer::create(path).unwrap();
    for protein in proteins {
        writer.write(protein).unwrap();
    }
    writer.finish().unwrap();
}

fn read(path: &Path) -> Vec<Protein> {
    Reader::open(path).unwrap().map(Result::unwrap).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn writing_then_reading_is_identity(proteins in vec(protein(), 0..5)) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("proteins.parquet");
        write(&path, &proteins);
        prop_assert_eq!(read(&path), proteins);
        prop_assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}

#[test]
fn a_label_that_comes_late_is_a_column_all_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("many.parquet");
    let protein = |index: usize| {
        let mut protein = Protein::new(format!("p{index}"), "ACD").unwrap();
        if index % 1500 == 1499 {
            let late = Track::Classes(vec![None, Some(index.to_string()), None]);
            protein.set_label("late", late).unwrap();
        }
        protein
    };
    let proteins: Vec<Protein> = (0..3100).map(protein).collect();
    write(&path, &proteins);
    let source = source::open(&path, None).unwrap();
    assert_eq!(source.format(), Format::Parquet);
    assert_eq!(Reader::open(&path).unwrap().len(), 3100);
    assert_eq!(source.map(Result::unwrap).collect::<Vec<_>>(), proteins);
}

#[test]
fn a_label_is_of_one_kind() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.parquet");
    let of = |track: Track| {
        let mut protein = Protein::new("p", "A").unwrap();
        protein.set_label("x", track).unwrap();
        protein
    };
    let class = of(Track::Classes(vec![Some("a".to_owned())]));
    let mut writer = Writer::create(&path).unwrap();
    writer.write(&of(Track::Flags(vec![None]))).unwrap();
    writer.write(&class).unwrap();
    let error = writer
        .write(&of(Track::Flags(vec![Some(true)])))
        .unwrap_err();
    let message = "p: label `x` has both flags and classes in the set";
    assert_eq!(error.to_string(), format!("{}: {message}", path.display()));
    writer.finish().unwrap();
    assert_eq!(read(&path), [of(Track::Classes(vec![None])), class]);
}

#[test]
fn what_pyarrow_writes_is_read() {
    let [a, b] = read(&fixture("parquet/valid/proteins.parquet"))
        .try_into()
        .unwrap();
    assert_eq!((a.id(), a.sequence()), ("a", "ACD"));
    let ca = [Some([1.0, 2.0, 3.0]), None, Some([4.0, 5.0, 6.5])];
    assert_eq!(a.ca(), Some(&ca[..]));
    let numbers: Vec<String> = a
        .numbering()
        .unwrap()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(numbers, ["1", "1A", "-2"]);
    let some = |class: &str| Some(class.to_owned());
    let classes = Track::Classes(vec![some("x"), None, some("y")]);
    assert_eq!(a.tracks().collect::<Vec<_>>(), [("class", &classes)]);
    let flags = Track::Flags(vec![Some(true), None]);
    assert_eq!(b.tracks().collect::<Vec<_>>(), [("site", &flags)]);
    assert_eq!((b.ca(), b.numbering()), (None, None));
}

#[test]
fn what_is_no_file_of_proteins_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let results = folder.path().join("results.parquet");
    let table = Table::new().with("layer", vec![1_u32]).unwrap();
    table.write(&results).unwrap();
    let invalid = |name: &str| fixture("parquet/invalid").join(name);
    for (path, message) in [
        (
            results,
            "there is no column `id`: it is no file of proteins",
        ),
        (
            invalid("proteins_without_sequence.parquet"),
            "there is no column `sequence`: it is no file of proteins",
        ),
        (
            invalid("proteins_with_numbers.parquet"),
            "column `labels.n` is list[i64], not a list of flags or of names",
        ),
        (
            invalid("proteins_with_doubles.parquet"),
            "column `ca` is list[list[f64]], not list[list[f32]]",
        ),
    ] {
        let error = Reader::open(&path).unwrap_err().to_string();
        assert_eq!(error, format!("{}: {message}", path.display()));
    }
}

#[test]
fn a_bad_row_is_named_and_the_next_one_read() {
    let path = fixture("parquet/invalid/proteins.parquet");
    let found: Vec<Result<Protein, Error>> = Reader::open(&path).unwrap().collect();
    let expected = [
        "row 1: a: residue 2 is '-', not a letter from A to Z",
        "row 2: there is no `id`",
        "row 3: there is no `sequence`",
        "row 4: `ca` has a position that is not three numbers",
        "row 5: e: ca has 1 values for 2 residues",
        "row 6: \"x\" is not a residue number such as 52 or 52A",
    ];
    for (found, expected) in found.iter().zip(expected) {
        let message = found.as_ref().unwrap_err().to_string();
        assert_eq!(message, format!("{}: {expected}", path.display()));
    }
    assert_eq!(found.len(), expected.len() + 1);
    assert_eq!(found[expected.len()].as_ref().unwrap().id(), "g");
}

#[test]
fn a_cut_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cut.parquet");
    let whole = fs::read(fixture("parquet/valid/proteins.parquet")).unwrap();
    for end in 0..whole.len() {
        fs::write(&path, &whole[..end]).unwrap();
        let error = Reader::open(&path).unwrap_err().to_string();
        let expected = "it is no Parquet table, or only a part of one";
        assert_eq!(
            error,
            format!("{}: {expected}", path.display()),
            "cut to {end} bytes"
        );
    }
}

#[cfg(feature = "labels")]
#[test]
fn a_table_of_labels_can_be_parquet() {
    use protattn_io::label_table::LabelTable;

    let table = LabelTable::read(fixture("parquet/valid/labels.parquet")).unwrap();
    let mut protein = Protein::new("p", "ACD").unwrap();
    assert_eq!(table.apply(&mut protein), Ok(1));
    let flags = Track::Flags(vec![Some(true), Some(false), None]);
    assert_eq!(protein.track("hot"), Some(&flags));
    assert_eq!(table.unmatched(), ["q"]);

    let path = fixture("parquet/invalid/labels.parquet");
    let error = LabelTable::read(&path).unwrap_err().to_string();
    let message = "row 1: position \"1.0\" is no whole number from 1";
    assert_eq!(error, format!("{}: {message}", path.display()));
}
