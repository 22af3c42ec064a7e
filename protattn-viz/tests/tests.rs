//! The figures as a reader of the SVG meets them.

#![allow(clippy::unwrap_used)]

#[path = "tests/document.rs"]
mod document;
#[path = "tests/golden.rs"]
mod golden;
#[path = "tests/head_map.rs"]
mod head_map;
#[path = "tests/report.rs"]
mod report;
#[path = "tests/structure.rs"]
mod structure;
#[path = "tests/top_heads.rs"]
mod top_heads;
