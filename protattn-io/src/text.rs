//! Counts and sizes as people read them.

/// Returns a count with its thousands apart.
///
/// ```
/// assert_eq!(protattn_io::text::number(1_234_567), "1,234,567");
/// ```
pub fn number(n: u64) -> String {
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

/// Returns a size in memory or on disk, in the unit that fits.
///
/// ```
/// assert_eq!(protattn_io::text::bytes(3 << 29), "1.5 GiB");
/// ```
pub fn bytes(n: u64) -> String {
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
    fn sizes_are_told_in_the_unit_that_fits() {
        let sizes = [3 << 10, 5 << 20, 3 << 29].map(bytes);
        assert_eq!(sizes, ["3 KiB", "5 MiB", "1.5 GiB"]);
    }
}
