//! Probes of the layers, by the command.

use std::path::Path;

use protattn_io::parquet::Table;
use serde_json::Value;

use crate::common::{
    done, folder, protattn, reference_model, run_record, shared, started, stderr, text,
    until_saved, with,
};
use crate::interrupt::{ended, signal};
use crate::resume::killed_at_any_moment;
use crate::shards::{merged, shards};

/// One family of each fold of the built-in proteins to train on, and the other to judge by.
const DEMO: [&str; 11] = [
    "probe",
    "--model",
    "demo",
    "--train",
    "demo",
    "--eval",
    "demo",
    "--train-records",
    "0-5,12-17,24-29,36-41",
    "--eval-records",
    "6-11,18-23,30-35,42-47",
];

/// A run on the built-in data.
fn demo<'a>(task: &'a str, output: &'a Path, more: &[&'a str]) -> Vec<&'a str> {
    let arguments = with(
        &DEMO,
        &["--task", task, "--no-figures", "--output", text(output)],
    );
    with(&arguments, more)
}

fn table(folder: &Path) -> Table {
    Table::read(folder.join("probe.parquet")).unwrap()
}

fn bytes(folder: &Path) -> Vec<u8> {
    std::fs::read(folder.join("probe.parquet")).unwrap()
}

/// The values of one column in the rows of a class and score of hidden states, by layer.
fn column(table: &Table, class: &str, score: &str, name: &str) -> Vec<f64> {
    let texts = |name: &str| table.strs(name).unwrap();
    let is = |row: &usize| {
        texts("class")[*row] == class
            && texts("score")[*row] == score
            && texts("features")[*row] == "hidden"
            && ["", "all"].contains(&texts("separation")[*row].as_str())
            && ["", "L/5", "L/20"].contains(&texts("k_rule")[*row].as_str())
    };
    let values = table.f64s(name).unwrap();
    (0..table.n_rows())
        .filter(is)
        .map(|row| values[row])
        .collect()
}

#[test]
#[ignore = "needs the reference data: set PROTATTN_SHARED"]
fn probes_of_binding_sites_are_those_of_scikit_learn() {
    let shared = shared();
    let expected: Value = serde_json::from_str(include_str!("probe/binding_sites.json")).unwrap();
    let model = reference_model("bert");
    let data = shared.join("data/provis/binding_site_valid.lmdb");
    for weight in ["uniform", "balanced"] {
        let out = folder();
        let arguments = [
            "probe",
            "--model",
            text(&model),
            "--train",
            text(&data),
            "--eval",
            text(&data),
            "--train-records",
            "0-299",
            "--eval-records",
            "300-399",
            "--task",
            "binding-site",
            "--max-tokens",
            "200",
            "--class-weight",
            weight,
            "--no-control",
            "--bootstrap",
            "0",
            "--no-figures",
            "--output",
            text(out.path()),
        ];
        done(&arguments);
        let table = table(out.path());
        for name in ["n_train", "n_eval"] {
            let found = table.u64s(name).unwrap();
            assert!(
                found.iter().all(|n| expected["samples"][name] == *n),
                "{name}"
            );
        }
        let layers = expected[weight].as_array().unwrap();
        for score in ["f1", "precision_at_k", "average_precision", "roc_auc"] {
            let found = column(&table, "yes", score, "value");
            assert_eq!(found.len(), layers.len());
            for (layer, (found, expected)) in found.iter().zip(layers).enumerate() {
                let expected = expected[score].as_f64().unwrap();
                let close = (found - expected).abs() < 1e-3;
                assert!(
                    close,
                    "{weight} {score}, layer {layer}: {found}, {expected}"
                );
            }
        }
    }
}

/// A run of seconds on nine proteins, with both kinds of features and two layers.
const SHORT: [&str; 22] = [
    "probe",
    "--model",
    "demo",
    "--train",
    "demo",
    "--eval",
    "demo",
    "--train-records",
    "0-1,12,24,36",
    "--eval-records",
    "6,18,30,42",
    "--task",
    "binding-site,contact",
    "--layers",
    "0-1",
    "--bootstrap",
    "0",
    "--negative-rate",
    "0.01",
    "--no-control",
    "--no-figures",
    "--strict",
];

fn assert_same(whole: &Path, other: &Path, what: &str) {
    assert!(bytes(whole) == bytes(other), "{what}");
}

