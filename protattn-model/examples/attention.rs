//! Prints the pair of residues that the attention of a model joins most strongly.
//!
//! ```text
//! cargo run --release --example attention -- path/to/prot_bert MKTAYIAKQRQISFVKSHFSRQ
//! ```

#![allow(clippy::print_stdout)]

use std::env;
use std::error::Error;

use protattn_model::ndarray::ArrayView3;
use protattn_model::{Model, Output, Sink, SinkError, Workspace};

/// Neighbours attend to each other in every model; pairs nearer than this are passed over.
const MIN_SEPARATION: usize = 6;

/// The strongest attention seen, and where.
#[derive(Default)]
struct Strongest {
    attention: f32,
    layer: usize,
    /// Head, from, to.
    place: (usize, usize, usize),
}

impl Sink for Strongest {
    fn wants(&self, output: Output) -> bool {
        matches!(output, Output::Attention { .. })
    }

    fn attention(&mut self, layer: usize, attention: ArrayView3<'_, f32>) -> Result<(), SinkError> {
        for (place @ (_, from, to), &value) in attention.indexed_iter() {
            if from.abs_diff(to) >= MIN_SEPARATION && value > self.attention {
                *self = Self {
                    attention: value,
                    layer,
                    place,
                };
            }
        }
        Ok(())
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let (Some(folder), Some(sequence)) = (arguments.next(), arguments.next()) else {
        return Err("give the folder of a model and a sequence".into());
    };
    let model = Model::load(&folder)?;
    let tokens = model.tokenizer().encode(&sequence, None)?;
    let mut strongest = Strongest::default();
    model.forward(&tokens, &mut Workspace::new(), &mut strongest)?;

    let (head, from, to) = strongest.place;
    let residues: Vec<char> = sequence.chars().collect();
    println!(
        "{}: {}{} attends to {}{} with {:.3} in head {}-{}",
        model.info().name,
        residues[from],
        from + 1,
        residues[to],
        to + 1,
        strongest.attention,
        strongest.layer + 1,
        head + 1,
    );
    Ok(())
}
