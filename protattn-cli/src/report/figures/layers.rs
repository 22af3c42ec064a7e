//! Layer by layer: the paper's figure 4.

use anyhow::Result;
use protattn_metrics::{AgreementRow, LayerProfile};
use protattn_viz::{Figure as _, LayerProfiles, Profile, ProfilePanel};

use super::Figure;
use super::heads::background;
use crate::report::summary::{self, Class};

/// The most panels in a figure.
const PANELS: usize = 30;

/// A class with the values of its layers, in percent, from the first layer of the model to the last.
pub(super) struct Curve<'a> {
    pub(super) class: Class<'a>,
    pub(super) values: Vec<f64>,
    /// 0-based.
    pub(super) centre: f64,
}

impl<'a> Curve<'a> {
    pub(super) fn new(class: Class<'a>, n_layers: usize) -> Result<Self> {
        let profile = LayerProfile::new(class.rows, |row| row.proportion)?;
        let mut values = vec![f64::NAN; n_layers];
        for (layer, mean) in profile.layers.iter().zip(&profile.means) {
            if let Some(value) = values.get_mut(*layer) {
                *value = 100.0 * mean;
            }
        }
        Ok(Self {
            class,
            values,
            centre: profile.centre_of_gravity,
        })
    }

    pub(super) fn profile(&self) -> Profile {
        let profile = Profile::new(&self.values);
        if self.centre.is_finite() {
            profile.centre(self.centre)
        } else {
            profile
        }
    }
}

/// One figure of the classes of all properties but the amino acids, those first that lie in the first
/// layers, and one of the amino acids; none where nothing is scored.
pub(crate) fn profiles(rows: &[AgreementRow], n_layers: usize) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    for (name, of_amino_acids, what) in [
        ("layers", false, "the properties"),
        ("layers.amino-acid", true, "the amino acids"),
    ] {
        let classes = summary::classes(rows)
            .filter(Class::occurs)
            .filter(|class| (class.property == "amino-acid") == of_amino_acids);
        let mut curves: Vec<Curve<'_>> = classes
            .map(|class| Curve::new(class, n_layers))
            .collect::<Result<_>>()?;
        curves.retain(|curve| curve.centre.is_finite());
        curves.sort_by(|a, b| a.centre.total_cmp(&b.centre));
        curves.truncate(PANELS);
        if curves.is_empty() {
            continue;
        }
        let panels = curves.iter().map(|curve| {
            let panel = ProfilePanel::new(curve.class.target()).profile(curve.profile());
            match background(&curve.class) {
                Some(value) => panel.background(value),
                None => panel,
            }
        });
        let svg = LayerProfiles::new(panels)
            .title("Attention by layer")
            .value_label("% attention")
            .to_svg();
        let caption = format!(
            "The share of attention on {what}, the mean over the scored heads of each layer. Vertical: the \
             centre of gravity of the layers, in whose order the panels stand. Horizontal: background."
        );
        figures.push(Figure::new(name, svg, caption)?);
    }
    Ok(figures)
}
