//! A run that was killed goes on, and gives what it would have given.

use std::path::Path;
use std::time::{Duration, Instant};

use protattn_io::parquet::Table;

use crate::common::{
    ALIGN_DEMO, TABLES, assert_same_results, assert_same_tables, done, folder, protattn, random,
    results, run_record, shared, started, stderr, tables, text, until_saved, with,
};

/// So many moments at which a run is killed.
const MOMENTS: usize = 20;

/// Arguments of a run that saves after every protein.
fn saving<'a>(arguments: &[&'a str], output: &'a str, threads: &'a str) -> Vec<&'a str> {
    let more = [
        "--output",
        output,
        "--threads",
        threads,
        "--save-every",
        "0.001",
    ];
    with(arguments, &more)
}

/// Kills so many runs with these arguments at moments spread over their length, saving included, lets
/// each go on with other threads, and compares it with one that was left alone. More than `least` must
/// have been at work.
pub fn killed_at_any_moment(arguments: &[&str], seed: u64, moments: usize, least: usize) {
    let whole = folder();
    let start = Instant::now();
    done(&saving(arguments, text(whole.path()), "2"));
    let (length, expected) = (start.elapsed(), results(whole.path()));
    let mut at_work = 0;
    for (moment, chance) in random(seed).take(moments).enumerate() {
        let out = folder();
        let output = text(out.path());
        let mut run = started(&saving(arguments, output, "2"));
        // One in each share of the time.
        let share = (moment as f64 + chance) / moments as f64;
        std::thread::sleep(Duration::from_secs_f64(share * length.as_secs_f64()));
        run.kill().unwrap();
        run.wait().unwrap();
        let saved = ["saved", "fit/saved"].map(|folder| out.path().join(folder));
        at_work += usize::from(saved.iter().any(|folder| folder.exists()));
        done(&with(
            &saving(arguments, output, ["1", "3"][moment % 2]),
            &["--resume"],
        ));
        let found = results(out.path());
        assert_same_results(&expected, &found, &format!("killed at {share:.2}"));
        assert!(
            saved.iter().all(|folder| !folder.exists()),
            "nothing is left"
        );
    }
    // How long it is at work hangs on the machine; each moment is one of its length.
    assert!(
        at_work > least,
        "{at_work} of {moments} were killed while they were at work"
    );
}

#[test]
fn a_run_killed_at_any_moment_goes_on_to_the_same_tables() {
    let combined = [
        ALIGN_DEMO.to_vec(),
        vec!["--metric", "contact-precision-combined"],
    ]
    .concat();
    killed_at_any_moment(&combined, 1, MOMENTS, MOMENTS / 4);
}

#[test]
fn a_fit_and_prediction_killed_at_any_moment_goes_on_to_the_same() {
    let arguments = [
        "contacts",
        "--model",
        "demo",
        "--fit",
        "demo",
        "--fit-records",
        "0,24",
        "--data",
        "demo",
        "--data-records",
        "6-11",
        "--min-separation",
        "50",
        "--no-figures",
    ];
    killed_at_any_moment(&arguments, 3, MOMENTS, MOMENTS / 10);
}

#[test]
#[ignore = "needs the reference data: set PROTATTN_SHARED"]
fn a_run_on_real_data_killed_at_any_moment_goes_on_to_the_same_tables() {
    let shared = shared();
    let model = shared.join("reference/models/bert");
    let sets = real_sets(&shared);
    let mut arguments = vec!["align", "--model", text(&model), "--data"];
    arguments.extend(sets.iter().map(String::as_str));
    let more = [
        "--limit",
        "150",
        "--max-tokens",
        "130",
        "--metric",
        "entropy",
    ];
    let rest = [
        "--null",
        "shuffle-sequence",
        "--bootstrap",
        "100",
        "--per-protein",
        "--no-figures",
    ];
    let arguments = [arguments, more.to_vec(), rest.to_vec()].concat();
    killed_at_any_moment(&arguments, 2, MOMENTS, MOMENTS / 4);
}

/// The original's validation sets.
pub fn real_sets(shared: &Path) -> Vec<String> {
    let files = std::fs::read_dir(shared.join("data/provis")).unwrap();
    let mut sets: Vec<String> = files
        .map(|file| text(&file.unwrap().path()).to_owned())
        .filter(|path| path.ends_with(".lmdb"))
        .collect();
    sets.sort();
    assert_eq!(sets.len(), 2);
    sets
}

