//! LMDB folders made by `fixtures/lmdb/make.py`, good, bad and damaged.

use std::fs;
use std::path::Path;

use protattn_io::lmdb::Reader;
use protattn_io::{Error, Protein, Track, labels};

use crate::fixture;

fn read(name: &str) -> Vec<Result<Protein, Error>> {
    Reader::open(fixture("lmdb").join(name)).unwrap().collect()
}

fn flags(protein: &Protein, name: &str) -> String {
    let Some(Track::Flags(flags)) = protein.track(name) else {
        panic!("no flags {name}")
    };
    flags
        .iter()
        .map(|flag| flag.map_or('?', |yes| if yes { '1' } else { '0' }))
        .collect()
}

fn classes(protein: &Protein, name: &str) -> Vec<String> {
    let Some(Track::Classes(classes)) = protein.track(name) else {
        panic!("no classes {name}")
    };
    classes
        .iter()
        .map(|class| class.clone().unwrap_or_else(|| "?".into()))
        .collect()
}

#[test]
fn each_kind_of_record_gives_what_it_knows() {
    let proteins: Vec<Protein> = read("valid/kinds")
        .into_iter()
        .map(Result::unwrap)
        .collect();
    let [sites, modified, proteinnet, secondary] = proteins.as_slice() else {
        panic!("four records")
    };

    assert_eq!((sites.id(), sites.sequence()), ("1abc.A", "ACDEF"));
    let numbers: Vec<i32> = sites
        .numbering()
        .unwrap()
        .iter()
        .map(|n| n.number)
        .collect();
    assert_eq!(numbers, [7, -1, 7, 3, 4]);
    // Author numbers 7 and -1 are sites, and both residues 7 are; 99 is not in the chain.
    assert_eq!(flags(sites, labels::BINDING_SITE), "11100");
    assert_eq!(sites.tracks().count(), 1);

    assert_eq!(flags(modified, labels::MODIFICATION), "000");

    let ca = proteinnet.ca().unwrap();
    assert_eq!(
        (ca[0], ca[2], ca[4]),
        (Some([0.0, 0.25, 0.5]), None, Some([3.0, 3.25, 3.5]))
    );
    assert_eq!(proteinnet.tracks().count(), 0);

    assert_eq!(
        classes(secondary, labels::SECONDARY_STRUCTURE_8),
        ["G", "E", "?", "S", "-"]
    );
    let names = ["helix", "strand", "?", "turn-bend", "blank"];
    assert_eq!(classes(secondary, labels::SECONDARY_STRUCTURE), names);
    assert!(secondary.ca().is_none());
}

#[test]
fn records_come_in_the_order_of_their_numbers() {
    let reader = Reader::open(fixture("lmdb/valid/two_levels")).unwrap();
    assert_eq!((reader.len(), reader.size_hint()), (13, (13, Some(13))));
    let ids: Vec<String> = reader.map(|p| p.unwrap().id().to_owned()).collect();
    let mut expected: Vec<String> = (0..12).map(|n| format!("many.{n}")).collect();
    expected.push("long".into());
    assert_eq!(ids, expected);
}

#[test]
fn an_empty_set_has_no_records() {
    let mut reader = Reader::open(fixture("lmdb/valid/empty")).unwrap();
    assert!(reader.is_empty());
    assert!(reader.next().is_none());
}

#[test]
fn a_data_file_can_be_opened_itself() {
    let reader = Reader::open(fixture("lmdb/valid/kinds/data.mdb")).unwrap();
    assert_eq!(reader.len(), 4);
}

#[test]
fn a_bad_record_is_named_and_the_next_one_read() {
    let path = fixture("lmdb/invalid/records");
    let records = read("invalid/records");
    let expected = [
        "the pickle at byte 61 asks for `posix.system`; only plain data, arrays and tensors are read",
        "`positions` has 2 values for 3 residues",
        "there is `sites` but no `positions`",
        "there is no `id` among its keys: primary, label",
        "it is a list, not a dict with `id`",
        "the pickle at byte 98 announces 1 bytes where 0 are left",
        "`tertiary` has the shape [3, 5], not [5, 3]",
        "`ss3` of residue 2 is 3, not a number below 3",
        "gap: residue 2 is '-', not a letter from A to Z",
        "infinite: the ca position of residue 1 is not a finite number",
        "`positions` must be a list of nothing but whole numbers; found a list",
    ];
    assert_eq!(records.len(), expected.len() + 1);
    for (key, (record, message)) in records.iter().zip(expected).enumerate() {
        let found = record.as_ref().unwrap_err().to_string();
        assert_eq!(
            found,
            format!("{}: record {key}: {message}", path.display())
        );
    }
    assert_eq!(records[expected.len()].as_ref().unwrap().id(), "1abc.A");
}

