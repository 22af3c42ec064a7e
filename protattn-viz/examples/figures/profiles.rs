//! Panels over the layers, as lines and as bars.

use crate::{Written, made_up_value};
use protattn_viz::{Figure, LayerProfiles, Profile, ProfilePanel};

const LABELS: [&str; 10] = [
    "Contact",
    "Binding site",
    "Modification",
    "Helix",
    "Strand",
    "Turn or bend",
    "Alanine",
    "Cysteine",
    "Proline",
    "Tryptophan",
];

/// Means of `n_layers` layers that rise towards a layer, and their centre of gravity.
fn means(n_layers: usize, seed: usize) -> (Vec<f64>, f64) {
    let peak = n_layers as f64 * (0.2 + 0.7 * made_up_value(seed));
    let value = |layer: usize| {
        let away = (layer as f64 - peak) / (n_layers as f64 / 4.0);
        let noise = made_up_value(seed * 57 + layer);
        (2.0 + seed as f64) * (0.2 + (-away * away).exp() + 0.2 * noise)
    };
    let values: Vec<f64> = (0..n_layers).map(value).collect();
    let weighted: f64 = values.iter().enumerate().map(|(l, v)| l as f64 * v).sum();
    let centre = weighted / values.iter().sum::<f64>();
    (values, centre)
}

fn one_series(n_layers: usize, n_panels: usize) -> Written {
    let panels = (0..n_panels).map(|i| {
        let (values, centre) = means(n_layers, i);
        ProfilePanel::new(LABELS[i % LABELS.len()])
            .profile(Profile::new(&values).centre(centre))
            .background(1.0 + i as f64 * 0.6)
    });
    let svg = LayerProfiles::new(panels)
        .title("Attention by layer, made-up numbers")
        .value_label("% attention, mean of the layer's heads")
        .to_svg()?;
    Ok((format!("profiles-{n_layers}x{n_panels}.svg"), svg))
}

fn several_series() -> Written {
    const NAMES: [&str; 5] = [
        "TapeBert",
        "ProtBert",
        "ProtBert-BFD",
        "ProtAlbert",
        "ProtXLNet",
    ];
    let layers = [12, 30, 30, 12, 30];
    let panel = |(i, label)| {
        let models = layers.iter().enumerate();
        models.fold(
            ProfilePanel::new(label).background(4.0),
            |panel, (m, n_layers)| {
                let (values, centre) = means(*n_layers, i * 5 + m);
                panel.profile(Profile::new(&values).centre(centre))
            },
        )
    };
    let panels = LABELS.into_iter().take(6).enumerate().map(panel);
    let svg = LayerProfiles::new(panels)
        .series(NAMES)
        .title("Five models, made-up numbers")
        .value_label("% attention")
        .to_svg()?;
    Ok(("profiles-models.svg".to_owned(), svg))
}

struct Probe {
    values: Vec<f64>,
    low: Vec<f64>,
    high: Vec<f64>,
}

fn probe(n_layers: usize, seed: usize) -> Probe {
    let (mut values, _) = means(n_layers, seed);
    for value in &mut values {
        *value = 0.4 + 0.05 * *value / (1.0 + 0.2 * seed as f64);
    }
    values[n_layers / 2] = f64::NAN;
    let around = |sign: f64| values.iter().map(|v| v + sign * 0.03).collect();
    Probe {
        low: around(-1.0),
        high: around(1.0),
        values,
    }
}

fn probes(n_layers: usize, n_panels: usize) -> Written {
    let profile = |probe: Probe| {
        Profile::new(&probe.values)
            .interval(&probe.low, &probe.high)
            .centre(probe.values.len() as f64 / 2.1)
    };
    let panels = LABELS.into_iter().take(n_panels).enumerate();
    let panels = panels.map(|(i, label)| {
        ProfilePanel::new(label)
            .profile(profile(probe(n_layers + 1, i)))
            .profile(profile(probe(n_layers, i + 3)))
    });
    let svg = LayerProfiles::new(panels)
        .series(["hidden states", "attention weights"])
        .title("Probes, made-up numbers")
        .value_label("F1")
        .unit("")
        .interval_label("95% interval over five seeds")
        .first_layer(0)
        .fitted()
        .to_svg()?;
    Ok((format!("profiles-probes-{n_layers}.svg"), svg))
}

fn gains(n_layers: usize, n_panels: usize) -> Written {
    let gain = |seed: usize| -> Vec<f64> {
        let (values, _) = means(n_layers, seed);
        let steps = values.windows(2).map(|pair| (pair[1] - pair[0]) / 10.0);
        std::iter::once(values[0] / 10.0).chain(steps).collect()
    };
    let panels = (0..n_panels).map(|i| {
        ProfilePanel::new(LABELS[i % LABELS.len()])
            .profile(Profile::new(&gain(i)).centre(n_layers as f64 / 3.0))
            .profile(Profile::new(&gain(i + 4)))
    });
    let svg = LayerProfiles::new(panels)
        .series(["hidden states", "attention weights"])
        .title("What each layer adds, made-up numbers")
        .value_label("Gain in F1 over the layer before")
        .unit("")
        .bars()
        .to_svg()?;
    Ok((format!("gains-{n_layers}x{n_panels}.svg"), svg))
}

pub(crate) fn all() -> Vec<Written> {
    let shapes = [
        (6, 1),
        (12, 3),
        (30, 6),
        (48, 8),
        (12, 12),
        (30, 26),
        (48, 30),
        (1, 2),
    ];
    let one = shapes.map(|(layers, panels)| one_series(layers, panels));
    let gains = [(6, 2), (12, 4), (30, 12), (48, 24)].map(|(l, p)| gains(l, p));
    let more = [several_series(), probes(12, 4), probes(30, 10)];
    one.into_iter().chain(gains).chain(more).collect()
}
