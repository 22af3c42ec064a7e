//! Several models side by side, and the precision of contacts.

use crate::{BACKGROUND, Written, bars, made_up, made_up_value};
use protattn_viz::{DotGroup, Estimate, Figure, GroupedDots, ModelComparison, ModelPanel};

fn comparison(n_models: usize, count: usize) -> Written {
    const MODELS: [(&str, usize, usize); 8] = [
        ("TapeBert", 12, 12),
        ("ProtBert", 30, 16),
        ("ProtBert-BFD", 30, 16),
        ("ProtAlbert", 12, 64),
        ("ProtXLNet", 30, 16),
        ("ESM-1b", 33, 20),
        ("ESM-2 (650 million parameters)", 33, 20),
        ("ESM-2 8M", 6, 20),
    ];
    let panel = |(name, layers, heads): (&str, usize, usize)| {
        let scale = 0.3 + 0.7 * made_up_value(layers * heads + 3);
        let bars = bars(&made_up(layers, heads).mapv(|value| value * scale));
        ModelPanel::new(name, &bars).background(BACKGROUND)
    };
    let panels = MODELS.into_iter().take(n_models).map(panel);
    let svg = ModelComparison::new(panels)
        .count(count)
        .title("Best heads for contacts, made-up numbers")
        .value_label("% attention on contacts")
        .interval_label("95% confidence interval")
        .to_svg()?;
    Ok((format!("models-{n_models}.svg"), svg))
}

fn precision(series: &[&str], name: &str) -> Written {
    const RANGES: [&str; 3] = ["short range", "medium range", "long range"];
    const COUNTS: [&str; 3] = ["L", "L/2", "L/5"];
    let estimate = |group: usize, i: usize| {
        let value = 8.0 + 14.0 * (group % 3) as f64 + 40.0 * made_up_value(i * 13 + group);
        let half = 2.0 + 3.0 * made_up_value(group);
        match (i + 2 * group) % 17 {
            16 => Estimate::MISSING,
            _ => Estimate::new(value, value - half, value + half),
        }
    };
    let groups = (0..9).map(|group| {
        let estimates: Vec<_> = (0..series.len()).map(|i| estimate(group, i)).collect();
        DotGroup::new(COUNTS[group % 3], &estimates)
            .section(RANGES[group / 3])
            .background(1.5 + (group / 3) as f64)
    });
    let svg = GroupedDots::new(groups)
        .series(series)
        .title("Precision of contacts, made-up numbers")
        .value_label("Precision (%)")
        .interval_label("95% interval over proteins")
        .to_svg()?;
    Ok((format!("precision-{name}.svg"), svg))
}

pub(crate) fn all() -> Vec<Written> {
    let heads = [
        "head 30-11",
        "head 29-3",
        "head 28-16",
        "head 12-1",
        "head 7-7",
        "best combination",
    ];
    vec![
        comparison(1, 10),
        comparison(2, 10),
        comparison(3, 5),
        comparison(4, 10),
        comparison(5, 10),
        comparison(8, 10),
        precision(&heads[..2], "two"),
        precision(&heads, "six"),
    ]
}
