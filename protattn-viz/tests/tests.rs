//! The figures as a reader of the SVG meets them.

#![allow(clippy::unwrap_used)]

#[path = "tests/document.rs"]
mod document;
#[cfg(any(feature = "pdf", feature = "png"))]
#[path = "tests/export.rs"]
mod export;
#[path = "tests/forest.rs"]
mod forest;
#[path = "tests/golden.rs"]
mod golden;
#[path = "tests/grouped_dots.rs"]
mod grouped_dots;
#[path = "tests/head_map.rs"]
mod head_map;
#[path = "tests/layer_profiles.rs"]
mod layer_profiles;
#[path = "tests/maps.rs"]
mod maps;
#[path = "tests/model_comparison.rs"]
mod model_comparison;
#[path = "tests/report.rs"]
mod report;
#[path = "tests/similarity.rs"]
mod similarity;
#[path = "tests/structure/mod.rs"]
mod structure;
#[path = "tests/top_heads.rs"]
mod top_heads;