/// A run that is killed once it has saved something, in `out`.
fn interrupted(out: &Path) -> Vec<&str> {
    let arguments = with(&ALIGN_DEMO, &["--output", text(out), "--threads", "1"]);
    let mut run = started(&with(&arguments, &["--save-every", "0.001"]));
    until_saved(out);
    run.kill().unwrap();
    run.wait().unwrap();
    arguments
}

#[test]
fn a_run_does_not_go_on_from_another() {
    let out = folder();
    let arguments = interrupted(out.path());
    let refused = |arguments: &[&str], said: &str| {
        let output = protattn(arguments);
        assert_eq!(output.status.code(), Some(1));
        assert!(stderr(&output).contains(said), "{}", stderr(&output));
    };
    let resumed = with(&arguments, &["--resume"]);
    refused(&arguments, "resume it, choose another folder, or remove");
    refused(
        &with(&resumed, &["--min-attention", "0.25", "--seed", "7"]),
        "settings.min_attention is 0.3 there and 0.25 now; \
         settings.nulls.seed is 0 there and 7 now; settings.seed is 0 there and 7 now",
    );
    refused(
        &with(&resumed, &["--layers", "1-2"]),
        "settings.layers is [1,2,3,4] there and [1,2] now",
    );
    refused(&with(&resumed, &["--limit", "7"]), "sequences_sha256 is ");
    refused(
        &with(&resumed, &["--shard", "1/2"]),
        "it is the whole there and shard 1/2 now",
    );
    let model = crate::common::reference_model("bert");
    let mut other = resumed.clone();
    other[2] = text(&model);
    refused(&other, "model.sha256 is ");
    let data = out.path().join("data.jsonl");
    done(&[
        "data",
        "convert",
        "demo",
        "--limit",
        "9",
        "--output",
        text(&data),
    ]);
    let mut other = resumed.clone();
    other[4] = text(&data);
    refused(&other, "data.jsonl: records is 48 there and 9 now");
    done(&resumed);
    let whole = folder();
    done(&with(&ALIGN_DEMO, &["--output", text(whole.path())]));
    assert_same_tables(
        &tables(whole.path()),
        &tables(out.path()),
        "after all refusals",
    );
}

#[test]
fn damage_is_named_and_what_is_removed_is_counted_again() {
    let out = folder();
    let arguments = with(&interrupted(out.path()), &["--resume"]);
    let files = std::fs::read_dir(out.path().join("saved")).unwrap();
    let mut parts: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    parts.retain(|path| path.extension().is_some_and(|ending| ending == "part"));
    let part = parts.iter().min().unwrap();
    let whole = std::fs::read(part).unwrap();
    std::fs::write(part, &whole[..whole.len() / 2]).unwrap();
    let output = protattn(&arguments);
    assert_eq!(output.status.code(), Some(1));
    let said = stderr(&output);
    assert!(said.contains(text(part)), "{said}");
    assert!(
        said.contains("is damaged; remove this file, and a resumed run computes again"),
        "{said}"
    );
    assert_eq!(said.lines().count(), 1, "{said}");
    std::fs::remove_file(part).unwrap();
    done(&arguments);
    let whole = folder();
    done(&with(&ALIGN_DEMO, &["--output", text(whole.path())]));
    assert_same_tables(&tables(whole.path()), &tables(out.path()), "without a part");
}

#[test]
fn a_complete_run_is_left_as_it_is() {
    let out = folder();
    let arguments = with(&ALIGN_DEMO, &["--output", text(out.path()), "--resume"]);
    assert!(stderr(&done(&arguments)).contains("nothing is saved there yet"));
    let before = (tables(out.path()), run_record(out.path()));
    assert!(stderr(&done(&arguments)).contains("this run is complete; its tables stay"));
    assert!(
        before == (tables(out.path()), run_record(out.path())),
        "nothing is changed"
    );
    let output = protattn(&with(&arguments, &["--max-tokens", "40"]));
    assert_eq!(output.status.code(), Some(1));
    let said = stderr(&output);
    assert!(
        said.contains("settings.max_tokens is 512 there and 40 now"),
        "{said}"
    );
}

