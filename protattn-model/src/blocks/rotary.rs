//! Rotary positions (Su et al., arXiv 2104.09864, section 3.2).

use crate::checkpoint::Checkpoint;
use crate::error::Error;

/// Turns each pair (i, i + head_width / 2) of a query or key by an angle that grows with its
/// token's position, so that their product depends on how far apart two tokens are.
pub(crate) struct Rotary {
    /// The angle from one position to the next, for each pair.
    frequencies: Vec<f32>,
}

impl Rotary {
    /// The frequencies stored under the first of these names that there is, or else
    /// `theta^(-2i / head_width)` (the paper's equation 15), in single precision as models are
    /// trained with.
    ///
    /// Stored ones are followed because they can differ: some were rounded to half precision
    /// before training.
    pub(crate) fn load(
        checkpoint: &mut Checkpoint<'_>,
        names: &[&str],
        head_width: usize,
        theta: f32,
    ) -> Result<Self, Error> {
        for name in names {
            if let Some(frequencies) = checkpoint.constants(name, head_width / 2)? {
                let frequencies = frequencies.to_vec();
                return Ok(Self { frequencies });
            }
        }
        let frequency = |i: usize| 1.0 / theta.powf(2.0 * i as f32 / head_width as f32);
        Ok(Self {
            frequencies: (0..head_width / 2).map(frequency).collect(),
        })
    }

    /// Cosines and sines of a token.
    pub(crate) fn width(&self) -> usize {
        2 * self.frequencies.len()
    }

    /// Fills `turns` [token, cosines | sines], for tokens in a row from position 0.
    pub(crate) fn turns(&self, turns: &mut [f32]) {
        for (position, turns) in turns.chunks_exact_mut(self.width()).enumerate() {
            let (cosines, sines) = turns.split_at_mut(self.frequencies.len());
            for ((cos, sin), frequency) in cosines.iter_mut().zip(sines).zip(&self.frequencies) {
                let angle = position as f32 * frequency;
                (*cos, *sin) = (angle.cos(), angle.sin());
            }
        }
    }
}

/// Turns the first `width` columns of `rows` [token, column], which hold whole heads, by
/// what [`turns`](Rotary::turns) gave.
pub(super) fn turn(
    rows: &mut [f32],
    columns: usize,
    width: usize,
    head_width: usize,
    turns: &[f32],
) {
    let turns = turns.chunks_exact(head_width);
    for (row, turn) in rows.chunks_exact_mut(columns).zip(turns) {
        let (cosines, sines) = turn.split_at(head_width / 2);
        for head in row[..width].chunks_exact_mut(head_width) {
            let (first, second) = head.split_at_mut(head_width / 2);
            let pairs = first.iter_mut().zip(second);
            for ((a, b), (cos, sin)) in pairs.zip(cosines.iter().zip(sines)) {
                (*a, *b) = (*a * cos - *b * sin, *b * cos + *a * sin);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn the_halves_of_a_head_are_turned_against_each_other() {
        // Theta 16 and width 4: the pairs (0, 2) and (1, 3) turn by 1 and 1/4 a position.
        let rotary = Rotary::load(&mut Checkpoint::random(1), &["inv_freq"], 4, 16.0).unwrap();
        let mut turns = [f32::NAN; 3 * 4];
        rotary.turns(&mut turns);
        // Two heads to be turned, and a column that is not.
        let row = [1.0, 0.0, 0.0, 2.0, 0.0, 1.0, 3.0, 0.0, 9.0];
        let mut rows = row.repeat(3);
        turn(&mut rows, 9, 8, 4, &turns);
        assert_eq!(rows[..9], row);
        for position in 1..3 {
            let angle = position as f32;
            let (sin, cos) = angle.sin_cos();
            let (slow_sin, slow_cos) = (angle / 4.0).sin_cos();
            let expected = [
                cos,
                -2.0 * slow_sin,
                sin,
                2.0 * slow_cos,
                -3.0 * sin,
                slow_cos,
                3.0 * cos,
                slow_sin,
                9.0,
            ];
            for (found, expected) in rows[position * 9..].iter().zip(expected) {
                assert!((found - expected).abs() < 1e-6, "{found} {expected}");
            }
        }
    }
}
