//! The figures as a reader of the SVG meets them.

#![allow(clippy::unwrap_used)]

#[path = "tests/document.rs"]
mod document;
#[cfg(any(feature = "pdf", feature = "png"))]
#[path = "tests/export.rs"]
mod export;
#[path = "tests/golden.rs"]
mod golden;
#[path = "tests/head_map.rs"]
mod head_map;
#[path = "tests/report.rs"]
mod report;
#[path = "tests/top_heads.rs"]
mod top_heads;
