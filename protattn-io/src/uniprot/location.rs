//! Where a feature is.

/// The first and the last residue of a feature, counted from 1, or the two of a bond; `None` where
/// it is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Location {
    pub(super) start: Option<u32>,
    pub(super) end: Option<u32>,
}

impl Location {
    pub(super) fn new(start: Option<u32>, end: Option<u32>) -> Result<Self, String> {
        match (start, end) {
            (Some(0), _) | (_, Some(0)) => Err("a feature is at residue 0".to_owned()),
            (Some(start), Some(end)) if start > end => Err(format!(
                "a feature ends at residue {end}, before its start {start}"
            )),
            _ => Ok(Self { start, end }),
        }
    }

    /// Reads `52`, `60..63`, `<1..>98`, `?25..?`; `None` of a place in another isoform, which has
    /// its name before a colon.
    pub(super) fn parse(text: &str) -> Result<Option<Self>, String> {
        if text.contains(':') {
            return Ok(None);
        }
        let (start, end) = text.split_once("..").unwrap_or((text, text));
        let position = |part: &str| {
            let digits = part.strip_prefix(['<', '>', '?']).unwrap_or(part);
            match digits.parse() {
                Ok(position) => Ok(Some(position)),
                Err(_) if part == "?" => Ok(None),
                Err(_) => Err(format!("{text:?} is no place such as 52 or 60..63")),
            }
        };
        Self::new(position(start)?, position(end)?).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_a_place_is_read() {
        let place = |start, end| Ok(Some(Location { start, end }));
        assert_eq!(Location::parse("52"), place(Some(52), Some(52)));
        assert_eq!(Location::parse("60..63"), place(Some(60), Some(63)));
        assert_eq!(Location::parse("<1..>98"), place(Some(1), Some(98)));
        assert_eq!(Location::parse("?25..30"), place(Some(25), Some(30)));
        assert_eq!(Location::parse("?..30"), place(None, Some(30)));
        assert_eq!(Location::parse("1..?"), place(Some(1), None));
        assert_eq!(Location::parse("?"), place(None, None));
        assert_eq!(Location::parse("P05067-2:12..14"), Ok(None));
        for (text, message) in [
            ("", "\"\" is no place such as 52 or 60..63"),
            ("5-7", "\"5-7\" is no place such as 52 or 60..63"),
            ("5..", "\"5..\" is no place such as 52 or 60..63"),
            ("0..7", "a feature is at residue 0"),
            ("7..5", "a feature ends at residue 5, before its start 7"),
        ] {
            assert_eq!(Location::parse(text), Err(message.to_owned()));
        }
    }
}
