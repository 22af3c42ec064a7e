//! The buffers of one worker.

use crate::error::Error;
use crate::info::Info;

/// The buffers of a pass, kept from one to the next.
///
/// One worker has one workspace. It grows to the longest sequence seen and can be used with any
/// model. What was in it before never changes a result, not by a bit.
#[derive(Debug, Default)]
pub struct Workspace {
    /// [token, width]: what enters a block, and what leaves it.
    pub(crate) hidden: Vec<f32>,
    /// [token, width]: the other half of a pair with `hidden`, for sums that need both.
    pub(crate) spare: Vec<f32>,
    /// [token, 3 * heads * head_width]: queries, keys, values side by side; without values, the
    /// front of the buffer is [token, 2 * heads * head_width].
    pub(crate) qkv: Vec<f32>,
    /// [head, from, to].
    pub(crate) maps: Vec<f32>,
    /// [token, heads * head_width]: values averaged by attention, the heads side by side.
    pub(crate) context: Vec<f32>,
    /// [token, intermediate].
    pub(crate) inner: Vec<f32>,
    /// One head's keys or values, as the kernel wants them; it sizes this itself.
    pub(crate) scratch: Vec<f32>,
}

impl Workspace {
    /// An empty workspace; memory is taken by the first pass.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Gives every buffer its exact size for a pass over `tokens` tokens.
    pub(crate) fn prepare(&mut self, info: &Info, tokens: usize) -> Result<(), Error> {
        let out_of_memory = Error::Memory { tokens };
        let Some([states, qkv, context, inner, maps]) = sizes(info, tokens) else {
            return Err(out_of_memory);
        };
        let mut buffers = [
            (&mut self.maps, maps),
            (&mut self.qkv, qkv),
            (&mut self.inner, inner),
            (&mut self.hidden, states),
            (&mut self.spare, states),
            (&mut self.context, context),
        ];
        // All are reserved, the largest first, before any page of one is touched.
        for (buffer, size) in &mut buffers {
            let more = size.saturating_sub(buffer.len());
            if buffer.try_reserve_exact(more).is_err() {
                return Err(out_of_memory);
            }
        }
        for (buffer, size) in buffers {
            buffer.resize(size, 0.0);
        }
        Ok(())
    }
}

/// The sizes of `hidden`, `qkv`, `context`, `inner` and `maps`, if they can be counted.
fn sizes(info: &Info, tokens: usize) -> Option<[usize; 5]> {
    let context = tokens
        .checked_mul(info.n_heads)?
        .checked_mul(info.head_width)?;
    Some([
        tokens.checked_mul(info.width)?,
        context.checked_mul(3)?,
        context,
        tokens.checked_mul(info.intermediate)?,
        tokens.checked_mul(tokens)?.checked_mul(info.n_heads)?,
    ])
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

    #[test]
    fn buffers_follow_the_pass_up_and_down() {
        let mut workspace = Workspace::new();
        for tokens in [5, 9, 3] {
            workspace.prepare(&info(), tokens).unwrap();
            assert_eq!(workspace.qkv.len(), tokens * 24);
            assert_eq!(workspace.maps.len(), 2 * tokens * tokens);
            assert_eq!(workspace.inner.len(), tokens * 10);
        }
    }

    #[test]
    fn an_impossible_size_is_an_error() {
        for tokens in [usize::MAX / 4, 1 << 29] {
            let error = Workspace::new().prepare(&info(), tokens).unwrap_err();
            assert!(matches!(error, Error::Memory { tokens: found } if found == tokens));
        }
    }
}
