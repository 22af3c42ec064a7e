//! Contacts from attention: against transformers, fitted and judged on what is built in, and mistakes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use protattn_io::parquet::Table;
use protattn_probe::ContactRegression;
use safetensors::tensor::{SafeTensors, serialize_to_file};
use serde_json::Value;
use tempfile::TempDir;

use crate::common::{done, folder, protattn, reference_model, run_record, stderr, text, with};

/// A built-in protein of the first family of each of two folds, and one of the second.
const FIRST: &str = "0,24";
const SECOND: &str = "6,30";

/// A regression of the built-in model, and what was said of it.
fn fitted(folder: &Path) -> (PathBuf, String) {
    let head = folder.join("head.safetensors");
    let output = done(&with(
        &["contacts", "--model", "demo", "--fit", "demo"],
        &["--fit-records", FIRST, "--save", text(&head)],
    ));
    (head, stderr(&output))
}

/// The first and second residue, probability and contact of each row, by record.
type Pairs = BTreeMap<String, Vec<(u32, u32, f64, String)>>;

fn pairs(folder: &Path) -> Pairs {
    let table = Table::read(folder.join("contacts.parquet")).unwrap();
    let mut pairs = Pairs::new();
    for row in 0..table.n_rows() {
        let of_record = pairs.entry(table.strs("record").unwrap()[row].clone());
        of_record.or_default().push((
            table.u32s("i").unwrap()[row],
            table.u32s("j").unwrap()[row],
            table.f64s("probability").unwrap()[row],
            table.strs("contact").unwrap()[row].clone(),
        ));
    }
    pairs
}

/// The rows of the scores of a record.
fn score(table: &Table, key: [&str; 3]) -> usize {
    let columns = ["record", "separation", "k_rule"].map(|name| table.strs(name).unwrap());
    let is_key = |row: &usize| columns.iter().zip(key).all(|(c, key)| c[*row] == key);
    (0..table.n_rows()).find(is_key).unwrap()
}

/// A reference checkpoint with the weights that transformers predicted contacts by.
fn with_head(name: &str, prefix: &str, stored: &SafeTensors<'_>) -> TempDir {
    let copy = folder();
    for file in ["config.json", "vocab.txt"] {
        std::fs::copy(reference_model(name).join(file), copy.path().join(file)).unwrap();
    }
    let bytes = std::fs::read(reference_model(name).join("model.safetensors")).unwrap();
    let mut tensors: BTreeMap<String, _> = SafeTensors::deserialize(&bytes)
        .unwrap()
        .tensors()
        .into_iter()
        .collect();
    for part in ["weight", "bias"] {
        let tensor = format!("contact_head.regression.{part}");
        tensors.remove(&tensor).unwrap();
        tensors.insert(format!("{prefix}{tensor}"), stored.tensor(part).unwrap());
    }
    serialize_to_file(tensors, None, &copy.path().join("model.safetensors")).unwrap();
    copy
}

#[test]
fn a_checkpoints_own_head_predicts_what_transformers_does() {
    for (name, prefix) in [("esm2", "esm."), ("esm1b", "")] {
        let path = reference_model("contacts").join(format!("{name}.safetensors"));
        let bytes = std::fs::read(path).unwrap();
        let golden = SafeTensors::deserialize(&bytes).unwrap();
        let model = with_head(name, prefix, &golden);
        let json = std::fs::read(reference_model(name).join("golden.json")).unwrap();
        let json: Value = serde_json::from_slice(&json).unwrap();
        let sequences = json["sequences"].as_array().unwrap().iter();
        let sequences: Vec<&str> = sequences.map(|s| s["sequence"].as_str().unwrap()).collect();
        let fasta = sequences.iter().enumerate();
        let fasta: String = fasta.map(|(k, s)| format!(">s{k}\n{s}\n")).collect();
        let (data, out) = (model.path().join("x.fasta"), model.path().join("out"));
        std::fs::write(&data, fasta).unwrap();
        let run = done(&with(
            &[
                "contacts",
                "--model",
                text(model.path()),
                "--data",
                text(&data),
            ],
            &[
                "--output",
                text(&out),
                "--min-separation",
                "1",
                "--no-figures",
            ],
        ));
        assert!(
            stderr(&run).contains("4 proteins predicted; no structure"),
            "{}",
            stderr(&run)
        );
        assert!(
            stderr(&run).contains("nearer than 6 were not among"),
            "{}",
            stderr(&run)
        );
        let found = pairs(&out);
        for (k, sequence) in sequences.iter().enumerate() {
            let n = sequence.len();
            let tensor = golden.tensor(&format!("contacts.{k}")).unwrap();
            let expected: Vec<f32> = tensor
                .data()
                .chunks_exact(4)
                .map(|word| f32::from_le_bytes(word.try_into().unwrap()))
                .collect();
            let of_record = &found[&format!("s{k}")];
            assert_eq!(of_record.len(), n * (n - 1) / 2);
            for (i, j, probability, contact) in of_record {
                let expected = f64::from(expected[(*i as usize - 1) * n + *j as usize - 1]);
                assert!((probability - expected).abs() <= 1e-5, "{name} {k} {i} {j}");
                assert_eq!(contact, "undefined");
            }
        }
        let scores = Table::read(out.join("contact_scores.parquet")).unwrap();
        assert_eq!(scores.n_rows(), 0, "there is nothing to judge by");
        assert_eq!(run_record(&out)["head"]["source"], "checkpoint");
    }
}

