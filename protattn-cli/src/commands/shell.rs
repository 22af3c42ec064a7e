//! Completions for shells and manual pages, from the definitions of the arguments.

use std::io::Write;

use anyhow::{Context, Result};
use clap::CommandFactory;

use crate::args::{Cli, CompletionsArgs, ManArgs};
use crate::output;
use crate::terminal::ending::{Outcome, tell};

/// Prints the completions for one shell.
pub(crate) fn completions(args: &CompletionsArgs) -> Result<Outcome> {
    let mut command = Cli::command();
    let name = command.get_name().to_owned();
    // In memory first: the generator panics where a pipe is closed early.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command, name, &mut script);
    std::io::stdout().write_all(&script)?;
    Ok(Outcome::Done)
}

/// Writes a manual page for the command and for each of its subcommands.
pub(crate) fn man(args: &ManArgs) -> Result<Outcome> {
    output::prepare(&args.output)?;
    clap_mangen::generate_to(Cli::command(), &args.output)
        .with_context(|| format!("{}: cannot write manual pages", args.output.display()))?;
    tell(&format!(
        "manual pages are in {}: `man {}`",
        args.output.display(),
        args.output.join("protattn.1").display()
    ));
    Ok(Outcome::Done)
}
