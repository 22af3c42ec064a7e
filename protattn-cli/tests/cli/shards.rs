//! Shards of a run, brought together.

use std::path::{Path, PathBuf};

use protattn_io::jsonl;

use crate::common::{
    ALIGN_DEMO, assert_same_results, assert_same_tables, done, folder, protattn, random, results,
    run_record, shared, started, stderr, tables, text, with,
};
use crate::resume::real_sets;

/// Runs every shard, in folders `1`, `2`, ... of `out`.
pub fn shards(arguments: &[&str], out: &Path, of: u32) -> Vec<PathBuf> {
    let shard = |number: u32| {
        let output = out.join(number.to_string());
        let share = format!("{number}/{of}");
        done(&with(
            arguments,
            &["--output", text(&output), "--shard", &share],
        ));
        output
    };
    (1..=of).map(shard).collect()
}

/// Merges shards.
pub fn merged(folders: &[&Path], output: &Path, more: &[&str]) -> std::process::Output {
    let mut arguments = vec!["merge"];
    arguments.extend(folders.iter().map(|folder| text(folder)));
    arguments.extend(["--output", text(output), "--no-figures"]);
    protattn(&with(&arguments, more))
}

fn assert_done(output: &std::process::Output) {
    assert!(output.status.success(), "{}", stderr(output));
}

#[test]
fn shards_in_any_order_and_grouping_give_the_tables_of_one_run() {
    let out = folder();
    let whole = out.path().join("whole");
    done(&with(&ALIGN_DEMO, &["--output", text(&whole)]));
    let expected = tables(&whole);
    let shards = shards(&ALIGN_DEMO, out.path(), 5);
    let [a, b, c, d, e] = &shards[..] else {
        panic!("five")
    };
    let all = out.path().join("all");
    assert_done(&merged(&[d, a, e, c, b], &all, &[]));
    assert_same_tables(&expected, &tables(&all), "at once");
    let (mut one, mut other) = (run_record(&whole), run_record(&all));
    for run in [&mut one, &mut other] {
        let run = run.as_object_mut().unwrap();
        run.retain(|key, _| !["command", "arguments", "seconds"].contains(&key.as_str()));
    }
    assert_eq!(one, other);
    assert!(!all.join("saved").exists(), "it is complete");

    let group = |name: &str| out.path().join(name);
    let (ad, cb, most, last) = (group("ad"), group("cb"), group("most"), group("last"));
    let output = merged(&[a, d], &ad, &["--partial"]);
    assert_done(&output);
    assert!(stderr(&output).contains("warning: shards are missing: 2-3, 5"));
    assert_eq!(
        run_record(&ad)["shards"]["numbers"],
        serde_json::json!([1, 4])
    );
    assert_done(&merged(&[c, b], &cb, &["--partial"]));
    assert_done(&merged(&[&cb, &ad], &most, &["--partial"]));
    assert_done(&merged(&[e, &most], &last, &[]));
    assert_same_tables(&expected, &tables(&last), "merged from merged");
}

#[test]
fn shards_of_contacts_give_the_results_of_one_run() {
    let out = folder();
    let fit = [
        "contacts",
        "--model",
        "demo",
        "--fit",
        "demo",
        "--fit-records",
        "0-3,24-27",
    ];
    let more = ["--min-separation", "12"];
    let predict = [
        "--data",
        "demo",
        "--data-records",
        "6-17",
        "--min-separation",
        "50",
    ];
    let one_by_one = |name: &str, arguments: &[&str]| {
        let place = out.path().join(name);
        let whole = place.join("whole");
        done(&with(
            arguments,
            &["--output", text(&whole), "--no-figures"],
        ));
        let expected = results(&whole);
        let shards = shards(&with(arguments, &["--no-figures"]), &place, 8);
        let mut folders: Vec<&Path> = shards.iter().map(PathBuf::as_path).collect();
        folders.rotate_left(3);
        let all = place.join("all");
        assert_done(&merged(&folders, &all, &[]));
        assert!(!all.join("saved").exists(), "it is complete");
        (expected, results(&all), folders[0].to_owned())
    };
    let (expected, found, _) = one_by_one("fit", &with(&fit, &more));
    assert!(expected.contains_key("head.safetensors"));
    assert_same_results(&expected, &found, "a fit");
    // Every shard has the whole fit.
    let (mut expected, found, shard) = one_by_one("both", &with(&fit, &predict));
    let head = expected.remove("head.safetensors");
    assert!(expected.contains_key("contacts.parquet"));
    assert_same_results(&expected, &found, "a fit and a prediction");
    assert_eq!(head.as_ref(), results(&shard).get("head.safetensors"));

    let run = run_record(&out.path().join("both/all"));
    assert_eq!(
        (&run["shards"], &run["proteins"]),
        (&serde_json::Value::Null, &12.into())
    );
    let again = out.path().join("again");
    let record = out.path().join("both/whole/run.json");
    done(&[
        "repeat",
        text(&record),
        "--output",
        text(&again),
        "--no-figures",
    ]);
    expected.insert("head.safetensors".to_owned(), head.unwrap());
    assert_same_results(&expected, &results(&again), "repeated");
}

