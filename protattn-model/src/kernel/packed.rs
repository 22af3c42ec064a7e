//! Weights, packed once in the order in which the product reads them.

use ndarray::{ArrayView1, ArrayView2, s};
use protattn_io::parallel;

use super::cell::{Half, Pair, Stored};
use super::simd::Isa;

/// How the weights of linear maps are kept in memory, and how they are multiplied. Whatever it is,
/// sums are in single precision; so are attention, norms, embeddings and everything else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Precision {
    /// Nothing is lost: in 32 bits or, in a linear map whose weights are all numbers that bfloat16
    /// has, as they are in a checkpoint that is stored so, in 16. The results are the same.
    #[default]
    F32,
    /// Rounded to bfloat16, 16 bits with 8 of them significant, which halves the memory that a model
    /// takes. On processors that multiply bfloat16 (AVX-512 BF16) the inputs of linear maps are
    /// rounded too, for twice as many products an instruction; on others they are multiplied in
    /// single precision.
    Bf16,
}

impl Precision {
    /// Whether this processor rounds inputs to pairs of bfloat16 too.
    pub(crate) fn is_paired(self) -> bool {
        self == Self::Bf16 && Isa::best().has_pairs()
    }
}

/// Fewer weights than this are packed on one thread.
const WORTH_A_THREAD: usize = 1 << 20;

/// The weights of a linear map.
pub(crate) struct PackedWeights {
    /// The instructions that they are packed for.
    pub(super) isa: Isa,
    inputs: usize,
    outputs: usize,
    pub(super) panels: Panels,
}

/// [panel][input][column], in one of the formats that are kept in memory.
pub(super) enum Panels {
    F32(Vec<f32>),
    Halves(Vec<Half>),
    /// [panel][pair of inputs][column].
    Pairs(Vec<Pair>),
}

impl PackedWeights {
    /// Packs `parts`, each [output, input], stacked along the outputs.
    pub(crate) fn pack(precision: Precision, parts: &[ArrayView2<'_, f32>]) -> Self {
        Self::pack_for(Isa::best(), precision, precision.is_paired(), parts)
    }

    /// The same for other instructions, rounded in pairs or not.
    pub(super) fn pack_for(
        isa: Isa,
        precision: Precision,
        paired: bool,
        parts: &[ArrayView2<'_, f32>],
    ) -> Self {
        let inputs = parts.first().map_or(0, |part| part.ncols());
        assert!(
            inputs > 0 && parts.iter().all(|part| part.ncols() == inputs),
            "parts differ in inputs"
        );
        let rows: Vec<_> = parts.iter().flat_map(|part| part.rows()).collect();
        let is_short = |x: &f32| x.to_bits() & 0xffff == 0;
        let lossless = || rows.iter().all(|row| row.iter().all(is_short));
        let width = isa.panel();
        Self {
            isa,
            inputs,
            outputs: rows.len(),
            panels: match precision {
                Precision::Bf16 if paired => Panels::Pairs(panels(&rows, inputs, width)),
                Precision::F32 if !lossless() => Panels::F32(panels(&rows, inputs, width)),
                Precision::F32 | Precision::Bf16 => Panels::Halves(panels(&rows, inputs, width)),
            },
        }
    }

    /// Columns of `x`.
    pub(crate) fn inputs(&self) -> usize {
        self.inputs
    }

    /// Columns of `y`.
    pub(crate) fn outputs(&self) -> usize {
        self.outputs
    }

    /// Whether they are kept in 16 bits.
    pub(crate) fn is_halved(&self) -> bool {
        !matches!(self.panels, Panels::F32(_))
    }
}

/// Packs rows of weights into panels, the panels of large maps on all cores.
fn panels<W: Stored>(rows: &[ArrayView1<'_, f32>], inputs: usize, width: usize) -> Vec<W> {
    let count = rows.len().div_ceil(width);
    let size = width * inputs.div_ceil(W::WEIGHTS);
    let mut panels = vec![W::default(); count * size];
    let threads = parallel::threads(None);
    let most = (panels.len() / WORTH_A_THREAD).max(1);
    let share = count.div_ceil(threads.get().min(most)).max(1);
    let shares = rows.chunks(share * width);
    let shares = shares.zip(panels.chunks_mut(share * size));
    parallel::each(threads, shares, |(rows, panels)| {
        for (rows, panel) in rows.chunks(width).zip(panels.chunks_exact_mut(size)) {
            pack_panel(rows, panel, width);
        }
    });
    panels
}

/// Transposes up to `width` rows of weights into one panel, a few inputs at a time so that what is
/// written stays in the first-level cache.
fn pack_panel<W: Stored>(rows: &[ArrayView1<'_, f32>], panel: &mut [W], width: usize) {
    const CELLS: usize = 16;
    let inputs = CELLS * W::WEIGHTS;
    let mut copied = Vec::with_capacity(inputs);
    for (block, cells) in panel.chunks_mut(CELLS * width).enumerate() {
        for (column, row) in rows.iter().enumerate() {
            let block = block * inputs..row.len().min((block + 1) * inputs);
            let weights = match row.as_slice() {
                Some(row) => &row[block],
                None => {
                    copied.clear();
                    copied.extend(row.slice(s![block]));
                    &copied
                }
            };
            let cells = cells[column..].iter_mut().step_by(width);
            for (cell, weights) in cells.zip(weights.chunks(W::WEIGHTS)) {
                *cell = W::pack(weights);
            }
        }
    }
}
