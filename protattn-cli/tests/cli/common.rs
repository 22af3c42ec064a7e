//! Running the command, and finding what it is run on.

use std::collections::BTreeMap;
use std::ffi::OsStr;
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

/// The folder of reference data that is not part of the project. Tests that need it are ignored
/// unless they are asked for.
pub fn shared() -> PathBuf {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared");
    let folder = std::env::var_os("PROTATTN_SHARED").map_or(beside, PathBuf::from);
    let message = "holds no reference data (set PROTATTN_SHARED)";
    assert!(
        folder.join("data").is_dir(),
        "{} {message}",
        folder.display()
    );
    folder
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

/// Every table of a run with all metrics and null models, for each protein too.
pub const TABLES: [&str; 6] = [
    "alignment",
    "comparisons",
    "layers",
    "similarity",
    "metrics",
    "proteins",
];

/// The bytes of all tables of an output folder; nothing of one that is not there.
pub fn tables(folder: &Path) -> [Vec<u8>; 6] {
    TABLES
        .map(|name| std::fs::read(folder.join(name).with_extension("parquet")).unwrap_or_default())
}

/// Fails unless the tables of both are the same, bit for bit.
pub fn assert_same_tables(one: &[Vec<u8>; 6], other: &[Vec<u8>; 6], what: &str) {
    for (name, (one, other)) in TABLES.iter().zip(one.iter().zip(other)) {
        assert!(one == other, "{name}: {what}");
    }
    assert!(!one[0].is_empty(), "{what}: there is an alignment");
}

/// The bytes of each table, and of the regression, of an output folder of any command.
pub fn results(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = std::fs::read_dir(folder).unwrap();
    let paths = files.map(|file| file.unwrap().path());
    let is_result = |path: &PathBuf| {
        let extension = path.extension().and_then(OsStr::to_str);
        extension.is_some_and(|extension| ["parquet", "safetensors"].contains(&extension))
    };
    let read = |path: PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        (name, std::fs::read(&path).unwrap())
    };
    paths.filter(is_result).map(read).collect()
}

/// Fails unless the results of both are the same, bit for bit.
pub fn assert_same_results(
    one: &BTreeMap<String, Vec<u8>>,
    other: &BTreeMap<String, Vec<u8>>,
    what: &str,
) {
    assert!(one.keys().eq(other.keys()), "{what}");
    let different = one.iter().find(|(name, bytes)| &other[*name] != *bytes);
    assert_eq!(different.map(|(name, _)| name), None, "{what}");
    assert!(!one.is_empty(), "{what}: there is nothing");
}

/// A run of `align` that writes every table: on the built-in model and proteins.
pub const ALIGN_DEMO: [&str; 11] = [
    "align",
    "--model",
    "demo",
    "--data",
    "demo",
    "--metric",
    "all",
    "--null",
    "rotate-labels,shuffle-sequence,random-weights",
    "--per-protein",
    "--no-figures",
];

/// Arguments and more of them.
pub fn with<'a>(arguments: &[&'a str], more: &[&'a str]) -> Vec<&'a str> {
    [arguments, more].concat()
}

/// Numbers that look random (SplitMix64, Steele et al. 2014), from 0 to 1.
pub fn random(seed: u64) -> impl Iterator<Item = f64> {
    let mut state = seed;
    std::iter::repeat_with(move || {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    })
}

/// Starts `protattn` and leaves it to itself.
pub fn started<S: AsRef<OsStr>>(arguments: &[S]) -> std::process::Child {
    Command::new(env!("CARGO_BIN_EXE_protattn"))
        .args(arguments)
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap()
}

/// Waits until a run has saved something.
pub fn until_saved(output: &Path) {
    let has_parts = || {
        let files = std::fs::read_dir(output.join("saved"))
            .into_iter()
            .flatten();
        let mut names = files.flatten().map(|file| file.file_name());
        names.any(|name| name.to_string_lossy().ends_with(".part"))
    };
    let start = std::time::Instant::now();
    while !has_parts() {
        assert!(start.elapsed().as_secs() < 60, "nothing is saved");
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
}

/// Copies a reference checkpoint, with each of its weights changed by `change`.
pub fn copy_model(name: &str, to: &Path, change: impl Fn(&str, &mut f32)) {
    use safetensors::tensor::{Dtype, TensorView};

    let from = reference_model(name);
    std::fs::create_dir_all(to).unwrap();
    for file in ["config.json", "vocab.txt"] {
        std::fs::copy(from.join(file), to.join(file)).unwrap();
    }
    let bytes = std::fs::read(from.join("model.safetensors")).unwrap();
    let tensors = safetensors::SafeTensors::deserialize(&bytes).unwrap();
    let mut changed = Vec::new();
    for (name, tensor) in tensors.tensors() {
        assert_eq!(tensor.dtype(), Dtype::F32);
        let values = tensor.data().chunks_exact(4);
        let values = values.map(|bytes| f32::from_le_bytes(bytes.try_into().unwrap()));
        let mut data = Vec::new();
        for mut value in values {
            change(&name, &mut value);
            data.extend(value.to_le_bytes());
        }
        changed.push((name, tensor.shape().to_vec(), data));
    }
    let views = changed.iter().map(|(name, shape, data)| {
        (
            name,
            TensorView::new(Dtype::F32, shape.clone(), data).unwrap(),
        )
    });
    let bytes = safetensors::serialize(views, None).unwrap();
    std::fs::write(to.join("model.safetensors"), bytes).unwrap();
}
