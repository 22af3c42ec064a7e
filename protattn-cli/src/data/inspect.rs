//! `protattn data inspect`: what data sets hold.

use std::fmt::Write as _;
use std::io::Write as _;

use anyhow::Result;
use protattn_io::Skipped;
use protattn_io::summary::{LabelSummary, Positions, Summary};
use serde_json::{Value, json};

use super::{Reading, Set};
use crate::args::InspectArgs;
use crate::data;
use crate::terminal::ending::Outcome;
use crate::terminal::text::{align, number};

/// Skipped records, warnings and repeated identifiers that are named; `--json` has them all.
const NAMED: usize = 10;

/// Runs the command.
pub(crate) fn run(args: &InspectArgs) -> Result<Outcome> {
    let reading = Reading::new(&args.read)?;
    let mut out = std::io::stdout().lock();
    for (place, name) in args.data.iter().enumerate() {
        let report = Report::of(name, &reading)?;
        if args.json {
            writeln!(out, "{}", report.json())?;
        } else {
            let gap = if place > 0 { "\n" } else { "" };
            write!(out, "{gap}{}", report.text())?;
        }
    }
    data::tell_warnings(&reading.unmatched(), data::INSPECT);
    Ok(Outcome::Done)
}

/// What there is to tell of one data set.
struct Report {
    name: String,
    format: &'static str,
    summary: Summary,
    skipped: Vec<Skipped>,
    warnings: Vec<String>,
}

impl Report {
    fn of(name: &str, reading: &Reading<'_>) -> Result<Self> {
        let mut set = Set::open(name, reading)?;
        let mut summary = Summary::default();
        let mut warnings = Vec::new();
        while let Some(protein) = set.next() {
            summary.observe(&protein);
            warnings.extend(set.take_warnings());
        }
        warnings.extend(set.take_warnings());
        Ok(Self {
            name: name.to_owned(),
            format: set.format(),
            summary,
            skipped: set.skipped,
            warnings,
        })
    }

    fn json(&self) -> Value {
        let Self { summary, .. } = self;
        json!({
            "data": self.name,
            "format": self.format,
            "records": summary.records(),
            "residues": summary.residues(),
            "lengths": summary.lengths(),
            "letters": summary.letters(),
            "numbered": summary.numbered(),
            "ca": summary.ca(),
            "cb": summary.cb(),
            "labels": summary.labels(),
            "repeated_ids": summary.repeated_ids(),
            "skipped": self.skipped,
            "warnings": self.warnings,
        })
    }

    fn text(&self) -> String {
        let Self { summary, .. } = self;
        let mut text = format!(
            "{} ({}): {} records, {} residues\n",
            self.name,
            self.format,
            number(summary.records() as u64),
            number(summary.residues())
        );
        self.add_contents(&mut text);
        if !summary.labels().is_empty() {
            text.push_str(&labels(summary));
        }
        let repeated: Vec<&str> = summary.repeated_ids().into_iter().collect();
        add_list(&mut text, "identifiers of more than one record", &repeated);
        let skipped: Vec<&str> = self.skipped.iter().map(|s| s.reason.as_str()).collect();
        add_list(&mut text, "skipped", &skipped);
        add_list(&mut text, "odd", &self.warnings);
        text
    }

    fn add_contents(&self, text: &mut String) {
        let Self { summary, .. } = self;
        if let Some(lengths) = summary.lengths() {
            // Writing to a string does not fail, here and below.
            let _ = writeln!(
                text,
                "  lengths            {} to {}, median {}, middle half {} to {}",
                lengths.min, lengths.max, lengths.median, lengths.quarter, lengths.three_quarters
            );
        }
        let unknown = summary.unknown_residues();
        let _ = writeln!(
            text,
            "  X, B, J, O, U, Z   {} residues{}",
            number(unknown),
            share(unknown, summary.residues())
        );
        let _ = writeln!(
            text,
            "  author numbers     {} records",
            number(summary.numbered() as u64)
        );
        for (atom, positions) in [("Cα", summary.ca()), ("Cβ", summary.cb())] {
            let Positions {
                records,
                known,
                missing,
            } = positions;
            let _ = writeln!(
                text,
                "  {atom} positions       {} records, {} known, {} missing",
                number(records as u64),
                number(known),
                number(missing)
            );
        }
    }
}

/// A table of the labels, a line for each class.
fn labels(summary: &Summary) -> String {
    let head = [
        "label",
        "records",
        "defined",
        "undefined",
        "class",
        "residues",
        "share",
    ];
    let mut rows = vec![head.map(str::to_owned)];
    for (name, label) in summary.labels() {
        let LabelSummary {
            records,
            defined,
            undefined,
            classes,
        } = label;
        let counts = [*records as u64, *defined, *undefined].map(number);
        let mut first = [name.clone()].into_iter().chain(counts).collect::<Vec<_>>();
        for (class, count) in classes {
            first.resize(4, String::new());
            first.extend([class.clone(), number(*count), percent(*count, *defined)]);
            rows.extend(<[String; 7]>::try_from(std::mem::take(&mut first)));
        }
        if classes.is_empty() {
            first.resize(7, String::new());
            rows.extend(<[String; 7]>::try_from(first));
        }
    }
    align(&rows, [false, true, true, true, false, true, true])
}

fn add_list(text: &mut String, title: &str, items: &[impl AsRef<str>]) {
    if items.is_empty() {
        return;
    }
    let _ = writeln!(text, "  {title}: {}", items.len());
    for item in items.iter().take(NAMED) {
        let _ = writeln!(text, "    {}", item.as_ref());
    }
    if items.len() > NAMED {
        let _ = writeln!(text, "    ... all of them with --json");
    }
}

fn percent(part: u64, whole: u64) -> String {
    format!("{:.2} %", 100.0 * part as f64 / whole as f64)
}

fn share(part: u64, whole: u64) -> String {
    if whole == 0 {
        return String::new();
    }
    format!(" ({})", percent(part, whole))
}