/// The same records in another order are other data by their checksum, and the same shards.
#[test]
fn a_shard_holds_the_same_proteins_in_any_order_of_the_records() {
    let out = folder();
    let records = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/demo/proteins.jsonl");
    let records: Result<Vec<_>, _> = jsonl::Reader::open(records).unwrap().collect();
    let mut records = records.unwrap();
    let mut share = |name: &str| {
        let data = out.path().join(name).with_extension("jsonl");
        let mut writer = jsonl::Writer::create(&data).unwrap();
        records
            .iter()
            .for_each(|record| writer.write(record).unwrap());
        writer.finish().unwrap();
        records.reverse();
        let shard = out.path().join(name);
        let arguments = [
            "align",
            "--model",
            "demo",
            "--data",
            text(&data),
            "--per-protein",
        ];
        done(&with(
            &arguments,
            &["--shard", "2/3", "--output", text(&shard), "--sample", "48"],
        ));
        let merged_to = out.path().join(format!("{name}-merged"));
        assert_done(&merged(&[&shard], &merged_to, &["--partial"]));
        tables(&merged_to)
    };
    assert_same_tables(&share("one"), &share("other"), "shard 2/3");
}

#[test]
fn more_shards_than_proteins_are_none_too_many() {
    let out = folder();
    let few = with(
        &ALIGN_DEMO,
        &["--sample", "3", "--min-arcs", "1", "--seed", "5"],
    );
    let whole = out.path().join("whole");
    done(&with(&few, &["--output", text(&whole)]));
    let shards = shards(&few, out.path(), 5);
    let folders: Vec<&Path> = shards.iter().map(PathBuf::as_path).collect();
    let all = out.path().join("all");
    assert_done(&merged(&folders, &all, &[]));
    assert_same_tables(&tables(&whole), &tables(&all), "five of three");
    assert_eq!(run_record(&whole)["skipped"], run_record(&all)["skipped"]);
}

#[test]
fn what_is_missing_doubled_or_foreign_is_named() {
    let out = folder();
    let plain = ["align", "--model", "demo", "--data", "demo"];
    let shards = shards(&plain, out.path(), 4);
    let [a, b, c, d] = &shards[..] else {
        panic!("four")
    };
    let to = out.path().join("merged");
    let refused = |folders: &[&Path], said: &[&str]| {
        let output = merged(folders, &to, &[]);
        assert_eq!(output.status.code(), Some(1));
        for said in said {
            assert!(
                stderr(&output).contains(said),
                "{said} in {}",
                stderr(&output)
            );
        }
        assert!(!to.join("alignment.parquet").exists());
    };
    let output = protattn(&["report", text(a)]);
    assert!(stderr(&output).contains("holds shard 1/4, which has no tables"));
    refused(&[a, c], &["of 4 shards these are missing: 2, 4; --partial"]);
    refused(&[a, b, a], &["shard 1/4 is in", "give it once"]);
    let foreign = |name: &str, more: &[&str]| {
        let output = out.path().join(name);
        done(&with(&with(&plain, more), &["--output", text(&output)]));
        output
    };
    let other = foreign("other", &["--shard", "4/4", "--min-separation", "3"]);
    let there = format!(
        "settings.contact.min_separation is 6 in {} and 3 in {}",
        text(a),
        text(&other)
    );
    refused(
        &[a, b, c, &other],
        &["these shards are of different runs", &there],
    );
    let other = foreign("of-five", &["--shard", "4/5"]);
    refused(&[a, b, c, &other], &["there are 4 shards in", "and 5 in"]);
    let whole = foreign("whole", &["--no-figures"]);
    refused(&[&whole], &["holds no shard"]);
    let output = merged(&[a, b, c, d], a, &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("it is one of the folders to merge"));
    let again = protattn(&with(&plain, &["--output", text(a), "--shard", "1/4"]));
    assert!(
        stderr(&again).contains("holds shard 1/4; resume it"),
        "{}",
        stderr(&again)
    );
    assert_done(&merged(&[a, b, c, d], &to, &[]));
}

