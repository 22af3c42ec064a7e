//! A run that is asked to end, or that the disk fails.

use std::io::Read;
use std::path::Path;
use std::process::{Child, Command};

use crate::common::{
    ALIGN_DEMO, assert_same_tables, done, folder, started, tables, text, until_saved, with,
};

/// Sends a signal.
pub fn signal(run: &Child, name: &str) {
    let status = Command::new("kill")
        .args([&format!("-{name}"), &run.id().to_string()])
        .status();
    assert!(status.unwrap().success());
}

/// The status of a run, and what it said.
pub fn ended(mut run: Child) -> (Option<i32>, String) {
    let mut said = String::new();
    run.stderr
        .take()
        .unwrap()
        .read_to_string(&mut said)
        .unwrap();
    (run.wait().unwrap().code(), said)
}

/// A run that takes so long that it is interrupted in the midst of it.
fn long_run(out: &Path) -> Vec<&str> {
    let more = [
        "--output",
        text(out),
        "--threads",
        "1",
        "--save-every",
        "0.001",
    ];
    with(&with(&ALIGN_DEMO, &["--null-draws", "4"]), &more)
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_says_how_to_go_on() {
    let out = folder();
    let whole = out.path().join("it's whole");
    let interrupted = out.path().join("it's interrupted");
    for name in ["INT", "TERM"] {
        let run = started(&long_run(&interrupted));
        until_saved(&interrupted);
        signal(&run, name);
        let (code, said) = ended(run);
        assert_eq!(code, Some(130), "{said}");
        assert!(
            said.contains("ending after the proteins in flight"),
            "{said}"
        );
        assert!(
            said.contains("sequences are done and saved; go on with\n"),
            "{said}"
        );
        // As a shell reads it.
        let command = said.lines().last().unwrap();
        let program = env!("CARGO_BIN_EXE_protattn");
        let (called, arguments) = command.trim().split_once(' ').unwrap();
        assert_eq!(called, program);
        assert!(arguments.contains(r"'\''s interrupted") && arguments.ends_with(" --resume"));
        if name == "TERM" {
            let shell = Command::new("sh").args(["-c", command]).output().unwrap();
            assert!(shell.status.success());
        } else {
            std::fs::remove_dir_all(&interrupted).unwrap();
        }
    }
    done(&long_run(&whole));
    assert_same_tables(&tables(&whole), &tables(&interrupted), "interrupted");
}

#[cfg(unix)]
#[test]
fn the_second_interruption_ends_at_once() {
    let out = folder();
    let run = started(&long_run(out.path()));
    until_saved(out.path());
    signal(&run, "INT");
    signal(&run, "TERM");
    let (code, _) = ended(run);
    assert_eq!(code, Some(130));
    done(&with(&long_run(out.path()), &["--resume"]));
}

#[test]
fn a_folder_that_goes_is_one_clear_line() {
    let out = folder();
    let output = out.path().join("results");
    let run = started(&long_run(&output));
    until_saved(&output);
    // The run may save while the folder is being removed.
    while std::fs::remove_dir_all(&output).is_err() {}
    let (code, said) = ended(run);
    assert_eq!(code, Some(1));
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(
        said.contains("cannot be written") && said.contains("saved"),
        "{said}"
    );
}

/// As on a full disk: files cannot grow over 64 blocks, which the largest of the tables would.
#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_written_is_one_clear_line_and_loses_nothing() {
    let out = folder();
    let (whole, output) = (out.path().join("whole"), out.path().join("output"));
    done(&long_run(&whole));
    let limited = r#"trap "" XFSZ; ulimit -f 64; exec "$0" "$@""#;
    let run = Command::new("sh")
        .args(["-c", limited, env!("CARGO_BIN_EXE_protattn")])
        .args(long_run(&output))
        .output()
        .unwrap();
    let said = String::from_utf8(run.stderr).unwrap();
    assert_eq!(run.status.code(), Some(1), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.contains("cannot be written"), "{said}");
    // No half of a file, and what was counted is there.
    let files = std::fs::read_dir(&output).unwrap();
    let names: Vec<_> = files.map(|file| file.unwrap().file_name()).collect();
    assert!(names.contains(&"saved".into()), "{names:?}");
    assert!(!names.contains(&"run.json".into()), "{names:?}");
    done(&with(&long_run(&output), &["--resume"]));
    assert_same_tables(&tables(&whole), &tables(&output), "a disk that was full");
}

/// What was read is in memory, and what was computed does not depend on files any more.
#[test]
fn data_that_go_in_mid_run_change_nothing() {
    let out = folder();
    let data = out.path().join("data.jsonl");
    done(&["data", "convert", "demo", "--output", text(&data)]);
    let of_file = |output: &Path| {
        let mut arguments = long_run(Path::new("."));
        arguments[4] = "DATA";
        let place = arguments.iter().position(|word| *word == ".").unwrap();
        let mut arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
        arguments[4] = text(&data).to_owned();
        arguments[place] = text(output).to_owned();
        arguments
    };
    let (whole, output) = (out.path().join("whole"), out.path().join("output"));
    done(&of_file(&whole));
    let run = started(&of_file(&output));
    until_saved(&output);
    std::fs::write(&data, "changed").unwrap();
    let (code, said) = ended(run);
    assert_eq!(code, Some(0), "{said}");
    assert_same_tables(&tables(&whole), &tables(&output), "data that went");
}
