//! Entries of UniProt in TSV and JSON; the files were made up in the form that UniProt serves.

use std::fs;

use protattn_io::label_table::LabelTable;
use protattn_io::source::{self, Format};
use protattn_io::uniprot::Reader;
use protattn_io::{Protein, Track, labels};

use crate::fixture;

/// The flags of a label as signs, 1, 0 and ? for undefined; empty where there is no such track.
fn flags(protein: &Protein, name: &str) -> String {
    let sign = |flag: &Option<bool>| flag.map_or('?', |yes| if yes { '1' } else { '0' });
    match protein.track(name) {
        None => String::new(),
        Some(Track::Flags(flags)) => flags.iter().map(sign).collect(),
        Some(Track::Classes(_)) => panic!("{name} is of classes"),
    }
}

fn read(name: &str) -> Vec<Protein> {
    let source = source::open(fixture("uniprot/valid").join(name), None).unwrap();
    assert_eq!(source.format(), Format::UniProt);
    source.map(Result::unwrap).collect()
}

fn check_three(proteins: &[Protein]) {
    let ids: Vec<&str> = proteins.iter().map(Protein::id).collect();
    assert_eq!(ids, ["P00001", "P00002", "P00003"]);
    let [one, two, three] = proteins else {
        panic!("three entries")
    };
    assert_eq!(flags(one, labels::BINDING_SITE), "010110");
    assert_eq!(flags(one, labels::MODIFICATION), "000000");
    assert_eq!(flags(one, labels::DISULFIDE), "100001", "the two ends only");
    assert_eq!(flags(one, labels::TRANSMEMBRANE), "001111");
    assert_eq!(flags(one, labels::SIGNAL), "110000");

    assert_eq!(
        flags(two, labels::MODIFICATION),
        "0100",
        "the isoform's is passed over"
    );
    assert_eq!(
        flags(two, labels::DISULFIDE),
        "??1?",
        "the other could be any"
    );
    assert_eq!(flags(two, labels::SIGNAL), "1???");

    assert_eq!(flags(three, labels::TRANSMEMBRANE), "0111");
    assert_eq!(flags(three, labels::SIGNAL), "??10");
}

#[test]
fn features_become_labels() {
    let tsv = read("features.tsv");
    check_three(&tsv);
    assert_eq!(
        flags(&tsv[0], labels::ACTIVE_SITE),
        "",
        "there is no such column"
    );
    let json = read("features.json");
    check_three(&json);
    assert_eq!(flags(&json[0], labels::ACTIVE_SITE), "000000");
}

#[test]
fn features_are_joined_to_sequences_by_accession() {
    let table = LabelTable::read(fixture("uniprot/valid/no_sequence.tsv")).unwrap();
    let names: Vec<&str> = table.labels().collect();
    assert_eq!(names, [labels::ACTIVE_SITE, labels::MODIFICATION]);
    let mut protein = Protein::new("sp|P00001|ONE_TEST", "CAAAAC").unwrap();
    assert_eq!(table.apply(&mut protein), Ok(2));
    assert_eq!(flags(&protein, labels::ACTIVE_SITE), "001000");
    assert_eq!(flags(&protein, labels::MODIFICATION), "010010");
    assert_eq!(table.unmatched(), ["P00009"]);

    let mut isoform = Protein::new("P00001", "CAAA").unwrap();
    let error = table.apply(&mut isoform).unwrap_err().to_string();
    let message =
        "line 2: label `modification` is of residue 5, and P00001 has 4: is it another isoform?";
    assert!(error.ends_with(message), "{error}");
    assert_eq!(isoform.tracks().count(), 0);
    let mut other = Protein::new("sp|P00001-2|ONE_TEST", "CAAAAC").unwrap();
    assert_eq!(table.apply(&mut other), Ok(0));
}

