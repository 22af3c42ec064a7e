//! Weights of attention that are arcs.

use protattn_io::AttentionArc;

use super::WantedArcs;
use crate::kernel::softmax::RowSum;

/// Adds the arcs of a block of rows of exponentials.
pub(super) fn find_arcs(
    head: usize,
    first: usize,
    rows: &[f32],
    sums: &[RowSum],
    wanted: &WantedArcs,
    arcs: &mut Vec<AttentionArc>,
) {
    /// Values compared at once.
    const CHUNK: usize = 32;
    /// What rounding can add to the largest value of a row.
    const SLACK: f32 = 1.0001;
    let WantedArcs {
        min_attention,
        window,
    } = wanted;
    let tokens = rows.len() / sums.len();
    for ((query, row), sum) in (first..).zip(rows.chunks_exact(tokens)).zip(sums) {
        // Most rows have no weight as large as this.
        if !window.contains(&query) || sum.largest * sum.inverse * SLACK < *min_attention {
            continue;
        }
        let is_arc = |x: &f32| x * sum.inverse >= *min_attention;
        for (chunk, values) in row[window.clone()].chunks(CHUNK).enumerate() {
            if !values.iter().fold(false, |any, x| any | is_arc(x)) {
                continue;
            }
            let found = values.iter().enumerate().filter(|(_, x)| is_arc(x));
            arcs.extend(found.map(|(index, x)| AttentionArc {
                head,
                from: query - window.start,
                to: chunk * CHUNK + index,
                weight: x * sum.inverse,
            }));
        }
    }
}
