//! Work shared out over threads.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use anyhow::{Result, bail};

/// As many threads as were asked for, one a core unless told.
pub(crate) fn threads(asked: Option<NonZeroUsize>) -> NonZeroUsize {
    let one_a_core = || thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    asked.unwrap_or_else(one_a_core)
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
