//! The best heads together as a predictor of contacts.

use ndarray::{Array2, ArrayView3};
use protattn_io::PairLabels;

use super::contact_precision::{EligiblePairs, add_hits};
use super::{ContactPrecision, HeadValues, MetricSums, Quantity};
use crate::{Error, OBSERVED, apc, symmetrized};

/// The most heads that are put together.
const MOST: usize = 64;

/// The heads that predict contacts best by themselves, put together: the mean of the symmetrised and
/// corrected maps of the best 1, 2, 4, 8, ... of all layers predicts contacts as one map does.
///
/// Heads are to be ranked on other proteins than those on which they are then put together: among
/// hundreds of heads the best on some proteins is so by luck in part.
///
/// What a [`ContactPrecision`] found ranks the heads, by the mean of their precisions at L over the
/// ranges. For each protein [`fresh`](Self::fresh) gives an empty map, which takes the layers of one
/// pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeadCombination {
    /// Layer and head, the best first.
    ranked: Vec<(usize, usize)>,
}

impl HeadCombination {
    /// The best heads by what [`ContactPrecision`] found; of equals, the first.
    ///
    /// # Errors
    ///
    /// [`Error::MetricMerge`] if the sums are of another metric.
    pub fn new(found: &MetricSums) -> Result<Self, Error> {
        let expected = super::Metric::quantities(&ContactPrecision, 0);
        if found.quantities() != expected {
            return Err(Error::MetricMerge {
                metric: found.metric().to_owned(),
                expected: format!("{expected:?}"),
                found: format!("{:?}", found.quantities()),
            });
        }
        let rows = found.rows(OBSERVED);
        let n_cells = rows.len() / expected.len();
        // At L of each range: every third quantity.
        let mean = |cell: usize| {
            let values = (0..expected.len())
                .step_by(3)
                .map(|q| rows[q * n_cells + cell].value);
            let known: Vec<f64> = values.filter(|value| !value.is_nan()).collect();
            let mean = known.iter().sum::<f64>() / known.len() as f64;
            // A head of which nothing is known comes last.
            if mean.is_nan() { -1.0 } else { mean }
        };
        let mut cells: Vec<(f64, usize)> = (0..n_cells).map(|cell| (mean(cell), cell)).collect();
        cells.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        cells.truncate(MOST);
        let ranked = cells
            .iter()
            .filter_map(|(_, cell)| rows[*cell].layer.zip(rows[*cell].head));
        Ok(Self {
            ranked: ranked.collect(),
        })
    }

    /// The name under which tables have it.
    pub const NAME: &'static str = "contact-precision-combined";

    /// For each number of heads the quantities of [`ContactPrecision`]: `best 4, long L/5`.
    pub fn quantities(&self) -> Vec<Quantity> {
        let of_size = |size: usize| {
            let classes = ContactPrecision::classes().into_iter();
            classes.map(move |class| {
                let class = format!("best {size}, {class}");
                Quantity::share(ContactPrecision::PROPERTY, &class)
            })
        };
        self.sizes().flat_map(of_size).collect()
    }

    /// Whether one of the heads is of this layer (0-based).
    pub fn reads(&self, layer: usize) -> bool {
        self.ranked.iter().any(|(known, _)| *known == layer)
    }

    /// Maps of nothing, for a protein of which `n_read` residues are read.
    pub fn fresh(&self, n_read: usize) -> CombinedMaps<'_> {
        let maps = self.sizes().map(|_| Array2::zeros((n_read, n_read)));
        CombinedMaps {
            combination: self,
            maps: maps.collect(),
        }
    }

    /// 1, 2, 4, ... heads, as far as there are so many.
    fn sizes(&self) -> impl Iterator<Item = usize> + '_ {
        let size = |power: u32| 1_usize << power;
        (0..usize::BITS)
            .map(size)
            .take_while(|size| *size <= self.ranked.len())
    }
}

/// The maps of one protein as they are put together.
#[derive(Clone, Debug)]
pub struct CombinedMaps<'a> {
    combination: &'a HeadCombination,
    /// For each number of heads.
    maps: Vec<Array2<f32>>,
}

impl CombinedMaps<'_> {
    /// Takes one layer (0-based) of the pass, axes [head, from, to], from 0 heads on.
    ///
    /// # Panics
    ///
    /// If the layer has fewer heads or another length than was said.
    pub fn add(&mut self, layer: usize, attention: ArrayView3<'_, f32>) {
        for (rank, (known, head)) in self.combination.ranked.iter().enumerate() {
            if *known != layer {
                continue;
            }
            let mut map = symmetrized(attention.index_axis(ndarray::Axis(0), *head));
            apc(&mut map);
            for (sum, size) in self.maps.iter_mut().zip(self.combination.sizes()) {
                if rank < size {
                    *sum += &map;
                }
            }
        }
    }

    /// How well they predict the contacts of the protein, as [`MetricSums`] of
    /// [`quantities`](HeadCombination::quantities) for one layer of one head takes it.
    pub fn values(&self, contacts: &PairLabels) -> HeadValues {
        let each = ContactPrecision::classes().len();
        let mut values = HeadValues::new(1, self.maps.len() * each);
        let n = self.maps.first().map_or(0, Array2::nrows);
        let pairs = EligiblePairs::new(contacts, n.min(contacts.len()));
        for (index, map) in self.maps.iter().enumerate() {
            add_hits(&pairs.hits(map.view()), 0, index * each, &mut values);
        }
        values
    }
}
