//! `protattn report`: every figure that the tables allow, and one page with all of them.

pub(crate) mod figures;
mod findings;
mod list;
mod models;
mod probe;
mod settings;
pub(crate) mod summary;

use std::path::Path;

use anyhow::{Context, Result, bail};
use protattn_metrics::align::{Results, Settings};
use protattn_metrics::{AgreementRow, ComparisonRow, MetricRow};
use protattn_model::run::Record;
use protattn_viz::{Report, Section};
use serde::de::IgnoredAny;
use serde_json::Value;

use self::figures::Figure;
use self::summary::Class;
use crate::args::{Format, ReportArgs};
use crate::tables;
use crate::terminal::ending::{Outcome, tell};
use crate::{built_in, output};

/// The page's name in an output folder.
pub(crate) const FILE_NAME: &str = "report.html";

/// The folder of probes within one of `align`, whose findings stand on the same page.
pub(crate) const PROBES: &str = "probe";

const CITATION: &str = "The method: J. Vig, A. Madani, L. R. Varshney, C. Xiong, R. Socher, \
    N. F. Rajani. BERTology Meets Biology: Interpreting Attention in Protein Language Models. \
    ICLR 2021, arXiv:2006.15222.";
const BIBTEX: &str = "@inproceedings{vig2021bertology,
  title     = {{BERTology} Meets Biology: Interpreting Attention in Protein Language Models},
  author    = {Vig, Jesse and Madani, Ali and Varshney, Lav R. and Xiong, Caiming and Socher, Richard
               and Rajani, Nazneen Fatema},
  booktitle = {International Conference on Learning Representations},
  year      = {2021},
  eprint    = {2006.15222},
  archivePrefix = {arXiv}
}";

/// Properties with more classes show them folded away.
const OPEN_CLASSES: usize = 4;

/// Runs the command.
pub(crate) fn run(args: &ReportArgs) -> Result<Outcome> {
    for folder in &args.folders {
        draw(folder, &args.figures.format)?;
    }
    if args.folders.len() > 1 {
        models::draw(&args.folders, &args.output, &args.figures.format)?;
    }
    Ok(Outcome::Done)
}

/// The tables of one folder.
struct Tables {
    run: Record<Settings>,
    results: Results,
    rows: Vec<AgreementRow>,
    compared: Vec<ComparisonRow>,
    metrics: Vec<MetricRow>,
}

/// Draws the figures of one folder and writes its page.
pub(crate) fn draw(folder: &Path, formats: &[Format]) -> Result<()> {
    if !folder.join(tables::ALIGNMENT).exists() && folder.join(tables::PROBE).exists() {
        return probe::draw(folder, formats);
    }
    if !folder.join(tables::ALIGNMENT).exists() && folder.join(tables::CONTACTS).exists() {
        bail!(
            "{}: holds the tables of `protattn contacts`, which draws its maps itself (--maps)",
            folder.display()
        );
    }
    if !folder.join(tables::ALIGNMENT).exists() {
        refuse_shard(folder)?;
    }
    let (run, results) = read_record(folder)?;
    let tables = Tables {
        run,
        results,
        rows: tables::read(folder)?,
        compared: tables::read_if_there(folder)?,
        metrics: tables::read_if_there(folder)?,
    };
    let mut drawing = Drawing::new(folder, formats)?;
    let mut page = front(&tables);
    if let Some(section) = tables.overview(folder, &mut drawing)? {
        page = page.section(section);
    }
    for property in tables.rows.chunk_by(|a, b| a.property == b.property) {
        page = page.section(tables.property(property, &mut drawing)?);
    }
    if let Some(section) = tables.metrics(&mut drawing)? {
        page = page.section(section);
    }
    if folder.join(PROBES).join(tables::PROBE).exists() {
        page = page.section(probe::section(&folder.join(PROBES), &mut drawing)?);
    }
    let page = page
        .section(
            Section::new("All heads")
                .collapsed()
                .table(list::all(&tables.rows)),
        )
        .section(settings::settings(&tables.run))
        .citation(CITATION)
        .bibtex(BIBTEX);
    drawing.finish(&page, FILE_NAME)
}

/// Refuses a folder of a shard, of whatever run, which has no tables.
fn refuse_shard(folder: &Path) -> Result<()> {
    let record = Record::<Value>::read::<IgnoredAny>(folder).ok();
    let Some(shards) = record.and_then(|(record, _)| record.shards) else {
        return Ok(());
    };
    bail!(
        "{}: holds {shards}, which has no tables; `protattn merge` makes them",
        folder.display()
    );
}

/// The record of a folder that `align` wrote.
fn read_record(folder: &Path) -> Result<(Record<Settings>, Results)> {
    Record::read(folder).with_context(|| {
        format!(
            "{}: is this a folder that `protattn align` wrote?",
            folder.display()
        )
    })
}

/// Writes figures as they are made, for a page that shows them.
struct Drawing<'a> {
    folder: &'a Path,
    formats: &'a [Format],
    drawn: usize,
}

