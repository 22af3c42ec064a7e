//! AVX2 and AVX-512.

use std::arch::x86_64::{
    __m256, __m512, __m512bh, _mm256_fmadd_ps, _mm256_loadu_ps, _mm256_set1_ps, _mm256_storeu_ps,
    _mm512_dpbf16_ps, _mm512_fmadd_ps, _mm512_loadu_ps, _mm512_set1_ps, _mm512_storeu_ps,
};
use std::mem::transmute;

use super::Simd;

/// Implements [`Simd`] by intrinsics; in braces, what one set has of its own.
macro_rules! x86_simd {
    ($name:ident, $vector:ty, $lanes:literal, $vectors:literal, $splat:ident, $load:ident,
     $store:ident, $multiply_add:ident, { $($own:item)* }) => {
        pub(in super::super) struct $name;

        // SAFETY (of each method): the trait's contract gives the instructions and, for loads
        // and stores, the values behind the pointer; none of them needs alignment.
        impl Simd for $name {
            type Vector = $vector;
            const LANES: usize = $lanes;
            const VECTORS: usize = $vectors;
            const ROWS: usize = 6;
            const FUSED: bool = true;

            #[inline(always)]
            unsafe fn splat(value: f32) -> $vector {
                // SAFETY: see above.
                unsafe { $splat(value) }
            }

            #[inline(always)]
            unsafe fn load(from: *const f32) -> $vector {
                // SAFETY: see above.
                unsafe { $load(from) }
            }

            #[inline(always)]
            unsafe fn store(vector: $vector, to: *mut f32) {
                // SAFETY: see above.
                unsafe { $store(to, vector) }
            }

            #[inline(always)]
            unsafe fn multiply_add(a: $vector, b: $vector, c: $vector) -> $vector {
                // SAFETY: see above.
                unsafe { $multiply_add(a, b, c) }
            }

            $($own)*
        }
    };
}

// 16 registers: 12 accumulators, 2 weights, 1 activation.
x86_simd!(
    Avx2,
    __m256,
    8,
    2,
    _mm256_set1_ps,
    _mm256_loadu_ps,
    _mm256_storeu_ps,
    _mm256_fmadd_ps,
    {}
);
// 32 registers: 24, 4 and 1.
x86_simd!(
    Avx512,
    __m512,
    16,
    4,
    _mm512_set1_ps,
    _mm512_loadu_ps,
    _mm512_storeu_ps,
    _mm512_fmadd_ps,
    {}
);
x86_simd!(
    Avx512Bf16,
    __m512,
    16,
    4,
    _mm512_set1_ps,
    _mm512_loadu_ps,
    _mm512_storeu_ps,
    _mm512_fmadd_ps,
    {
        #[inline(always)]
        unsafe fn multiply_add_pairs(a: __m512, b: __m512, c: __m512) -> __m512 {
            // SAFETY: the caller has the instruction; the types have one size and no invalid bits.
            unsafe {
                let pairs = |cells| transmute::<__m512, __m512bh>(cells);
                _mm512_dpbf16_ps(c, pairs(a), pairs(b))
            }
        }
    }
);
