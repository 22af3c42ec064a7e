use crate::error::{Result, check_length};
use crate::svg::escape;

/// A column of a [`Table`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    heading: String,
    numeric: bool,
}

impl Column {
    /// A column of words, set to the left and sorted as words; numbers inside them count as
    /// numbers, so that "8-2" comes before "8-12".
    pub fn text(heading: impl Into<String>) -> Self {
        Self {
            heading: heading.into(),
            numeric: false,
        }
    }

    /// A column of numbers, set to the right and sorted by the first number in each cell, then by
    /// the others: `41.2-48.3` and `44.7 (41.2 to 48.3)` are fine. A bound, such as `< 1e-300`, comes
    /// next to its number; `inf` is a number; cells without one come last, whichever way is sorted.
    pub fn number(heading: impl Into<String>) -> Self {
        Self {
            heading: heading.into(),
            numeric: true,
        }
    }

    fn class(&self) -> &'static str {
        if self.numeric {
            " class=\"number\""
        } else {
            ""
        }
    }
}

/// A table that a reader sorts by pressing a column heading, filters, and saves as CSV.
#[derive(Debug, Clone)]
#[must_use]
pub struct Table {
    caption: String,
    columns: Vec<Column>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table without rows.
    pub fn new(caption: impl Into<String>, columns: impl IntoIterator<Item = Column>) -> Self {
        Self {
            caption: caption.into(),
            columns: columns.into_iter().collect(),
            rows: Vec::new(),
        }
    }

    /// Adds a row, one cell a column, each as it is to be read.
    pub fn row<S: Into<String>>(mut self, cells: impl IntoIterator<Item = S>) -> Self {
        self.rows.push(cells.into_iter().map(Into::into).collect());
        self
    }

    /// The table as the `number`th of the page.
    pub(super) fn to_html(&self, number: usize) -> Result<String> {
        let caption = escape(&self.caption);
        let mut html = format!(
            "<div class=\"table\">\n\
             <p class=\"caption\" id=\"table-{number}\"><b>Table {number}.</b> {caption}</p>\n\
             <div class=\"scroll\" role=\"region\" tabindex=\"0\" \
             aria-labelledby=\"table-{number}\">\
             <table aria-labelledby=\"table-{number}\">\n<thead><tr>"
        );
        for column in &self.columns {
            let (class, heading) = (column.class(), escape(&column.heading));
            html += &format!("<th scope=\"col\"{class}>{heading}</th>");
        }
        html += "</tr></thead>\n<tbody>\n";
        for (i, row) in self.rows.iter().enumerate() {
            let what = || format!("cells in row {} of table {:?}", i + 1, self.caption);
            check_length(what, row.len(), self.columns.len())?;
            html += "<tr>";
            for (column, cell) in self.columns.iter().zip(row) {
                html += &format!("<td{}>{}</td>", column.class(), escape(cell));
            }
            html += "</tr>\n";
        }
        html += "</tbody></table></div>\n</div>\n";
        Ok(html)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn cells_are_escaped_and_numbers_set_right() {
        let table = Table::new("", [Column::text("Head"), Column::number("%")]);
        let html = table.row(["<8-12>", "44.7"]).to_html(1).unwrap();
        assert!(html.contains("<tr><td>&lt;8-12&gt;</td><td class=\"number\">44.7</td></tr>"));
        assert!(html.contains("<b>Table 1.</b> </p>"));
    }

    #[test]
    fn short_rows_are_refused() {
        let table = Table::new("Best", [Column::text("Head"), Column::number("%")]);
        let error = table
            .row(["8-12", "4"])
            .row(["9-1"])
            .to_html(1)
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "cells in row 2 of table \"Best\": found 1, expected 2"
        );
    }
}