impl<'a> Drawing<'a> {
    fn new(folder: &'a Path, formats: &'a [Format]) -> Result<Self> {
        let figures = folder.join(figures::FOLDER);
        std::fs::create_dir_all(&figures)
            .with_context(|| format!("{}: cannot be made", figures.display()))?;
        Ok(Self {
            folder,
            formats,
            drawn: 0,
        })
    }

    /// Writes a figure, and gives it with its caption as a page takes it.
    fn write(&mut self, figure: Figure) -> Result<(String, String)> {
        figure.write(self.folder, self.formats)?;
        self.drawn += 1;
        Ok((figure.svg, figure.caption))
    }

    fn write_all(
        &mut self,
        figures: impl IntoIterator<Item = Figure>,
    ) -> Result<Vec<(String, String)>> {
        figures
            .into_iter()
            .map(|figure| self.write(figure))
            .collect()
    }

    fn finish(self, page: &Report, name: &str) -> Result<()> {
        let path = self.folder.join(name);
        output::write(&path, page.to_html()?.as_bytes())?;
        tell(&format!(
            "{} and {} figures beside it, in {}/",
            path.display(),
            self.drawn,
            figures::FOLDER
        ));
        Ok(())
    }
}

/// Adds figures: those of a column's width side by side, those of a page's by themselves.
fn placed(section: Section, figures: Vec<(String, String)>) -> Section {
    let (wide, narrow): (Vec<_>, Vec<_>) = figures
        .into_iter()
        .partition(|(svg, _)| svg.contains("width=\"175mm\""));
    let section = if narrow.is_empty() {
        section
    } else {
        section.figures_grid(narrow)
    };
    wide.into_iter().fold(section, |section, (svg, caption)| {
        section.figure(svg, caption)
    })
}

impl Tables {
    /// What is about all properties: the layers, and the amino acids.
    fn overview(&self, folder: &Path, drawing: &mut Drawing<'_>) -> Result<Option<Section>> {
        let mut all = figures::profiles(&self.rows, self.run.model.layers)?;
        if let Some(record) = &self.results.similarity {
            let pairs = tables::read_if_there(folder)?;
            if !pairs.is_empty() {
                all.push(figures::similarity(&pairs, record)?);
            }
        }
        if all.is_empty() {
            return Ok(None);
        }
        let figures = drawing.write_all(all)?;
        Ok(Some(placed(
            Section::new("Layers and amino acids"),
            figures,
        )))
    }

    fn property(&self, rows: &[AgreementRow], drawing: &mut Drawing<'_>) -> Result<Section> {
        let mut section = Section::new(&rows[0].property);
        let classes: Vec<Class<'_>> = summary::classes(rows).filter(Class::occurs).collect();
        let single = classes.len() == 1;
        for class in &classes {
            let heads = figures::heads_of_class(class, self.run.settings.min_arcs)?;
            let mut all = Vec::from(heads);
            all.extend(figures::comparison_of_class(class, &self.compared)?);
            let figures = drawing.write_all(all)?;
            let table = list::best(class, &self.compared);
            section = if single {
                placed(section, figures).table(table)
            } else {
                let part = placed(Section::new(class.target()), figures).table(table);
                let folded = classes.len() > OPEN_CLASSES;
                section.section(if folded { part.collapsed() } else { part })
            };
        }
        Ok(section)
    }

    fn metrics(&self, drawing: &mut Drawing<'_>) -> Result<Option<Section>> {
        let groups = figures::metric_groups(&self.metrics);
        let mut section = Section::new("Whole maps").paragraph(
            "Statistics of all attention weights, without a threshold. Those under null models are in \
             metrics.parquet.",
        );
        for group in &groups {
            let part = Section::new(group.metric);
            let part = match figures::of_metric(group) {
                Ok(figures) => {
                    let figures = drawing.write_all(figures)?;
                    let folded = figures.len() > 2 * OPEN_CLASSES;
                    placed(if folded { part.collapsed() } else { part }, figures)
                }
                // A metric of one's own can give anything; the rest of the report is kept.
                Err(error) => {
                    tell(&format!("metric {}: {error:#}", group.metric));
                    part.note(format!("There is no figure: {error:#}."))
                }
            };
            section = section.section(part);
        }
        Ok((!groups.is_empty()).then_some(section))
    }
}

fn front(tables: &Tables) -> Report {
    let run = &tables.run;
    let model = &run.model;
    let mut page = Report::new(format!("What the attention of {} looks at", model.name)).paragraph(
        format!(
            "{} proteins, {} layers of {} heads each. An arc is an attention weight of {} or more; a head is \
             judged if it has at least {} arcs.",
            run.proteins, model.layers, model.heads, run.settings.min_attention, run.settings.min_arcs,
        ),
    );
    if run.model.name == built_in::NAME || run.data.iter().any(|data| data.path == built_in::NAME) {
        page = page.paragraph(built_in::SYNTHETIC);
    }
    if !run.skipped.is_empty() {
        page = page.paragraph(format!(
            "{} records were skipped; they and the reasons are in run.json.",
            run.skipped.len()
        ));
    }
    for (number, text) in findings::all(&tables.rows, &tables.compared, &tables.results) {
        page = page.finding(number, text);
    }
    page
}
