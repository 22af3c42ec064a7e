//! What others add: the example as a program of its own, and code that misbehaves.

use std::path::{Path, PathBuf};
use std::process::Command;

use protattn_cli::App;
use protattn_io::parquet::Table;
use protattn_io::{Label, Protein};
use protattn_metrics::ndarray::ArrayView3;
use protattn_metrics::{
    HeadValues, Labels, Metric, MetricError, Property, PropertyError, Quantity, Subject,
};
use serde_json::json;

use crate::common::{folder, run_record, table, text};

/// The program that cargo builds of an example, beside the tests.
fn example(name: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let target = test.parent().and_then(Path::parent).unwrap();
    target.join("examples").join(name)
}

/// Hairpins of 60 residues with a cysteine at either end of each rung that bonds, and two that do not.
fn hairpins(path: &Path) {
    let mut lines = String::new();
    for shift in 0..4 {
        let letters = b"GAVLIMFWPSTYNQDEKRHG";
        let mut sequence: Vec<u8> = (0..60).map(|i| letters[(7 * i + shift) % 20]).collect();
        let mut links = vec!["none"; 60];
        for (cysteine, link) in [
            (4, "disulfide"),
            (55, "disulfide"),
            (20, "none"),
            (30, "none"),
        ] {
            sequence[cysteine] = b'C';
            links[cysteine] = link;
        }
        let ca: Vec<[f64; 3]> = (0..60)
            .map(|i| {
                let rung = if i < 30 { i } else { 59 - i };
                [3.3 * rung as f64, if i < 30 { 0.0 } else { 5.5 }, 0.0]
            })
            .collect();
        let record = json!({
            "id": format!("hairpin-{shift}"),
            "sequence": String::from_utf8(sequence).unwrap(),
            "ca": ca,
            "labels": {"link-type": links},
        });
        lines += &format!("{record}\n");
    }
    std::fs::write(path, lines).unwrap();
}

fn rows_of(table: &Table, column: &str, value: &str) -> Vec<usize> {
    let all = table.strs(column).unwrap();
    (0..table.n_rows())
        .filter(|row| all[*row] == value)
        .collect()
}

#[test]
fn the_example_stands_in_tables_figures_and_report() {
    let out = folder();
    let data = out.path().join("hairpins.jsonl");
    hairpins(&data);
    let results = out.path().join("results");
    let done = Command::new(example("disulfides"))
        .args([
            "align",
            "--model",
            "demo",
            "--data",
            text(&data),
            "--output",
            text(&results),
        ])
        .args([
            "--min-attention",
            "0.01",
            "--min-arcs",
            "1",
            "--bootstrap",
            "200",
        ])
        .output()
        .unwrap();
    assert!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );

    let alignment = table(&results);
    let rows = rows_of(&alignment, "property", "disulfide-bond");
    assert_eq!(rows.len(), 4 * 4);
    let sum = |name: &str| {
        rows.iter()
            .map(|row| alignment.u64s(name).unwrap()[*row])
            .sum::<u64>()
    };
    assert!(sum("arcs_in_class") > 0 && sum("arcs_in_class") < sum("arcs_eligible"));
    // Of the twelve ordered pairs of four cysteines two are bonded.
    assert_eq!(alignment.f64s("background").unwrap()[rows[0]], 2.0 / 12.0);

    let metrics = Table::read(results.join("metrics.parquet")).unwrap();
    let rows = rows_of(&metrics, "metric", "chain-start");
    assert_eq!(rows.len(), 4 * 4);
    let value = |row: &usize| metrics.f64s("value").unwrap()[*row];
    assert!(rows.iter().all(|row| (0.0..=1.0).contains(&value(row))));
    assert_eq!(metrics.u64s("proteins").unwrap()[rows[0]], 4);

    for figure in [
        "disulfide-bond.heads.svg",
        "metric.chain-start.chain.first_tenth.svg",
    ] {
        assert!(results.join("figures").join(figure).is_file(), "{figure}");
    }
    let report = std::fs::read_to_string(results.join("report.html")).unwrap();
    assert!(report.contains("disulfide-bond") && report.contains("chain-start"));
}

/// Panics on one protein, and labels too few residues of another.
struct Careless([String; 1]);

const PANICS: &str = "synthetic-bundle3-f07-m0001";
const SHORT: &str = "synthetic-bundle3-f07-m0002";

impl Property for Careless {
    fn name(&self) -> &str {
        "careless"
    }

    fn classes(&self) -> &[String] {
        &self.0
    }

    fn labels(&self, protein: &Protein) -> Result<Option<Labels>, PropertyError> {
        let n = match protein.id() {
            PANICS => panic!("index out of range, perhaps"),
            SHORT => protein.len() - 1,
            _ => protein.len(),
        };
        Ok(Some(Labels::Residues(vec![
            Label::from_flag(Some(true));
            n
        ])))
    }
}

/// Panics on one protein, gives what is no number of another, and of the rest what no figure has room for.
struct Odd;

impl Metric for Odd {
    fn name(&self) -> &str {
        "odd"
    }

    fn quantities(&self, _: usize) -> Vec<Quantity> {
        vec![Quantity::only("")]
    }

    fn observe(
        &self,
        subject: &Subject<'_>,
        _layer: usize,
        _attention: ArrayView3<'_, f32>,
        values: &mut HeadValues,
    ) -> Result<(), MetricError> {
        match subject.protein().id() {
            PANICS => values.add(99, 0, 1.0, 1.0),
            SHORT => values.add(0, 0, f64::NAN, 1.0),
            _ => values.add(0, 0, 1e8, 1.0),
        }
        Ok(())
    }
}

#[test]
fn what_misbehaves_is_named_and_the_rest_is_kept() {
    let out = folder();
    let arguments = ["protattn", "align", "--model", "demo", "--data", "demo"];
    let arguments = arguments.into_iter().chain(["--output", text(out.path())]);
    let app = App::new().property(Careless(["yes".into()])).metric(Odd);
    let status = app.run_from(arguments);
    assert_eq!(
        format!("{status:?}"),
        format!("{:?}", std::process::ExitCode::SUCCESS)
    );

    let run = run_record(out.path());
    assert_eq!(run["proteins_by_property"]["careless"], 46);
    assert_eq!(run["proteins_by_property"]["contact"], 48);
    let reasons: Vec<String> = run["skipped"]
        .as_array()
        .unwrap()
        .iter()
        .map(|skipped| format!("{}: {}", skipped["record"], skipped["reason"]))
        .collect();
    let said = |parts: [&str; 2]| {
        let all = |reason: &&String| parts.iter().all(|part| reason.contains(part));
        assert_eq!(
            reasons.iter().filter(all).count(),
            1,
            "{parts:?} in {reasons:?}"
        );
    };
    said([
        PANICS,
        "property careless: it panicked at protattn-cli/tests/cli/plugin.rs:",
    ]);
    said([SHORT, "careless could not label it"]);
    said([PANICS, "metric odd: it panicked"]);
    said([SHORT, "metric odd gives a value of NaN"]);

    let metrics = Table::read(out.path().join("metrics.parquet")).unwrap();
    let rows = rows_of(&metrics, "metric", "odd");
    assert_eq!(metrics.u64s("proteins").unwrap()[rows[0]], 46);
    let report = std::fs::read_to_string(out.path().join("report.html")).unwrap();
    assert!(report.contains("There is no figure: the figure metric.odd"));
    assert!(out.path().join("figures/contact.heads.svg").is_file());
}
