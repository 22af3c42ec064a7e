//! Several models side by side: the paper's figures 2 and 3.

use anyhow::Result;
use protattn_metrics::AgreementRow;
use protattn_viz::{Figure as _, LayerProfiles, ModelComparison, ModelPanel, ProfilePanel};

use super::Figure;
use super::heads::{background, bars as bars_of};
use super::layers::Curve;
use crate::report::summary::{self, Class};

/// The rows of one run, and what it is called.
pub(crate) struct Labelled {
    pub(crate) label: String,
    pub(crate) rows: Vec<AgreementRow>,
    pub(crate) n_layers: usize,
    pub(crate) min_arcs: u64,
}

impl Labelled {
    fn class(&self, property: &str, class: &str) -> Option<Class<'_>> {
        let wanted = |found: &Class<'_>| (found.property, found.class) == (property, class);
        summary::classes(&self.rows)
            .find(wanted)
            .filter(Class::occurs)
    }

    /// The names of the classes that occur.
    fn names(&self) -> Vec<(String, String)> {
        let classes = summary::classes(&self.rows).filter(Class::occurs);
        classes
            .map(|class| (class.property.to_owned(), class.class.to_owned()))
            .collect()
    }
}

/// The best heads of each run, a figure for each class that several of them have.
pub(crate) fn bars(runs: &[Labelled]) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    for (property, name) in common(runs) {
        let classes: Vec<(&Labelled, Class<'_>)> = runs
            .iter()
            .filter_map(|run| Some((run, run.class(&property, &name)?)))
            .collect();
        let panels = classes.iter().map(|(run, class)| {
            let panel = ModelPanel::new(&run.label, &bars_of(class));
            match background(class) {
                Some(value) => panel.background(value),
                None => panel,
            }
        });
        let (_, class) = &classes[0];
        let svg = ModelComparison::new(panels)
            .title(format!("Top heads: {}", class.target()))
            .value_label(format!("% attention on {}", class.target()))
            .unscored_label(format!("fewer than {} arcs", runs[0].min_arcs))
            .to_svg();
        let caption = format!(
            "The heads of each model with the largest share of their attention on {}. Bars: intervals that \
             hold together with 95 % confidence (Wald, Bonferroni). Dashed: background.",
            class.target()
        );
        figures.push(Figure::new(
            format!("{}.models", class.name()),
            svg,
            caption,
        )?);
    }
    Ok(figures)
}

/// The layers of each run, a panel for each class that all have; none where none is.
pub(crate) fn profiles(runs: &[Labelled]) -> Result<Option<Figure>> {
    let mut panels = Vec::new();
    for (property, name) in common(runs) {
        let curves: Option<Vec<Class<'_>>> =
            runs.iter().map(|run| run.class(&property, &name)).collect();
        if let Some(classes) = curves.filter(|_| property != "amino-acid") {
            let label = classes[0].target();
            let n_layers = runs.iter().map(|run| run.n_layers).max().unwrap_or(0);
            let curves: Vec<Curve<'_>> = classes
                .into_iter()
                .map(|class| Curve::new(class, n_layers))
                .collect::<Result<_>>()?;
            let panel = ProfilePanel::new(label);
            let curves = curves.iter().map(Curve::profile);
            panels.push(curves.fold(panel, ProfilePanel::profile));
        }
    }
    panels.truncate(12);
    if panels.is_empty() {
        return Ok(None);
    }
    let svg = LayerProfiles::new(panels)
        .series(runs.iter().map(|run| &run.label))
        .title("Attention by layer")
        .value_label("% attention")
        .to_svg();
    let caption =
        "The share of attention on each property, the mean over the scored heads of each layer.";
    Ok(Some(Figure::new("layers.models", svg, caption)?))
}

/// The classes that at least two runs have, in the order of the first to have them.
fn common(runs: &[Labelled]) -> Vec<(String, String)> {
    let mut names: Vec<(String, String)> = Vec::new();
    for name in runs.iter().flat_map(Labelled::names) {
        let having = runs
            .iter()
            .filter(|run| run.class(&name.0, &name.1).is_some());
        if !names.contains(&name) && having.count() > 1 {
            names.push(name);
        }
    }
    names
}
