//! Measures how many fused multiply-adds in single precision the processor can do, in registers alone:
//! the peak that no forward pass can go beyond.
//!
//! ```sh
//! cargo run --release --example fma_peak -- THREADS [SECONDS]
//! ```
//!
//! prints a line of JSON: the GFLOP a second of all threads together, which run at the same time (two
//! operations for each multiply-add), and the instructions used.

#![allow(clippy::print_stdout)]

use std::error::Error;
use std::hint::black_box;
use std::sync::Barrier;
use std::time::{Duration, Instant};

/// Chains of multiply-adds side by side. Two instructions a cycle that take five cycles keep ten in
/// flight, and twelve leave room for the operands in sixteen registers.
const CHAINS: usize = 12;
/// Multiply-adds of each chain between two looks at the clock.
const STEPS: usize = 100_000;
/// Where each chain goes towards 1: no value overflows or comes near the subnormal numbers, which
/// are slow.
const SCALE: f32 = 0.75;
const SHIFT: f32 = 0.25;

/// Instructions to measure.
struct Instructions {
    name: &'static str,
    /// Values in a register.
    lanes: usize,
    /// Runs all chains for so many steps.
    run: fn(usize),
}

impl Instructions {
    /// The widest that this processor has.
    #[cfg(target_arch = "x86_64")]
    fn best() -> Self {
        if is_x86_feature_detected!("avx512f") {
            return Self {
                name: "AVX-512",
                lanes: 16,
                // SAFETY: AVX-512 F has just been detected.
                run: |steps| unsafe { x86::avx512(steps) },
            };
        }
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            return Self {
                name: "AVX2 and FMA",
                lanes: 8,
                // SAFETY: AVX2 and FMA have just been detected.
                run: |steps| unsafe { x86::avx2(steps) },
            };
        }
        Self::portable()
    }

    #[cfg(not(target_arch = "x86_64"))]
    fn best() -> Self {
        Self::portable()
    }

    fn portable() -> Self {
        let name = if cfg!(any(target_feature = "fma", target_arch = "aarch64")) {
            "what the compiler makes of mul_add"
        } else {
            "mul_add as a library call: no peak"
        };
        Self {
            name,
            lanes: portable::LANES,
            run: portable::run,
        }
    }

    /// GFLOP a second of one thread over at least this long.
    fn rate(&self, least: Duration) -> f64 {
        let mut rounds = 0_usize;
        let start = Instant::now();
        while start.elapsed() < least {
            (self.run)(black_box(STEPS));
            rounds += 1;
        }
        let operations = 2 * rounds * STEPS * CHAINS * self.lanes;
        operations as f64 / start.elapsed().as_secs_f64() / 1e9
    }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::{
        _mm256_fmadd_ps, _mm256_set1_ps, _mm256_setzero_ps, _mm512_fmadd_ps, _mm512_set1_ps,
        _mm512_setzero_ps,
    };
    use std::hint::black_box;

    use super::{CHAINS, SCALE, SHIFT};

    #[target_feature(enable = "avx2,fma")]
    pub(super) fn avx2(steps: usize) {
        let scale = _mm256_set1_ps(black_box(SCALE));
        let shift = _mm256_set1_ps(black_box(SHIFT));
        let mut chains = [_mm256_setzero_ps(); CHAINS];
        for _ in 0..steps {
            for chain in &mut chains {
                *chain = _mm256_fmadd_ps(*chain, scale, shift);
            }
        }
        black_box(chains);
    }

    #[target_feature(enable = "avx512f")]
    pub(super) fn avx512(steps: usize) {
        let scale = _mm512_set1_ps(black_box(SCALE));
        let shift = _mm512_set1_ps(black_box(SHIFT));
        let mut chains = [_mm512_setzero_ps(); CHAINS];
        for _ in 0..steps {
            for chain in &mut chains {
                *chain = _mm512_fmadd_ps(*chain, scale, shift);
            }
        }
        black_box(chains);
    }
}

mod portable {
    use std::hint::black_box;

    use super::{CHAINS, SCALE, SHIFT};

    pub(super) const LANES: usize = 4;

    pub(super) fn run(steps: usize) {
        let (scale, shift) = (black_box(SCALE), black_box(SHIFT));
        let mut chains = [[0.0_f32; LANES]; CHAINS];
        for _ in 0..steps {
            for value in chains.as_flattened_mut() {
                *value = value.mul_add(scale, shift);
            }
        }
        black_box(chains);
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    const USAGE: &str = "usage: fma_peak THREADS [SECONDS]";
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (threads, seconds) = match &arguments[..] {
        [threads] => (threads.parse()?, 0.3),
        [threads, seconds] => (threads.parse()?, seconds.parse()?),
        _ => return Err(USAGE.into()),
    };
    let least = Duration::try_from_secs_f64(seconds)?;
    let instructions = Instructions::best();
    let all_are_there = Barrier::new(threads);
    let rates = std::thread::scope(|scope| {
        let run = || {
            all_are_there.wait();
            // The clock of a processor that rests is slow.
            instructions.rate(least / 4);
            instructions.rate(least)
        };
        let handles: Vec<_> = (0..threads).map(|_| scope.spawn(run)).collect();
        handles
            .into_iter()
            .map(|handle| handle.join().map_err(|_| "a thread panicked"))
            .collect::<Result<Vec<f64>, _>>()
    })?;
    let result = serde_json::json!({
        "gflop_per_second": rates.iter().sum::<f64>(),
        "threads": threads,
        "instructions": instructions.name,
    });
    println!("{result}");
    Ok(())
}
