//! What costs what, and who does it.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::num::NonZeroUsize;

use crate::{Model, Tokens};

/// What all threads do of one piece of work, as a share of what they do of a piece each: 0.88 of two
/// threads for a protein of 1,000 residues, less for shorter ones.
const TOGETHER: f64 = 0.85;

/// What a pass takes, in units in which attention takes one for each pair of tokens: the products
/// with the weights of a layer then take six times the width of a hidden state a token (12 width²
/// multiplications, against 2 width for a pair).
pub(super) fn cost(model: &Model, tokens: &Tokens) -> u64 {
    let (tokens, width) = (tokens.ids().len() as u64, model.info().width as u64);
    tokens * (tokens + 6 * width)
}

/// How many of the first pieces, of which the most costly comes first, are better done one after
/// another, each by all threads together: those with which the others would wait for a thread that
/// is not done.
pub(super) fn done_together(costs: &[u64], threads: NonZeroUsize) -> usize {
    if threads == NonZeroUsize::MIN {
        return 0;
    }
    // With so many pieces a thread, what comes after them fills every gap.
    let (costly, rest) = costs.split_at(costs.len().min(8 * threads.get()));
    let (of, threads) = (threads.get() as u32, threads.get() as f64);
    let sum = |costs: &[u64]| costs.iter().map(|cost| *cost as f64).sum::<f64>();
    let rest = sum(rest);
    let time = |n: usize| {
        let (together, alone) = costly.split_at(n);
        let longest = longest_share(alone, of) as f64;
        sum(together) / (threads * TOGETHER) + longest.max((sum(alone) + rest) / threads)
    };
    let times = (0..=costly.len()).map(|n| (n, time(n)));
    let best = times.min_by(|(_, a), (_, b)| a.total_cmp(b));
    best.map_or(0, |(n, _)| n)
}

/// The cost of the largest of so many [shares].
fn longest_share(costs: &[u64], of: u32) -> u64 {
    let mut sums = vec![0_u64; of as usize];
    for (cost, share) in costs.iter().zip(shares(costs.iter().copied(), of)) {
        let sum = &mut sums[share as usize - 1];
        *sum = sum.saturating_add(*cost);
    }
    sums.into_iter().max().unwrap_or(0)
}

/// The share, from 1, of each piece of work, of which the most costly comes first: that which had the
/// least so far (longest processing time first: Graham 1969, SIAM Journal on Applied Mathematics 17,
/// 416-429).
pub(super) fn shares(costs: impl Iterator<Item = u64>, of: u32) -> Vec<u32> {
    let mut loads: BinaryHeap<Reverse<(u64, u32)>> = (1..=of).map(|n| Reverse((0, n))).collect();
    let mut share = |cost: u64| {
        let Reverse((load, number)) = loads.pop().unwrap_or(Reverse((0, 1)));
        loads.push(Reverse((load.saturating_add(cost), number)));
        number
    };
    costs.map(&mut share).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn long_pieces_are_done_together_and_many_short_ones_are_not() {
        let together = |costs: &[u64], threads| {
            let threads = NonZeroUsize::new(threads).unwrap();
            done_together(costs, threads)
        };
        assert_eq!(together(&[], 4), 0);
        assert_eq!(together(&[7], 4), 1);
        assert_eq!(together(&[7], 1), 0);
        // One a thread, and two at once.
        assert_eq!(together(&[5, 5], 2), 0);
        // Two of three: 5 / 1.7 and 5 against 10.
        assert_eq!(together(&[5, 5, 5], 2), 1);
        // The first would take longer than the others together.
        let mut costs = [10; 401];
        costs[0] = 1500;
        assert_eq!(together(&costs, 4), 1);
        assert_eq!(together(&[9; 1000], 4), 0);
    }

    #[test]
    fn shares_are_of_about_the_same_cost() {
        assert_eq!(shares([9, 7, 6, 5, 3].into_iter(), 2), [1, 2, 2, 1, 2]);
        let costs: Vec<u64> = (0..1000).rev().map(|n| 100 + n * n / 100).collect();
        let shares = shares(costs.iter().copied(), 7);
        let load = |number: u32| {
            let own = costs
                .iter()
                .zip(&shares)
                .filter(|(_, share)| **share == number);
            own.map(|(cost, _)| cost).sum::<u64>()
        };
        let loads: Vec<u64> = (1..=7).map(load).collect();
        let (least, most) = (loads.iter().min().unwrap(), loads.iter().max().unwrap());
        assert!(most - least <= 150, "{loads:?}");
    }
}
