//! The vector instructions that the kernels are written over, chosen at run time.
//!
//! Each kernel is one generic function over [`Simd`]; [`with_simd!`] compiles it once for each
//! instruction set and calls the best that the processor has.

/// A set of vector instructions.
///
/// # Safety
///
/// The methods of an implementation may only be called on a processor that has its instructions,
/// from a function compiled for them (so that they are inlined). [`with_simd!`] sees to both.
pub(super) trait Simd {
    /// One register of `f32`.
    type Vector: Copy;
    /// Values in a register.
    const LANES: usize;
    /// Registers side by side in a tile: with `ROWS`, as many accumulators as fit the register
    /// file beside one row of weights and one activation.
    const VECTORS: usize;
    /// Rows of the tallest tile.
    const ROWS: usize;
    /// Whether a fused multiply-add is an instruction (and not a slow library call).
    const FUSED: bool;

    /// The same value in each lane.
    unsafe fn splat(value: f32) -> Self::Vector;
    /// Reads `LANES` values.
    unsafe fn load(from: *const f32) -> Self::Vector;
    /// Writes `LANES` values.
    unsafe fn store(vector: Self::Vector, to: *mut f32);
    /// `a * b + c`.
    unsafe fn multiply_add(a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector;

    /// `a * b + c` where the lanes of `a` and `b` are pairs of bfloat16 and both products of a lane
    /// are added. The default serves tests: no `Isa` without such an instruction chooses pairs.
    #[inline(always)]
    unsafe fn multiply_add_pairs(
        a: Self::Vector,
        b: Self::Vector,
        c: Self::Vector,
    ) -> Self::Vector {
        const MOST: usize = 16;
        let mut lanes = [[0.0_f32; MOST]; 3];
        for (lanes, vector) in lanes.iter_mut().zip([a, b, c]) {
            // SAFETY: the caller has the instructions, and there is room for any register.
            unsafe { Self::store(vector, lanes.as_mut_ptr()) };
        }
        let [a, b, mut c] = lanes;
        let lower = |cell: f32| f32::from_bits(cell.to_bits() << 16);
        let upper = |cell: f32| f32::from_bits(cell.to_bits() & 0xffff_0000);
        for ((c, a), b) in c.iter_mut().zip(a).zip(b) {
            *c += upper(a) * upper(b);
            *c += lower(a) * lower(b);
        }
        // SAFETY: as above.
        unsafe { Self::load(c.as_ptr()) }
    }

    /// `a * b + c` of single values, for loops that the compiler vectorises.
    #[inline(always)]
    fn scalar_multiply_add(a: f32, b: f32, c: f32) -> f32 {
        if Self::FUSED {
            a.mul_add(b, c)
        } else {
            a * b + c
        }
    }
}

/// Runs anywhere; the compiler makes what vectors it can of it.
pub(super) struct Portable;

impl Simd for Portable {
    type Vector = [f32; 4];
    const LANES: usize = 4;
    const VECTORS: usize = 2;
    const ROWS: usize = 4;
    const FUSED: bool = cfg!(any(target_feature = "fma", target_arch = "aarch64"));

    #[inline(always)]
    unsafe fn splat(value: f32) -> [f32; 4] {
        [value; 4]
    }

    #[inline(always)]
    unsafe fn load(from: *const f32) -> [f32; 4] {
        // SAFETY: the caller may read four values from here.
        unsafe { from.cast::<[f32; 4]>().read_unaligned() }
    }

    #[inline(always)]
    unsafe fn store(vector: [f32; 4], to: *mut f32) {
        // SAFETY: the caller may write four values here.
        unsafe { to.cast::<[f32; 4]>().write_unaligned(vector) }
    }

    #[inline(always)]
    unsafe fn multiply_add(a: [f32; 4], b: [f32; 4], c: [f32; 4]) -> [f32; 4] {
        std::array::from_fn(|i| Self::scalar_multiply_add(a[i], b[i], c[i]))
    }
}

#[cfg(target_arch = "aarch64")]
mod arm;
#[cfg(target_arch = "x86_64")]
mod x86;

#[cfg(target_arch = "aarch64")]
pub(super) use arm::Neon;
#[cfg(target_arch = "x86_64")]
pub(super) use x86::{Avx2, Avx512, Avx512Bf16};

/// The instruction sets that the kernels are compiled for, best last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Isa {
    Portable,
    #[cfg(target_arch = "aarch64")]
    Neon,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    #[cfg(target_arch = "x86_64")]
    Avx512,
    #[cfg(target_arch = "x86_64")]
    Avx512Bf16,
}

