//! Work shared out over threads.

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

/// What all threads do of one piece of work, in percent of what they do of a piece each.
const TOGETHER: u128 = 85;

/// How many of the first pieces, of which the most costly comes first, are better done one after
/// another, each by all threads together: those with which the others would wait for a thread that
/// is not done.
pub(crate) fn done_together(costs: &[u64], threads: NonZeroUsize) -> usize {
    let threads = threads.get();
    if threads == 1 {
        return 0;
    }
    let mut together = 0;
    let seconds = |n: usize| {
        let first: u128 = costs[..n].iter().map(|cost| u128::from(*cost)).sum();
        let alone = costs[n..].iter().copied();
        let loads = loads(alone, threads);
        first * 100 / (threads as u128 * TOGETHER)
            + u128::from(loads.into_iter().max().unwrap_or(0))
    };
    // With so many pieces a thread, none waits for long.
    let most = costs.len().min(8 * threads);
    for n in 1..=most {
        if seconds(n) < seconds(together) {
            together = n;
        }
    }
    together
}

/// The work of each thread, if the next piece is taken by that which is done first.
fn loads(costs: impl Iterator<Item = u64>, threads: usize) -> Vec<u64> {
    let mut loads = vec![0_u64; threads];
    for cost in costs {
        if let Some(least) = loads.iter_mut().min() {
            *least = least.saturating_add(cost);
        }
    }
    loads
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
