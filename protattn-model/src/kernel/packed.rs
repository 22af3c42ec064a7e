//! Weights, packed once in the order in which the product reads them.

use std::num::NonZeroUsize;
use std::thread;

use half::bf16;
use ndarray::{ArrayView1, ArrayView2};

use super::product::{Cells, Packed, on_threads};
use super::simd::Isa;

/// How the weights of linear maps are kept in memory. Whatever it is, the arithmetic is in single
/// precision; so are norms, embeddings and everything that a pass computes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Precision {
    /// Nothing is lost: in 32 bits or, in a linear map whose weights are all numbers that bfloat16
    /// has, as they are in a checkpoint that is stored so, in 16. The results are the same.
    #[default]
    F32,
    /// Rounded to bfloat16, 16 bits with 8 of them significant, which halves the memory that a model
    /// takes.
    Bf16,
}

/// Fewer weights than this are packed on one thread.
const WORTH_A_THREAD: usize = 1 << 20;

/// The weights of a linear map.
pub(crate) struct PackedWeights {
    isa: Isa,
    inputs: usize,
    outputs: usize,
    /// [panel][input][column].
    panels: Panels,
}

enum Panels {
    F32(Vec<f32>),
    Bf16(Vec<u16>),
}

impl PackedWeights {
    /// Packs `parts`, each [output, input], stacked along the outputs.
    pub(crate) fn pack(precision: Precision, parts: &[ArrayView2<'_, f32>]) -> Self {
        Self::pack_for(Isa::best(), precision, parts)
    }

    pub(super) fn pack_for(isa: Isa, precision: Precision, parts: &[ArrayView2<'_, f32>]) -> Self {
        let inputs = parts.first().map_or(0, |part| part.ncols());
        assert!(
            inputs > 0 && parts.iter().all(|part| part.ncols() == inputs),
            "parts differ in inputs"
        );
        let rows: Vec<_> = parts.iter().flat_map(|part| part.rows()).collect();
        let is_short = |x: &f32| x.to_bits() & 0xffff == 0;
        let lossless = || rows.iter().all(|row| row.iter().all(is_short));
        Self {
            isa,
            inputs,
            outputs: rows.len(),
            panels: match precision {
                Precision::F32 if !lossless() => {
                    Panels::F32(panels(&rows, inputs, isa.panel(), |x| x))
                }
                Precision::F32 | Precision::Bf16 => {
                    let round = |x| bf16::from_f32(x).to_bits();
                    Panels::Bf16(panels(&rows, inputs, isa.panel(), round))
                }
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
        matches!(self.panels, Panels::Bf16(_))
    }

    /// As the second operand of a product.
    pub(super) fn packed(&self) -> Packed<'_> {
        Packed {
            isa: self.isa,
            inputs: self.inputs,
            panels: match &self.panels {
                Panels::F32(panels) => Cells::F32(panels),
                Panels::Bf16(panels) => Cells::Bf16(panels),
            },
        }
    }
}

/// Packs rows of weights into panels, the panels of large maps on all cores.
fn panels<T: Copy + Default + Send>(
    rows: &[ArrayView1<'_, f32>],
    inputs: usize,
    width: usize,
    cell: impl Fn(f32) -> T + Copy + Sync + Send,
) -> Vec<T> {
    let count = rows.len().div_ceil(width);
    let mut panels = vec![T::default(); count * width * inputs];
    let pack = move |rows: &[ArrayView1<'_, f32>], panels: &mut [T]| {
        let panels = panels.chunks_exact_mut(width * inputs);
        for (rows, panel) in rows.chunks(width).zip(panels) {
            pack_panel(rows, panel, width, cell);
        }
    };
    let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let threads = cores.min(panels.len() / WORTH_A_THREAD).max(1);
    let share = count.div_ceil(threads).max(1);
    let shares = rows.chunks(share * width);
    let shares = shares.zip(panels.chunks_mut(share * width * inputs));
    on_threads(shares, |(rows, panels)| pack(rows, panels));
    panels
}

/// Transposes up to `width` rows of weights into one panel, a few inputs at a time so that what is
/// written stays in the first-level cache.
fn pack_panel<T>(
    rows: &[ArrayView1<'_, f32>],
    panel: &mut [T],
    width: usize,
    cell: impl Fn(f32) -> T,
) {
    const INPUTS: usize = 16;
    for (block, cells) in panel.chunks_mut(INPUTS * width).enumerate() {
        let count = cells.len() / width;
        for (column, row) in rows.iter().enumerate() {
            let cells = cells[column..].iter_mut().step_by(width);
            match row.as_slice() {
                Some(row) => {
                    let values = &row[block * INPUTS..][..count];
                    cells.zip(values).for_each(|(to, x)| *to = cell(*x));
                }
                None => {
                    for (offset, to) in cells.enumerate() {
                        *to = cell(row[block * INPUTS + offset]);
                    }
                }
            }
        }
    }
}
