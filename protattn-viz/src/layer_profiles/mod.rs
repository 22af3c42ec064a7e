//! Small panels over the layers of a model.

mod draw;

use crate::error::{Result, check_count, check_length};
use crate::labels::{Labels, owned, series_entries, setters};
use crate::layout::{Key, entry_if};
use crate::plot::{self, Estimate, known};
use crate::scale::{check_signed, check_within};
use std::ops::Range;

const MAX_LAYERS: usize = 1000;
/// More panels than this get the double column and stand in two columns, and above twice as many
/// in three.
const PANELS_A_COLUMN: usize = 8;

/// What one series has in a panel: a value for each layer, perhaps intervals and a centre.
///
/// ```
/// use protattn_viz::Profile;
///
/// let mean = [2.0, 5.0, f64::NAN]; // layers 1 and 2; none for layer 3
/// let profile = Profile::new(&mean)
///     .interval(&[1.0, 4.0, f64::NAN], &[3.0, 6.0, f64::NAN])
///     .centre(0.71);
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Profile {
    values: Vec<f64>,
    interval: Option<[Vec<f64>; 2]>,
    centre: Option<f64>,
}

impl Profile {
    /// A value a layer, from the first layer on, within a million of 0; NaN where a layer has
    /// none. No values at all are a series that this panel lacks.
    pub fn new(values: &[f64]) -> Self {
        Self {
            values: values.to_vec(),
            interval: None,
            centre: None,
        }
    }

    /// The ends of an interval about each value; NaN for both where none is known. None by
    /// default.
    pub fn interval(mut self, low: &[f64], high: &[f64]) -> Self {
        self.interval = Some([low.to_vec(), high.to_vec()]);
        self
    }

    /// The centre of gravity, in layers counted from 0 as in the values: 0.0 is the first value,
    /// 0.5 half-way to the second. The figure prints it as it counts layers. None by default; NaN
    /// is none.
    pub fn centre(mut self, centre: f64) -> Self {
        self.centre = known(centre);
        self
    }

    fn estimate(&self, layer: usize) -> Estimate {
        let value = self.values.get(layer).copied().unwrap_or(f64::NAN);
        match &self.interval {
            Some([low, high]) if layer < self.values.len() => {
                Estimate::new(value, low[layer], high[layer])
            }
            _ => Estimate::point(value),
        }
    }

    fn estimates(&self) -> impl Iterator<Item = Estimate> + '_ {
        (0..self.values.len()).map(|layer| self.estimate(layer))
    }

    /// The stretches of layers whose estimates all are so, without a gap.
    fn stretches(&self, is_so: impl Fn(&Estimate) -> bool) -> Vec<Range<usize>> {
        let runs = plot::runs(self.values.len(), |layer| is_so(&self.estimate(layer)));
        let so = runs.into_iter().filter(|(_, so)| *so);
        so.map(|(run, _)| run).collect()
    }

    /// `place` is the panel, and the series where it has a name.
    fn check(&self, place: &str, first_layer: usize) -> Result<()> {
        let layers = self.values.len();
        check_count(&format!("layers in {place}"), layers, 0, MAX_LAYERS)?;
        if let Some([low, high]) = &self.interval {
            for (end, values) in [("lower", low), ("upper", high)] {
                let what = || format!("{end} ends of intervals in {place}");
                check_length(what, values.len(), layers)?;
            }
        }
        for (layer, estimate) in self.estimates().enumerate() {
            estimate.check(|| format!("layer {} of {place}", layer + first_layer))?;
        }
        let last = layers.saturating_sub(1) as f64;
        check_within(self.centre, (0.0, last), || format!("centre in {place}"))
    }
}

/// A panel of [`LayerProfiles`]: what is shown, and the series that show it.
#[derive(Debug, Clone)]
#[must_use]
pub struct ProfilePanel {
    label: String,
    profiles: Vec<Profile>,
    background: Option<f64>,
}

impl ProfilePanel {
    /// A panel with a label, such as `Contact`, and no series.
    pub fn new(label: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            profiles: Vec::new(),
            background: None,
        }
    }

    /// Adds a series: the first of each panel looks the same, and so does the second.
    pub fn profile(mut self, profile: Profile) -> Self {
        self.profiles.push(profile);
        self
    }

    /// The value that chance gives, a thin dashed line across; none by default, or for
    /// NaN.
    pub fn background(mut self, value: f64) -> Self {
        self.background = known(value);
        self
    }

    fn numbers(&self) -> impl Iterator<Item = f64> + '_ {
        let estimates = self.profiles.iter().flat_map(Profile::estimates);
        estimates.flat_map(|estimate| estimate.numbers())
    }

    fn check(&self, series: &[String], first_layer: usize) -> Result<()> {
        let what = || format!("series in panel {:?}", self.label);
        check_length(what, self.profiles.len(), series.len())?;
        for (profile, name) in self.profiles.iter().zip(series) {
            let place = match &**name {
                "" => format!("panel {:?}", self.label),
                name => format!("panel {:?}, series {name:?}", self.label),
            };
            profile.check(&place, first_layer)?;
        }
        check_signed(self.background, || {
            format!("background of panel {:?}", self.label)
        })
    }
}