#[test]
fn a_regression_of_some_families_predicts_others() {
    let place = folder();
    let (head, said) = fitted(place.path());
    assert!(said.contains("of 2 proteins"), "{said}");
    assert!(
        said.contains(" coefficients are not 0, converged in "),
        "{said}"
    );
    let out = place.path().join("out");
    let predict = [
        "contacts",
        "--model",
        "demo",
        "--data",
        "demo",
        "--data-records",
        SECOND,
    ];
    let run = done(&with(
        &predict,
        &["--output", text(&out), "--head", text(&head), "--maps", "2"],
    ));
    assert!(
        stderr(&run).contains("2 proteins predicted; mean precision over"),
        "{}",
        stderr(&run)
    );

    let table = Table::read(out.join("contact_scores.parquet")).unwrap();
    let row = score(&table, ["mean", "all", "L/5"]);
    let counts = |name: &str| table.u64s(name).unwrap()[row] as f64;
    let background = counts("contacts") / counts("pairs");
    let precision = table.f64s("precision").unwrap()[row];
    assert_eq!(table.u64s("proteins").unwrap()[row], 2);
    assert!(
        background < 0.1 && precision > 5.0 * background,
        "{precision} of {background}"
    );

    let maps: Vec<_> = std::fs::read_dir(out.join("figures")).unwrap().collect();
    assert_eq!(maps.len(), 2);
    let svg = std::fs::read_to_string(maps[0].as_ref().unwrap().path()).unwrap();
    assert!(
        svg.contains(": contact</title>"),
        "the structure's contacts are in it"
    );
    let record = run_record(&out);
    assert_eq!(
        (&record["proteins"], &record["with_structure"]),
        (&2.into(), &2.into())
    );
    assert_eq!(record["head"]["source"], text(&head));

    // Fitted and predicted in one run, by another number of threads: the same bits.
    let (again, saved) = (
        place.path().join("again"),
        place.path().join("again.safetensors"),
    );
    let fit = [
        "--fit",
        "demo",
        "--fit-records",
        FIRST,
        "--save",
        text(&saved),
    ];
    let more = ["--output", text(&again), "--no-figures", "--threads", "3"];
    done(&[&predict[..], &fit, &more].concat());
    let same =
        |one: &Path, other: &Path| std::fs::read(one).unwrap() == std::fs::read(other).unwrap();
    assert!(same(&head, &saved));
    for file in ["contacts.parquet", "contact_scores.parquet"] {
        assert!(same(&out.join(file), &again.join(file)), "{file}");
    }
    assert!(!again.join("figures").exists());
    let record = run_record(&again);
    assert_eq!(
        (&record["fit"]["proteins"], &record["fit"]["converged"]),
        (&2.into(), &true.into())
    );
    assert_eq!(record["warnings"], Value::Array(Vec::new()));
    judged_by_hand(&out);
}

/// The scores, from the pairs of the table.
fn judged_by_hand(out: &Path) {
    let table = Table::read(out.join("contact_scores.parquet")).unwrap();
    let pairs = pairs(out);
    let length = |record: &str| table.u64s("length").unwrap()[score(&table, [record, "all", "L"])];
    let mut total = 0.0;
    for (record, pairs) in &pairs {
        assert!(pairs.is_sorted_by_key(|(i, j, ..)| (*i, *j)));
        assert!(pairs.iter().all(|(i, j, ..)| j - i >= 6));
        let mut long: Vec<_> = pairs.iter().filter(|(i, j, ..)| j - i >= 24).collect();
        long.sort_by(|a, b| b.2.total_cmp(&a.2));
        let k = (length(record) as f64 / 5.0).round_ties_even() as usize;
        let right = long
            .iter()
            .take(k)
            .filter(|(.., contact)| contact == "yes")
            .count();
        let row = score(&table, [record, "long", "L/5"]);
        let precision = table.f64s("precision").unwrap()[row];
        assert!(
            (precision - right as f64 / k as f64).abs() < 1e-12,
            "{record}"
        );
        let contacts = long.iter().filter(|(.., contact)| contact == "yes").count();
        assert_eq!(table.u64s("contacts").unwrap()[row], contacts as u64);
        assert_eq!(table.u64s("pairs").unwrap()[row], long.len() as u64);
        total += precision;
    }
    let mean = table.f64s("precision").unwrap()[score(&table, ["mean", "long", "L/5"])];
    assert!((mean - total / pairs.len() as f64).abs() < 1e-12);
}

