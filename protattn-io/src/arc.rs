//! Arcs: the attention weights large enough to count.

/// One attention weight at or over a threshold. All indices are 0-based.
///
/// ```
/// use protattn_io::AttentionArc;
///
/// // Residue 2 pays four tenths of its attention to residue 7, in the first head of a layer.
/// let arc = AttentionArc { head: 0, from: 2, to: 7, weight: 0.4 };
/// assert_eq!(arc.from.abs_diff(arc.to), 5);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AttentionArc {
    /// The head within its layer.
    pub head: usize,
    /// The residue attended from (query, row).
    pub from: usize,
    /// The residue attended to (key, column).
    pub to: usize,
    /// The attention weight, after softmax: over 0 and at most 1.
    pub weight: f32,
}