/// Panels that share the layer axis, one a property or task: how a value goes from layer to layer,
/// as lines, or with [`bars`](Self::bars) as bars, and where its centre of gravity lies.
///
/// Up to 8 series a panel differ in colour, dash and mark. Panels stand in the order given, below
/// each other and 85 mm wide up to 8; from the ninth on in two columns, from the seventeenth in
/// three, 175 mm wide together. Each has its own vertical axis with 0 on it, but for
/// [`fitted`](Self::fitted). Ticks count layers from 1, but for
/// [`first_layer`](Self::first_layer). A layer without a value is a gap.
///
/// The method's paper (Vig et al., ICLR 2021, figures 4 and 5) shows attention and probes this way.
///
/// ```
/// use protattn_viz::{Figure, LayerProfiles, Profile, ProfilePanel};
///
/// let contact = [1.0, 2.5, 12.0];
/// let helix = [40.0, f64::NAN, 35.0];
/// let panels = [
///     ProfilePanel::new("Contact")
///         .profile(Profile::new(&contact).centre(1.71))
///         .background(4.1),
///     ProfilePanel::new("Helix").profile(Profile::new(&helix).centre(0.93)),
/// ];
/// let svg = LayerProfiles::new(panels).value_label("% attention").to_svg()?;
/// assert!(svg.contains("<title>Contact, layer 3: 12.0%</title>"));
/// assert!(svg.contains(">2.71</text>")); // the centre, with layers counted from 1
/// # Ok::<(), protattn_viz::Error>(())
/// ```
///
/// # Errors
///
/// [`Error::Count`](crate::Error::Count) for no panels or more than 30, no series or more than
/// 8, or a profile of more than 1,000 layers; [`Error::Length`](crate::Error::Length) for a
/// panel without one profile a series, or interval ends that are not one a value;
/// [`Error::Outside`](crate::Error::Outside) for a number farther than a million from 0 or
/// infinite, a centre outside the layers, or a first layer above a million; [`Error::Estimate`](crate::Error::Estimate) for
/// an interval that does not contain its value or has one end only.
#[derive(Debug, Clone)]
#[must_use]
pub struct LayerProfiles {
    panels: Vec<ProfilePanel>,
    series: Vec<String>,
    labels: Labels,
    first_layer: usize,
    bars: bool,
    fitted: bool,
}

impl LayerProfiles {
    /// A figure of 1 to 30 panels.
    pub fn new(panels: impl IntoIterator<Item = ProfilePanel>) -> Self {
        let labels = Labels::new("Layer profiles", "Value", "%");
        Self {
            panels: panels.into_iter().collect(),
            series: vec![String::new()],
            labels: Labels {
                interval_label: "interval".to_owned(),
                ..labels
            },
            first_layer: 1,
            bars: false,
            fitted: false,
        }
    }

    setters! {
        title,
        value_label,
        unit,
        /// What the intervals are, as in `95% confidence interval`; `interval` by default.
        interval_label,
    }

    /// The names of the series, 1 to 8, for the legend; by default one without a name, and no
    /// legend. Each panel has as many profiles.
    pub fn series(mut self, names: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        self.series = owned(names);
        self
    }

    /// The number printed for the first value of each profile, at most a million; 1 by default, 0
    /// where the first is that of the embeddings.
    pub fn first_layer(mut self, number: usize) -> Self {
        self.first_layer = number;
        self
    }

    /// Bars from 0 instead of lines, as for what each layer adds to the one before it.
    pub fn bars(mut self) -> Self {
        self.bars = true;
        self
    }

    /// Vertical axes that hold the values and not 0, where lines would lie close together; bars
    /// keep their 0.
    pub fn fitted(mut self) -> Self {
        self.fitted = true;
        self
    }

    fn columns(&self) -> usize {
        match self.panels.len() {
            n if n <= PANELS_A_COLUMN => 1,
            n if n <= 2 * PANELS_A_COLUMN => 2,
            _ => 3,
        }
    }

    /// The layers that the shared axis holds.
    fn n_layers(&self) -> usize {
        let profiles = self.panels.iter().flat_map(|panel| &panel.profiles);
        profiles.map(|p| p.values.len()).max().unwrap_or(0)
    }

    /// A centre as the figure counts layers.
    fn centre_words(&self, centre: f64) -> String {
        let centre = centre + self.first_layer as f64;
        format!("{centre:.2}")
    }

    fn legend_entries(&self) -> Vec<(Key, String)> {
        let profiles = || self.panels.iter().flat_map(|panel| &panel.profiles);
        let key = if self.bars { Key::Swatch } else { Key::Line };
        let mut entries: Vec<_> = series_entries(&self.series, key).collect();
        let intervals = profiles().flat_map(|profile| profile.stretches(Estimate::has_interval));
        if let Some(longest) = intervals.map(|run| run.len()).max() {
            let bars = self.bars || longest == 1;
            let key = if bars { Key::Interval } else { Key::Band };
            entries.push((key, self.labels.interval_label.clone()));
        }
        let centres = profiles().any(|profile| profile.centre.is_some());
        let backgrounds = self.panels.iter().any(|panel| panel.background.is_some());
        entries.extend(entry_if(centres, Key::Centre, "centre of gravity"));
        entries.extend(entry_if(backgrounds, Key::Dashed, "background"));
        entries
    }
}
