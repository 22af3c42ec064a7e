//! Labels of one's own, and those of structure files, as properties.

use crate::common::{done, folder, protattn, run_record, stderr, table, text};

#[test]
fn a_table_of_labels_is_a_property() {
    let out = folder();
    let demo = out.path().join("demo.jsonl");
    done(&[
        "data",
        "convert",
        "demo",
        "--limit",
        "12",
        "--output",
        text(&demo),
    ]);
    let first = std::fs::read_to_string(&demo).unwrap();
    let id = |line: &str| {
        let record: serde_json::Value = serde_json::from_str(line).unwrap();
        record["id"].as_str().unwrap().to_owned()
    };
    // Every second residue of the first twelve proteins, and one protein that is not there.
    let mut rows = "id\tposition\tlabel\n".to_owned();
    for id in first.lines().map(id) {
        (1..80)
            .step_by(2)
            .for_each(|position| rows += &format!("{id}\t{position}\todd-place\n"));
    }
    rows += "absent\t1\todd-place\n";
    let labels = out.path().join("odd.tsv");
    std::fs::write(&labels, rows).unwrap();

    let results = out.path().join("results");
    let align = [
        "align",
        "--model",
        "demo",
        "--data",
        text(&demo),
        "--labels",
        text(&labels),
    ];
    let rest = ["--no-figures", "--output", text(&results)];
    let output = done(&[&align[..], &rest].concat());
    assert!(
        stderr(&output).contains("1 of 13 ids are of no protein: absent"),
        "{}",
        stderr(&output)
    );
    let run = run_record(&results);
    let background = run["backgrounds"]["odd-place"]["yes"].as_f64().unwrap();
    assert!((0.35..0.5).contains(&background), "{background}");
    assert_eq!(run["data"][1]["path"], text(&labels));
    let reading = &run["reading"];
    assert_eq!(reading["secondary_structure"], "dssp");
    assert_eq!(reading["binding_sites"], "file");
    let found = table(&results);
    let properties = found.strs("property").unwrap();
    assert!(properties.iter().any(|name| name == "odd-place"));
    assert!(properties.iter().any(|name| name == "contact"));

    // Asked for by name, it is alone; a name that nobody knows lists those that are known.
    let named = [&align[..], &["--property", "odd-place"], &rest].concat();
    done(&named);
    let found = table(&results);
    assert!(
        found
            .strs("property")
            .unwrap()
            .iter()
            .all(|name| name == "odd-place")
    );
    let unknown = [&align[..], &["--property", "even-place"], &rest].concat();
    let output = protattn(&unknown);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("contact") && stderr(&output).contains("odd-place"));

    // A row about a residue that is not there skips its protein, by name.
    std::fs::write(
        &labels,
        format!(
            "id\tposition\tlabel\n{}\t4000\tfar\n",
            id(first.lines().next().unwrap())
        ),
    )
    .unwrap();
    let output = done(&["data", "inspect", text(&demo), "--labels", text(&labels)]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(
        said.contains("11 records") && said.contains("skipped: 1"),
        "{said}"
    );
    assert!(said.contains("line 2") && said.contains("4000"), "{said}");
}

#[test]
fn a_structure_is_found_by_its_identifier_among_the_downloads() {
    let cache = folder();
    let structures = cache.path().join("structures");
    std::fs::create_dir(&structures).unwrap();
    let file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../protattn-io/tests/fixtures/mmcif/valid/small.cif"
    );
    std::fs::copy(file, structures.join("1abc.cif")).unwrap();
    let run = |arguments: &[&str]| {
        std::process::Command::new(env!("CARGO_BIN_EXE_protattn"))
            .args(arguments)
            .env("PROTATTN_CACHE", cache.path())
            .env("PROTATTN_OFFLINE", "1")
            .output()
            .unwrap()
    };
    let output = run(&["data", "inspect", "1ABC:A", "--json"]);
    let found: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(found["records"], 1);
    assert_eq!(found["labels"]["link"]["records"], 1);
    let output = run(&["data", "fetch", "1abc", "2abc"]);
    assert!(output.status.success());
    assert!(
        String::from_utf8(output.stdout.clone())
            .unwrap()
            .contains("1abc.cif")
    );
    assert!(
        stderr(&output).contains("2abc: it is not among the downloads"),
        "{}",
        stderr(&output)
    );
    let output = run(&["data", "fetch", "2abc"]);
    assert_eq!(output.status.code(), Some(1));
}
