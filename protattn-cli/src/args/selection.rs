//! Layers and heads, as people number them.

use std::fmt;
use std::str::FromStr;

/// The layers or heads that a person asked for, from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NumberSelection {
    All,
    /// First and last of each range.
    Ranges(Vec<(usize, usize)>),
}

impl NumberSelection {
    /// Whether it is a single one.
    pub(crate) fn is_one(&self) -> bool {
        matches!(self, Self::Ranges(ranges) if matches!(ranges[..], [(first, last)] if first == last))
    }

    /// 0-based indices, ascending, where the model has `count` of these (`what`, in the singular); what
    /// is wrong otherwise, with the flag.
    pub(crate) fn of(&self, count: usize, flag: &str, what: &str) -> Result<Vec<usize>, String> {
        let Self::Ranges(ranges) = self else {
            return Ok((0..count).collect());
        };
        if let Some((_, last)) = ranges.iter().find(|(_, last)| *last > count) {
            return Err(format!(
                "{flag} asks for {what} {last}, but the model has {count}"
            ));
        }
        let asked = |index: &usize| {
            ranges
                .iter()
                .any(|(first, last)| (*first..=*last).contains(&(index + 1)))
        };
        Ok((0..count).filter(asked).collect())
    }
}

impl FromStr for NumberSelection {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "all" {
            return Ok(Self::All);
        }
        let number = |part: &str| part.trim().parse::<usize>().ok().filter(|n| *n > 0);
        let range = |part: &str| {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            let (first, last) = (number(first)?, number(last)?);
            (first <= last).then_some((first, last))
        };
        let ranges: Option<_> = text.split(',').map(range).collect();
        ranges
            .map(Self::Ranges)
            .ok_or_else(|| "they count from 1: `1-12`, `3,5-7` or `all`".to_owned())
    }
}

impl fmt::Display for NumberSelection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Ranges(ranges) = self else {
            return f.write_str("all");
        };
        for (place, (first, last)) in ranges.iter().enumerate() {
            let comma = if place > 0 { ", " } else { "" };
            write!(f, "{comma}{first}")?;
            if last > first {
                write!(f, "-{last}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_from_one_and_kept_from_zero() {
        let layers = |text: &str| {
            let asked: NumberSelection = text.parse().unwrap();
            asked.of(12, "--layers", "layer")
        };
        assert_eq!(layers("all"), Ok((0..12).collect()));
        assert_eq!(layers("3,5-7,6"), Ok(vec![2, 4, 5, 6]));
        assert_eq!(
            layers("12-13"),
            Err("--layers asks for layer 13, but the model has 12".to_owned())
        );
        for text in ["", "0", "7-5", "1-", "a"] {
            assert!(text.parse::<NumberSelection>().is_err(), "{text}");
        }
    }

    #[test]
    fn what_was_asked_for_is_said_again() {
        for (text, expected) in [("all", "all"), ("3,5-7", "3, 5-7"), ("4-4", "4")] {
            let asked: NumberSelection = text.parse().unwrap();
            assert_eq!(asked.to_string(), expected);
        }
    }
}
