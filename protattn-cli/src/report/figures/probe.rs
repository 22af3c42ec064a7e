//! What probes find, layer by layer: the paper's figure 5.

use anyhow::Result;
use protattn_metrics::scores;
use protattn_viz::{Figure as _, LayerProfiles, Profile, ProfilePanel};

use super::Figure;
use crate::report::summary::Probed;

/// The most panels in a figure.
const PANELS: usize = 30;

/// The kinds of features: as tables and as people call them.
const KINDS: [(&str, &str); 2] = [("hidden", "hidden states"), ("attention", "attention")];

/// A panel: the values of each kind of features, in percent, from layer 0 on.
struct Curves {
    label: String,
    majority: f64,
    kinds: Vec<[Vec<f64>; 3]>,
}

impl Curves {
    fn new(probed: &Probed<'_>, kinds: &[&str], n_layers: usize) -> Self {
        let curve = |kind: &&str| {
            let mut curve = [0; 3].map(|_| vec![f64::NAN; n_layers + 1]);
            for row in probed.rows.iter().filter(|row| row.features == *kind) {
                let numbers = [row.value, row.ci_low, row.ci_high];
                for (values, number) in curve.iter_mut().zip(numbers) {
                    if let Some(value) = values.get_mut(row.layer) {
                        *value = 100.0 * number;
                    }
                }
            }
            let [values, low, high] = &mut curve;
            // The interval of a percentile bootstrap can lie beside the value in odd data.
            for (value, (low, high)) in values.iter().zip(low.iter_mut().zip(high)) {
                (*low, *high) = match low.is_nan() || high.is_nan() {
                    true => (f64::NAN, f64::NAN),
                    false => (low.min(*value), high.max(*value)),
                };
            }
            curve
        };
        Self {
            label: format!("{}: {}", probed.target(), probed.score_name()),
            majority: 100.0 * probed.rows[0].majority,
            kinds: kinds.iter().map(curve).collect(),
        }
    }

    fn panel(&self) -> ProfilePanel {
        let empty = ProfilePanel::new(&self.label);
        let panel = self.kinds.iter().fold(empty, |panel, [values, low, high]| {
            panel.profile(Profile::new(values).interval(low, high))
        });
        match self.majority.is_finite() {
            true => panel.background(self.majority),
            false => panel,
        }
    }
}

/// The kinds of features that occur.
fn kinds(probed: &[Probed<'_>]) -> [Vec<&'static str>; 2] {
    let occurs = |kind: &str| {
        probed
            .iter()
            .any(|p| p.rows.iter().any(|row| row.features == kind))
    };
    let found = KINDS.iter().filter(|(name, _)| occurs(name));
    let (names, words) = found.map(|(name, word)| (*name, *word)).unzip();
    [names, words]
}

/// The score of each layer, a panel a task and class.
pub(crate) fn layers(probed: &[Probed<'_>], n_layers: usize) -> Result<Option<Figure>> {
    let [names, words] = kinds(probed);
    let of = |p: &Probed<'_>| Curves::new(p, &names, n_layers);
    let curves: Vec<Curves> = probed.iter().take(PANELS).map(of).collect();
    if curves.is_empty() {
        return Ok(None);
    }
    let svg = LayerProfiles::new(curves.iter().map(Curves::panel))
        .series(&words)
        .first_layer(0)
        .title("What probes find in each layer")
        .value_label("Score, %")
        .interval_label("95% interval over proteins")
        .to_svg();
    let caption = "The score of linear probes on each layer, by proteins they were not trained on; layer 0 \
        is the output of the embedding. Shaded: 95 % interval over proteins. Dashed: a prediction that is \
        the same for all samples.";
    Figure::new("probe.layers", svg, caption).map(Some)
}

/// What each layer adds to the one before it.
pub(crate) fn gains(probed: &[Probed<'_>], n_layers: usize) -> Result<Option<Figure>> {
    let [names, words] = kinds(probed);
    let of = |p: &Probed<'_>| {
        let curves = Curves::new(p, &names, n_layers);
        let each = |[values, ..]: &[Vec<f64>; 3]| scores::gains(values);
        let gains: Vec<Vec<f64>> = curves.kinds.iter().map(each).collect();
        (curves.label, gains)
    };
    let all: Vec<(String, Vec<Vec<f64>>)> = probed.iter().take(PANELS).map(of).collect();
    let some = all.iter().flat_map(|(_, gains)| gains.iter().flatten());
    if some.into_iter().all(|gain| gain.is_nan()) {
        return Ok(None);
    }
    let panels = all.iter().map(|(label, gains)| {
        let panel = ProfilePanel::new(label);
        gains
            .iter()
            .fold(panel, |panel, gains| panel.profile(Profile::new(gains)))
    });
    let svg = LayerProfiles::new(panels)
        .series(&words)
        .bars()
        .title("What each layer adds")
        .value_label("Gain, percentage points")
        .unit("")
        .to_svg();
    let caption = "The score of each layer less that of the layer before it, in percentage points. The first \
        layer of hidden states is held against the output of the embedding.";
    Figure::new("probe.gains", svg, caption).map(Some)
}
