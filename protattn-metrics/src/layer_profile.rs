//! In which layers attention agrees with a class.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{AgreementRow, Error, LayerRow};

/// In which layers attention agrees with a class: figure 4 of Vig et al. 2021.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LayerProfile {
    /// The 0-based layers, ascending. Figures for people to read count from 1: add it there.
    pub layers: Vec<usize>,
    /// Of each layer the mean over its scored heads, each head counting the same whatever its number
    /// of arcs; NaN where there is none.
    pub means: Vec<f64>,
    /// Of each layer the number of heads that its mean is taken over.
    pub scored_heads: Vec<usize>,
    /// The mean of the 0-based layers, each weighted by its mean; layers without one are left out.
    /// NaN if none has one, or if all are 0.
    pub centre_of_gravity: f64,
}

impl LayerProfile {
    /// From the rows of one class, as [`agreement`](crate::agreement) gives them, in any order.
    ///
    /// `measure` says which number of a row is meant. [`proportion`](AgreementRow::proportion) is
    /// that of the paper; [`proportion_eligible`](AgreementRow::proportion_eligible) is to be
    /// compared with the background. Rows that are not scored, or of which the number is NaN, are
    /// left out of the means.
    ///
    /// # Errors
    ///
    /// [`Error::SeveralClasses`] if the rows are not all of one property and class.
    ///
    /// ```
    /// use protattn_metrics::{AgreementOptions, ArcCounts, BindingSite, LayerProfile, agreement};
    ///
    /// let counts = ArcCounts::new(&BindingSite, vec![0, 1], 4)?;
    /// let rows = agreement(&counts, &AgreementOptions::default());
    /// let profile = LayerProfile::new(&rows, |row| row.proportion)?;
    /// assert_eq!(profile.layers, [0, 1]);
    /// assert_eq!(profile.scored_heads, [0, 0]); // nothing was counted
    /// assert!(profile.centre_of_gravity.is_nan());
    /// # Ok::<(), protattn_metrics::Error>(())
    /// ```
    pub fn new(
        rows: &[AgreementRow],
        measure: impl Fn(&AgreementRow) -> f64,
    ) -> Result<Self, Error> {
        check_one_class(rows)?;
        Ok(Self::of_class(rows, measure))
    }

    fn of_class(rows: &[AgreementRow], measure: impl Fn(&AgreementRow) -> f64) -> Self {
        let mut sums: BTreeMap<usize, (f64, usize)> = BTreeMap::new();
        for row in rows {
            let (sum, heads) = sums.entry(row.layer).or_default();
            let value = measure(row);
            if row.scored && !value.is_nan() {
                *sum += value;
                *heads += 1;
            }
        }
        let means: Vec<f64> = sums
            .values()
            .map(|(sum, heads)| sum / *heads as f64)
            .collect();
        Self {
            centre_of_gravity: centre(sums.keys().copied().zip(means.iter().copied())),
            layers: sums.keys().copied().collect(),
            means,
            scored_heads: sums.values().map(|(_, heads)| *heads).collect(),
        }
    }
}

impl LayerRow {
    /// The [`LayerProfile`] of each class that occurs, by [`proportion`](AgreementRow::proportion), from
    /// the rows of [`agreement`](crate::agreement), of one property or of several in turn.
    pub fn of(rows: &[AgreementRow]) -> Vec<Self> {
        let mut found = Vec::new();
        for class in rows.chunk_by(|a, b| a.property == b.property && a.class == b.class) {
            let profile = LayerProfile::of_class(class, |row| row.proportion);
            let numbers = profile.means.iter().zip(&profile.scored_heads);
            for (layer, (mean, scored_heads)) in profile.layers.iter().zip(numbers) {
                found.push(Self {
                    property: class[0].property.clone(),
                    class: class[0].class.clone(),
                    layer: *layer,
                    mean_proportion: *mean,
                    scored_heads: *scored_heads,
                    centre_of_gravity: profile.centre_of_gravity + 1.0,
                });
            }
        }
        found
    }
}

fn check_one_class(rows: &[AgreementRow]) -> Result<(), Error> {
    let Some(first) = rows.first() else {
        return Ok(());
    };
    let differs =
        |row: &&AgreementRow| (&row.property, &row.class) != (&first.property, &first.class);
    let Some(other) = rows.iter().find(differs) else {
        return Ok(());
    };
    let [expected, found] = [first, other].map(|row| format!("{} {}", row.property, row.class));
    Err(Error::SeveralClasses { expected, found })
}

/// The mean of positions weighted by masses; without a mass (NaN) a position does not count.
fn centre(masses: impl Iterator<Item = (usize, f64)>) -> f64 {
    let (moment, mass) = masses
        .filter(|(_, mass)| !mass.is_nan())
        .fold((0.0, 0.0), |(moment, sum), (position, mass)| {
            (moment + position as f64 * mass, sum + mass)
        });
    moment / mass
}
