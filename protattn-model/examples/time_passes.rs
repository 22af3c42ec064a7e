//! Times forward passes with all attention read out, a worker a core, as `protattn align` runs them.
//!
//! `cargo run --release --example time_passes -- FOLDER RESIDUES PASSES WORKERS` prints the seconds
//! a pass, over the passes of all workers together; loading is not counted.

use std::error::Error;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use ndarray::ArrayView3;
use protattn_model::{Model, Output, Sink, SinkError, Workspace, ndarray};

/// Looks at all attention once, as a sink that counts would.
#[derive(Default)]
struct Count(usize);

impl Sink for Count {
    fn wants(&self, output: Output) -> bool {
        matches!(output, Output::Attention { .. })
    }

    fn attention(&mut self, _: usize, attention: ArrayView3<'_, f32>) -> Result<(), SinkError> {
        self.0 += attention
            .rows()
            .into_iter()
            .map(|row| row.iter().filter(|a| **a >= 0.3).count())
            .sum::<usize>();
        Ok(())
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, numbers @ ..] = &arguments[..] else {
        return Err("usage: time_passes FOLDER RESIDUES PASSES WORKERS".into());
    };
    let numbers: Vec<usize> = numbers
        .iter()
        .map(|n| n.parse())
        .collect::<Result<_, _>>()?;
    let [residues, passes, workers] = numbers[..] else {
        return Err("usage: time_passes FOLDER RESIDUES PASSES WORKERS".into());
    };
    let model = Model::load(folder)?;
    let letters = b"LAGVESIKRDTPNQFYMHCW";
    let sequence: String = (0..residues)
        .map(|i| char::from(letters[i * i % 20]))
        .collect();
    let tokens = model.tokenizer().encode(&sequence, None)?;
    let left = AtomicUsize::new(passes);
    let work = || {
        let mut workspace = Workspace::new();
        while left
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| n.checked_sub(1))
            .is_ok()
        {
            model.forward(&tokens, &mut workspace, &mut Count::default())?;
        }
        Ok::<(), protattn_model::Error>(())
    };
    let start = Instant::now();
    std::thread::scope(|scope| -> Result<(), Box<dyn Error>> {
        let handles: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        for handle in handles {
            handle.join().map_err(|_| "a worker panicked")??;
        }
        Ok(())
    })?;
    #[allow(clippy::print_stdout)]
    {
        println!("{}", start.elapsed().as_secs_f64() / passes as f64);
    }
    Ok(())
}