#[test]
fn a_set_must_know_its_size() {
    for (name, message) in [
        (
            "count_too_large",
            "`num_examples` says 3 records, the file has 2 keys",
        ),
        (
            "count_of_text",
            "`num_examples` is text, not a whole number",
        ),
        (
            "no_count",
            "there is no `num_examples`, so this is no set of TAPE's kind",
        ),
    ] {
        let path = fixture("lmdb/invalid").join(name);
        let error = Reader::open(&path).unwrap_err().to_string();
        assert_eq!(
            error,
            format!("{}: {message}", path.join("data.mdb").display())
        );
    }
}

fn open_bytes(folder: &Path, bytes: &[u8]) -> Result<Reader, Error> {
    fs::write(folder.join("data.mdb"), bytes).unwrap();
    Reader::open(folder)
}

#[test]
fn no_more_keys_are_believed_than_the_file_has_room_for() {
    let folder = tempfile::tempdir().unwrap();
    let mut bytes = fs::read(fixture("lmdb/valid/kinds/data.mdb")).unwrap();
    // Both of its meta pages.
    for at in [120, 4096 + 120] {
        bytes[at..at + 8].copy_from_slice(&(1_u64 << 40).to_le_bytes());
    }
    let error = open_bytes(folder.path(), &bytes).unwrap_err().to_string();
    let message = "no LMDB file: its 12288 bytes have no room for the 1099511627776 keys it claims";
    assert!(error.ends_with(message), "{error}");
}

#[test]
fn what_is_no_lmdb_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let message = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = fs::read(fixture("lmdb/valid/kinds/data.mdb")).unwrap();
        change(&mut bytes);
        let error = open_bytes(folder.path(), &bytes).unwrap_err().to_string();
        error.rsplit_once("data.mdb: ").unwrap().1.to_owned()
    };
    let set = |at: usize, value: u8| move |bytes: &mut Vec<u8>| bytes[at] = value;
    assert_eq!(
        message(&|bytes| bytes.clear()),
        "no LMDB file: 0 bytes are too few"
    );
    assert_eq!(
        message(&|bytes| bytes.truncate(4200)),
        "no LMDB file: 4200 bytes are too few"
    );
    assert_eq!(
        message(&|bytes| bytes.truncate(8192)),
        "page 2 lies outside the file; the file is damaged"
    );
    assert_eq!(
        message(&set(16, 0)),
        "no LMDB file: the magic number is not there"
    );
    assert_eq!(
        message(&|bytes| bytes[16..20].reverse()),
        "no LMDB file: written on a big-endian machine"
    );
    assert_eq!(
        message(&set(20, 2)),
        "no LMDB file: format version 2, not 1"
    );
    assert_eq!(message(&set(41, 0x11)), "no LMDB file: a page size of 4352");
    // Flags of the main database, in the second meta page, which is the newer one here.
    let several = "no LMDB file: its keys are sorted in an unusual order or have several values";
    assert_eq!(message(&set(4096 + 92, 4)), several);
    let error = Reader::open(folder.path().join("none")).unwrap_err();
    assert!(matches!(error, Error::Io { .. }), "{error}");
}

/// Nothing may be written: not even by another name.
#[test]
fn the_folder_is_left_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data.mdb");
    fs::copy(fixture("lmdb/valid/kinds/data.mdb"), &data).unwrap();
    let read_only = |path: &Path, to: bool| {
        let mut permissions = fs::metadata(path).unwrap().permissions();
        permissions.set_readonly(to);
        fs::set_permissions(path, permissions).unwrap();
    };
    read_only(&data, true);
    read_only(folder.path(), true);
    let before = fs::metadata(&data).unwrap().modified().unwrap();
    // Two at once, as when a set is given twice.
    let readers = [
        Reader::open(folder.path()).unwrap(),
        Reader::open(folder.path()).unwrap(),
    ];
    assert_eq!(
        readers.map(|reader| reader.filter(Result::is_ok).count()),
        [4, 4]
    );
    let names: Vec<_> = fs::read_dir(folder.path())
        .unwrap()
        .map(|e| e.unwrap().file_name())
        .collect();
    assert_eq!(names, ["data.mdb"]);
    assert_eq!(fs::metadata(&data).unwrap().modified().unwrap(), before);
    read_only(folder.path(), false);
    read_only(&data, false);
}
