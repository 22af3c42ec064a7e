//! Pseudo-random numbers that are the same on every platform: they depend on a seed alone.
//!
//! ```
//! use protattn_io::random::SplitMix64;
//!
//! let mut random = SplitMix64::new(1);
//! let mut residues = ['M', 'K', 'T', 'A'];
//! random.shuffle(&mut residues);
//! assert_eq!(residues, ['M', 'K', 'A', 'T']);
//! assert_eq!([random.below(10), random.below(10)], [4, 4]);
//! assert!((0.0..1.0).contains(&random.unit()));
//! ```

/// What the state moves on by: 2⁶⁴ over the golden ratio.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// The generator of Steele, Lea and Flood (OOPSLA 2014, doi 10.1145/2660193.2660195).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SplitMix64(u64);

impl SplitMix64 {
    /// The generator at the start of the sequence of this seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number of the sequence, any of them as likely.
    pub fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(STEP);
        mix(self.0)
    }

    /// A number in [0, 1), a multiple of 2⁻⁵³.
    pub fn unit(&mut self) -> f64 {
        fraction(self.next_u64())
    }

    /// One of 0 to `n` - 1, each as likely: the upper half of a product of 128 bits, drawn again
    /// where the lower half would favour some (Lemire 2019, doi 10.1145/3230636). 0 if `n` is 0.
    pub fn below(&mut self, n: usize) -> usize {
        let n = n as u64;
        let surplus = n.wrapping_neg().checked_rem(n).unwrap_or(0);
        loop {
            let product = u128::from(self.next_u64()) * u128::from(n);
            if product as u64 >= surplus {
                return (product >> 64) as usize;
            }
        }
    }

    /// Puts the values into a random order, each as likely (Fisher and Yates, from the last down).
    pub fn shuffle<T>(&mut self, values: &mut [T]) {
        for last in (1..values.len()).rev() {
            values.swap(last, self.below(last + 1));
        }
    }
}

/// The finaliser of [`SplitMix64`]: gives each number another one, in which every bit depends on all
/// bits of the first.
pub fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A number in [0, 1), a multiple of 2⁻⁵³, that depends on the seed and the keys in their order, and
/// on nothing else: not on how many were drawn before.
pub fn unit(seed: u64, keys: &[u64]) -> f64 {
    let first = |seed| SplitMix64::new(seed).next_u64();
    let hash = keys.iter().fold(first(seed), |hash, key| {
        mix(hash.wrapping_add(STEP) ^ first(*key))
    });
    fraction(hash)
}

/// The upper 53 bits, as many as a double has, as a fraction.
fn fraction(bits: u64) -> f64 {
    (bits >> 11) as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generator_is_the_published_one() {
        // The first values for seed 1234567 of the reference implementation in C.
        let mut random = SplitMix64::new(1_234_567);
        assert_eq!(random.next_u64(), 6_457_827_717_110_365_317);
        assert_eq!(random.next_u64(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn bounded_draws_are_as_likely_each() {
        let mut random = SplitMix64::new(7);
        let mut counts = [0_u32; 7];
        for _ in 0..70_000 {
            counts[random.below(7)] += 1;
        }
        // Five standard deviations of a binomial of 70,000 draws at 1/7.
        assert!(
            counts.iter().all(|&count| count.abs_diff(10_000) < 5 * 93),
            "{counts:?}"
        );
        assert_eq!(random.below(1), 0);
        assert_eq!(random.below(0), 0);
    }

    #[cfg(target_pointer_width = "64")]
    #[test]
    fn no_number_of_a_huge_range_is_favoured() {
        // Of 3 x 2^62, every third number would come up twice as often without the second draw.
        let mut random = SplitMix64::new(13);
        let mut counts = [0_u32; 3];
        for _ in 0..30_000 {
            counts[random.below(3 << 62) % 3] += 1;
        }
        // Five standard deviations of a binomial of 30,000 draws at 1/3.
        assert!(
            counts.iter().all(|&count| count.abs_diff(10_000) < 5 * 82),
            "{counts:?}"
        );
    }

    #[test]
    fn every_order_of_three_is_as_likely() {
        let mut random = SplitMix64::new(11);
        let mut counts = std::collections::BTreeMap::new();
        for _ in 0..60_000 {
            let mut order = [0, 1, 2];
            random.shuffle(&mut order);
            *counts.entry(order).or_insert(0_u32) += 1;
        }
        assert_eq!(counts.len(), 6);
        assert!(
            counts
                .values()
                .all(|&count| count.abs_diff(10_000) < 5 * 92),
            "{counts:?}"
        );
    }

    #[test]
    fn units_are_spread_evenly_and_keys_are_not_interchangeable() {
        let mean = (0..10_000).map(|key| unit(3, &[key, 1])).sum::<f64>() / 1e4;
        assert!((mean - 0.5).abs() < 0.01, "{mean}");
        assert_ne!(unit(3, &[1, 2]), unit(3, &[2, 1]));
        assert_ne!(unit(3, &[1, 2]), unit(4, &[1, 2]));
        assert_eq!(unit(3, &[]), SplitMix64::new(3).unit());
    }
}
