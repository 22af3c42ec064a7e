//! Maps of pairs: agreement between heads, and contacts.

use crate::{Written, made_up_value};
use protattn_viz::ndarray::Array2;
use protattn_viz::{ContactMap, Figure, MatrixPanel, MatrixPanels};

/// Correlations from -1 to 1, some undefined, of blocks of heads.
fn agreement(side: usize, seed: usize) -> Array2<f64> {
    Array2::from_shape_fn((side, side), |(i, j)| {
        let (low, high) = (i.min(j), i.max(j));
        let noise = made_up_value(low * 31 + high * 17 + seed) - 0.5;
        match (i == j, low / 5 == high / 5) {
            (true, _) => 1.0,
            (_, _) if (low, high) == (1, 3) => f64::NAN,
            (_, true) => 0.5 + noise * 0.6,
            _ => noise * 0.9 - 0.2 * (seed % 3) as f64,
        }
    })
}

fn matrices(n_panels: usize, side: usize) -> Written {
    let maps: Vec<_> = (0..n_panels).map(|i| agreement(side, i)).collect();
    let labelled = (1..).zip(&maps);
    let panels = labelled.map(|(i, map)| MatrixPanel::new(format!("Layer {i}"), map.view()));
    let svg = MatrixPanels::new(panels)
        .title("Agreement between the heads of a layer, made-up numbers")
        .axis_label("Head")
        .value_label("Correlation of attention")
        .diverging()
        .to_svg()?;
    Ok((format!("matrices-{n_panels}x{side}.svg"), svg))
}

/// Antiparallel pairs along a few hairpins, and what a model might say of them.
fn contact_map(length: usize) -> Written {
    let hairpin = (length / 3).clamp(8, 40);
    let contacts: Vec<(usize, usize)> = (0..length)
        .flat_map(|i| {
            let turn = (i / hairpin) * hairpin + hairpin - 1;
            [
                (i, turn.saturating_sub(i % hairpin)),
                (i, (i + length / 2) % length),
            ]
        })
        .filter(|(i, j)| i + 6 <= *j && *j < length)
        .collect();
    let mut values = Array2::from_shape_fn((length, length), |(i, j)| {
        0.12 * made_up_value(i * 131 + j).powi(4)
    });
    for &(i, j) in &contacts {
        for (row, column, share) in [(i, j, 1.0), (i, j - 1, 0.4), (i + 1, j, 0.4)] {
            values[[row, column]] = share * (0.4 + 0.6 * made_up_value(i + j));
        }
    }
    let undefined: Vec<bool> = (0..length)
        .map(|i| i == length / 3 || i < length / 20)
        .collect();
    let contacts: Vec<(usize, usize)> = contacts
        .into_iter()
        .filter(|&(i, j)| !undefined[i] && !undefined[j])
        .collect();
    let numbers = (0..length).map(|i| (i + 27).to_string());
    let svg = ContactMap::new(values.view())
        .contacts(&contacts)
        .undefined(&undefined)
        .numbering(numbers)
        .title("Contacts, made-up numbers")
        .to_svg()?;
    Ok((format!("contacts-{length}.svg"), svg))
}

pub(crate) fn all() -> Vec<Written> {
    let shapes = [
        (1, 12),
        (2, 16),
        (6, 4),
        (12, 12),
        (30, 16),
        (12, 64),
        (48, 64),
        (33, 20),
    ];
    let matrices = shapes.map(|(panels, side)| matrices(panels, side));
    let contacts = [12, 60, 140, 400, 2000].map(contact_map);
    matrices.into_iter().chain(contacts).collect()
}
