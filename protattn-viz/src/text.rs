//! How wide text will be, without a font at hand.

/// Advance widths of the printable ASCII characters in hundredths of the font size, rounded up.
///
/// Measured on DejaVu Sans, the widest of the common stand-ins for Helvetica: what fits in it fits
/// in Helvetica, Arial and Liberation Sans (but for a few capitals, 3 % wider).
const WIDTHS: [u8; 95] = [
    32, 41, 46, 84, 64, 96, 78, 28, 40, 40, 50, 84, 32, 37, 32, 34, // space to /
    64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 34, 34, 84, 84, 84, 54, // 0 to ?
    100, 69, 69, 70, 78, 64, 58, 78, 76, 30, 30, 66, 56, 87, 75, 79, // @ to O
    61, 79, 70, 64, 62, 74, 69, 99, 69, 62, 69, 40, 34, 40, 84, 50, // P to _
    50, 62, 64, 55, 64, 62, 36, 64, 64, 28, 28, 58, 28, 98, 64, 62, // ` to o
    64, 64, 42, 53, 40, 64, 60, 82, 60, 60, 53, 64, 34, 64, 84, // p to ~
];

/// Bold letters are about a tenth wider.
pub(crate) const BOLD: f64 = 1.12;

fn advance(character: char) -> f64 {
    let code = u32::from(character);
    match code {
        0x20..=0x7e => f64::from(WIDTHS[(code - 0x20) as usize]) / 100.0,
        // From the Korean block on, scripts are mostly set in squares.
        0x1100.. => 1.0,
        _ => 0.7,
    }
}

/// Estimated width of `text` at `size`, in the unit of `size`; rather too wide than too narrow.
pub(crate) fn width(text: &str, size: f64) -> f64 {
    size * text.chars().map(advance).sum::<f64>()
}

/// `text` broken at spaces into lines no wider than `max`; a longer word is broken where it must.
///
/// Always gives at least one line, and at least one character a line.
pub(crate) fn wrap(text: &str, size: f64, max: f64) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let longer = if line.is_empty() {
            word.to_owned()
        } else {
            format!("{line} {word}")
        };
        if width(&longer, size) <= max {
            line = longer;
            continue;
        }
        if !line.is_empty() {
            lines.push(line);
        }
        let (full, rest) = break_word(word, size, max);
        lines.extend(full);
        line = rest;
    }
    lines.push(line);
    lines
}

/// The full lines that `word` fills, and what is left of it.
fn break_word(word: &str, size: f64, max: f64) -> (Vec<String>, String) {
    let mut full = Vec::new();
    let mut piece = String::new();
    for character in word.chars() {
        let needed = width(&piece, size) + size * advance(character);
        if needed > max && !piece.is_empty() {
            full.push(std::mem::take(&mut piece));
        }
        piece.push(character);
    }
    (full, piece)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_add_up() {
        // "8-12" is three digits and a hyphen: (3 * 0.64 + 0.37) * 10.
        assert!((width("8-12", 10.0) - 22.9).abs() < 1e-9);
        assert_eq!(width("", 8.0), 0.0);
        assert!(width("Å", 10.0) > 6.0);
    }

    #[test]
    fn lines_break_at_spaces() {
        let lines = wrap("attention on contacts", 10.0, 55.0);
        assert_eq!(lines, ["attention", "on", "contacts"]);
        assert_eq!(wrap("one line", 10.0, 500.0), ["one line"]);
        assert_eq!(wrap("", 10.0, 500.0), [""]);
    }

    #[test]
    fn long_words_are_cut() {
        assert_eq!(
            wrap("ab 0123456789", 10.0, 26.0),
            ["ab", "0123", "4567", "89"]
        );
        assert_eq!(wrap("0123456789", 10.0, 26.0), ["0123", "4567", "89"]);
        assert_eq!(wrap("00", 10.0, 1.0), ["0", "0"]);
    }
}
