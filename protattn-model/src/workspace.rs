//! The buffers of one worker.

use std::num::NonZeroUsize;
use std::ops::Range;

use protattn_io::AttentionArc;

use crate::info::Info;
use crate::kernel::{self, Means, Pair, Scratch};

/// The buffers of a pass, kept from one to the next.
///
/// One worker has one workspace. It grows to the longest sequence seen and can be used with any
/// model. What was in it before never changes a result, not by a bit.
///
/// The tokens of a pass over several proteins lie one protein after another.
#[derive(Debug, Default)]
pub struct Workspace {
    /// The tokens of the pass.
    pub(crate) ids: Vec<u32>,
    /// Which of them are of each protein.
    pub(crate) proteins: Vec<Range<usize>>,
    /// [token, width]: what enters a block, and what leaves it.
    pub(crate) hidden: Vec<f32>,
    /// [token, width]: the other half of a pair with `hidden`, for sums that need both.
    pub(crate) spare: Vec<f32>,
    /// [token, 3 * heads * head_width]: queries, keys, values side by side; without values, the
    /// front of the buffer is [token, 2 * heads * head_width].
    pub(crate) qkv: Vec<f32>,
    /// [head, from, to] of one protein; empty if no layer's attention is wanted whole.
    pub(crate) maps: Vec<f32>,
    /// The arcs of a layer of one protein.
    pub(crate) arcs: Vec<AttentionArc>,
    /// [token, heads * head_width]: values averaged by attention, the heads side by side.
    pub(crate) context: Vec<f32>,
    /// [token, intermediate].
    pub(crate) inner: Vec<f32>,
    /// [token, intermediate]: the gated inner states; empty in a network without gates.
    pub(crate) gated: Vec<f32>,
    /// [head, offset] or [offset, width]: what a network knows of each offset between two tokens of
    /// the longest protein, once a pass; empty in a network of absolute positions.
    pub(crate) by_offset: Vec<f32>,
    /// [offset, heads * head_width]: the keys of the offsets, anew in each layer; empty in a
    /// network without such keys.
    pub(crate) offset_keys: Vec<f32>,
    /// The segment of each token; empty if those of each protein are of one.
    pub(crate) segments: Vec<u32>,
    /// [position, head_width]: the cosines and sines of rotary positions, once a pass; empty
    /// without.
    pub(crate) turns: Vec<f32>,
    /// [token, embedding width]: embeddings before they are projected; empty where they are not.
    pub(crate) embedded: Vec<f32>,
    /// One for each thread; the kernel sizes them itself.
    pub(crate) scratches: Vec<Scratch>,
    pub(crate) means: Means,
}

impl Workspace {
    /// An empty workspace; memory is taken by the first pass.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty workspace whose passes share the rows of linear maps and the heads of attention out
    /// over so many threads; norms and what else is little work are done on one.
    ///
    /// It serves a single long protein. Of many, each is better done on one thread, with a workspace
    /// a core. The number changes no result, not by a bit.
    #[must_use]
    pub fn with_threads(threads: NonZeroUsize) -> Self {
        Self {
            means: Means {
                threads,
                ..Means::default()
            },
            ..Self::default()
        }
    }

