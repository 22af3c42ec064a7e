//! A property of one's own stands beside the built-in ones.

use protattn_cli::App;
use protattn_io::{Label, Protein};
use protattn_metrics::{Labels, Property, PropertyError};

use crate::common::{folder, run_record, table, text};

/// Charged residues; histidine may be either, so it is undefined. Shuns proteins named in `refused`.
struct Charge {
    classes: [String; 2],
    refused: &'static str,
}

impl Property for Charge {
    fn name(&self) -> &str {
        "charge"
    }

    fn classes(&self) -> &[String] {
        &self.classes
    }

    fn labels(&self, protein: &Protein) -> Result<Option<Labels>, PropertyError> {
        if protein.id() == self.refused {
            return Err("no charge is known at this pH".into());
        }
        let label = |residue| match residue {
            'K' | 'R' => Label::of_class(0).unwrap(),
            'D' | 'E' => Label::of_class(1).unwrap(),
            'H' | 'X' => Label::UNDEFINED,
            _ => Label::NONE,
        };
        let labels = protein.sequence().chars().map(label).collect();
        Ok(Some(Labels::Residues(labels)))
    }
}

#[test]
fn it_is_in_the_table_and_the_figures_and_its_errors_are_named() {
    let out = folder();
    let refused = "synthetic-bundle3-f07-m0001";
    let charge = Charge {
        classes: ["positive".into(), "negative".into()],
        refused,
    };
    let arguments = [
        "protattn",
        "align",
        "--model",
        "demo",
        "--data",
        "demo",
        "--output",
        text(out.path()),
    ];
    let status = App::new().property(charge).run_from(arguments);
    assert_eq!(
        format!("{status:?}"),
        format!("{:?}", std::process::ExitCode::SUCCESS)
    );

    let table = table(out.path());
    let rows: Vec<usize> = (0..table.n_rows())
        .filter(|row| table.strs("property").unwrap()[*row] == "charge")
        .collect();
    assert_eq!(
        rows.len(),
        2 * 4 * 4,
        "two classes of four layers of four heads"
    );
    let arcs = |name: &str| {
        rows.iter()
            .map(|row| table.u64s(name).unwrap()[*row])
            .sum::<u64>()
    };
    assert!(0 < arcs("arcs_in_class") && arcs("arcs_in_class") < arcs("arcs_eligible"));
    assert!(
        arcs("arcs_eligible") < arcs("arcs_total"),
        "histidine is undefined"
    );
    assert!(out.path().join("figures/charge.positive.top.svg").is_file());

    let run = run_record(out.path());
    assert_eq!(run["proteins_by_property"]["charge"], 47);
    assert_eq!(run["proteins_by_property"]["contact"], 48);
    assert_eq!(run["skipped"][0]["record"], refused);
    assert!(
        run["skipped"][0]["reason"]
            .as_str()
            .unwrap()
            .contains("at this pH")
    );
}
