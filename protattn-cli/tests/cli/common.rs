//! Running the command, and finding what it is run on.

use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use protattn_io::parquet::Table;

/// Runs `protattn` with these arguments.
pub fn protattn<S: AsRef<OsStr>>(arguments: &[S]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_protattn"))
        .args(arguments)
        .output()
        .unwrap()
}

/// Runs `protattn` and expects success.
pub fn done<S: AsRef<OsStr>>(arguments: &[S]) -> Output {
    let output = protattn(arguments);
    assert!(output.status.success(), "{}", stderr(&output));
    output
}

/// What it said.
pub fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A reference checkpoint of the model crate, with golden outputs.
pub fn reference_model(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../protattn-model/tests/reference")
        .join(name)
}

/// The folder of reference data that is not part of the project, if it is there.
pub fn shared() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared");
    let folder = std::env::var_os("PROTATTN_SHARED").map_or(beside, PathBuf::from);
    if folder.join("data").is_dir() {
        return Some(folder);
    }
    // Not eprintln!, which the test runner keeps to itself.
    let message = "holds no reference data (set PROTATTN_SHARED)";
    let _ = writeln!(std::io::stderr(), "skipped: {} {message}", folder.display());
    None
}

/// A folder that is there as long as the value is.
pub fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

/// The table of an output folder.
pub fn table(folder: &Path) -> Table {
    Table::read(folder.join("alignment.parquet")).unwrap()
}

/// The `run.json` of an output folder.
pub fn run_record(folder: &Path) -> serde_json::Value {
    serde_json::from_slice(&std::fs::read(folder.join("run.json")).unwrap()).unwrap()
}

/// A path as an argument.
pub fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}