    /// Gives every buffer its exact size for a pass over the tokens of these proteins; `maps` says
    /// whether the attention of a layer is wanted whole. None if there is no memory for them.
    pub(crate) fn prepare<'t>(
        &mut self,
        info: &Info,
        extra: ExtraRoom,
        proteins: impl Iterator<Item = &'t [u32]>,
        maps: bool,
    ) -> Option<()> {
        self.ids.clear();
        self.proteins.clear();
        for ids in proteins {
            let first = self.ids.len();
            self.ids.extend_from_slice(ids);
            self.proteins.push(first..self.ids.len());
        }
        let size = Size {
            tokens: self.ids.len(),
            longest: self.longest(),
        };
        self.make_room(info, extra, size, maps)?;
        self.scratches
            .resize_with(self.means.threads.get(), Scratch::default);
        Some(())
    }

    /// The most tokens of a protein of the pass.
    pub(crate) fn longest(&self) -> usize {
        self.proteins.iter().map(Range::len).max().unwrap_or(0)
    }

    fn make_room(&mut self, info: &Info, extra: ExtraRoom, size: Size, maps: bool) -> Option<()> {
        // All are reserved before any page of one is touched.
        let n_pairs = n_pairs(info, extra, size)?;
        reserve(&mut self.means.pairs, n_pairs)?;
        let mut buffers = self.buffers(info, extra, size, maps)?;
        for (buffer, size) in &mut buffers {
            reserve(buffer, *size)?;
        }
        for (buffer, size) in buffers {
            buffer.resize(size, 0.0);
        }
        self.means.pairs.resize(n_pairs, Pair::default());
        Some(())
    }

    /// The buffers with the sizes that they need, in values, the largest first; none if the sizes
    /// cannot be counted.
    fn buffers(
        &mut self,
        info: &Info,
        extra: ExtraRoom,
        Size { tokens, longest }: Size,
        maps: bool,
    ) -> Option<[(&mut Vec<f32>, usize); 11]> {
        let all_maps = longest.checked_mul(longest)?.checked_mul(info.n_heads)?;
        let context = tokens.checked_mul(info.n_heads)?;
        let context = context.checked_mul(info.head_width)?;
        let states = tokens.checked_mul(info.width)?;
        // The square was counted, so the double can be.
        let offsets = kernel::n_offsets(longest);
        Some([
            (&mut self.maps, if maps { all_maps } else { 0 }),
            (&mut self.qkv, context.checked_mul(3)?),
            (&mut self.inner, tokens.checked_mul(info.intermediate)?),
            (&mut self.gated, tokens.checked_mul(extra.gated)?),
            (&mut self.by_offset, offsets.checked_mul(extra.by_offset)?),
            (
                &mut self.offset_keys,
                offsets.checked_mul(extra.offset_keys)?,
            ),
            (&mut self.hidden, states),
            (&mut self.spare, states),
            (&mut self.context, context),
            (&mut self.turns, longest.checked_mul(extra.turns)?),
            (&mut self.embedded, tokens.checked_mul(extra.embedded)?),
        ])
    }
}

/// Sees that a buffer can grow to a size, if there is memory for it.
fn reserve<T>(buffer: &mut Vec<T>, size: usize) -> Option<()> {
    let more = size.saturating_sub(buffer.len());
    buffer.try_reserve_exact(more).ok()
}

/// The bytes of a workspace after a pass over one protein of `tokens` tokens, if they can be counted;
/// the kernel's own blocks, of one head at a time, are not among them.
pub(crate) fn bytes(info: &Info, extra: ExtraRoom, tokens: usize) -> Option<u64> {
    let size = Size::of_one(tokens);
    let mut workspace = Workspace::new();
    let buffers = workspace.buffers(info, extra, size, true)?.into_iter();
    // A pair is as large as a value.
    let pairs = n_pairs(info, extra, size)?;
    let mut sizes = buffers.map(|(_, size)| size).chain([pairs]);
    let values = sizes.try_fold(0_usize, usize::checked_add)?;
    (values as u64).checked_mul(size_of::<f32>() as u64)
}

/// What a network needs beyond the buffers that every network needs.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct ExtraRoom {
    /// Values of `gated` for each token.
    pub(crate) gated: usize,
    /// Values of `by_offset` for each offset.
    pub(crate) by_offset: usize,
    /// Values of `offset_keys` for each offset.
    pub(crate) offset_keys: usize,
    /// Values of `turns` for each position.
    pub(crate) turns: usize,
    /// Values of `embedded` for each token.
    pub(crate) embedded: usize,
    /// Whether the inputs of linear maps are rounded to pairs.
    pub(crate) pairs: bool,
}

/// What the buffers are for.
#[derive(Debug, Clone, Copy)]
struct Size {
    /// Tokens of all proteins together.
    tokens: usize,
    /// Those of the longest.
    longest: usize,
}

impl Size {
    fn of_one(tokens: usize) -> Self {
        let longest = tokens;
        Self { tokens, longest }
    }
}