#[test]
fn the_features_of_a_whole_file_make_the_same_table() {
    for name in ["features.tsv", "features.json"] {
        let table = LabelTable::read(fixture("uniprot/valid").join(name)).unwrap();
        let bare = |protein: &Protein| Protein::new(protein.id(), protein.sequence()).unwrap();
        for protein in read(name) {
            let mut joined = bare(&protein);
            table.apply(&mut joined).unwrap();
            assert_eq!(joined, protein);
        }
        assert!(table.unmatched().is_empty());
    }
}

fn check_errors(name: &str, expected: &[&str], good: &str) {
    let path = fixture("uniprot/invalid").join(name);
    let found: Vec<_> = Reader::open(&path).unwrap().collect();
    for (found, expected) in found.iter().zip(expected) {
        let message = found.as_ref().unwrap_err().to_string();
        assert_eq!(message, format!("{}: {expected}", path.display()));
    }
    assert_eq!(found.len(), expected.len() + 1);
    assert_eq!(found[expected.len()].as_ref().unwrap().id(), good);
}

#[test]
fn a_bad_entry_is_named_and_the_next_one_read() {
    let of_tsv = [
        "line 2: label `binding-site` is of residue 5, and P1 has 4: is it another isoform?",
        "line 3: P2: \"METAL 2\" in column `Binding site` does not begin with BINDING",
        "line 4: P3: \"two\" is no place such as 52 or 60..63",
        "line 5: P4: a feature ends at residue 2, before its start 4",
        "line 6: P5: a feature is at residue 0",
        "line 7: 2 fields for 3 columns",
        "line 8: there is no accession",
        "line 9: P8: the sequence is empty",
        "line 10: P9: residue 3 is '-', not a letter from A to Z",
    ];
    check_errors("entries.tsv", &of_tsv, "P10");
    let of_json = [
        "record 1: label `signal` is of residue 3, and P1 has 2: is it another isoform?",
        "record 2: P2 has no sequence",
        "record 3, line 5: missing field `primaryAccession` at column 58",
        "record 4, line 6: missing field `location` at column 87",
        "record 5, line 7: P5: a feature ends at residue 1, before its start 2",
    ];
    check_errors("entries.json", &of_json, "P6");
}

#[test]
fn a_file_that_cannot_be_a_source_or_a_table_is_refused() {
    let open = |name: &str| Reader::open(fixture("uniprot").join(name)).map(drop);
    let message = open("valid/no_sequence.tsv").unwrap_err().to_string();
    assert!(
        message.ends_with(
            "there is no column `Sequence`: ask UniProt for it, or join the features to a FASTA \
             file as a table of labels"
        ),
        "{message}"
    );
    let message = open("invalid/no_accession.tsv").unwrap_err().to_string();
    assert!(
        message.ends_with("there is no column `Entry` among Name, Sequence"),
        "{message}"
    );
    let path = fixture("uniprot/invalid/no_entries.tsv");
    let found: Vec<_> = Reader::open(path).unwrap().collect();
    let [Err(error)] = found.as_slice() else {
        panic!("one error: {found:?}")
    };
    assert!(
        error.to_string().ends_with("the file holds no records"),
        "{error}"
    );

    let error = LabelTable::read(fixture("uniprot/invalid/entries.tsv")).unwrap_err();
    assert!(
        error.to_string().contains("entries.tsv: line 3: P2: "),
        "{error}"
    );
}

#[test]
fn a_cut_json_is_never_taken_for_a_whole_one() {
    let whole = fs::read(fixture("uniprot/valid/features.json")).unwrap();
    let list_end = whole.windows(2).rposition(|pair| pair == b"],").unwrap();
    for end in 0..list_end {
        let last = Reader::new(&whole[..end], "cut").and_then(|reader| reader.last().unwrap());
        assert!(last.is_err(), "cut to {end} bytes");
    }
}

#[test]
fn a_cut_tsv_is_an_answer() {
    let whole = fs::read(fixture("uniprot/valid/features.tsv")).unwrap();
    for end in 0..whole.len() {
        if let Ok(reader) = Reader::new(&whole[..end], "cut") {
            assert!(reader.count() <= 3);
        }
    }
}
