//! Text for people: columns, counts, sizes.

use std::fmt::Write as _;

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

/// A count with its thousands apart.
pub(crate) fn number(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A size in memory or on disk.
pub(crate) fn bytes(n: u64) -> String {
    match n {
        0..1_048_576 => format!("{:.0} KiB", n as f64 / 1024.0),
        1_048_576..1_073_741_824 => format!("{:.0} MiB", n as f64 / 1_048_576.0),
        _ => format!("{:.1} GiB", n as f64 / 1_073_741_824.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!(
            [0, 999, 1000, 1_234_567].map(number),
            ["0", "999", "1,000", "1,234,567"]
        );
    }

    #[test]
    fn columns_are_aligned() {
        let rows = [["a", "10"], ["long", "9"]].map(|row| row.map(str::to_owned));
        assert_eq!(align(&rows, [false, true]), "  a     10\n  long   9\n");
    }

    #[test]
    fn sizes_are_told_in_the_unit_that_fits() {
        let sizes = [3 << 10, 5 << 20, 3 << 29].map(bytes);
        assert_eq!(sizes, ["3 KiB", "5 MiB", "1.5 GiB"]);
    }
}
