//! Stretches of things that are alike.

use std::ops::Range;

/// The stretches of neighbours that are the `same`, as ranges of places.
pub(crate) fn alike<T>(things: &[T], same: impl FnMut(&T, &T) -> bool) -> Vec<Range<usize>> {
    let mut start = 0;
    let ranges = things.chunk_by(same).map(|chunk| {
        start += chunk.len();
        start - chunk.len()..start
    });
    ranges.collect()
}
