//! The files of a folder or list, opened ahead of their use by several threads.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread::{self, JoinHandle};

use super::location::Location;
use super::{Options, Source, open_listed};
use crate::{Error, parallel};

/// What became of one file. To open a structure is to read it; other files are only opened.
type Opened = Result<Source, Error>;

/// Opens files in their order. Each of several threads takes every so many-th file and is at most
/// two ahead, so that memory does not grow with their number; nothing happens before the first is
/// asked for.
pub(super) struct Ahead {
    files: Arc<Vec<Location>>,
    options: Options,
    workers: Vec<Worker>,
    /// The number of files that have been given.
    given: usize,
}

struct Worker {
    opened: Receiver<Opened>,
    thread: JoinHandle<()>,
}

impl Ahead {
    pub(super) fn new(files: Vec<Location>, options: Options) -> Self {
        Self {
            files: Arc::new(files),
            options,
            workers: Vec::new(),
            given: 0,
        }
    }

    /// No files.
    pub(super) fn none() -> Self {
        Self::new(Vec::new(), Options::default())
    }

    /// The number of files that are left.
    pub(super) fn left(&self) -> usize {
        self.files.len() - self.given
    }

    fn threads(&self) -> usize {
        let threads = parallel::threads(self.options.threads);
        threads.get().min(self.files.len())
    }

    fn start(&mut self) {
        let threads = self.threads();
        self.workers = (0..threads)
            .map(|first| {
                let (sender, opened) = sync_channel(1);
                let (files, options) = (Arc::clone(&self.files), self.options.clone());
                let thread = thread::spawn(move || {
                    for location in files.iter().skip(first).step_by(threads) {
                        if sender.send(open_listed(location, &options)).is_err() {
                            return; // nobody reads on
                        }
                    }
                });
                Worker { opened, thread }
            })
            .collect();
    }
}

impl Iterator for Ahead {
    type Item = Opened;

    fn next(&mut self) -> Option<Opened> {
        let location = self.files.get(self.given)?;
        if self.threads() == 1 {
            self.given += 1;
            return Some(open_listed(location, &self.options));
        }
        if self.workers.is_empty() {
            self.start();
        }
        let place = self.given % self.workers.len();
        self.given += 1;
        match self.workers[place].opened.recv() {
            Ok(opened) => Some(opened),
            // It sends once for each of its files, so it did not come to its end.
            Err(_) => match self.workers.swap_remove(place).thread.join() {
                Err(panic) => std::panic::resume_unwind(panic),
                Ok(()) => None,
            },
        }
    }
}
