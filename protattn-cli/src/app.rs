//! The command line, with whatever properties it was given.

use std::ffi::OsString;
use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;
use protattn_metrics::{Metric, Property};
use protattn_model::run;

use crate::args::{Cli, Command, DataCommand, ModelCommand};
use crate::own::Own;
use crate::running::Invocation;
use crate::terminal::ending::{Outcome, Usage, tell};
use crate::terminal::interrupt;
use crate::{
    commands::{align, attention, contacts, demo, merge, model, probe, repeat, shell, view},
    data, report,
};

/// The command `protattn`: the built-in properties and metrics, and any of your own.
#[derive(Default)]
pub struct App {
    own: Own,
}

impl App {
    /// The command with what is built in.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a property. One of the name of an earlier or built-in one replaces it.
    #[must_use]
    pub fn property(mut self, property: impl Property + 'static) -> Self {
        let known = &mut self.own.properties;
        known.retain(|known| known.name() != property.name());
        known.push(Box::new(property));
        self
    }

    /// Adds a metric, which every `align` then takes. One of the name of an earlier or built-in one
    /// replaces it.
    #[must_use]
    pub fn metric(mut self, metric: impl Metric + 'static) -> Self {
        let known = &mut self.own.metrics;
        known.retain(|known| known.name() != metric.name());
        known.push(Box::new(metric));
        self
    }

    /// Runs the command line of this process.
    ///
    /// The status is 0 when all is done, 1 when the run failed, 2 for bad arguments, 3 when all is
    /// done but records were skipped and `--strict` was given, and 130 when the run was interrupted.
    #[must_use]
    pub fn run(self) -> ExitCode {
        self.run_from(std::env::args_os())
    }

    /// Runs the command line `arguments`, program name first.
    #[must_use]
    pub fn run_from<I>(self, arguments: I) -> ExitCode
    where
        I: IntoIterator,
        I::Item: Into<OsString> + Clone,
    {
        let arguments: Vec<OsString> = arguments.into_iter().map(Into::into).collect();
        let cli = match Cli::try_parse_from(&arguments) {
            Ok(cli) => cli,
            Err(error) => {
                // Help goes to stdout with status 0, mistakes to stderr with 2. Nobody is left to
                // tell if that fails.
                let _ = error.print();
                return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
            }
        };
        let command = arguments
            .iter()
            .map(|a| a.to_string_lossy().into_owned())
            .collect();
        protattn_io::limits::raise(cli.raise_limits);
        match self.dispatch(cli.command, command) {
            Ok(Outcome::Done) => ExitCode::SUCCESS,
            Ok(Outcome::Skipped) => ExitCode::from(3),
            Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
            Err(error) => ended(&error),
        }
    }

    fn dispatch(self, command: Command, line: Vec<String>) -> Result<Outcome> {
        match command {
            Command::Demo(args) => demo::run(&args, self.own, &line),
            Command::Align(args) => align::run(&args, self.own, Invocation::new(line)),
            Command::Probe(args) => probe::run(&args, self.own, Invocation::new(line)),
            Command::Contacts(args) => contacts::run(&args, Invocation::new(line)),
            Command::Attention(args) => attention::run(&args),
            Command::View(args) => view::run(&args, line),
            Command::Merge(args) => merge::run(&args, line),
            Command::Repeat(args) => repeat::run(args, self.own, line),
            Command::Report(args) => report::run(&args),
            Command::Model(ModelCommand::Info(args)) => model::info(&args),
            Command::Model(ModelCommand::Fetch(args)) => model::fetch(&args),
            Command::Model(ModelCommand::Convert(args)) => model::convert(&args),
            Command::Model(ModelCommand::List) => model::list(),
            Command::Data(DataCommand::Inspect(args)) => data::inspect::run(&args),
            Command::Data(DataCommand::Convert(args)) => data::convert::run(&args),
            Command::Data(DataCommand::Split(args)) => data::split::run(&args),
            Command::Data(DataCommand::Fetch(args)) => data::fetch::run(&args),
            Command::Completions(args) => shell::completions(&args),
            Command::Man(args) => shell::man(&args),
        }
    }
}

/// Says why a command failed; its exit status.
fn ended(error: &anyhow::Error) -> ExitCode {
    let of_run = error.chain().find_map(|cause| cause.downcast_ref());
    match of_run {
        Some(run::Error::Interrupted {
            done,
            of,
            what,
            saved,
        }) => {
            tell(&interrupt::interrupted([*done, *of], what, *saved));
            return ExitCode::from(interrupt::STATUS);
        }
        _ => tell(&format!("error: {}", one_line(error))),
    }
    let is_usage = error.is::<Usage>() || matches!(of_run, Some(run::Error::Settings { .. }));
    ExitCode::from(if is_usage { 2 } else { 1 })
}

fn one_line(error: &anyhow::Error) -> String {
    format!("{error:#}").lines().collect::<Vec<_>>().join(" ")
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<std::io::Error>())
        .any(|cause| cause.kind() == std::io::ErrorKind::BrokenPipe)
}