#[test]
fn features_on_disk_threads_and_repeating_change_nothing() {
    let (memory, disk, again, scratch) = (folder(), folder(), folder(), folder());
    let run = |output: &Path, threads: &str, more: &[&str]| {
        let output = ["--output", text(output), "--threads", threads];
        protattn(&with(&with(&SHORT, &output), more))
    };
    assert!(run(memory.path(), "1", &[]).status.success());
    let refused = run(disk.path(), "3", &["--memory", "100K"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(stderr(&refused).contains("keep them on disk with --scratch"));
    let on_disk = ["--memory", "100K", "--scratch", text(scratch.path())];
    assert!(run(disk.path(), "3", &on_disk).status.success());
    assert_same(memory.path(), disk.path(), "on disk");
    let left = std::fs::read_dir(scratch.path()).unwrap().count();
    assert_eq!(left, 0, "the file of features is gone");
    let record = disk.path().join("run.json");
    let output = ["--no-figures", "--output", text(again.path())];
    done(&with(&["repeat", text(&record)], &output));
    assert_same(memory.path(), again.path(), "repeated");
}

#[test]
fn a_run_killed_at_any_moment_goes_on_to_the_same_table() {
    killed_at_any_moment(&SHORT, 3, 8, 1);
}

#[test]
fn eight_shards_are_merged_to_the_table_of_one_run() {
    let out = folder();
    let whole = out.path().join("whole");
    done(&with(&SHORT, &["--output", text(&whole)]));
    let shards = shards(&SHORT, out.path(), 8);
    let report = protattn(&["report", text(&shards[0])]);
    assert!(stderr(&report).contains("holds shard 1/8, which has no tables"));
    let folders: Vec<&Path> = shards
        .iter()
        .rev()
        .map(std::path::PathBuf::as_path)
        .collect();
    let all = out.path().join("all");
    let scratch = out.path().join("scratch");
    let on_disk = ["--memory", "0", "--scratch", text(&scratch)];
    let output = merged(&folders, &all, &on_disk);
    assert!(output.status.success(), "{}", stderr(&output));
    assert_same(&whole, &all, "merged");
    let (mut one, mut other) = (run_record(&whole), run_record(&all));
    for run in [&mut one, &mut other] {
        let run = run.as_object_mut().unwrap();
        run.retain(|key, _| !["command", "arguments", "seconds"].contains(&key.as_str()));
    }
    assert_eq!(one, other);
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_goes_on_with_its_own_settings_only() {
    let (out, whole) = (folder(), folder());
    done(&with(&SHORT, &["--output", text(whole.path())]));
    let often = ["--save-every", "0.001", "--threads", "1"];
    let arguments = with(&SHORT, &["--output", text(out.path())]);
    let run = started(&with(&arguments, &often));
    until_saved(out.path());
    signal(&run, "INT");
    let (code, said) = ended(run);
    assert_eq!(code, Some(130), "{said}");
    assert!(said.contains(" are done and saved; go on with\n"), "{said}");
    let other = with(&arguments, &["--l2", "10", "--resume"]);
    let refused = protattn(&other);
    assert_eq!(refused.status.code(), Some(1));
    let said = stderr(&refused);
    assert!(
        said.contains("settings.l2 is [1.0] there and [10.0] now"),
        "{said}"
    );
    done(&with(&arguments, &["--resume"]));
    assert_same(whole.path(), out.path(), "interrupted");
    let again = done(&with(&arguments, &["--resume"]));
    assert!(stderr(&again).contains("this run is complete"));
}

#[test]
fn the_control_does_not_hang_on_how_many_negatives_are_taken() {
    let rates = ["1", "0.1"].map(|rate| {
        let out = folder();
        let more = [
            "--features",
            "attention",
            "--layers",
            "3",
            "--bootstrap",
            "0",
        ];
        done(&demo(
            "contact",
            out.path(),
            &with(&more, &["--negative-rate", rate]),
        ));
        let table = table(out.path());
        let scores = table.strs("score").unwrap();
        let row = scores.iter().position(|score| score == "average_precision");
        let row = row.unwrap();
        let of = |name: &str| table.f64s(name).unwrap()[row];
        (of("value"), of("control"), of("majority"))
    });
    let [all, some] = rates;
    assert!(all.0 > 0.15 && (all.0 - some.0).abs() < 0.02, "{rates:?}");
    assert!((all.1 - some.1).abs() < 0.05, "{rates:?}");
    assert!((all.2 - some.2).abs() < 0.01, "{rates:?}");
}

#[test]
fn what_cannot_be_learned_is_said_and_the_rest_is_kept() {
    let out = folder();
    let labels = out.path().join("rare.tsv");
    // Positives in one protein only: no fold but one has them.
    let mut rows = "id\tposition\tlabel\tvalue\n".to_owned();
    for position in 1..90 {
        let value = position < 9;
        rows += &format!("synthetic-bundle3-f07-m0001\t{position}\trare\t{value}\n");
    }
    for protein in ["f07-m0002", "f07-m0003", "f08-m0001"] {
        for position in 1..90 {
            rows += &format!("synthetic-bundle3-{protein}\t{position}\trare\tfalse\n");
        }
    }
    std::fs::write(&labels, rows).unwrap();
    let run = out.path().join("run");
    let penalties = ["--labels", text(&labels), "--l2", "0.1,10", "--folds", "2"];
    let few = with(
        &penalties,
        &["--layers", "1", "--bootstrap", "0", "--no-control"],
    );
    done(&demo("secondary-structure,rare", &run, &few));
    let found = table(&run);
    assert!(!column(&found, "helix", "f1", "value").is_empty());
    let warnings = run_record(&run)["warnings"].to_string();
    assert!(warnings.contains("task rare, class"), "{warnings}");
}

#[test]
fn mistakes_are_named_in_one_line() {
    let out = folder();
    let said = |task: &str, more: &[&str], status: i32, words: &str| {
        let output = protattn(&demo(task, out.path(), more));
        let text = stderr(&output);
        assert_eq!(output.status.code(), Some(status), "{text}");
        assert!(text.contains(words), "{text}");
    };
    said(
        "modification",
        &[],
        1,
        "task modification: no training protein has labels of it",
    );
    said(
        "nonsense",
        &[],
        2,
        "--task: there is no property `nonsense`",
    );
    said(
        "contact",
        &["--layers", "9"],
        2,
        "--layers asks for layer 9, but the model has 4",
    );
    said(
        "binding-site",
        &["--features", "attention"],
        2,
        "attention is a feature of pairs",
    );
    said(
        "binding-site",
        &["--l2", "1,2", "--folds", "30"],
        1,
        "are fewer than 30 folds",
    );
    said(
        "binding-site",
        &["--l2", "1,2", "--l1", "1"],
        2,
        "give one weight --l2 with --l1",
    );
    let arguments = with(
        &DEMO[..7],
        &["--train-records", "0-99", "--task", "contact"],
    );
    let output = protattn(&with(&arguments, &["--output", text(out.path())]));
    assert!(stderr(&output).contains("has 48 that can be used, counted from 0"));
    let file = out.path().join("a-file");
    std::fs::write(&file, "").unwrap();
    said(
        "contact",
        &["--scratch", text(&file)],
        2,
        "choose another folder with --scratch",
    );
}

#[test]
fn probes_and_alignments_do_not_share_a_folder() {
    let out = folder();
    let few = ["--layers", "0", "--bootstrap", "0", "--no-control"];
    done(&demo("secondary-structure", out.path(), &few));
    let align = [
        "align",
        "--model",
        "demo",
        "--data",
        "demo",
        "--output",
        text(out.path()),
    ];
    let refused = protattn(&align);
    assert_eq!(refused.status.code(), Some(1));
    assert!(stderr(&refused).contains("holds the table of `protattn probe`"));
}

#[test]
fn figures_show_every_layer_and_what_it_adds() {
    let out = folder();
    let few = [
        "--task",
        "secondary-structure,binding-site",
        "--bootstrap",
        "100",
    ];
    done(&with(
        &DEMO,
        &with(&few, &["--no-control", "--output", text(out.path())]),
    ));
    let read = |name: &str| std::fs::read_to_string(out.path().join(name)).unwrap();
    let layers = read("figures/probe.layers.svg");
    for words in [
        "What probes find in each layer",
        "hidden states",
        "95% interval",
    ] {
        assert!(layers.contains(words), "{words}");
    }
    assert!(read("figures/probe.gains.svg").contains("What each layer adds"));
    let page = read("report.html");
    for words in [
        "What the layers of",
        "The embedding alone has",
        "Best layers",
    ] {
        assert!(page.contains(words), "{words}");
    }
}
