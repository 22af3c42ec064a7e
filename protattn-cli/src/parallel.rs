//! Work shared out over threads.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use anyhow::{Result, bail};
use protattn_model::Workspace;

/// As many threads as were asked for, one a core unless told.
pub(crate) fn threads(asked: Option<NonZeroUsize>) -> NonZeroUsize {
    let one_a_core = || thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    asked.unwrap_or_else(one_a_core)
}

/// What all threads do of one piece of work, as a share of what they do of a piece each: 0.88 of two
/// threads for a protein of 1,000 residues, less for shorter ones.
const TOGETHER: f64 = 0.85;

/// How many of the first pieces, of which the most costly comes first, are better done one after
/// another, each by all threads together: those with which the others would wait for a thread that
/// is not done.
pub(crate) fn done_together(costs: &[u64], threads: NonZeroUsize) -> usize {
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
pub(crate) fn shares(costs: impl Iterator<Item = u64>, of: u32) -> Vec<u32> {
    let mut loads: BinaryHeap<Reverse<(u64, u32)>> = (1..=of).map(|n| Reverse((0, n))).collect();
    let mut share = |cost: u64| {
        let Reverse((load, number)) = loads.pop().unwrap_or(Reverse((0, 1)));
        loads.push(Reverse((load.saturating_add(cost), number)));
        number
    };
    costs.map(&mut share).collect()
}

/// Does `work` for each pass of these costs, of which the most costly comes first, and gives the results
/// in their order: those that [all threads do together](done_together), then the others.
pub(crate) fn passes<T: Send>(
    threads: NonZeroUsize,
    costs: &[u64],
    work: impl Fn(&mut Workspace, usize) -> Result<T> + Sync,
) -> Result<Vec<T>> {
    let together = done_together(costs, threads);
    let mut all = Workspace::with_threads(threads);
    let first = (0..together).map(|place| work(&mut all, place));
    let mut found: Vec<T> = first.collect::<Result<_>>()?;
    drop(all);
    let alone = costs.len() - together;
    let rest = map(threads, alone, Workspace::new, |workspace, place| {
        work(workspace, together + place)
    });
    found.extend(rest?);
    Ok(found)
}

/// Does `work` for each of the first `n` numbers, and gives the results in their order. Each thread
/// has a state of its own. Of several errors the one of the smallest number is given.
pub(crate) fn map<S, T: Send>(
    threads: NonZeroUsize,
    n: usize,
    state: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, usize) -> Result<T> + Sync,
) -> Result<Vec<T>> {
    let (next, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
    let done = Mutex::new((0..n).map(|_| None).collect::<Vec<_>>());
    let run = || {
        let mut state = state();
        while !stop.load(Ordering::Relaxed) {
            let place = next.fetch_add(1, Ordering::Relaxed);
            if place >= n {
                break;
            }
            let found = work(&mut state, place);
            if found.is_err() {
                stop.store(true, Ordering::Relaxed);
            }
            done.lock().unwrap_or_else(PoisonError::into_inner)[place] = Some(found);
        }
    };
    thread::scope(|scope| {
        for _ in 1..threads.get().min(n) {
            scope.spawn(run);
        }
        run();
    });
    let done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    // The numbers are handed out in order, so that none is missing before an error.
    let results: Vec<T> = done
        .into_iter()
        .map_while(|found| found)
        .collect::<Result<_>>()?;
    if results.len() < n {
        bail!("{} of {n} pieces of work are missing", n - results.len());
    }
    Ok(results)
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

    #[test]
    fn results_stand_in_order_and_the_first_error_ends_it() {
        let threads = NonZeroUsize::new(3).unwrap();
        let squares = map(threads, 100, || (), |(), n| Ok(n * n)).unwrap();
        assert_eq!(squares, (0..100).map(|n| n * n).collect::<Vec<_>>());
        let none: Vec<usize> = map(threads, 0, || (), |(), n| Ok(n)).unwrap();
        assert!(none.is_empty());
        let failed = map(
            threads,
            100,
            || (),
            |(), n| {
                if n >= 7 {
                    bail!("no {n}")
                }
                Ok(())
            },
        );
        assert_eq!(failed.unwrap_err().to_string(), "no 7");
    }
}
