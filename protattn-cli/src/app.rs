//! The command line, with whatever properties it was given.

use std::ffi::OsString;
use std::fmt;
use std::io::Write;
use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;
use protattn_metrics::{PROPERTY_NAMES, Property, PropertyOptions, by_name};

use crate::args::{Cli, Command};
use crate::{align, attention, demo, report};

/// The command `protattn`: the built-in properties, and any of your own.
#[derive(Default)]
pub struct App {
    properties: Vec<Box<dyn Property>>,
}

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

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Usage {}

impl App {
    /// The command with the built-in properties.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a property. One of the name of an earlier or built-in one replaces it.
    #[must_use]
    pub fn property(mut self, property: impl Property + 'static) -> Self {
        self.properties
            .retain(|known| known.name() != property.name());
        self.properties.push(Box::new(property));
        self
    }

    /// Runs the command line of this process.
    ///
    /// The status is 0 when all is done, 1 when the run failed, 2 for bad arguments, and 3 when all
    /// is done but records were skipped and `--strict` was given.
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
        match self.dispatch(cli.command, command) {
            Ok(Outcome::Done) => ExitCode::SUCCESS,
            Ok(Outcome::Skipped) => ExitCode::from(3),
            Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
            Err(error) => {
                tell(&format!("error: {}", one_line(&error)));
                ExitCode::from(if error.is::<Usage>() { 2 } else { 1 })
            }
        }
    }

    fn dispatch(self, command: Command, line: Vec<String>) -> Result<Outcome> {
        match command {
            Command::Demo(args) => demo::run(&args, line),
            Command::Align(args) => align::run(*args, self.properties, line),
            Command::Attention(args) => attention::run(&args),
            Command::Report(args) => report::run(&args),
        }
    }
}

/// The properties of these names, or all, own ones first where names collide.
pub(crate) fn select_properties(
    names: Option<&[String]>,
    mut own: Vec<Box<dyn Property>>,
    options: &PropertyOptions,
) -> Result<Vec<Box<dyn Property>>> {
    let all = || {
        let built_in = PROPERTY_NAMES
            .iter()
            .filter(|name| own.iter().all(|p| p.name() != **name));
        built_in
            .map(ToString::to_string)
            .chain(own.iter().map(|p| p.name().to_owned()))
            .collect()
    };
    let names: Vec<String> = names.map_or_else(all, <[String]>::to_vec);
    let mut selected: Vec<Box<dyn Property>> = Vec::new();
    for name in names {
        if selected.iter().any(|property| property.name() == name) {
            continue;
        }
        let property = match own.iter().position(|property| property.name() == name) {
            Some(place) => own.swap_remove(place),
            None => {
                by_name(&name, options).map_err(|error| Usage(format!("--property: {error}")))?
            }
        };
        selected.push(property);
    }
    Ok(selected)
}

/// Says something to the person at the terminal. Nobody is left to tell if that fails.
pub(crate) fn tell(message: &str) {
    let _ = writeln!(std::io::stderr(), "{message}");
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use protattn_io::Protein;
    use protattn_metrics::{Labels, PropertyError};

    use super::*;

    struct Own(&'static str, [String; 1]);

    impl Property for Own {
        fn name(&self) -> &str {
            self.0
        }
        fn classes(&self) -> &[String] {
            &self.1
        }
        fn labels(&self, _: &Protein) -> Result<Option<Labels>, PropertyError> {
            Ok(None)
        }
    }

    fn names(asked: Option<&[&str]>) -> Result<Vec<String>> {
        let own: Vec<Box<dyn Property>> = vec![
            Box::new(Own("bridge", ["yes".into()])),
            Box::new(Own("contact", ["mine".into()])),
        ];
        let asked = asked.map(|names| names.iter().map(ToString::to_string).collect::<Vec<_>>());
        let selected = select_properties(asked.as_deref(), own, &PropertyOptions::default())?;
        Ok(selected
            .iter()
            .map(|p| format!("{}:{}", p.name(), p.classes()[0]))
            .collect())
    }

    #[test]
    fn own_properties_come_first_and_every_name_once() {
        assert_eq!(
            names(Some(&["contact", "bridge", "contact"])).unwrap(),
            ["contact:mine", "bridge:yes"]
        );
        let all = names(None).unwrap();
        assert_eq!(all.len(), PROPERTY_NAMES.len() + 1);
        assert!(all.contains(&"contact:mine".to_owned()));
    }

    #[test]
    fn an_unknown_property_is_a_bad_argument() {
        let error = names(Some(&["contacts"])).unwrap_err();
        assert!(
            error.is::<Usage>() && error.to_string().contains("contact"),
            "{error}"
        );
    }
}
