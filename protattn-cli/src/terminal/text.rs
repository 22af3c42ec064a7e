//! Text for people: columns, counts, sizes.

use std::fmt::Write as _;

pub(crate) use protattn_io::text::{bytes, number};

/// Columns side by side, those of numbers to the right.
pub(crate) fn align<const N: usize>(rows: &[[String; N]], right: [bool; N]) -> String {
    let widths: [usize; N] = std::array::from_fn(|i| {
        rows.iter()
            .map(|row| row[i].chars().count())
            .max()
            .unwrap_or(0)
    });
    let mut text = String::new();
    for row in rows {
        let mut line = String::from(" ");
        for ((cell, width), right) in row.iter().zip(widths).zip(right) {
            let _ = if right {
                write!(line, " {cell:>width$} ")
            } else {
                write!(line, " {cell:<width$} ")
            };
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned() {
        let rows = [["a", "10"], ["long", "9"]].map(|row| row.map(str::to_owned));
        assert_eq!(align(&rows, [false, true]), "  a     10\n  long   9\n");
    }
}
