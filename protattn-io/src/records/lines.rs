//! Lines of bounded length.

use std::io::{self, BufRead, Read};

/// Reads lines and counts them, never holding more than the limit of one.
#[derive(Debug)]
pub struct Lines<R> {
    input: R,
    limit: usize,
    buffer: Vec<u8>,
    number: usize,
}

/// One line.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Line<'a> {
    /// Its bytes, without the line feed, a carriage return before it, and a byte order mark at the
    /// start of the file.
    Whole(&'a [u8]),
    /// It was longer than the limit, and has been passed over.
    TooLong {
        /// In bytes.
        limit: usize,
    },
}

impl<'a> Line<'a> {
    /// Returns its bytes, or that it is too long.
    #[cfg(any(feature = "jsonl", feature = "labels"))]
    pub(crate) fn whole(self) -> Result<&'a [u8], String> {
        match self {
            Self::Whole(bytes) => Ok(bytes),
            Self::TooLong { limit } => Err(format!("it has more than {limit} bytes")),
        }
    }

    /// Returns its text, or why there is none.
    #[cfg(feature = "labels")]
    pub(crate) fn text(self) -> Result<&'a str, String> {
        std::str::from_utf8(self.whole()?).map_err(|_| "it is not UTF-8".to_owned())
    }
}

impl<R: BufRead> Lines<R> {
    pub(crate) fn new(input: R, limit: usize) -> Self {
        Self {
            input,
            limit,
            buffer: Vec::new(),
            number: 0,
        }
    }

    /// The 1-based number of the line that was read last; 0 before the first.
    pub(crate) fn number(&self) -> usize {
        self.number
    }

    /// The next line; `None` at the end.
    pub(crate) fn next(&mut self) -> io::Result<Option<Line<'_>>> {
        self.buffer.clear();
        let mut input = (&mut self.input).take(self.limit as u64);
        if input.read_until(b'\n', &mut self.buffer)? == 0 {
            return Ok(None);
        }
        self.number += 1;
        let is_cut = self.buffer.len() == self.limit && self.buffer.last() != Some(&b'\n');
        if is_cut && self.input.skip_until(b'\n')? > 0 {
            return Ok(Some(Line::TooLong { limit: self.limit }));
        }
        Ok(Some(Line::Whole(self.trimmed())))
    }

    fn trimmed(&self) -> &[u8] {
        let line = self.buffer.as_slice();
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let mark = if self.number == 1 { "\u{feff}" } else { "" };
        line.strip_prefix(mark.as_bytes()).unwrap_or(line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::BufReader;

    fn all(text: &[u8], limit: usize, capacity: usize) -> Vec<Option<String>> {
        let mut lines = Lines::new(BufReader::with_capacity(capacity, text), limit);
        let mut found = Vec::new();
        while let Some(line) = lines.next().expect("memory does not fail") {
            found.push(match line {
                Line::Whole(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
                Line::TooLong { .. } => None,
            });
        }
        assert_eq!(lines.number(), found.len());
        found
    }

    #[test]
    fn endings_of_every_kind_are_removed() {
        let whole = |t: &str| Some(t.to_owned());
        let expected = vec![whole("ab"), whole(""), whole("c")];
        for capacity in [1, 2, 64] {
            assert_eq!(all("\u{feff}ab\r\n\nc".as_bytes(), 9, capacity), expected);
        }
        assert_eq!(all(b"", 9, 8), vec![]);
    }

    #[test]
    fn a_line_over_the_limit_is_passed_over() {
        for capacity in [1, 3, 64] {
            assert_eq!(
                all(b"abcde\nab\n", 4, capacity),
                vec![None, Some("ab".to_owned())]
            );
        }
    }
}
