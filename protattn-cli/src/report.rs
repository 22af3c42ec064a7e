//! `protattn report`: every figure that a table allows, and one page with all of them.

use std::path::Path;

use anyhow::{Context, Result};
use protattn_viz::{Column, Report, Section, Table};

use crate::args::ReportArgs;
use crate::ending::{Outcome, tell};
use crate::record::RunRecord;
use crate::summary::{self, Class};
use crate::{built_in, figures, output, table};

/// The page's name in an output folder.
pub(crate) const FILE_NAME: &str = "report.html";

const FIGURES: &str = "figures";
/// Heads listed for each class.
const LISTED: usize = 10;

const CITATION: &str = "The method: J. Vig, A. Madani, L. R. Varshney, C. Xiong, R. Socher, \
    N. F. Rajani. BERTology Meets Biology: Interpreting Attention in Protein Language Models. \
    ICLR 2021, arXiv:2006.15222.";

/// Runs the command.
pub(crate) fn run(args: &ReportArgs) -> Result<Outcome> {
    for folder in &args.folders {
        draw(folder)?;
    }
    Ok(Outcome::Done)
}

/// Draws the figures of one folder and writes its page.
pub(crate) fn draw(folder: &Path) -> Result<()> {
    let run = RunRecord::read(folder)?;
    let rows = table::read(folder)?;
    let figures_folder = folder.join(FIGURES);
    std::fs::create_dir_all(&figures_folder)
        .with_context(|| format!("{}: cannot be made", figures_folder.display()))?;
    let mut page = front(&run, &rows);
    let mut drawn = 0;
    for property in rows.chunk_by(|a, b| a.property == b.property) {
        let mut section = Section::new(&property[0].property);
        for class in summary::classes(property).filter(Class::occurs) {
            for figure in figures::of_class(&class, run.settings.min_arcs)? {
                let file = figures_folder.join(format!("{}.svg", file_name(&figure.name)));
                output::write(&file, figure.svg.as_bytes())?;
                section = section.figure(figure.svg, figure.caption);
                drawn += 1;
            }
            section = section.table(list(&class));
        }
        page = page.section(section);
    }
    let page = page.section(settings(&run)).citation(CITATION);
    let path = folder.join(FILE_NAME);
    output::write(&path, page.to_html()?.as_bytes())?;
    tell(&format!(
        "{} and {drawn} figures beside it, in {FIGURES}/",
        path.display()
    ));
    Ok(())
}

/// Names of labels can hold anything; names of files better not.
fn file_name(name: &str) -> String {
    let safe = |c: char| {
        if c.is_alphanumeric() || "._-".contains(c) {
            c
        } else {
            '_'
        }
    };
    name.chars().map(safe).collect()
}

fn front(run: &RunRecord, rows: &[protattn_metrics::AgreementRow]) -> Report {
    let model = &run.model;
    let mut page = Report::new(format!("What the attention of {} looks at", model.name)).paragraph(format!(
        "{} proteins, {} layers of {} heads each. An arc is an attention weight of {} or more; a \
         head is judged if it has at least {} arcs.",
        run.proteins, model.layers, model.heads, run.settings.min_attention, run.settings.min_arcs,
    ));
    if run.model.name == built_in::NAME || run.data.iter().any(|data| data.path == built_in::NAME) {
        page = page.paragraph(built_in::SYNTHETIC);
    }
    if !run.skipped.is_empty() {
        page = page.paragraph(format!(
            "{} records were skipped; they and the reasons are in run.json.",
            run.skipped.len()
        ));
    }
    for line in summary::sentences(rows) {
        page = page.paragraph(line);
    }
    page
}

fn list(class: &Class<'_>) -> Table {
    let columns = [
        Column::text("Head (layer-head)"),
        Column::number("Arcs"),
        Column::number("% attention"),
        Column::text("Interval"),
        Column::number("% of eligible arcs"),
        Column::number("% background"),
        Column::number("z"),
        Column::text("Adjusted p"),
    ];
    let ranked = class.ranked();
    let caption = format!(
        "Best heads: {} ({} of {} heads scored)",
        class.target(),
        ranked.len(),
        class.rows.len()
    );
    ranked
        .iter()
        .take(LISTED)
        .fold(Table::new(caption, columns), |table, row| {
            table.row([
                summary::label(row),
                row.arcs_total.to_string(),
                format!("{:.1}", 100.0 * row.proportion),
                format!("{:.1}-{:.1}", 100.0 * row.ci_low, 100.0 * row.ci_high),
                format!("{:.1}", 100.0 * row.proportion_eligible),
                format!("{:.1}", 100.0 * row.background),
                format!("{:.1}", row.z),
                summary::p_value(row.p_adjusted),
            ])
        })
}

fn settings(run: &RunRecord) -> Section {
    let data: Vec<String> = run
        .data
        .iter()
        .map(|set| {
            format!(
                "{} ({} records, sha256 {})",
                set.path, set.records, set.sha256
            )
        })
        .collect();
    let settings = &run.settings;
    Section::new("Settings").settings([
        ("Command", run.command.join(" ")),
        ("protattn", run.version.clone()),
        (
            "Model",
            format!(
                "{} ({}, sha256 {})",
                run.model.name, run.model.family, run.model.sha256
            ),
        ),
        ("Data", data.join("; ")),
        ("Tokens at most", settings.max_tokens.to_string()),
        (
            "Contacts",
            format!(
                "{} closer than {} Å, at least {} residues apart",
                settings.contact_atom, settings.contact_distance, settings.min_separation
            ),
        ),
        ("Seconds", format!("{:.1}", run.seconds)),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_hold_nothing_that_leads_elsewhere() {
        assert_eq!(file_name("contact.heads"), "contact.heads");
        assert_eq!(file_name("../my label.a/b.top"), ".._my_label.a_b.top");
    }
}