/// Two runs in one folder: the second is refused while the first is at work, and what both saved is not
/// counted twice.
#[test]
fn two_runs_do_not_count_in_one_folder() {
    let out = folder();
    let arguments = with(
        &ALIGN_DEMO,
        &["--output", text(out.path()), "--threads", "1"],
    );
    let arguments = with(&arguments, &["--null-draws", "4", "--save-every", "0.001"]);
    let mut run = started(&arguments);
    until_saved(out.path());
    let output = protattn(&with(&arguments, &["--resume"]));
    run.kill().unwrap();
    run.wait().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stderr(&output).contains("another run is at work there"),
        "{}",
        stderr(&output)
    );
    let saved = out.path().join("saved");
    let parts = std::fs::read_dir(&saved)
        .unwrap()
        .map(|file| file.unwrap().path());
    let part = parts
        .filter(|path| path.extension().is_some_and(|end| end == "part"))
        .min();
    std::fs::copy(part.unwrap(), saved.join("counts-00009999-00009999.part")).unwrap();
    let said = stderr(&protattn(&with(&arguments, &["--resume"])));
    assert!(
        said.contains("counted and saved twice, as by two runs in one folder"),
        "{said}"
    );
}

#[test]
fn what_is_counted_is_not_counted_again() {
    let out = folder();
    let arguments = interrupted(out.path());
    let output = protattn(&with(&arguments, &["--resume", "--save-every", "0"]));
    assert!(output.status.success(), "{}", stderr(&output));
    let proteins = Table::read(out.path().join("proteins.parquet")).unwrap();
    let names: std::collections::BTreeSet<&String> =
        proteins.strs("protein").unwrap().iter().collect();
    assert_eq!(
        names.len() as u64,
        run_record(out.path())["proteins"].as_u64().unwrap()
    );
    assert_eq!(
        TABLES.len(),
        tables(out.path())
            .iter()
            .filter(|table| !table.is_empty())
            .count()
    );
}

#[test]
fn a_record_is_enough_to_repeat_a_run() {
    let out = folder();
    let data = out.path().join("data.jsonl");
    done(&["data", "convert", "demo", "--output", text(&data)]);
    let (first, second) = (out.path().join("first"), out.path().join("second"));
    // With names as they are from the folder that it is run in.
    let ran = std::process::Command::new(env!("CARGO_BIN_EXE_protattn"))
        .current_dir(out.path())
        .args([
            "align",
            "--model",
            "demo",
            "--data",
            "data.jsonl",
            "--output",
            "first",
        ])
        .args([
            "--metric",
            "entropy,contact-precision-combined",
            "--null",
            "shuffle-sequence",
        ])
        .args([
            "--sample",
            "20",
            "--seed",
            "3",
            "--layers",
            "2-4",
            "--per-protein",
        ])
        .args([
            "--property",
            "contact,amino-acid",
            "--min-arcs",
            "10",
            "--no-figures",
        ])
        .status();
    assert!(ran.unwrap().success());
    let record = first.join("run.json");
    let repeat = [
        "repeat",
        text(&record),
        "--no-figures",
        "--output",
        text(&second),
    ];
    done(&repeat);
    assert_same_tables(&tables(&first), &tables(&second), "repeated");
    let (one, other) = (run_record(&first), run_record(&second));
    for field in ["arguments", "settings", "sequences_sha256", "skipped"] {
        assert_eq!(one[field], other[field], "{field}");
    }
    done(&[
        "data",
        "convert",
        "demo",
        "--limit",
        "30",
        "--output",
        text(&data),
    ]);
    let output = protattn(&repeat);
    assert_eq!(output.status.code(), Some(1));
    let said = stderr(&output);
    assert!(
        said.contains("run.json: it cannot be repeated: data"),
        "{said}"
    );
    assert!(said.contains("records is 48 there and 30 now"), "{said}");
}

/// The last line of what a run says whose numbers leave the range of single precision.
#[test]
fn numbers_that_are_none_are_named_by_protein_layer_and_head() {
    let out = folder();
    let model = out.path().join("model");
    crate::common::copy_model("bert", &model, |name, value| {
        if name.ends_with("layer.1.attention.self.query.weight") {
            *value = 3e38;
        }
    });
    let arguments = [
        "align",
        "--model",
        text(&model),
        "--data",
        "demo",
        "--output",
    ];
    let output = protattn(&with(&arguments, &[text(&out.path().join("results"))]));
    assert_eq!(output.status.code(), Some(1));
    let said = stderr(&output);
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(
        said.contains("error: synthetic-") && said.contains(": layer 2, head 1 "),
        "{said}"
    );

    crate::common::copy_model("bert", &model, |name, value| {
        if name.ends_with("layer.1.attention.self.query.weight") {
            *value = f32::INFINITY;
        }
    });
    let said = stderr(&protattn(&with(
        &arguments,
        &[text(&out.path().join("results"))],
    )));
    assert!(said.contains("layer.1.attention.self.query.weight` holds a value that is not finite"));
}
