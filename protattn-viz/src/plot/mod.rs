//! What charts with axes share: estimates, panels side by side, axes to the left.

mod axes;
mod colour_bar;
mod estimate;
mod grid;
mod places;
mod raster;
mod ticks;

pub(crate) use axes::{Plot, axis_title, overhang, tick_width, title_below, title_lines};
pub(crate) use colour_bar::ColourBar;
pub use estimate::Estimate;
pub(crate) use estimate::{known, reach};
pub(crate) use grid::Grid;
pub(crate) use places::names_below;
pub(crate) use raster::{Pieces, cells, runs, speaking_cells};
pub(crate) use ticks::Ticks;
