//! Counts protein by protein as tables, for the bootstrap.

use std::collections::BTreeMap;

use ndarray::Array2;

use crate::{ByProtein, ProteinCounts};

/// The counts of some heads, axes [protein, cell] unless said.
pub(super) struct Tables {
    pub(super) total: Array2<f64>,
    pub(super) eligible: Array2<f64>,
    /// For each class.
    pub(super) in_class: Vec<Array2<f64>>,
    /// [protein, 1]
    pub(super) background_eligible: Array2<f64>,
    /// For each class, [protein, 1].
    pub(super) background_in_class: Vec<Array2<f64>>,
    /// For each class, the arcs expected in it from the strata; none without rates.
    pub(super) expected: Vec<Array2<f64>>,
}

impl Tables {
    /// The counts of the cells at `places`, in tables of `n_rows` rows. The protein at index i of
    /// `counts` goes into row i, or into that which `rows` has for it, if any; other rows stay 0.
    pub(super) fn new(
        counts: &ByProtein,
        (n_rows, rows): (usize, Option<&[Option<usize>]>),
        places: &[usize],
        rates: Option<&[f64]>,
    ) -> Self {
        let n_classes = counts.empty().classes().len();
        let zeros = |columns: usize| Array2::zeros((n_rows, columns));
        let of_classes = |columns: usize| (0..n_classes).map(|_| zeros(columns)).collect();
        let mut tables = Self {
            total: zeros(places.len()),
            eligible: zeros(places.len()),
            in_class: of_classes(places.len()),
            background_eligible: zeros(1),
            background_in_class: of_classes(1),
            expected: rates.map_or_else(Vec::new, |_| of_classes(places.len())),
        };
        let mut index = 0;
        counts.for_each(|_, protein| {
            let row = rows.map_or(Some(index), |rows| rows.get(index).copied().flatten());
            if let Some(row) = row {
                tables.fill(row, protein, places, rates);
            }
            index += 1;
        });
        tables
    }

    fn fill(
        &mut self,
        row: usize,
        protein: &ProteinCounts,
        places: &[usize],
        rates: Option<&[f64]>,
    ) {
        let n_heads = protein.arcs.n_heads();
        let n_classes = self.in_class.len();
        self.background_eligible[[row, 0]] = protein.arcs.background_eligible() as f64;
        for class in 0..n_classes {
            let in_class = protein.arcs.background_in_class(class);
            self.background_in_class[class][[row, 0]] = in_class as f64;
        }
        for (column, place) in places.iter().enumerate() {
            for class in 0..n_classes {
                let cell = protein.arcs.cell(class, place / n_heads, place % n_heads);
                self.in_class[class][[row, column]] = cell.arcs_in_class as f64;
                self.eligible[[row, column]] = cell.arcs_eligible as f64;
                self.total[[row, column]] = cell.arcs_total as f64;
            }
            let (Some(strata), Some(rates)) = (&protein.strata, rates) else {
                continue;
            };
            let n_strata = rates.len() / n_classes;
            let arcs = &strata.arcs_eligible[place * n_strata..][..n_strata];
            for (stratum, arcs) in arcs.iter().enumerate().filter(|(_, arcs)| **arcs > 0) {
                for class in 0..n_classes {
                    let rate = rates[stratum * n_classes + class];
                    self.expected[class][[row, column]] += *arcs as f64 * rate;
                }
            }
        }
    }

    /// The share of each class in each stratum, over all proteins: [stratum, class]. None where the
    /// strata were not counted.
    pub(super) fn rates(counts: &ByProtein) -> Option<Vec<f64>> {
        let n_classes = counts.empty().classes().len();
        let n_strata = counts.strata()?.count();
        let (mut in_class, mut eligible) = (vec![0; n_strata * n_classes], vec![0; n_strata]);
        counts.for_each(|_, protein| {
            let Some(strata) = &protein.strata else {
                return;
            };
            let add = |sums: &mut [u64], numbers: &[u64]| {
                sums.iter_mut().zip(numbers).for_each(|(sum, n)| *sum += n);
            };
            add(&mut in_class, &strata.background_in_class);
            add(&mut eligible, &strata.background_eligible);
        });
        let rate = |(place, in_class): (usize, &u64)| match eligible[place / n_classes] {
            // Nothing is there to look at either.
            0 => 0.0,
            eligible => *in_class as f64 / eligible as f64,
        };
        Some(in_class.iter().enumerate().map(rate).collect())
    }
}

/// For each protein of `null` the index of the same in `observed`, by identifier (of the same
/// identifier, in their order); and whether each of `observed` has one.
pub(super) fn aligned(observed: &ByProtein, null: &ByProtein) -> (Vec<Option<usize>>, bool) {
    let mut known: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, id) in observed.ids().enumerate() {
        known.entry(id).or_default().push(index);
    }
    known.values_mut().for_each(|places| places.reverse());
    let places: Vec<Option<usize>> = null
        .ids()
        .map(|id| known.get_mut(id).and_then(Vec::pop))
        .collect();
    (places, known.values().all(Vec::is_empty))
}
