//! Where the output of a pass goes.

use ndarray::{ArrayView2, ArrayView3};
use protattn_io::AttentionArc;

use crate::error::SinkError;

/// One thing that a pass can give.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Output {
    /// The attention of a layer, after softmax.
    Attention {
        /// The layer, 0-based.
        layer: usize,
    },
    /// The arcs of a layer: the weights of its attention at or over the sink's
    /// [threshold](Sink::min_attention).
    ///
    /// The same as finding them in the [`Attention`](Self::Attention), to the bit, but where no
    /// layer's attention is wanted no array of it is ever made: memory grows with the length of the
    /// sequence and not with its square.
    Arcs {
        /// The layer, 0-based.
        layer: usize,
    },
    /// Hidden states between layers.
    HiddenStates {
        /// The level: 0 is what enters the first layer, `n` is what leaves the `n`-th
        /// (so layer `l`, 0-based, gives level `l + 1`). A model of L layers has L + 1 levels.
        /// In a family that ends in a norm (ESM, T5), the last one is after it.
        level: usize,
    },
}

/// Whether what a sink sees has rows and columns for the tokens around the sequence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum SpecialTokens {
    /// Per residue: the special tokens' rows and columns are cut. Attention paid to them is
    /// then missing, so a row sums to at most 1.
    #[default]
    Cut,
    /// Per token, as the model computed it; a row of attention sums to 1.
    Keep,
}

/// Takes the output of a pass, layer by layer, while it is in memory.
///
/// A pass asks [`wants`](Sink::wants) once for each output before it starts, runs no further
/// than the last layer that is wanted, and then calls [`attention`](Sink::attention),
/// [`arcs`](Sink::arcs) and [`hidden_states`](Sink::hidden_states) for the wanted outputs and no
/// others, in the order in which they are computed: level 0, attention and then arcs of layer 0,
/// level 1, attention and arcs of layer 1, ...
///
/// The views are into buffers that the next layer overwrites: copy what must outlive the call.
/// They are not contiguous where special tokens are cut. All values are finite.
/// An error ends the pass and comes back in [`Error::Sink`](crate::Error::Sink).
///
/// A sink is used by one pass at a time and need not be `Send`; with one worker a core, each
/// worker has its own.
///
/// ```
/// use protattn_model::ndarray::ArrayView3;
/// use protattn_model::{Output, Sink, SinkError};
///
/// /// The strongest attention of the first layer.
/// #[derive(Default)]
/// struct Strongest(f32);
///
/// impl Sink for Strongest {
///     fn wants(&self, output: Output) -> bool {
///         output == Output::Attention { layer: 0 }
///     }
///
///     fn attention(&mut self, _: usize, attention: ArrayView3<'_, f32>) -> Result<(), SinkError> {
///         self.0 = attention.fold(self.0, |a, &b| a.max(b));
///         Ok(())
///     }
/// }
/// assert!(Strongest::default().wants(Output::Attention { layer: 0 }));
/// ```
pub trait Sink {
    /// Whether this output is to be computed and handed over.
    ///
    /// The answer for one output must not depend on the order in which they are asked.
    fn wants(&self, output: Output) -> bool;

    /// Takes the attention of one layer.
    ///
    /// `layer` is 0-based; the axes are [head, from, to], `from` being the residue that attends
    /// (query, row) and `to` the one attended to (key, column). Values are in 0..=1.
    ///
    /// # Errors
    /// Whatever the sink likes; the pass stops.
    fn attention(&mut self, layer: usize, attention: ArrayView3<'_, f32>) -> Result<(), SinkError> {
        let _ = (layer, attention);
        Ok(())
    }

    /// The threshold of arcs, over 0 and at most 1; asked for once, before a pass that gives arcs.
    ///
    /// The default is 0.3, at which Vig et al. (ICLR 2021, section 3) count.
    fn min_attention(&self) -> f32 {
        0.3
    }

    /// Takes the arcs of one layer, in the order of head, from and to.
    ///
    /// `layer` is 0-based. A row of attention sums to 1, so no residue has more than
    /// 1 / [`min_attention`](Self::min_attention) arcs in a head: three at 0.3.
    ///
    /// # Errors
    /// Whatever the sink likes; the pass stops.
    fn arcs(&mut self, layer: usize, arcs: &[AttentionArc]) -> Result<(), SinkError> {
        let _ = (layer, arcs);
        Ok(())
    }

    /// Takes the hidden states of one level, with axes [residue, width].
    ///
    /// # Errors
    /// Whatever the sink likes; the pass stops.
    fn hidden_states(
        &mut self,
        level: usize,
        hidden_states: ArrayView2<'_, f32>,
    ) -> Result<(), SinkError> {
        let _ = (level, hidden_states);
        Ok(())
    }
}

/// A sink that is lent, or on the heap, is a sink.
macro_rules! forwarded {
    ($sink:ident: $type:ty) => {
        impl<$sink: Sink + ?Sized> Sink for $type {
            fn wants(&self, output: Output) -> bool {
                (**self).wants(output)
            }

            fn attention(
                &mut self,
                layer: usize,
                attention: ArrayView3<'_, f32>,
            ) -> Result<(), SinkError> {
                (**self).attention(layer, attention)
            }

            fn min_attention(&self) -> f32 {
                (**self).min_attention()
            }

            fn arcs(&mut self, layer: usize, arcs: &[AttentionArc]) -> Result<(), SinkError> {
                (**self).arcs(layer, arcs)
            }

            fn hidden_states(
                &mut self,
                level: usize,
                hidden_states: ArrayView2<'_, f32>,
            ) -> Result<(), SinkError> {
                (**self).hidden_states(level, hidden_states)
            }
        }
    };
}

forwarded!(S: &mut S);
forwarded!(S: Box<S>);
