//! Work shared out over threads, which do not outlive it.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

/// As many threads as were asked for, one a core unless told.
pub fn threads(asked: Option<NonZeroUsize>) -> NonZeroUsize {
    let one_a_core = || thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    asked.unwrap_or_else(one_a_core)
}

/// Does `work` for each of the numbers below `n`, on this thread and at most `threads` - 1 others, and
/// gives the results in the order of the numbers.
///
/// Each thread makes a `state` of its own, and takes the next number when it is done with one.
///
/// ```
/// use protattn_io::parallel;
///
/// let squares = |limit| {
///     parallel::map(parallel::threads(None), 5, || (), |(), n| {
///         if n < limit { Ok(n * n) } else { Err(format!("{n} is too large")) }
///     })
/// };
/// assert_eq!(squares(5), Ok(vec![0, 1, 4, 9, 16]));
/// assert_eq!(squares(3), Err("3 is too large".to_owned()));
/// ```
///
/// # Errors
///
/// Of several errors of `work` that of the smallest number; after one no thread begins with another
/// number. Work that cannot fail has the error [`Infallible`](std::convert::Infallible).
pub fn map<S, T: Send, E: Send>(
    threads: NonZeroUsize,
    n: usize,
    state: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, usize) -> Result<T, E> + Sync,
) -> Result<Vec<T>, E> {
    let failed = AtomicBool::new(false);
    let mut results: Vec<Option<Result<T, E>>> = (0..n).map(|_| None).collect();
    let places = results.iter_mut().enumerate();
    let places = places.take_while(|_| !failed.load(Ordering::Relaxed));
    share_out(threads, places, state, |state, (number, place)| {
        let result = work(state, number);
        if result.is_err() {
            failed.store(true, Ordering::Relaxed);
        }
        *place = Some(result);
    });
    // Numbers are handed out in order, so that none is missing before an error.
    results.into_iter().flatten().collect()
}

/// Does `work` for each of the items, on this thread and at most `threads` - 1 others: for work that
/// writes where its item says.
///
/// ```
/// use protattn_io::parallel;
///
/// let mut rows = [[1, 2, 3], [4, 5, 6]];
/// parallel::each(parallel::threads(None), rows.iter_mut(), |row| row.reverse());
/// assert_eq!(rows, [[3, 2, 1], [6, 5, 4]]);
/// ```
pub fn each<I: Send>(
    threads: NonZeroUsize,
    items: impl Iterator<Item = I> + Send,
    work: impl Fn(I) + Sync,
) {
    share_out(threads, items, || (), |(), item| work(item));
}

fn share_out<S, I: Send>(
    threads: NonZeroUsize,
    items: impl Iterator<Item = I> + Send,
    state: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, I) + Sync,
) {
    let useful = items.size_hint().1.unwrap_or(usize::MAX);
    let items = Mutex::new(items);
    let run = || {
        let mut state = state();
        loop {
            let next = items.lock().unwrap_or_else(PoisonError::into_inner).next();
            let Some(item) = next else { break };
            work(&mut state, item);
        }
    };
    thread::scope(|scope| {
        for _ in 1..threads.get().min(useful) {
            scope.spawn(run);
        }
        run();
    });
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::HashSet;
    use std::convert::Infallible;
    use std::sync::Barrier;

    use super::*;

    const THREE: NonZeroUsize = NonZeroUsize::new(3).unwrap();

    #[test]
    fn results_stand_in_order_and_the_first_error_ends_it() {
        let Ok(squares) = map(THREE, 100, || (), |(), n| Ok::<_, Infallible>(n * n));
        assert_eq!(squares, (0..100).map(|n| n * n).collect::<Vec<_>>());
        let Ok(none) = map(THREE, 0, || (), |(), n| Ok::<_, Infallible>(n));
        assert!(none.is_empty());
        let at_least_7 = |n| if n < 7 { Ok(n) } else { Err(n) };
        assert_eq!(map(THREE, 100, || (), |(), n| at_least_7(n)), Err(7));
    }

    #[test]
    fn each_thread_has_a_state_and_all_of_them_work() {
        // Nobody passes before all three are there.
        let barrier = Barrier::new(3);
        let work = |state: &mut usize, _| {
            barrier.wait();
            *state += 1;
            Ok::<_, Infallible>((thread::current().id(), *state))
        };
        let Ok(found) = map(THREE, 3, || 0, work);
        assert_eq!(found.iter().copied().collect::<HashSet<_>>().len(), 3);
        assert!(found.iter().all(|(_, state)| *state == 1));
    }

    #[test]
    fn every_item_is_worked_on_once_by_any_number_of_threads() {
        for threads in [1, 2, 3, 64] {
            let mut values = [0; 10];
            let threads = NonZeroUsize::new(threads).unwrap();
            each(threads, values.iter_mut().enumerate(), |(place, value)| {
                *value += place + 1;
            });
            assert_eq!(values, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
        }
        assert_eq!(threads(Some(THREE)), THREE);
    }
}
