//! Numbers that depend on a seed alone (SplitMix64: Steele, Lea and Flood 2014, OOPSLA, figure 17).

const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// A number in [0, 1) that depends on the seed and the keys, and on nothing else.
pub(crate) fn unit(seed: u64, keys: &[u64]) -> f64 {
    let hash = keys.iter().fold(mix(seed.wrapping_add(STEP)), |hash, key| {
        mix(hash.wrapping_add(STEP) ^ mix(key.wrapping_add(STEP)))
    });
    (hash >> 11) as f64 / (1_u64 << 53) as f64
}

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sequence_is_that_of_the_reference() {
        // The first numbers of the public-domain C code by Vigna for the seed 1234567.
        let state = 1_234_567_u64.wrapping_add(STEP);
        assert_eq!(mix(state), 6_457_827_717_110_365_317);
        assert_eq!(mix(state.wrapping_add(STEP)), 3_203_168_211_198_807_973);
    }

    #[test]
    fn units_are_spread_evenly_and_keys_are_not_interchangeable() {
        let mean = (0..10_000).map(|key| unit(3, &[key, 1])).sum::<f64>() / 1e4;
        assert!((mean - 0.5).abs() < 0.01, "{mean}");
        assert_ne!(unit(3, &[1, 2]), unit(3, &[2, 1]));
        assert_ne!(unit(3, &[1, 2]), unit(4, &[1, 2]));
    }
}
