//! NEON.

use std::arch::aarch64::{float32x4_t, vdupq_n_f32, vfmaq_f32, vld1q_f32, vst1q_f32};

use super::Simd;

pub(in super::super) struct Neon;

// SAFETY (of each method): the trait's contract gives the instructions and, for loads and stores, the
// values behind the pointer; none of them needs alignment.
impl Simd for Neon {
    type Vector = float32x4_t;
    const LANES: usize = 4;
    // 32 registers: 24 accumulators, 4 weights, 1 activation.
    const VECTORS: usize = 4;
    const ROWS: usize = 6;
    const FUSED: bool = true;

    #[inline(always)]
    unsafe fn splat(value: f32) -> float32x4_t {
        // SAFETY: see above.
        unsafe { vdupq_n_f32(value) }
    }

    #[inline(always)]
    unsafe fn load(from: *const f32) -> float32x4_t {
        // SAFETY: see above.
        unsafe { vld1q_f32(from) }
    }

    #[inline(always)]
    unsafe fn store(vector: float32x4_t, to: *mut f32) {
        // SAFETY: see above.
        unsafe { vst1q_f32(to, vector) }
    }

    #[inline(always)]
    unsafe fn multiply_add(a: float32x4_t, b: float32x4_t, c: float32x4_t) -> float32x4_t {
        // SAFETY: see above.
        unsafe { vfmaq_f32(c, a, b) }
    }
}
