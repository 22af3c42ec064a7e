//! The same tables whatever the threads and the order of the records.

use std::path::Path;

use protattn_io::{Protein, jsonl};

use crate::common::{done, folder, text};

fn records() -> Vec<Protein> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/demo/proteins.jsonl");
    jsonl::Reader::open(path)
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap()
}

fn tables(records: &[Protein], threads: &str) -> Vec<u8> {
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
        "--no-figures",
    ]);
    std::fs::read(out.path().join("alignment.parquet")).unwrap()
}

#[test]
fn threads_and_order_change_no_bit() {
    let mut records = records();
    let one = tables(&records, "1");
    assert!(one == tables(&records, "2"), "two threads");
    assert!(one == tables(&records, "7"), "seven threads");
    records.reverse();
    records.rotate_left(3);
    assert!(one == tables(&records, "2"), "another order");
    records.pop();
    assert!(one != tables(&records, "2"), "one record fewer");
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