/// The pairs that the inputs of a linear map are rounded to, of the map that has the most of them.
fn n_pairs(info: &Info, extra: ExtraRoom, Size { tokens, longest }: Size) -> Option<usize> {
    if !extra.pairs {
        return Some(0);
    }
    let heads = info.n_heads.checked_mul(info.head_width)?;
    let inputs = [info.width, info.intermediate, heads, extra.embedded];
    let of_token = inputs.into_iter().map(kernel::n_pairs).max()?;
    let of_offset = match extra.offset_keys {
        0 => 0,
        _ => kernel::n_pairs(extra.by_offset),
    };
    let of_tokens = tokens.checked_mul(of_token)?;
    let offsets = longest.checked_mul(2)?.saturating_sub(1);
    Some(of_tokens.max(offsets.checked_mul(of_offset)?))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::info::Family;

    fn info() -> Info {
        Info {
            name: String::new(),
            family: Family::Bert,
            n_layers: 1,
            n_heads: 2,
            width: 6,
            head_width: 4,
            intermediate: 10,
            vocabulary: 30,
            positions: None,
            parameters: 0,
            dtype: None,
        }
    }

    const EXTRA: ExtraRoom = ExtraRoom {
        gated: 10,
        by_offset: 6,
        offset_keys: 8,
        turns: 4,
        embedded: 3,
        pairs: true,
    };

    #[test]
    fn buffers_follow_the_pass_up_and_down() {
        let mut workspace = Workspace::new();
        for (tokens, maps) in [(5, true), (9, true), (3, false), (3, true)] {
            let ids = vec![7; tokens];
            let one = std::iter::once(ids.as_slice());
            workspace.prepare(&info(), EXTRA, one, maps).unwrap();
            assert_eq!(workspace.qkv.len(), tokens * 24);
            assert_eq!(
                workspace.maps.len(),
                usize::from(maps) * 2 * tokens * tokens
            );
            assert_eq!(workspace.inner.len(), tokens * 10);
            assert_eq!(workspace.gated.len(), tokens * 10);
            assert_eq!(workspace.by_offset.len(), (2 * tokens - 1) * 6);
            assert_eq!(workspace.offset_keys.len(), (2 * tokens - 1) * 8);
            assert_eq!(workspace.turns.len(), tokens * 4);
            assert_eq!(workspace.embedded.len(), tokens * 3);
        }
    }

    #[test]
    fn what_follows_the_longest_protein_and_what_follows_all() {
        let mut workspace = Workspace::new();
        let proteins: [&[u32]; 3] = [&[1, 2], &[3, 4, 5], &[6]];
        let proteins = proteins.into_iter();
        workspace.prepare(&info(), EXTRA, proteins, true).unwrap();
        assert_eq!(workspace.ids, [1, 2, 3, 4, 5, 6]);
        assert_eq!(workspace.proteins, [0..2, 2..5, 5..6]);
        assert_eq!((workspace.hidden.len(), workspace.longest()), (6 * 6, 3));
        assert_eq!(workspace.maps.len(), 2 * 3 * 3);
        assert_eq!(workspace.by_offset.len(), 5 * 6);
        assert_eq!(workspace.turns.len(), 3 * 4);
    }

    #[test]
    fn the_bytes_are_those_of_the_buffers() {
        // By hand, for 5 tokens and 9 offsets: two of 30, 120, 40, 50, 50, 50, 54, 72, 20, 15, and of
        // pairs the larger of 5 x 5, for the 10 inputs of a token, and 9 x 3, for the 6 of an offset.
        assert_eq!(bytes(&info(), EXTRA, 5), Some(4 * (531 + 27)));
        assert_eq!(bytes(&info(), EXTRA, usize::MAX / 4), None);
    }

    #[test]
    fn there_is_no_room_for_an_impossible_size() {
        for tokens in [usize::MAX / 4, 1 << 29] {
            let extra = ExtraRoom::default();
            let size = Size::of_one(tokens);
            let room = Workspace::new().make_room(&info(), extra, size, true);
            assert_eq!(room, None);
        }
    }
}
