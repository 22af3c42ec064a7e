//! The wire format of protocol buffers, as far as a sentencepiece model uses it.
//!
//! <https://protobuf.dev/programming-guides/encoding/>: a message is a row of fields, each a
//! varint of its number and wire type, and a value.

/// A field of a message.
#[derive(Debug, PartialEq)]
pub(super) struct Field<'a> {
    pub(super) number: u64,
    pub(super) value: Value<'a>,
}

/// The value of a field. What a sentencepiece model has no use for (64-bit numbers) is not kept.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Value<'a> {
    Varint(u64),
    Fixed32([u8; 4]),
    Bytes(&'a [u8]),
    Other,
}

impl<'a> Value<'a> {
    /// A number, a truth value or one of a list.
    pub(super) fn varint(self, what: &str) -> Result<u64, String> {
        match self {
            Self::Varint(value) => Ok(value),
            _ => Err(format!("{what} has the wrong wire type")),
        }
    }

    pub(super) fn float(self, what: &str) -> Result<f32, String> {
        match self {
            Self::Fixed32(bytes) => Ok(f32::from_le_bytes(bytes)),
            _ => Err(format!("{what} has the wrong wire type")),
        }
    }

    /// Text or a message of its own.
    pub(super) fn bytes(self, what: &str) -> Result<&'a [u8], String> {
        match self {
            Self::Bytes(bytes) => Ok(bytes),
            _ => Err(format!("{what} has the wrong wire type")),
        }
    }
}

/// Goes through the fields of a message, and ends with the first that is malformed.
pub(super) struct Fields<'a> {
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    pub(super) fn of(message: &'a [u8]) -> Self {
        Self { rest: message }
    }

    fn field(&mut self) -> Result<Field<'a>, String> {
        let tag = self.varint()?;
        let value = match tag & 7 {
            0 => Value::Varint(self.varint()?),
            1 => {
                self.take(8)?;
                Value::Other
            }
            2 => {
                let length = self.varint()?;
                Value::Bytes(self.take(length)?)
            }
            5 => {
                let bytes = self.take(4)?.first_chunk().copied();
                Value::Fixed32(bytes.unwrap_or_default())
            }
            other => return Err(format!("wire type {other} is not one of protobuf's")),
        };
        match tag >> 3 {
            0 => Err("a field has the number 0".to_owned()),
            number => Ok(Field { number, value }),
        }
    }

    fn varint(&mut self) -> Result<u64, String> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.take(1)?[0];
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err("a varint has more than ten bytes".to_owned())
    }

    fn take(&mut self, length: u64) -> Result<&'a [u8], String> {
        let left = self.rest.len();
        let length = usize::try_from(length)
            .ok()
            .filter(|&length| length <= left);
        let Some(length) = length else {
            return Err("a field is longer than what holds it; the file is truncated".to_owned());
        };
        let (taken, rest) = self.rest.split_at(length);
        self.rest = rest;
        Ok(taken)
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Result<Field<'a>, String>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let field = self.field();
        if field.is_err() {
            self.rest = &[];
        }
        Some(field)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn fields(message: &[u8]) -> Result<Vec<(u64, Value<'_>)>, String> {
        Fields::of(message)
            .map(|field| field.map(|field| (field.number, field.value)))
            .collect()
    }

    #[test]
    fn the_four_wire_types_are_read() {
        // The first is the specification's own example: field 1 is 150.
        let message = b"\x08\x96\x01\x12\x02ab\x1d\0\0\x80\x3f\x21\0\0\0\0\0\0\0\0\xa0\x06\x01";
        let read = fields(message).unwrap();
        assert_eq!(
            read,
            [
                (1, Value::Varint(150)),
                (2, Value::Bytes(b"ab")),
                (3, Value::Fixed32(1_f32.to_le_bytes())),
                (4, Value::Other),
                (100, Value::Varint(1)),
            ]
        );
        assert_eq!(read[2].1.float("it"), Ok(1.0));
        for end in 1..message.len() {
            let whole = [3, 7, 12, 21].contains(&end);
            assert_eq!(fields(&message[..end]).is_ok(), whole, "{end}");
        }
    }

    #[test]
    fn what_is_not_protobuf_is_refused() {
        let endless = [0xff; 11];
        let huge = *b"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\x7f";
        for (message, reason) in [
            (b"\x0b".as_slice(), "wire type 3 is not one of protobuf's"),
            (b"\x02\x00", "a field has the number 0"),
            (&endless, "a varint has more than ten bytes"),
            (
                &huge,
                "a field is longer than what holds it; the file is truncated",
            ),
        ] {
            assert_eq!(fields(message).unwrap_err(), reason);
        }
        assert_eq!(
            Value::Varint(1).bytes("a piece").unwrap_err(),
            "a piece has the wrong wire type"
        );
    }
}
