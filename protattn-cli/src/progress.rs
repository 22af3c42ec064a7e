//! What a person sees on the terminal while proteins are read by the model.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

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
        let style = ProgressStyle::with_template(
            "{msg} proteins [{bar:30}] {percent}% {per_sec:>12} residues, {eta} left",
        );
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
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

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
