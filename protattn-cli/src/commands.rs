//! A file for each command: flags to settings, a call of a library, and what is said of it.

pub(crate) mod align;
pub(crate) mod attention;
pub(crate) mod contacts;
pub(crate) mod demo;
pub(crate) mod merge;
pub(crate) mod model;
pub(crate) mod probe;
pub(crate) mod repeat;
pub(crate) mod shell;
mod tensors;
pub(crate) mod view;
