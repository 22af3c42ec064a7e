//! Several output folders on one page.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use protattn_metrics::align::Settings;
use protattn_model::run::Record;
use protattn_viz::{Column, Report, Section, Table};

use super::{BIBTEX, CITATION, Drawing, placed, read_record};
use crate::args::Format;
use crate::output;
use crate::report::figures::{self, Labelled};
use crate::tables;

/// The page's name.
const FILE_NAME: &str = "comparison.html";
/// As many as a figure shows.
const MOST: usize = 8;

/// Draws the figures that compare the folders, and writes their page.
pub(super) fn draw(folders: &[PathBuf], target: &Path, formats: &[Format]) -> Result<()> {
    if folders.len() > MOST {
        bail!(
            "{} folders are too many to stand side by side; give at most {MOST}",
            folders.len()
        );
    }
    let (runs, overview) = read(folders)?;
    output::prepare(target)?;
    let mut drawing = Drawing::new(target, formats)?;
    let names: Vec<&str> = runs.iter().map(|run| run.label.as_str()).collect();
    let mut page = Report::new(format!("Side by side: {}", names.join(", ")))
        .section(Section::new("Runs").table(overview));
    let layers = drawing.write_all(figures::models_profiles(&runs)?)?;
    if !layers.is_empty() {
        page = page.section(placed(Section::new("Layers"), layers));
    }
    let heads = drawing.write_all(figures::models_bars(&runs)?)?;
    if heads.is_empty() {
        page = page.paragraph("The runs have no property in common.");
    } else {
        page = page.section(placed(Section::new("Best heads"), heads));
    }
    drawing.finish(&page.citation(CITATION).bibtex(BIBTEX), FILE_NAME)
}

/// The rows of each folder, and what they are of.
fn read(folders: &[PathBuf]) -> Result<(Vec<Labelled>, Table)> {
    let mut runs = Vec::new();
    let mut overview = Table::new(
        "Runs",
        [
            Column::text("Name"),
            Column::text("Folder"),
            Column::text("Model"),
            Column::number("Layers"),
            Column::number("Heads a layer"),
            Column::number("Proteins"),
            Column::number("Minimum attention"),
        ],
    );
    for folder in folders {
        let (run, _) = read_record(folder)?;
        let label = label(&run, folder, &runs);
        overview = overview.row([
            label.clone(),
            folder.display().to_string(),
            run.model.name.clone(),
            run.model.layers.to_string(),
            run.model.heads.to_string(),
            run.proteins.to_string(),
            run.settings.min_attention.to_string(),
        ]);
        runs.push(Labelled {
            label,
            rows: tables::read(folder)?,
            n_layers: run.model.layers,
            min_arcs: run.settings.min_arcs,
        });
    }
    Ok((runs, overview))
}

/// The name of the model, or of the folder where two models have one name.
fn label(run: &Record<Settings>, folder: &Path, others: &[Labelled]) -> String {
    let name = &run.model.name;
    if others.iter().all(|other| other.label != *name) {
        return name.clone();
    }
    let folder = folder
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    format!("{name} ({})", folder.unwrap_or_default())
}
