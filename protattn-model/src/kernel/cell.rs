//! What a product multiplies: single numbers, or pairs of bfloat16; and how they are kept in memory.

use super::simd::Simd;

/// Two neighbouring inputs in bfloat16, the first in the lower half.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(transparent)]
pub(crate) struct Pair(u32);

/// A number in bfloat16: the upper half of an `f32`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(transparent)]
pub(super) struct Half(u16);

/// 32 bits of either operand of a product, so that one loop serves all of them.
pub(super) trait Cell: Copy + Sync {
    /// The bits, as a register of `f32` holds them.
    fn bits(self) -> f32;

    /// Adds the products of two registers of cells to one of sums.
    ///
    /// # Safety
    ///
    /// As for the methods of [`Simd`].
    unsafe fn multiply_add<S: Simd>(a: S::Vector, b: S::Vector, sums: S::Vector) -> S::Vector;
}

impl Cell for f32 {
    #[inline(always)]
    fn bits(self) -> f32 {
        self
    }

    #[inline(always)]
    unsafe fn multiply_add<S: Simd>(a: S::Vector, b: S::Vector, sums: S::Vector) -> S::Vector {
        // SAFETY: the caller has the instructions.
        unsafe { S::multiply_add(a, b, sums) }
    }
}

impl Cell for Pair {
    #[inline(always)]
    fn bits(self) -> f32 {
        f32::from_bits(self.0)
    }

    #[inline(always)]
    unsafe fn multiply_add<S: Simd>(a: S::Vector, b: S::Vector, sums: S::Vector) -> S::Vector {
        // SAFETY: the caller has the instructions.
        unsafe { S::multiply_add_pairs(a, b, sums) }
    }
}

/// A format of packed weights.
pub(super) trait Stored: Copy + Default + Send + Sync {
    /// What they are multiplied as.
    type Cell: Cell + Default;
    /// Weights in one of these.
    const WEIGHTS: usize;

    /// Of as many neighbouring weights as there are in one, or of fewer at the end of a row.
    fn pack(weights: &[f32]) -> Self;
    /// What is multiplied.
    fn cell(self) -> Self::Cell;
    /// All of them as what is multiplied, if they lie in memory so.
    fn as_cells(packed: &[Self]) -> Option<&[Self::Cell]>;
}

impl Stored for f32 {
    type Cell = Self;
    const WEIGHTS: usize = 1;

    #[inline(always)]
    fn pack(weights: &[f32]) -> Self {
        weights[0]
    }

    #[inline(always)]
    fn cell(self) -> Self {
        self
    }

    fn as_cells(packed: &[Self]) -> Option<&[Self]> {
        Some(packed)
    }
}

/// Widened a block at a time, just before they are used.
impl Stored for Half {
    type Cell = f32;
    const WEIGHTS: usize = 1;

    #[inline(always)]
    fn pack(weights: &[f32]) -> Self {
        Self(round(weights[0]) as u16)
    }

    #[inline(always)]
    fn cell(self) -> f32 {
        f32::from_bits(u32::from(self.0) << 16)
    }

    fn as_cells(_: &[Self]) -> Option<&[f32]> {
        None
    }
}

impl Stored for Pair {
    type Cell = Self;
    const WEIGHTS: usize = 2;

    #[inline(always)]
    fn pack(weights: &[f32]) -> Self {
        let second = weights.get(1).map_or(0, |weight| round(*weight));
        Self(round(weights[0]) | second << 16)
    }

    #[inline(always)]
    fn cell(self) -> Self {
        self
    }

    fn as_cells(packed: &[Self]) -> Option<&[Self]> {
        Some(packed)
    }
}

/// The bits of the nearest bfloat16, of two the even one; a NaN stays one.
#[inline(always)]
fn round(x: f32) -> u32 {
    const NAN: u32 = 0x7fc0;
    let bits = x.to_bits();
    let to_even = 0x7fff + (bits >> 16 & 1);
    // Only a NaN can wrap.
    let rounded = bits.wrapping_add(to_even) >> 16;
    if x.is_nan() { NAN } else { rounded }
}

/// The pairs in a row of so many inputs: a last one alone is paired with 0.
pub(crate) fn n_pairs(inputs: usize) -> usize {
    inputs.div_ceil(Pair::WEIGHTS)
}

/// Rounds the rows of `x` [row, input] to `pairs` [row, pair].
#[inline(always)]
pub(super) fn pair_rows<S: Simd>(x: &[f32], inputs: usize, pairs: &mut [Pair]) {
    let rows = x.chunks_exact(inputs);
    for (row, pairs) in rows.zip(pairs.chunks_exact_mut(n_pairs(inputs))) {
        let (whole, rest) = row.as_chunks::<2>();
        for (pair, inputs) in pairs.iter_mut().zip(whole) {
            *pair = Pair::pack(inputs);
        }
        if !rest.is_empty() {
            pairs[whole.len()] = Pair::pack(rest);
        }
    }
}

#[cfg(test)]
mod tests {
    use half::bf16;

    use super::*;

    #[test]
    fn rounding_is_to_the_nearest_and_of_two_to_the_even() {
        let bits = (0..=u32::MAX).step_by(9973);
        let halfway = (0..=0xffff).map(|upper: u32| upper << 16 | 0x8000);
        for x in bits.chain(halfway).map(f32::from_bits) {
            let (found, expected) = (Half::pack(&[x]).cell(), bf16::from_f32(x).to_f32());
            assert!(
                found.to_bits() == expected.to_bits() || found.is_nan() && expected.is_nan(),
                "{x:e}: {found:e} {expected:e}"
            );
        }
    }

    #[test]
    fn the_first_of_a_pair_is_in_the_lower_half() {
        assert_eq!(Pair::pack(&[1.0, -2.0]), Pair(0xc000_3f80));
        assert_eq!(Pair::pack(&[1.0]), Pair(0x3f80));
        let mut pairs = [Pair(7); 4];
        pair_rows::<super::super::simd::Portable>(&[1.0, 0.0, 2.0, 0.0, 1.0, -2.0], 3, &mut pairs);
        assert_eq!(pairs, [0x3f80, 0x4000, 0x3f80_0000, 0xc000].map(Pair));
    }
}
