//! Running what others wrote: a property or a metric that panics is an error, not the end.

use std::any::Any;
use std::cell::RefCell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

use protattn_io::{Protein, Skipped};

use crate::{Labels, Property, labels_of};

thread_local! {
    /// Where the guarded code of this thread panicked, if any of it is at work or did.
    static GUARDED: RefCell<Option<String>> = const { RefCell::new(None) };
}

static QUIET: Once = Once::new();

/// A panic, as an error.
#[derive(Debug, thiserror::Error)]
#[error("it panicked{place}: {message}")]
pub(crate) struct Panicked {
    message: String,
    /// The file and line, after ` at `; empty if they are not known.
    place: String,
}

/// Runs `code`; what it panics with becomes an error, and nothing is printed.
///
/// What `code` has changed when it panics is to be thrown away.
pub(crate) fn guarded<T>(code: impl FnOnce() -> T) -> Result<T, Panicked> {
    QUIET.call_once(|| {
        let hook = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            let is_guarded = GUARDED.with_borrow_mut(|place| {
                let place = place.as_mut()?;
                *place = panic.location().map_or_else(String::new, |location| {
                    format!(" at {}:{}", location.file(), location.line())
                });
                Some(())
            });
            if is_guarded.is_none() {
                hook(panic);
            }
        }));
    });
    GUARDED.set(Some(String::new()));
    let done = panic::catch_unwind(AssertUnwindSafe(code));
    let place = GUARDED.take().unwrap_or_default();
    done.map_err(|panic| Panicked {
        message: message(panic.as_ref()),
        place,
    })
}

/// What a property says of a protein. If it fails, or panics, the protein is passed over for it, by
/// this `name`; nothing is printed.
///
/// ```
/// use protattn_io::{Label, Protein};
/// use protattn_metrics::{Labels, Property, PropertyError, guarded_labels};
///
/// struct Odd([String; 1]);
///
/// impl Property for Odd {
///     fn name(&self) -> &str { "odd" }
///     fn classes(&self) -> &[String] { &self.0 }
///     fn labels(&self, protein: &Protein) -> Result<Option<Labels>, PropertyError> {
///         panic!("no idea what {} is", protein.id())
///     }
/// }
///
/// let skipped = guarded_labels(&Odd(["yes".into()]), &Protein::new("p", "MK")?, "p").unwrap_err();
/// assert!(skipped.reason.starts_with("property odd: it panicked at "));
/// assert!(skipped.reason.ends_with("no idea what p is"));
/// # Ok::<(), protattn_io::Error>(())
/// ```
///
/// # Errors
///
/// The protein with the reason why it is passed over.
pub fn guarded_labels(
    property: &dyn Property,
    protein: &Protein,
    name: &str,
) -> Result<Option<Labels>, Skipped> {
    match guarded(|| labels_of(property, protein)) {
        Ok(Ok(labels)) => Ok(labels),
        Ok(Err(error)) => Err(Skipped::record(name, &error)),
        Err(panicked) => Err(Skipped {
            record: name.to_owned(),
            reason: format!("property {}: {panicked}", property.name()),
        }),
    }
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "without a message".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_error_with_its_message_and_place() {
        assert_eq!(guarded(|| 3).ok(), Some(3));
        let said = |panic: fn()| guarded(panic).map_err(|error| error.to_string());
        let found = said(|| panic!("no {}", "labels")).expect_err("it panics");
        assert!(found.starts_with("it panicked at "), "{found}");
        assert!(found.contains("guard.rs:"), "{found}");
        assert!(found.ends_with(": no labels"), "{found}");
        let found = said(|| panic::panic_any(1)).expect_err("it panics");
        assert!(found.ends_with(": without a message"), "{found}");
    }
}
