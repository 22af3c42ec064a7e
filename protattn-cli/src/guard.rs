//! Running what others wrote: a property or a metric that panics is an error, not the end.

use std::any::Any;
use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

thread_local! {
    /// Whether this thread is in [`guarded`] code, whose panics are reported by its caller.
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

static QUIET: Once = Once::new();

/// A panic, as an error.
#[derive(Debug, thiserror::Error)]
#[error("it panicked: {0}")]
pub(crate) struct Panicked(String);

/// Runs `code`; what it panics with becomes an error, and nothing is printed.
///
/// What `code` has changed when it panics is to be thrown away.
pub(crate) fn guarded<T>(code: impl FnOnce() -> T) -> Result<T, Panicked> {
    QUIET.call_once(|| {
        let hook = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            if !GUARDED.get() {
                hook(panic);
            }
        }));
    });
    GUARDED.set(true);
    let done = panic::catch_unwind(AssertUnwindSafe(code));
    GUARDED.set(false);
    done.map_err(|panic| Panicked(message(panic.as_ref())))
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
    fn a_panic_is_an_error_with_its_message() {
        assert_eq!(guarded(|| 3).ok(), Some(3));
        let said = guarded(|| panic!("no {}", "labels")).map_err(|error| error.to_string());
        assert_eq!(said, Err("it panicked: no labels".to_owned()));
        let said = guarded(|| panic::panic_any(1)).map_err(|error| error.to_string());
        assert_eq!(said, Err("it panicked: without a message".to_owned()));
    }
}
