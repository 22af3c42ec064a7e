//! Properties and metrics of the program that the command is built into.

use protattn_metrics::{Metric, Property};

/// What the program brings along.
#[derive(Default)]
pub(crate) struct Own {
    pub(crate) properties: Vec<Box<dyn Property>>,
    pub(crate) metrics: Vec<Box<dyn Metric>>,
}
