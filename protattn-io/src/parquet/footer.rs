//! What a Parquet file says of itself at its end, checked before polars takes memory for it.
//!
//! It is in Thrift's compact protocol
//! (<https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md>), which can be
//! walked without knowing what it says: every list and every text has its length before it, and each
//! element takes a byte at least. A length that the rest of the footer cannot hold is a damaged one.

/// As deep as nothing is that Parquet describes.
const MAX_DEPTH: usize = 32;

/// Whether no length in a footer is more than there is.
pub(super) fn is_sound(footer: &[u8]) -> bool {
    Walk(footer).structure(0).is_some()
}

/// What is not walked through yet.
struct Walk<'a>(&'a [u8]);

impl Walk<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn skip(&mut self, n: usize) -> Option<()> {
        self.0 = self.0.get(n..)?;
        Some(())
    }

    /// A number in base 128, the lowest digit first.
    fn varint(&mut self) -> Option<u64> {
        let mut number = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    /// A length, which the rest can hold.
    fn length(&mut self) -> Option<usize> {
        let length = usize::try_from(self.varint()?).ok()?;
        (length <= self.0.len()).then_some(length)
    }

    fn structure(&mut self, depth: usize) -> Option<()> {
        loop {
            let header = self.byte()?;
            if header == 0 {
                return Some(());
            }
            if header >> 4 == 0 {
                self.varint()?; // The number of the field, if it is far from the one before.
            }
            // Whether a field is true stands in its header.
            if !matches!(header & 0xf, 1 | 2) {
                self.value(header & 0xf, depth)?;
            }
        }
    }

    fn value(&mut self, kind: u8, depth: usize) -> Option<()> {
        if depth > MAX_DEPTH {
            return None;
        }
        match kind {
            1..=3 => self.skip(1),
            4..=6 => self.varint().map(|_| ()),
            7 => self.skip(8),
            8 => {
                let length = self.length()?;
                self.skip(length)
            }
            9 | 10 => self.list(depth),
            11 => self.map(depth),
            12 => self.structure(depth + 1),
            13 => self.skip(16),
            _ => None,
        }
    }

    fn list(&mut self, depth: usize) -> Option<()> {
        let header = self.byte()?;
        let length = match header >> 4 {
            15 => self.length()?,
            short => usize::from(short),
        };
        (0..length).try_for_each(|_| self.value(header & 0xf, depth + 1))
    }

    fn map(&mut self, depth: usize) -> Option<()> {
        let length = self.length()?;
        if length == 0 {
            return Some(());
        }
        let kinds = self.byte()?;
        (0..length).try_for_each(|_| {
            self.value(kinds >> 4, depth + 1)?;
            self.value(kinds & 0xf, depth + 1)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::is_sound;

    #[test]
    fn every_kind_of_value_is_walked_through() {
        // Field 1: i32 300; 2: true; 3: text "ab"; 4: a list of two structures; 40: a double.
        let numbers: &[u8] = &[0x15, 0xac, 0x02, 0x11, 0x18, 2, b'a', b'b'];
        let list: &[u8] = &[0x19, 0x2c, 0x15, 1, 0, 0];
        let far: &[u8] = &[0x07, 80, 1, 2, 3, 4, 5, 6, 7, 8];
        // Field 41: a map of one text to one byte; 42: no map; 43: a set of three booleans.
        let rest: &[u8] = &[0x1b, 1, 0x83, 1, b'x', 9, 0x1b, 0, 0x1a, 0x31, 1, 2, 1, 0];
        let whole = [numbers, list, far, rest].concat();
        assert!(is_sound(&whole));
        // What follows the end is not looked at; what ends before is not whole.
        assert!(is_sound(&[&whole[..], &[0xff]].concat()));
        for end in 0..whole.len() {
            assert!(!is_sound(&whole[..end]), "{end}");
        }
    }

    #[test]
    fn lengths_that_are_more_than_there_is_are_refused() {
        let long = [0xff, 0xff, 0xff, 0xff, 0x07];
        let with = |start: &[u8], end: &[u8]| [start, &long, end, &[0; 64]].concat();
        assert!(!is_sound(&with(&[0x19, 0xfc], &[])), "a list");
        assert!(!is_sound(&with(&[0x18], &[])), "a text");
        assert!(!is_sound(&with(&[0x1b], &[0x88])), "a map");
        assert!(!is_sound(&[0x1f, 0]), "no such kind");
        assert!(!is_sound(&[0x1c; 200]), "too deep");
        assert!(!is_sound(&[0x19; 200]), "lists of lists");
        assert!(!is_sound(&[
            0x16, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff
        ]));
    }
}
