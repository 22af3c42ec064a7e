//! Fetches a model from the Hugging Face hub, unless it is in the cache, and says what it is.
//!
//! ```sh
//! cargo run --release --features hub --example fetch -- esm2-8m
//! cargo run --release --features hub --example fetch -- Rostlab/prot_bert_bfd refs/pr/2
//! ```

#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::env;
use std::error::Error;

use protattn_model::hub::{self, Event, Options};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let name = arguments.next().ok_or("give a model's id or short name")?;
    let revision = arguments.next();
    let options = Options::from_env()?;
    let snapshot = hub::resolve(
        &name,
        revision.as_deref(),
        &options,
        &mut |event| match event {
            Event::File { name, size, have } => eprintln!("{name}: {size} bytes, {have} are here"),
            Event::Retrying { name, reason } => eprintln!("{name}: {reason}; once more"),
            Event::Waiting { name } => eprintln!("{name}: another process fetches it"),
            _ => {}
        },
    )?;
    println!("{}", snapshot.folder.display());
    if let (Some(id), Some(commit)) = (snapshot.id, snapshot.commit) {
        println!("{id}, commit {commit}");
    }
    Ok(())
}
