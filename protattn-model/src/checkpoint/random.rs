//! Weights drawn at random.

use std::f64::consts::TAU;

use protattn_io::hash::fnv1a;
use protattn_io::random::SplitMix64;

/// The standard deviation that most models are initialised with (Devlin et al., the published
/// code's `initializer_range`; the default of transformers 5.23 for every family here but T5).
const DEVIATION: f64 = 0.02;

/// Draws each tensor from its name and a seed, so that the order of loading does not matter.
pub(super) struct Random {
    seed: u64,
    /// The standard deviation of a tensor, by its name.
    deviation: Box<dyn Fn(&str) -> f64>,
}

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            seed,
            deviation: Box::new(|_| DEVIATION),
        }
    }

    /// Draws each tensor with the standard deviation that its name gives.
    pub(super) fn draw_by(&mut self, deviation: impl Fn(&str) -> f64 + 'static) {
        self.deviation = Box::new(deviation);
    }

    /// Values from a normal distribution of mean 0, by the method of Box and Muller (1958).
    pub(super) fn normal(&self, name: &str, count: usize) -> Vec<f32> {
        let deviation = (self.deviation)(name);
        let mut generator = SplitMix64::new(self.seed ^ fnv1a(name.bytes()));
        let mut values = Vec::with_capacity(count + 1);
        while values.len() < count {
            let radius = deviation * (-2.0 * unit(&mut generator).ln()).sqrt();
            let (sin, cos) = (TAU * unit(&mut generator)).sin_cos();
            values.extend([(radius * cos) as f32, (radius * sin) as f32]);
        }
        values.truncate(count);
        values
    }
}

/// Uniform in (0, 1]: never 0, whose logarithm is infinite.
fn unit(generator: &mut SplitMix64) -> f64 {
    // A step of the generator's numbers, and so exact.
    generator.unit() + f64::EPSILON / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_the_right_mean_and_deviation() {
        let mut random = Random::new(1);
        for expected in [0.02, 3.0] {
            let values = random.normal("a", 100_001);
            assert_eq!(values.len(), 100_001);
            let n = values.len() as f64;
            let mean = values.iter().map(|&v| f64::from(v)).sum::<f64>() / n;
            let variance = values.iter().map(|&v| f64::from(v).powi(2)).sum::<f64>() / n;
            // Five standard errors of each.
            assert!(mean.abs() < 5.0 * expected / n.sqrt());
            assert!((variance.sqrt() / expected - 1.0).abs() < 5.0 / (2.0 * n).sqrt());
            random.draw_by(|name| if name == "a" { 3.0 } else { 0.0 });
        }
    }

    #[test]
    fn name_and_seed_both_matter() {
        let draw = |seed, name| Random::new(seed).normal(name, 8);
        assert_eq!(draw(1, "a"), draw(1, "a"));
        assert_ne!(draw(1, "a"), draw(1, "b"));
        assert_ne!(draw(1, "a"), draw(2, "a"));
    }
}
