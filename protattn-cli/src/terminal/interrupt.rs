//! Ctrl-C and requests to end: the first ends a run after the proteins in flight, the second at once.

use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, Mutex, Once, PoisonError};
use std::thread;
use std::time::Duration;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

use crate::terminal::ending::tell;

/// The exit status of a run that was interrupted: 128 and the number of SIGINT, as shells have it.
pub(crate) const STATUS: u8 = 130;
/// How often it is looked whether the run is to end.
const LOOK: Duration = Duration::from_millis(50);

/// Whether the run is to end.
static STOP: LazyLock<Arc<AtomicBool>> = LazyLock::new(Arc::default);
/// Whether there are proteins in flight, for which an interruption waits.
static IN_FLIGHT: AtomicBool = AtomicBool::new(false);
/// The command that goes on, once there is something to go on from.
static RESUME: Mutex<Option<String>> = Mutex::new(None);
static LISTENING: Once = Once::new();

/// What is said of a run that was asked to end, and did, with so many pieces of work done of all.
pub(crate) fn interrupted([done, of]: [usize; 2], what: &str, saved: bool) -> String {
    match resume().filter(|_| saved) {
        Some(command) => format!(
            "interrupted: {done} of {of} {what} are done and saved; go on with\n  {command}"
        ),
        None => "interrupted: nothing is saved".to_owned(),
    }
}

/// From now on, a request to end is heard; `command` goes on, if anything is saved.
pub(crate) fn listen(command: Option<String>) {
    *RESUME.lock().unwrap_or_else(PoisonError::into_inner) = command;
    LISTENING.call_once(|| {
        let again = Arc::new(AtomicBool::new(false));
        for signal in [SIGINT, SIGTERM] {
            // In this order: the first sets the flags, and only the second finds them set.
            let ends =
                flag::register_conditional_shutdown(signal, i32::from(STATUS), again.clone());
            let heard = ends
                .and_then(|_| flag::register(signal, STOP.clone()))
                .and_then(|_| flag::register(signal, again.clone()));
            if let Err(error) = heard {
                tell(&format!(
                    "warning: an interruption will not be heard: {error}"
                ));
            }
        }
        thread::spawn(watch);
    });
}

/// Waits for a request to end, and says what comes of it; ends the process if nothing is in flight.
fn watch() {
    while !is_requested() {
        thread::sleep(LOOK);
    }
    if IN_FLIGHT.load(Ordering::SeqCst) {
        tell_waiting();
        return;
    }
    tell(&match resume() {
        Some(command) => format!("interrupted: go on with\n  {command}"),
        None => "interrupted".to_owned(),
    });
    process::exit(i32::from(STATUS));
}

/// Says once that the run ends after the proteins in flight; whoever sees the request first says it, the
/// watch or the run itself, which may be done before the watch looks.
pub(crate) fn tell_waiting() {
    static TOLD: Once = Once::new();
    TOLD.call_once(|| tell("ending after the proteins in flight; interrupt again to end at once"));
}

fn resume() -> Option<String> {
    RESUME
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .clone()
}

/// Whether the run is to end.
pub(crate) fn is_requested() -> bool {
    STOP.load(Ordering::SeqCst)
}

/// Held while there are proteins in flight.
pub(crate) struct InFlight(());

impl InFlight {
    pub(crate) fn new() -> Self {
        IN_FLIGHT.store(true, Ordering::SeqCst);
        Self(())
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        IN_FLIGHT.store(false, Ordering::SeqCst);
    }
}

/// The command line that goes on with what this one began, as a shell reads it.
pub(crate) fn resume_command(line: &[String]) -> String {
    let mut words: Vec<String> = line.iter().map(|word| quoted(word)).collect();
    if !line.iter().any(|word| word == "--resume") {
        words.push("--resume".to_owned());
    }
    words.join(" ")
}

fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./\\:,=+@%".contains(c);
    let plain = |c: char| plain(c) && (cfg!(windows) || c != '\\');
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else if cfg!(windows) {
        format!("\"{}\"", word.replace('"', "\\\""))
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn the_command_that_goes_on_is_quoted_for_the_shell() {
        let line = [
            "protattn",
            "align",
            "--data",
            "my data/it's",
            "--layers",
            "1-3",
        ];
        let line: Vec<String> = line.iter().map(ToString::to_string).collect();
        let command = resume_command(&line);
        assert_eq!(
            command,
            r"protattn align --data 'my data/it'\''s' --layers 1-3 --resume"
        );
        let again = [line, vec!["--resume".to_owned()]].concat();
        assert_eq!(resume_command(&again), command);
    }
}
