//! The same tables whatever the threads and the order of the records.

use std::path::Path;

use protattn_io::{Protein, jsonl};

use crate::common::{TABLES, assert_same_tables, done, folder, tables, text};

fn records() -> Vec<Protein> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/demo/proteins.jsonl");
    jsonl::Reader::open(path)
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap()
}

fn tables_of(records: &[Protein], threads: &str) -> [Vec<u8>; 6] {
    let out = folder();
    let data = out.path().join("data.jsonl");
    let mut writer = jsonl::Writer::create(&data).unwrap();
    records
        .iter()
        .for_each(|record| writer.write(record).unwrap());
    writer.finish().unwrap();
    done(&[
        "align",
        "--model",
        "demo",
        "--data",
        text(&data),
        "--output",
        text(out.path()),
        "--threads",
        threads,
        "--metric",
        "all,contact-precision-combined",
        "--null",
        "rotate-labels,shuffle-sequence,random-weights",
        "--per-protein",
        "--no-figures",
    ]);
    tables(out.path())
}

#[test]
fn threads_and_order_change_no_bit() {
    let mut records = records();
    // Two of one identifier, and two that the model cannot tell apart (it has one token for U and X).
    for (id, residue) in
        [(records[1].id(), "X"), ("u", "U"), ("x", "X")].map(|(id, r)| (id.to_owned(), r))
    {
        let sequence = format!("{}{residue}", &records[0].sequence()[1..]);
        records.push(Protein::new(id, &sequence).unwrap());
    }
    let one = tables_of(&records, "1");
    assert_same_tables(&one, &tables_of(&records, "2"), "two threads");
    assert_same_tables(&one, &tables_of(&records, "7"), "seven threads");
    records.reverse();
    records.rotate_left(3);
    assert_same_tables(&one, &tables_of(&records, "2"), "another order");
    records.pop();
    let fewer = tables_of(&records, "2");
    let changed = one.iter().zip(&fewer).filter(|(one, fewer)| one != fewer);
    assert_eq!(
        changed.count(),
        TABLES.len(),
        "one record fewer changes them all"
    );
}

/// A record whose sequence another has too is run with it, and counted for itself.
#[test]
fn repeated_sequences_count_as_often_as_they_occur() {
    let records = records();
    let twin = |protein: &Protein, id: &str| {
        let mut twin = Protein::new(id, protein.sequence()).unwrap();
        twin.join(protein.clone()).unwrap();
        twin
    };
    let doubled: Vec<Protein> = records
        .iter()
        .cloned()
        .chain(records.iter().map(|p| twin(p, &format!("{}-2", p.id()))))
        .collect();
    let out = folder();
    let count = |records: &[Protein], name: &str| {
        let data = out.path().join(format!("{name}.jsonl"));
        let mut writer = jsonl::Writer::create(&data).unwrap();
        records
            .iter()
            .for_each(|record| writer.write(record).unwrap());
        writer.finish().unwrap();
        let output = out.path().join(name);
        done(&[
            "align",
            "--model",
            "demo",
            "--data",
            text(&data),
            "--output",
            text(&output),
            "--no-figures",
        ]);
        crate::common::table(&output)
            .u64s("arcs_in_class")
            .unwrap()
            .to_vec()
    };
    let (once, twice) = (count(&records, "once"), count(&doubled, "twice"));
    assert!(once.iter().any(|n| *n > 0));
    assert_eq!(twice, once.iter().map(|n| 2 * n).collect::<Vec<_>>());
}
