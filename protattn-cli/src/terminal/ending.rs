//! How a command ends, and what it says on the way.

use std::fmt;
use std::io::Write;

/// How a command that did not fail ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Done,
    /// Done, but some records were skipped and `--strict` was given.
    Skipped,
}

/// An argument that clap accepted and the run cannot.
#[derive(Debug)]
pub(crate) struct Usage(pub(crate) String);

impl Usage {
    /// What is wrong with a flag.
    pub(crate) fn of(flag: &str, problem: impl fmt::Display) -> anyhow::Error {
        Self(format!("{flag}: {problem}")).into()
    }
}

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Usage {}

/// Says something to the person at the terminal. Nobody is left to tell if that fails.
pub(crate) fn tell(message: &str) {
    let _ = writeln!(std::io::stderr(), "{message}");
}
