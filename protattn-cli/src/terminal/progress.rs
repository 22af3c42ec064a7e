//! What a person sees on the terminal while proteins are read by the model.

use std::fmt::Write;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use indicatif::{HumanDuration, ProgressBar, ProgressState, ProgressStyle};

/// Records done, residues a second and the time left; silent when stderr is no terminal.
pub(crate) struct Progress {
    bar: ProgressBar,
    records: usize,
    done: AtomicUsize,
}

impl Progress {
    /// `residues` is all the work, `records` how it is counted for the reader.
    pub(crate) fn new(records: usize, residues: usize) -> Self {
        let bar = ProgressBar::new(residues as u64);
        let style = ProgressStyle::with_template("{msg} proteins [{bar:30}] {percent}%{pace}");
        let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
        bar.set_style(style.with_key("pace", pace));
        bar.enable_steady_tick(Duration::from_millis(200));
        bar.set_message(format!("0/{records}"));
        Self {
            bar,
            records,
            done: AtomicUsize::new(0),
        }
    }

    /// So many more records, and residues that the model read for them, are done.
    pub(crate) fn advance(&self, records: usize, residues: usize) {
        let done = self.done.fetch_add(records, Ordering::Relaxed) + records;
        self.bar.set_message(format!("{done}/{}", self.records));
        self.bar.inc(residues as u64);
    }
}

/// The mean speed so far, and the time left at that speed. Proteins take seconds, longest first, so
/// the speed of the last moment says little.
fn pace(state: &ProgressState, line: &mut dyn Write) {
    let seconds = state.elapsed().as_secs_f64();
    if state.pos() == 0 || seconds == 0.0 {
        return;
    }
    let speed = state.pos() as f64 / seconds;
    let left = (state.len().unwrap_or_default().saturating_sub(state.pos())) as f64 / speed;
    let left = HumanDuration(Duration::from_secs_f64(left));
    // A line that cannot be drawn is no reason to stop.
    let _ = write!(line, ", {speed:.0} residues/s, {left:#} left");
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// A download that goes on; silent when stderr is no terminal.
pub(crate) struct Download {
    bar: ProgressBar,
}

impl Download {
    /// A download of this name.
    pub(crate) fn new(name: &str) -> Self {
        let bar = ProgressBar::no_length();
        bar.set_message(name.to_owned());
        Self { bar }
    }

    /// So many bytes are there, of so many if that is known.
    pub(crate) fn show(&mut self, done: u64, total: Option<u64>) {
        if self.bar.length() != total || done == 0 {
            let template = match total {
                Some(_) => "{msg} [{bar:30}] {bytes} of {total_bytes}, {bytes_per_sec}",
                None => "{msg} {bytes}, {bytes_per_sec}",
            };
            let style = ProgressStyle::with_template(template);
            self.bar
                .set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            total
                .into_iter()
                .for_each(|total| self.bar.set_length(total));
        }
        self.bar.set_position(done);
    }
}

impl Drop for Download {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
