//! `protattn data`: what data sets hold, in other formats and in parts.

use std::collections::BTreeSet;
use std::path::Path;

use protattn_io::{Protein, jsonl};
use serde_json::Value;

use crate::common::{done, folder, protattn, stderr, text};

fn read(path: &Path) -> Vec<Protein> {
    let records = jsonl::Reader::open(path).unwrap();
    records.collect::<Result<_, _>>().unwrap()
}

fn inspect(path: &str) -> Value {
    let output = done(&["data", "inspect", path, "--json"]);
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn what_is_inspected_is_counted() {
    let out = folder();
    let path = out.path().join("two.jsonl");
    let records = "{\"id\":\"a\",\"sequence\":\"ACX\",\"labels\":{\"site\":[true,null,false]}}\n\
        {\"id\":\"b\",\"sequence\":\"A\"}\n{\"id\":\"c\",\"sequence\":\"\"}\n";
    std::fs::write(&path, records).unwrap();
    let found = inspect(text(&path));
    assert_eq!(found["records"], 2);
    assert_eq!(found["residues"], 4);
    assert_eq!(found["letters"]["X"], 1);
    assert_eq!(found["labels"]["site"]["undefined"], 1);
    assert_eq!(found["labels"]["site"]["classes"]["yes"], 1);
    let reason = found["skipped"][0]["reason"].as_str().unwrap();
    assert!(
        reason.contains("two.jsonl") && reason.contains('3'),
        "{reason}"
    );

    let output = done(&["data", "inspect", text(&path), "demo"]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("2 records, 4 residues"), "{said}");
    assert!(said.contains("demo (built-in): 48 records"), "{said}");
}

#[test]
fn records_convert_to_themselves() {
    let out = folder();
    let (first, second) = (out.path().join("a.jsonl"), out.path().join("b.jsonl"));
    done(&["data", "convert", "demo", "--output", text(&first)]);
    done(&["data", "convert", text(&first), "--output", text(&second)]);
    let records = read(&first);
    assert_eq!(records.len(), 48);
    assert!(records.iter().all(|protein| protein.ca().is_some()));
    assert_eq!(
        std::fs::read(&first).unwrap(),
        std::fs::read(&second).unwrap()
    );

    done(&[
        "data",
        "convert",
        "demo",
        "--limit",
        "3",
        "--output",
        text(&second),
    ]);
    assert_eq!(read(&second), records[..3]);
}

#[test]
fn only_the_proteins_of_a_list_are_read() {
    let out = folder();
    let fasta = out.path().join("three.fasta");
    std::fs::write(
        &fasta,
        ">sp|P69905|HBA_HUMAN\nMVLS\n>sp|P68871|HBB_HUMAN\nMVHL\n>1ubq.A\nMQIF\n",
    )
    .unwrap();
    let ids = out.path().join("ids.txt");
    std::fs::write(&ids, "P68871 # by accession\n1ubq.A\nnot-there\n").unwrap();
    let target = out.path().join("two.jsonl");
    done(&[
        "data",
        "convert",
        text(&fasta),
        "--ids",
        text(&ids),
        "--output",
        text(&target),
    ]);
    let found: Vec<String> = read(&target).iter().map(|p| p.id().to_owned()).collect();
    assert_eq!(found, ["sp|P68871|HBB_HUMAN", "1ubq.A"]);
}

#[test]
fn sets_are_joined_by_identifier_and_sequence() {
    let out = folder();
    let write = |name: &str, labels: &str| {
        let path = out.path().join(name);
        let line = format!("{{\"id\":\"a\",\"sequence\":\"AC\",\"labels\":{labels}}}\n");
        std::fs::write(&path, line).unwrap();
        path
    };
    let sites = write("sites.jsonl", "{\"binding-site\":[true,false]}");
    let helix = write("helix.jsonl", "{\"helix\":[null,true]}");
    let both = out.path().join("both.jsonl");
    done(&[
        "data",
        "convert",
        text(&sites),
        text(&helix),
        "--output",
        text(&both),
    ]);
    let records = read(&both);
    let names: Vec<&str> = records[0].tracks().map(|(name, _)| name).collect();
    assert_eq!((records.len(), names), (1, vec!["binding-site", "helix"]));
}

#[test]
fn parts_are_disjoint_whole_and_keep_clusters() {
    let out = folder();
    let records = out.path().join("demo.jsonl");
    done(&["data", "convert", "demo", "--output", text(&records)]);
    let ids: Vec<String> = read(&records).iter().map(|p| p.id().to_owned()).collect();
    let clusters = out.path().join("clusters.tsv");
    let pairs: String = ids[..12]
        .iter()
        .map(|id| format!("{}\t{id}\n", ids[0]))
        .collect();
    std::fs::write(&clusters, pairs).unwrap();

    let parts = out.path().join("parts");
    let split = [
        "data",
        "split",
        text(&records),
        "--output",
        text(&parts),
        "--shares",
        "0.5,0.25,0.25",
    ];
    done(&[split.as_slice(), &["--clusters", text(&clusters)]].concat());
    let part = |name: &str| -> BTreeSet<String> {
        let proteins = read(&parts.join(name));
        proteins.iter().map(|p| p.id().to_owned()).collect()
    };
    let parts = ["train.jsonl", "valid.jsonl", "test.jsonl"].map(part);
    assert_eq!(parts.each_ref().map(BTreeSet::len), [24, 12, 12]);
    let all: BTreeSet<String> = parts.iter().flatten().cloned().collect();
    assert_eq!(all, ids.iter().cloned().collect());
    let of_cluster =
        |part: &BTreeSet<String>| ids[..12].iter().filter(|id| part.contains(*id)).count();
    assert!(parts.iter().map(of_cluster).all(|n| n == 0 || n == 12));
}

#[test]
fn mistakes_are_one_line_each() {
    let out = folder();
    let target = out.path().join("x.jsonl");
    let parts = out.path().join("parts");
    for (arguments, status, expected) in [
        (
            vec!["data", "convert", "nothere", "--output", text(&target)],
            1,
            "nothere",
        ),
        (vec!["data", "inspect", "nothere"], 1, "nothere"),
        (
            vec![
                "data",
                "split",
                "demo",
                "--output",
                text(&parts),
                "--shares",
                "1,2",
            ],
            2,
            "--shares",
        ),
        (
            vec![
                "data",
                "split",
                "demo",
                "--output",
                text(&parts),
                "--shares",
                "1,2,3",
            ],
            2,
            "sum 1",
        ),
        (
            vec![
                "data",
                "split",
                "demo",
                "--output",
                text(&parts),
                "--clusters",
                "nothere",
            ],
            1,
            "nothere",
        ),
    ] {
        let output = protattn(&arguments);
        let said = stderr(&output);
        assert_eq!(output.status.code(), Some(status), "{said}");
        assert!(
            said.contains(expected) && said.trim_end().lines().count() == 1,
            "{said}"
        );
    }
    assert!(!target.exists());

    // Nothing that can be used: nothing is written.
    let empty = out.path().join("empty.fasta");
    std::fs::write(&empty, ">a\n\n>b\n12\n").unwrap();
    let output = protattn(&["data", "convert", text(&empty), "--output", text(&target)]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("no protein that can be used; the first problem: "));
    assert!(!target.exists());
}
