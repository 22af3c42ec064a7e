//! What is predicted: tables, maps, and what is told of it.

use std::path::Path;

use anyhow::{Context, Result, bail};
use protattn_io::parquet::RowWriter;
use protattn_metrics::scores::Separation;
use protattn_model::Model;
use protattn_model::run::{self, Outcome as Ended};
use protattn_probe::ContactRegression;
use protattn_probe::contacts::{
    ContactPrediction, FittedContacts, HeadRecord, PredictedContacts, PredictionResults,
    PredictionSettings, Predictions,
};
use serde::Serialize;

use super::fit::FitRecord;
use super::{ReadProteins, Work};
use crate::args::{ContactsArgs, Format, WorkArgs};
use crate::terminal::ending::{self, Outcome};
use crate::{report::figures, running, tables};

/// The head of `--head` or of the checkpoint.
pub(super) fn by_given<'m>(args: &ContactsArgs, model: &'m Model) -> Result<ContactPrediction<'m>> {
    let name = &model.info().name;
    let Some(path) = &args.head else {
        if model.contact_head().is_none() {
            bail!(
                "{name} has no contact head of its own; give a regression with --head, or fit one with \
                 --fit and --save"
            );
        }
        return Ok(ContactPrediction::by_checkpoint(model)?);
    };
    let path = path.display().to_string();
    let regression = ContactRegression::load(&path).with_context(|| format!("--head {path}"))?;
    let prediction = ContactPrediction::new(model, &regression).with_context(|| {
        format!("{path}: is not for {name}; fit one for it with --fit and --save")
    })?;
    Ok(prediction.head_from(&path))
}

impl Work<'_> {
    /// Predicts, and writes the tables and the maps.
    pub(super) fn predict(
        &self,
        prediction: ContactPrediction<'_>,
        to_predict: ReadProteins,
        folder: &Path,
        fitted: Option<&FittedContacts>,
    ) -> Result<Outcome> {
        let args = self.args;
        let mut settings = PredictionSettings::default();
        settings.rule = args.contact.rule();
        settings.max_tokens = args.max_tokens;
        let options = self.options(Some(folder), to_predict.inputs)?;
        let prediction = prediction.settings(settings);
        let prediction = prediction.options(self.invocation.expected(options));
        let mut ended = prediction
            .start(&to_predict.proteins)
            .map_err(running::error_in_flags);
        if let Ok(Ended::Done(predictions)) = &mut ended {
            running::in_flags(&mut predictions.record.warnings);
        }
        let drawing = Drawing::new(&args.work, args.maps);
        let write = |predictions: &Predictions| write(predictions, folder, drawing, fitted);
        let record = self.conclude(ended, Some(folder), write, |predictions| predictions.record)?;
        Ok(self.end(&record, &running::in_record()))
    }
}

/// The maps that are drawn.
#[derive(Clone, Copy)]
pub(crate) struct Drawing<'a> {
    /// Of so many proteins, the first.
    n_maps: usize,
    formats: &'a [Format],
}

impl<'a> Drawing<'a> {
    pub(crate) fn new(work: &'a WorkArgs, n_maps: usize) -> Self {
        Self {
            n_maps: if work.no_figures { 0 } else { n_maps },
            formats: &work.figures.format,
        }
    }

    /// Draws the map of a protein; says and gives why if it cannot be drawn.
    fn draw(self, protein: &PredictedContacts, folder: &Path) -> Result<Option<String>> {
        let name = protein.name();
        match figures::contact_map(protein) {
            Ok(svg) => {
                let folder = folder.join(figures::FOLDER);
                std::fs::create_dir_all(&folder)
                    .with_context(|| format!("{}: cannot be made", folder.display()))?;
                figures::write(&folder, name, &svg, self.formats)?;
                Ok(None)
            }
            Err(error) => {
                let odd = format!("{name}: there is no map: {error}");
                ending::tell(&format!("warning: {odd}"));
                Ok(Some(odd))
            }
        }
    }
}

/// What stands in the record beside what every run has.
#[derive(Serialize)]
struct Results<'a> {
    head: &'a HeadRecord,
    /// How the head was fitted, if it was in this run.
    fit: Option<FitRecord<'a>>,
    #[serde(flatten)]
    results: &'a PredictionResults,
}

/// Writes the tables, the maps of the first proteins, and the record of the run, and says what was
/// found.
pub(crate) fn write(
    predictions: &Predictions,
    folder: &Path,
    drawing: Drawing<'_>,
    fitted: Option<&FittedContacts>,
) -> Result<()> {
    let mut table = RowWriter::create(folder.join(tables::CONTACTS))?;
    let mut record = predictions.record.clone();
    for (place, protein) in predictions.proteins().enumerate() {
        let protein = protein?;
        protein.rows().try_for_each(|row| table.push(row))?;
        if place < drawing.n_maps {
            record.warnings.extend(drawing.draw(&protein, folder)?);
        }
    }
    table.finish()?;
    tables::write(folder, &predictions.scores)?;
    let results = Results {
        head: &predictions.record.settings.head,
        fit: fitted.map(FitRecord::new),
        results: &predictions.results,
    };
    record.write(folder, &results)?;
    tell(predictions, folder);
    Ok(())
}

/// Says what was found, in a line.
fn tell(predictions: &Predictions, folder: &Path) {
    let long = |divisor: usize| {
        let asked = (Some(Separation::Long), divisor);
        let mut means = predictions.means.iter();
        means.find(|mean| {
            (mean.statistic.separation, mean.statistic.divisor) == asked && mean.proteins > 0
        })
    };
    let found = match (long(1), long(5)) {
        (Some(l), Some(l5)) => format!(
            "mean precision over {} proteins, 24 or more residues apart: {:.3} at L, {:.3} at L/5",
            l5.proteins,
            l.precision(),
            l5.precision()
        ),
        _ if predictions.results.with_structure == 0 => {
            "no structure to judge the predictions by".to_owned()
        }
        _ => "no structure with residues 24 or more apart to judge the predictions by".to_owned(),
    };
    ending::tell(&format!(
        "{} proteins predicted; {found}; {}, {} and {} are in {}",
        predictions.record.proteins,
        tables::CONTACTS,
        tables::CONTACT_SCORES,
        run::RECORD,
        folder.display()
    ));
}
