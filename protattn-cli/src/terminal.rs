//! What passes between a command and the person at the terminal.

pub(crate) mod ending;
pub(crate) mod interrupt;
pub(crate) mod progress;
pub(crate) mod text;