impl Isa {
    /// All that this processor has, best last.
    pub(crate) fn available() -> impl DoubleEndedIterator<Item = Self> {
        [
            Some(Self::Portable),
            #[cfg(target_arch = "aarch64")]
            std::arch::is_aarch64_feature_detected!("neon").then_some(Self::Neon),
            #[cfg(target_arch = "x86_64")]
            (is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma"))
                .then_some(Self::Avx2),
            #[cfg(target_arch = "x86_64")]
            (is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("fma"))
                .then_some(Self::Avx512),
            #[cfg(target_arch = "x86_64")]
            (is_x86_feature_detected!("avx512bf16") && is_x86_feature_detected!("fma"))
                .then_some(Self::Avx512Bf16),
        ]
        .into_iter()
        .flatten()
    }

    /// The best that this processor has.
    pub(crate) fn best() -> Self {
        Self::available().next_back().unwrap_or(Self::Portable)
    }

    /// The columns of a panel of packed weights: as wide as a tile.
    pub(super) fn panel(self) -> usize {
        fn width<S: Simd>() -> usize {
            S::LANES * S::VECTORS
        }
        match self {
            Self::Portable => width::<Portable>(),
            #[cfg(target_arch = "aarch64")]
            Self::Neon => width::<Neon>(),
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => width::<Avx2>(),
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => width::<Avx512>(),
            #[cfg(target_arch = "x86_64")]
            Self::Avx512Bf16 => width::<Avx512Bf16>(),
        }
    }

    /// Whether it multiplies pairs of bfloat16 in one instruction.
    pub(crate) fn has_pairs(self) -> bool {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Avx512Bf16 => true,
            _ => false,
        }
    }
}

/// `with_simd!(isa, kernel(argument: Type, ...))` calls `kernel::<S>(argument, ...)` compiled for
/// the instructions of `isa`. `kernel` must be `#[inline(always)]` down to the last function that
/// touches a vector.
macro_rules! with_simd {
    ($isa:expr, $kernel:ident($($argument:ident: $type:ty),* $(,)?)) => {{
        use $crate::kernel::simd::{Isa, Portable};
        #[cfg(target_arch = "aarch64")]
        use $crate::kernel::simd::Neon;
        #[cfg(target_arch = "x86_64")]
        use $crate::kernel::simd::{Avx2, Avx512, Avx512Bf16};

        #[cfg(target_arch = "aarch64")]
        #[target_feature(enable = "neon")]
        fn neon($($argument: $type),*) {
            $kernel::<Neon>($($argument),*)
        }
        #[cfg(target_arch = "x86_64")]
        #[target_feature(enable = "avx512bf16,avx512f,avx2,fma")]
        fn avx512_bf16($($argument: $type),*) {
            $kernel::<Avx512Bf16>($($argument),*)
        }
        #[cfg(target_arch = "x86_64")]
        #[target_feature(enable = "avx512f,avx2,fma")]
        fn avx512($($argument: $type),*) {
            $kernel::<Avx512>($($argument),*)
        }
        #[cfg(target_arch = "x86_64")]
        #[target_feature(enable = "avx2,fma")]
        fn avx2($($argument: $type),*) {
            $kernel::<Avx2>($($argument),*)
        }
        match $isa {
            Isa::Portable => $kernel::<Portable>($($argument),*),
            // SAFETY: an `Isa` is made by `Isa::available` alone, which asked the processor.
            #[cfg(target_arch = "aarch64")]
            Isa::Neon => unsafe { neon($($argument),*) },
            // SAFETY: an `Isa` is made by `Isa::available` alone, which asked the processor.
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 => unsafe { avx2($($argument),*) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512 => unsafe { avx512($($argument),*) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512Bf16 => unsafe { avx512_bf16($($argument),*) },
        }
    }};
}
pub(super) use with_simd;