/// The error of a run, of so many lines, with its status.
fn refused(arguments: &[&str], status: i32) -> String {
    let output = protattn(arguments);
    assert_eq!(output.status.code(), Some(status), "{}", stderr(&output));
    stderr(&output)
}

#[test]
fn what_cannot_be_predicted_says_why() {
    let place = folder();
    let out = place.path().join("out");
    let predict = ["contacts", "--data", "demo", "--output", text(&out)];
    let said = refused(&with(&predict, &["--model", "demo"]), 1);
    assert!(
        said.contains("demo has no contact head of its own"),
        "{said}"
    );
    assert!(said.contains("--head") && said.contains("--fit"), "{said}");

    let head = place.path().join("head.safetensors");
    let features = ndarray::array![[0.0_f32, 1.0], [1.0, 0.0], [1.0, 1.0]];
    let settings = ContactRegression::default_settings();
    let regression = ContactRegression::fit(&settings, &features, &[0, 1, 1], 2, 6).unwrap();
    regression.save(&head).unwrap();
    let esm2 = reference_model("esm2");
    let said = refused(
        &with(&predict, &["--model", text(&esm2), "--head", text(&head)]),
        1,
    );
    let layers = "is not for esm2; fit one for it with --fit and --save: the contact head is one for 2 layers of 1 heads";
    assert!(said.contains(layers), "{said}");
    assert!(said.contains("but the model has 3 of 4"), "{said}");

    std::fs::write(&head, "no tensors").unwrap();
    let said = refused(
        &with(&predict, &["--model", "demo", "--head", text(&head)]),
        1,
    );
    assert!(said.contains("head.safetensors"), "{said}");
    assert!(!out.join("contacts.parquet").exists());
}

#[test]
fn what_cannot_be_fitted_says_why() {
    let place = folder();
    let saved = place.path().join("head.safetensors");
    let fasta = place.path().join("x.fasta");
    std::fs::write(&fasta, ">a\nMKTAYIAKQR\n").unwrap();
    let save = ["contacts", "--model", "demo", "--save", text(&saved)];
    let save = |more: &[&'static str]| refused(&with(&save, more), 1);
    let said = save(&["--fit", "demo", "--contact-distance", "0.1"]);
    assert!(said.contains("none is a contact"), "{said}");
    let said = save(&["--fit", "demo", "--contact-distance", "1000"]);
    assert!(said.contains("each is a contact"), "{said}");
    let said = save(&["--fit", "demo", "--memory", "10K"]);
    assert!(said.contains("more than --memory 10 KiB"), "{said}");
    let fit = ["contacts", "--model", "demo", "--fit", text(&fasta)];
    let said = refused(&with(&fit, &["--save", text(&saved)]), 1);
    assert!(said.contains("fit on proteins with structures"), "{said}");
    assert!(!saved.exists());

    let said = refused(&fit, 2);
    assert!(said.contains("--save"), "{said}");
    let many = ["--save", text(&saved), "--fit-records", "0-1"];
    let said = refused(&with(&fit, &many), 2);
    assert!(said.contains("--fit-records asks for record 1"), "{said}");
    let said = refused(&["contacts", "--model", "demo", "--data", "demo"], 2);
    assert!(said.contains("--output"), "{said}");
}

#[test]
fn a_record_that_cannot_be_read_is_named_and_the_rest_kept() {
    let (place, esm2) = (folder(), reference_model("esm2"));
    let (fasta, out) = (place.path().join("x.fasta"), place.path().join("out"));
    std::fs::write(
        &fasta,
        ">a\nMKTAYIAKQR\n>bad\nMK1\n>a\nMKTAYIAKQRMK\n>short\nMK\n",
    )
    .unwrap();
    let run = ["contacts", "--model", text(&esm2), "--data", text(&fasta)];
    let more = [
        "--output",
        text(&out),
        "--strict",
        "--format",
        "pdf",
        "--max-tokens",
        "13",
    ];
    let said = refused(&with(&run, &more), 3);
    assert!(
        said.contains("1 skipped:") && said.contains("bad"),
        "{said}"
    );
    assert!(
        said.contains("1 proteins are longer than --max-tokens 13"),
        "{said}"
    );
    let found = pairs(&out);
    let counts: Vec<_> = found
        .iter()
        .map(|(name, pairs)| (name.as_str(), pairs.len()))
        .collect();
    assert_eq!(
        counts,
        [("a (1 of 2)", 4 * 5 / 2), ("a (2 of 2)", 5 * 6 / 2)]
    );
    assert_eq!(run_record(&out)["proteins"], 3);
    let said = refused(&["report", text(&out)], 1);
    assert!(said.contains("tables of `protattn contacts`"), "{said}");
    assert!(out.join("figures/short.svg").exists() && out.join("figures/short.pdf").exists());
}
