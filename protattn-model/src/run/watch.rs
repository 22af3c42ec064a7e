//! Who hears how far a run is.

/// Hears how a run goes, and may ask it to end. Every method has a default that does nothing.
///
/// A run calls [`begin`](Self::begin) once before each walk over its sequences, then
/// [`advance`](Self::advance) from any of its threads as sequences are done, then
/// [`end`](Self::end). It asks [`is_ending`](Self::is_ending) before each sequence; after `true` it
/// finishes those in flight, saves what it has and gives
/// [`Error::Interrupted`](super::Error::Interrupted).
///
/// ```
/// use std::sync::atomic::{AtomicUsize, Ordering};
///
/// use protattn_model::run::Watch;
///
/// /// Asks a run to end after a hundred proteins.
/// #[derive(Default)]
/// struct Hundred(AtomicUsize);
///
/// impl Watch for Hundred {
///     fn advance(&self, records: usize, _residues: usize) {
///         self.0.fetch_add(records, Ordering::Relaxed);
///     }
///
///     fn is_ending(&self) -> bool {
///         self.0.load(Ordering::Relaxed) >= 100
///     }
/// }
/// # assert!(!Hundred::default().is_ending());
/// ```
pub trait Watch: Sync {
    /// So many records are to be done, for which the model reads so many residues. Other work than
    /// passes counts its pieces as records and has no residues.
    fn begin(&self, records: usize, residues: usize) {
        let _ = (records, residues);
    }

    /// So many more records, and residues that the model read for them, are done.
    fn advance(&self, records: usize, residues: usize) {
        let _ = (records, residues);
    }

    /// Nothing is in flight any more.
    fn end(&self) {}

    /// Something is odd, and the run goes on.
    fn warn(&self, message: &str) {
        let _ = message;
    }

    /// Whether the run is to end.
    fn is_ending(&self) -> bool {
        false
    }
}

/// Hears nothing and lets a run go on to its end.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Watch for Silent {}
