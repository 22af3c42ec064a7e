//! The page of a run of `probe`.

use std::path::Path;

use anyhow::Result;
use protattn_model::run::Record;
use protattn_probe::ProbeRow;
use protattn_probe::layers::{Results, Settings};
use protattn_viz::{Column, Report, Section, Table};

use super::{BIBTEX, CITATION, Drawing, FILE_NAME, placed, settings};
use crate::args::Format;
use crate::built_in;
use crate::report::figures;
use crate::report::summary::{self, Probed};
use crate::tables;

/// Draws the figures of a folder and writes its page.
pub(super) fn draw(folder: &Path, formats: &[Format]) -> Result<()> {
    let (run, read) = Record::<Settings>::read::<Results>(folder)?;
    let rows = tables::read::<ProbeRow>(folder)?;
    let probed = summary::probed(&rows);
    let mut drawing = Drawing::new(folder, formats)?;
    let mut page = Report::new(format!("What the layers of {} know", run.model.name)).paragraph(format!(
        "Linear probes, trained on {} proteins and judged by {} others; {} layers of {} heads each.",
        read.train_proteins, read.eval_proteins, run.model.layers, run.model.heads
    ));
    if run.model.name == built_in::NAME || run.data.iter().any(|data| data.path == built_in::NAME) {
        page = page.paragraph(built_in::SYNTHETIC);
    }
    for warning in &run.warnings {
        page = page.paragraph(format!("Note: {warning}."));
    }
    for of_class in &probed {
        if let Some((number, text)) = summary::finding(of_class) {
            page = page.finding(number, text);
        }
    }
    let page = page
        .section(layers(&probed, run.model.layers, &mut drawing)?)
        .section(Section::new("All scores").collapsed().table(all(&rows)))
        .section(settings::settings(&run))
        .citation(CITATION)
        .bibtex(BIBTEX);
    drawing.finish(&page, FILE_NAME)
}

/// What the probes of a folder found, as a part of the page of another.
pub(super) fn section(folder: &Path, drawing: &mut Drawing<'_>) -> Result<Section> {
    let (run, read) = Record::<Settings>::read::<Results>(folder)?;
    let rows = tables::read::<ProbeRow>(folder)?;
    let probed = summary::probed(&rows);
    let mut section = Section::new("What the layers know").paragraph(format!(
        "Linear probes, trained on {} proteins and judged by {} others; their table is {}.",
        read.train_proteins,
        read.eval_proteins,
        Path::new(super::PROBES).join(tables::PROBE).display()
    ));
    for of_class in &probed {
        if let Some((number, text)) = summary::finding(of_class) {
            section = section.paragraph(format!("{number}: {text}"));
        }
    }
    Ok(section.section(layers(&probed, run.model.layers, drawing)?))
}

/// The figures, and the best layer of each class.
fn layers(probed: &[Probed<'_>], n_layers: usize, drawing: &mut Drawing<'_>) -> Result<Section> {
    let layers = figures::probe_layers(probed, n_layers)?;
    let gains = figures::probe_gains(probed, n_layers)?;
    let drawn = drawing.write_all(layers.into_iter().chain(gains))?;
    Ok(placed(Section::new("Layers"), drawn).table(best(probed)))
}

const NUMBERS: [&str; 6] = [
    "Value, %",
    "Low",
    "High",
    "Majority",
    "Control",
    "Selectivity",
];

fn columns(first: &[&str]) -> Vec<Column> {
    let texts = first.iter().map(|name| Column::text(*name));
    texts.chain(NUMBERS.map(Column::number)).collect()
}

fn cells(row: &ProbeRow) -> Vec<String> {
    let numbers = [
        row.value,
        row.ci_low,
        row.ci_high,
        row.majority,
        row.control,
        row.selectivity,
    ];
    let percent = |number: f64| match number.is_nan() {
        true => "-".to_owned(),
        false => format!("{:.1}", 100.0 * number),
    };
    numbers.map(percent).into()
}

/// The best layer of each task, class and kind of features.
fn best(probed: &[Probed<'_>]) -> Table {
    let table = Table::new(
        "Best layers",
        columns(&["Task", "Features", "Layer", "Score"]),
    );
    probed.iter().fold(table, |table, of_class| {
        of_class.best().into_iter().fold(table, |table, row| {
            let mut all = vec![
                of_class.target(),
                row.features.clone(),
                row.layer.to_string(),
                of_class.score_name(),
            ];
            all.extend(cells(row));
            table.row(all)
        })
    })
}

fn all(rows: &[ProbeRow]) -> Table {
    let table = Table::new(
        "Every task, class, layer and score",
        columns(&["Task", "Class", "Features", "Layer", "Score"]),
    );
    rows.iter().fold(table, |table, row| {
        let mut all = vec![
            row.task.clone(),
            row.class.clone(),
            row.features.clone(),
            row.layer.to_string(),
            format!("{} {} {}", row.score, row.k_rule, row.separation),
        ];
        all.extend(cells(row));
        table.row(all)
    })
}