#[test]
fn what_needs_all_proteins_is_refused_with_a_shard() {
    let out = folder();
    let arguments = with(
        &ALIGN_DEMO,
        &["--output", text(out.path()), "--shard", "1/2"],
    );
    let combined = with(&arguments, &["--metric", "contact-precision-combined"]);
    for (arguments, said) in [
        (
            combined,
            "contact-precision-combined ranks the heads over all proteins",
        ),
        (
            with(&arguments, &["--save-every", "0"]),
            "--save-every cannot be 0",
        ),
        (
            with(&arguments[..13], &["--shard", "3/2"]),
            "is the third of sixteen",
        ),
    ] {
        let output = protattn(&arguments);
        assert_eq!(output.status.code(), Some(2));
        assert!(stderr(&output).contains(said), "{}", stderr(&output));
    }
}

/// Each shard is killed at a random moment; an unfinished one is not merged.
fn killed_and_merged(arguments: &[&str], of: u32, seed: u64) {
    let out = folder();
    let whole = out.path().join("whole");
    let start = std::time::Instant::now();
    done(&with(arguments, &["--output", text(&whole)]));
    let length = start.elapsed().as_secs_f64();
    let mut folders = Vec::new();
    for (number, chance) in (1..=of).zip(random(seed)) {
        let (output, share) = (
            out.path().join(number.to_string()),
            format!("{number}/{of}"),
        );
        let shard = [
            "--output",
            text(&output),
            "--shard",
            &share,
            "--save-every",
            "0.001",
        ];
        let shard = with(arguments, &shard);
        let mut run = started(&shard);
        std::thread::sleep(std::time::Duration::from_secs_f64(chance * length / 2.0));
        run.kill().unwrap();
        run.wait().unwrap();
        if output.join("saved").exists() && !output.join("run.json").exists() {
            let refused = merged(&[&output], &out.path().join("early"), &["--partial"]);
            let said = stderr(&refused);
            assert!(
                said.contains("is not complete") && said.contains("--resume"),
                "{said}"
            );
        }
        done(&with(&shard, &["--resume"]));
        folders.push(output);
    }
    let folders: Vec<&Path> = folders.iter().map(PathBuf::as_path).collect();
    let all = out.path().join("all");
    assert_done(&merged(&folders, &all, &[]));
    assert_same_tables(&tables(&whole), &tables(&all), "killed shards");
}

#[test]
fn shards_that_were_killed_go_on_and_merge() {
    killed_and_merged(&ALIGN_DEMO, 6, 3);
}

#[test]
#[ignore = "needs the reference data: set PROTATTN_SHARED"]
fn shards_of_real_data_that_were_killed_go_on_and_merge() {
    let shared = shared();
    let model = shared.join("reference/models/bert");
    let sets = real_sets(&shared);
    let mut arguments = vec!["align", "--model", text(&model), "--data"];
    arguments.extend(sets.iter().map(String::as_str));
    let more = [
        "--limit",
        "300",
        "--max-tokens",
        "130",
        "--bootstrap",
        "100",
        "--per-protein",
    ];
    killed_and_merged(
        &[arguments, more.to_vec(), vec!["--no-figures"]].concat(),
        6,
        4,
    );
}
