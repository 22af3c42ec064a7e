//! Sums over samples that come out the same, bit for bit, on any number of threads.

use std::num::NonZeroUsize;
use std::ops::Range;

use protattn_io::parallel;

use crate::Error;

/// Blocks are never shorter than this, so that small problems do not pay for partial sums.
const MIN_BLOCK: usize = 512;

/// There are never more blocks than this, which bounds the memory of the partial sums.
const MAX_BLOCKS: usize = 64;

/// Below this many features per thread, starting the thread costs more than it saves.
const MIN_ELEMENTS_PER_THREAD: usize = 1 << 17;

/// Cuts samples into blocks that depend on nothing but their number, and adds up what each block
/// gives in the order of the blocks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Blocks {
    n_rows: usize,
    rows_per_block: usize,
    threads: NonZeroUsize,
}

impl Blocks {
    /// Blocks over `n_rows` samples of `n_columns` features, for at most `threads` threads.
    pub(crate) fn new(n_rows: usize, n_columns: usize, threads: NonZeroUsize) -> Self {
        let rows_per_block = n_rows.div_ceil(MAX_BLOCKS).max(MIN_BLOCK);
        let useful = n_rows.saturating_mul(n_columns) / MIN_ELEMENTS_PER_THREAD;
        Self {
            n_rows,
            rows_per_block,
            threads: threads.min(NonZeroUsize::new(useful).unwrap_or(NonZeroUsize::MIN)),
        }
    }

    fn n_blocks(&self) -> usize {
        self.n_rows.div_ceil(self.rows_per_block)
    }

    fn rows(&self, block: usize) -> Range<usize> {
        let start = block * self.rows_per_block;
        start..(start + self.rows_per_block).min(self.n_rows)
    }

    /// Sums `width` numbers over all samples: `add` is called once for each block, with the rows
    /// of that block and a partial sum that starts at zero.
    ///
    /// Of several errors the one of the first block is given.
    pub(crate) fn sum(
        &self,
        width: usize,
        add: impl Fn(Range<usize>, &mut [f64]) -> Result<(), Error> + Sync,
    ) -> Result<Vec<f64>, Error> {
        let sum_of = |block| {
            let mut partial = vec![0.0; width];
            add(self.rows(block), &mut partial).map(|()| partial)
        };
        let partials = parallel::map(
            self.threads,
            self.n_blocks(),
            || (),
            |(), block| sum_of(block),
        )?;
        let mut total = vec![0.0; width];
        for partial in partials {
            for (sum, value) in total.iter_mut().zip(partial) {
                *sum += value;
            }
        }
        Ok(total)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn harmonic(n_rows: usize, threads: usize) -> f64 {
        let threads = NonZeroUsize::new(threads).unwrap();
        let blocks = Blocks::new(n_rows, 1 << 20, threads);
        let sums = blocks.sum(2, |rows, partial| {
            for row in rows {
                partial[0] += 1.0 / (row as f64 + 1.0);
                partial[1] += 1.0;
            }
            Ok(())
        });
        sums.unwrap()[0]
    }

    #[test]
    fn every_row_is_visited_once() {
        for n_rows in [1, 511, 512, 513, 32_768, 32_769, 100_003] {
            let blocks = Blocks::new(n_rows, 1, NonZeroUsize::MIN);
            let total = blocks.sum(1, |rows, partial| {
                partial[0] += rows.len() as f64;
                Ok(())
            });
            assert_eq!(total.unwrap(), [n_rows as f64]);
            assert!(blocks.n_blocks() <= MAX_BLOCKS);
        }
    }

    #[test]
    fn threads_do_not_change_a_bit() {
        let one = harmonic(100_003, 1);
        for threads in [2, 3, 7, 64] {
            assert_eq!(one.to_bits(), harmonic(100_003, threads).to_bits());
        }
    }

    #[test]
    fn the_error_of_the_first_block_is_given() {
        let blocks = Blocks::new(5000, 1 << 20, NonZeroUsize::new(4).unwrap());
        let error = blocks.sum(1, |rows, _| match rows.start {
            0 => Ok(()),
            row => Err(Error::TooFewSamples { found: row }),
        });
        assert!(matches!(error, Err(Error::TooFewSamples { found: 512 })));
    }
}
