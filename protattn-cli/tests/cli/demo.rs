//! `protattn demo`: what the README promises of it.

use crate::common::{done, folder, stderr, table, text};

#[test]
fn the_demo_leaves_tables_and_figures_and_its_best_head_sees_contacts() {
    let out = folder();
    let output = done(&["demo", "--output", text(out.path())]);

    for name in [
        "alignment.parquet",
        "run.json",
        "report.html",
        "figures/contact.heads.svg",
        "figures/contact.top.svg",
        "figures/probe.layers.svg",
        "figures/probe.gains.svg",
        "probe/probe.parquet",
    ] {
        assert!(
            out.path().join(name).metadata().unwrap().len() > 0,
            "{name}"
        );
    }
    let warned = stderr(&output);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(warned.contains("synthetic"), "{warned}");
    assert!(
        said.contains("contact: the best heads") && said.contains("protattn align --model"),
        "{said}"
    );
    let report = std::fs::read_to_string(out.path().join("report.html")).unwrap();
    assert!(report.contains("synthetic"), "it says what it is");
    assert!(
        report.contains("What the layers know"),
        "and what probes find"
    );

    let table = table(out.path());
    let contacts: Vec<usize> = (0..table.n_rows())
        .filter(|i| table.strs("property").unwrap()[*i] == "contact")
        .collect();
    let column = |name: &str, row: usize| table.f64s(name).unwrap()[row];
    let scored = contacts
        .iter()
        .filter(|row| table.bools("scored").unwrap()[**row]);
    let best = *scored
        .max_by(|a, b| column("proportion", **a).total_cmp(&column("proportion", **b)))
        .unwrap();
    assert!(table.u64s("arcs_total").unwrap()[best] >= 100);
    assert!(
        column("proportion", best) >= 0.7,
        "{}",
        column("proportion", best)
    );
    assert!(
        column("background", best) < 0.08,
        "{}",
        column("background", best)
    );
}

#[test]
fn the_report_can_be_drawn_again() {
    let out = folder();
    done(&["demo", "--output", text(out.path())]);
    let report = out.path().join("report.html");
    let before = std::fs::read(&report).unwrap();
    std::fs::remove_file(&report).unwrap();
    done(&["report", text(out.path())]);
    assert!(
        std::fs::read(&report).unwrap() == before,
        "the same tables give the same page"
    );
}

#[test]
fn the_demo_runs_beside_a_folder_of_its_name() {
    let here = folder();
    std::fs::create_dir(here.path().join("demo")).unwrap();
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_protattn"))
        .arg("demo")
        .current_dir(here.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(here.path().join("protattn-demo/report.html").exists());
}
