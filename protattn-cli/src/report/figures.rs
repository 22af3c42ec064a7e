//! From the tables of an output folder to figures.

mod comparison;
mod contacts;
mod heads;
mod layers;
mod metrics;
mod models;
mod probe;
mod similarity;

use std::path::Path;

use anyhow::{Context, Result};
use protattn_viz::export;

use crate::args::Format;
use crate::output;

pub(crate) use comparison::of_class as comparison_of_class;
pub(crate) use contacts::map as contact_map;
pub(crate) use heads::of_class as heads_of_class;
pub(crate) use layers::profiles;
pub(crate) use metrics::{groups as metric_groups, of_group as of_metric};
pub(crate) use models::{Labelled, bars as models_bars, profiles as models_profiles};
pub(crate) use probe::{gains as probe_gains, layers as probe_layers};
pub(crate) use similarity::draw as similarity;

/// A figure, its file name without extension, and what it shows.
pub(crate) struct Figure {
    pub(crate) name: String,
    pub(crate) svg: String,
    pub(crate) caption: String,
}

/// The folder of figures within an output folder.
pub(crate) const FOLDER: &str = "figures";
/// As journals ask for line art and mixed figures.
const DOTS_PER_INCH: f64 = 300.0;

impl Figure {
    pub(crate) fn new(
        name: impl Into<String>,
        svg: protattn_viz::Result<String>,
        caption: impl Into<String>,
    ) -> Result<Self> {
        let name = name.into();
        let svg = svg.with_context(|| format!("the figure {name}"))?;
        Ok(Self {
            name,
            svg,
            caption: caption.into(),
        })
    }

    /// Writes the figure as SVG, and in the other formats.
    pub(crate) fn write(&self, folder: &Path, formats: &[Format]) -> Result<()> {
        write(&folder.join(FOLDER), &self.name, &self.svg, formats)
    }
}

/// Writes a picture as SVG, and in the other formats.
pub(crate) fn write(folder: &Path, name: &str, svg: &str, formats: &[Format]) -> Result<()> {
    let path = |extension: &str| folder.join(format!("{}.{extension}", file_name(name)));
    output::write(&path("svg"), svg.as_bytes())?;
    let failed = || format!("the figure {name}");
    if formats.contains(&Format::Png) {
        let png = export::png(svg, DOTS_PER_INCH).with_context(failed)?;
        output::write(&path("png"), &png)?;
    }
    if formats.contains(&Format::Pdf) {
        let pdf = export::pdf(svg).with_context(failed)?;
        output::write(&path("pdf"), &pdf)?;
    }
    Ok(())
}

/// Names of labels can hold anything; names of files better not.
pub(crate) fn file_name(name: &str) -> String {
    let safe = |c: char| {
        if c.is_alphanumeric() || "._-".contains(c) {
            c
        } else {
            '_'
        }
    };
    name.chars().map(safe).collect()
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
