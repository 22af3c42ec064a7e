//! One opcode and its argument.
//!
//! The opcodes are those of Python's `pickletools`; of protocols 0 to 5, the ones that plain data
//! and NumPy arrays are written with.

use super::error::Problem;
use super::value::Node;

/// What the machine is told to do.
#[derive(Debug, PartialEq)]
pub(super) enum Instruction<'a> {
    /// Nothing: the protocol number, or a frame, which only helps readers of streams.
    Skip,
    Stop,
    Mark,
    Pop,
    PopMark,
    Duplicate,
    /// Put a value on the stack.
    Push(Node<'a>),
    /// A list of everything above the mark.
    List,
    /// A tuple of everything above the mark.
    Tuple,
    /// A dict of everything above the mark.
    Dict,
    /// A tuple of that many values from the top of the stack.
    TupleOf(usize),
    Append,
    Appends,
    SetItem,
    SetItems,
    Global {
        module: &'a str,
        name: &'a str,
    },
    /// A global whose module and name are on the stack.
    StackGlobal,
    Reduce,
    Build,
    /// The value that the tuple on the stack stands for.
    Persistent,
    /// The same with text for it.
    PersistentText(&'a str),
    /// Store the top of the stack under a number.
    Put(u64),
    /// Store the top of the stack under the next free number.
    Memoize,
    Get(u64),
}

/// The bytes of a pickle and how far they are read.
pub(super) struct Input<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Input<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// The offset of the next byte.
    pub(super) fn position(&self) -> usize {
        self.at
    }

    fn take(&mut self, needed: u64) -> Result<&'a [u8], Problem> {
        let left = self.bytes.len() - self.at;
        let truncated = Problem::Truncated { needed, left };
        let needed = usize::try_from(needed)
            .ok()
            .filter(|n| *n <= left)
            .ok_or(truncated)?;
        let taken = &self.bytes[self.at..self.at + needed];
        self.at += needed;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Problem> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N as u64)?);
        Ok(array)
    }

    fn byte(&mut self) -> Result<u8, Problem> {
        self.array().map(|[byte]| byte)
    }

    fn u32(&mut self) -> Result<u64, Problem> {
        self.array().map(u32::from_le_bytes).map(u64::from)
    }

    fn u64(&mut self) -> Result<u64, Problem> {
        self.array().map(u64::from_le_bytes)
    }

    /// The bytes up to the next line feed, which is read and left out.
    fn line(&mut self) -> Result<&'a [u8], Problem> {
        let rest = &self.bytes[self.at..];
        let end = rest
            .iter()
            .position(|b| *b == b'\n')
            .ok_or(Problem::UnendedLine)?;
        self.at += end + 1;
        Ok(&rest[..end])
    }

    fn text_line(&mut self) -> Result<&'a str, Problem> {
        utf8(self.line()?)
    }
}

impl<'a> Instruction<'a> {
    /// Reads the next opcode and its argument.
    pub(super) fn read(input: &mut Input<'a>) -> Result<Self, Problem> {
        let opcode = input.byte()?;
        if let Some(instruction) = Self::without_argument(opcode) {
            return Ok(instruction);
        }
        Self::scalar(opcode, input)
            .or_else(|| Self::blob(opcode, input))
            .or_else(|| Self::reference(opcode, input))
            .unwrap_or(Err(Problem::Opcode(opcode)))
    }

    fn without_argument(opcode: u8) -> Option<Self> {
        Some(match opcode {
            b'.' => Self::Stop,
            b'(' => Self::Mark,
            b'0' => Self::Pop,
            b'1' => Self::PopMark,
            b'2' => Self::Duplicate,
            b'N' => Self::Push(Node::None),
            0x88 => Self::Push(Node::Bool(true)),
            0x89 => Self::Push(Node::Bool(false)),
            b']' => Self::Push(Node::List(Vec::new())),
            b')' => Self::Push(Node::Tuple(Vec::new())),
            b'}' => Self::Push(Node::Dict(Vec::new())),
            b'l' => Self::List,
            b't' => Self::Tuple,
            b'd' => Self::Dict,
            0x85 => Self::TupleOf(1),
            0x86 => Self::TupleOf(2),
            0x87 => Self::TupleOf(3),
            b'a' => Self::Append,
            b'e' => Self::Appends,
            b's' => Self::SetItem,
            b'u' => Self::SetItems,
            0x93 => Self::StackGlobal,
            b'R' => Self::Reduce,
            b'b' => Self::Build,
            b'Q' => Self::Persistent,
            0x94 => Self::Memoize,
            _ => return None,
        })
    }

    /// Numbers, and what is skipped.
    fn scalar(opcode: u8, input: &mut Input<'a>) -> Option<Result<Self, Problem>> {
        Some(match opcode {
            0x80 => input.byte().and_then(protocol),
            0x95 => input.u64().map(|_| Self::Skip),
            b'K' => input.byte().map(int),
            b'M' => input.array().map(|v| int(u16::from_le_bytes(v))),
            b'J' => input.array().map(|v| int(i32::from_le_bytes(v))),
            0x8a => input.byte().and_then(|n| long(input, n.into())),
            0x8b => input.u32().and_then(|n| long(input, n)),
            b'G' => input
                .array()
                .map(|v| Self::Push(Node::Float(f64::from_be_bytes(v)))),
            b'I' => input.text_line().and_then(decimal_or_bool),
            b'L' => input
                .text_line()
                .and_then(|v| decimal(v.strip_suffix('L').unwrap_or(v))),
            b'F' => input.text_line().and_then(float),
            _ => return None,
        })
    }

    /// Text and bytes.
    fn blob(opcode: u8, input: &mut Input<'a>) -> Option<Result<Self, Problem>> {
        let (length, is_text) = match opcode {
            0x8c => (input.byte().map(u64::from), true),
            b'X' => (input.u32(), true),
            0x8d => (input.u64(), true),
            b'C' | b'U' => (input.byte().map(u64::from), false),
            b'B' | b'T' => (input.u32(), false),
            0x8e | 0x96 => (input.u64(), false),
            b'V' => return Some(input.line().and_then(raw_unicode)),
            _ => return None,
        };
        Some(
            length
                .and_then(|n| input.take(n))
                .and_then(|bytes| match is_text {
                    true => utf8(bytes).map(|text| Self::Push(Node::Text(text.into()))),
                    false => Ok(Self::Push(Node::Bytes(bytes.into()))),
                }),
        )
    }

    /// Globals and stored values.
    fn reference(opcode: u8, input: &mut Input<'a>) -> Option<Result<Self, Problem>> {
        let index = |line: &str| line.parse().map_err(|_| Problem::Number);
        Some(match opcode {
            b'c' => global(input),
            b'q' => input.byte().map(|n| Self::Put(n.into())),
            b'r' => input.u32().map(Self::Put),
            b'p' => input.text_line().and_then(index).map(Self::Put),
            b'h' => input.byte().map(|n| Self::Get(n.into())),
            b'j' => input.u32().map(Self::Get),
            b'g' => input.text_line().and_then(index).map(Self::Get),
            b'P' => input.text_line().map(Self::PersistentText),
            _ => return None,
        })
    }
}

fn int<'a>(value: impl Into<i64>) -> Instruction<'a> {
    Instruction::Push(Node::Int(value.into()))
}

fn utf8(bytes: &[u8]) -> Result<&str, Problem> {
    std::str::from_utf8(bytes).map_err(|_| Problem::Utf8)
}

fn protocol<'a>(version: u8) -> Result<Instruction<'a>, Problem> {
    if version > 5 {
        Err(Problem::Protocol(version))
    } else {
        Ok(Instruction::Skip)
    }
}

fn global<'a>(input: &mut Input<'a>) -> Result<Instruction<'a>, Problem> {
    let module = input.text_line()?;
    Ok(Instruction::Global {
        module,
        name: input.text_line()?,
    })
}

/// A two's-complement integer of `n` little-endian bytes.
fn long<'a>(input: &mut Input<'a>, n: u64) -> Result<Instruction<'a>, Problem> {
    let bytes = input.take(n)?;
    if bytes.len() > 8 {
        return Ok(Instruction::Push(Node::LongInt(bytes)));
    }
    let sign = bytes
        .last()
        .map_or(0, |last| if last & 0x80 == 0 { 0 } else { 0xff });
    let mut padded = [sign; 8];
    padded[..bytes.len()].copy_from_slice(bytes);
    Ok(int(i64::from_le_bytes(padded)))
}

/// Protocol 0 writes `I01` and `I00` for the booleans.
fn decimal_or_bool<'a>(text: &str) -> Result<Instruction<'a>, Problem> {
    match text {
        "00" => Ok(Instruction::Push(Node::Bool(false))),
        "01" => Ok(Instruction::Push(Node::Bool(true))),
        _ => decimal(text),
    }
}

fn float<'a>(text: &str) -> Result<Instruction<'a>, Problem> {
    text.parse()
        .map(|value| Instruction::Push(Node::Float(value)))
        .map_err(|_| Problem::Number)
}

fn decimal<'a>(text: &str) -> Result<Instruction<'a>, Problem> {
    text.parse()
        .map(|value: i64| int(value))
        .map_err(|error: std::num::ParseIntError| {
            use std::num::IntErrorKind::{NegOverflow, PosOverflow};
            match error.kind() {
                PosOverflow | NegOverflow => Problem::BigInt,
                _ => Problem::Number,
            }
        })
}

/// Text as protocol 0 writes it: one byte a character up to U+00FF, `\uXXXX` or `\UXXXXXXXX` for
/// the others and for the line feed and the backslash.
fn raw_unicode<'a>(line: &[u8]) -> Result<Instruction<'a>, Problem> {
    let mut text = String::with_capacity(line.len());
    let mut rest = line;
    while let [first, tail @ ..] = rest {
        let digits = match rest {
            [b'\\', b'u', ..] => 4,
            [b'\\', b'U', ..] => 8,
            _ => {
                text.push(char::from(*first));
                rest = tail;
                continue;
            }
        };
        let hex = rest.get(2..2 + digits).ok_or(Problem::Utf8)?;
        let code = u32::from_str_radix(utf8(hex)?, 16).map_err(|_| Problem::Utf8)?;
        text.push(char::from_u32(code).ok_or(Problem::Utf8)?);
        rest = &rest[2 + digits..];
    }
    Ok(Instruction::Push(Node::Text(text.into())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(bytes: &[u8]) -> Result<Instruction<'_>, Problem> {
        Instruction::read(&mut Input::new(bytes))
    }

    #[test]
    fn integers_of_every_width_keep_their_sign() {
        // Python 3.12: pickle.dumps(v, protocol=p) for each.
        for (bytes, expected) in [
            (&b"K\xff"[..], 255),
            (b"M\x00\x01", 256),
            (b"J\xfe\xff\xff\xff", -2),
            (b"\x8a\x05\x00\x00\x00\x00\x80", -549_755_813_888),
            (b"\x8a\x00", 0),
            (b"\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f", i64::MAX),
            (b"I-12\n", -12),
            (b"L7L\n", 7),
        ] {
            assert_eq!(decode(bytes), Ok(int(expected)), "{bytes:?}");
        }
        assert_eq!(decode(b"I01\n"), Ok(Instruction::Push(Node::Bool(true))));
        let nine = b"\x8a\x09\x00\x00\x00\x00\x00\x00\x00\x80\x00";
        assert_eq!(
            decode(nine),
            Ok(Instruction::Push(Node::LongInt(&nine[2..])))
        );
    }

    #[test]
    fn floats_are_read_in_both_forms() {
        for bytes in [&b"G\xbf\xb9\x99\x99\x99\x99\x99\x9a"[..], b"F-0.1\n"] {
            assert_eq!(decode(bytes), Ok(Instruction::Push(Node::Float(-0.1))));
        }
        assert_eq!(
            decode(b"Finf\n"),
            Ok(Instruction::Push(Node::Float(f64::INFINITY)))
        );
        assert_eq!(decode(b"F1.5.2\n"), Err(Problem::Number));
    }

    #[test]
    fn what_does_not_fit_is_refused_before_memory_is_taken() {
        assert_eq!(decode(b"L9223372036854775808L\n"), Err(Problem::BigInt));
        let huge = b"\x8d\xff\xff\xff\xff\xff\xff\xff\x7fAC";
        assert_eq!(
            decode(huge),
            Err(Problem::Truncated {
                needed: i64::MAX as u64,
                left: 2
            })
        );
    }

    #[test]
    fn protocol_0_text_is_unescaped() {
        let text = |t: &str| Ok(Instruction::Push(Node::Text(t.to_owned().into())));
        assert_eq!(decode(b"Va\\u000ab\xe9\\u005c\n"), text("a\nbé\\"));
        assert_eq!(decode(b"V\\U0001f9ec\n"), text("🧬"));
        assert_eq!(decode(b"V\\u00\n"), Err(Problem::Utf8));
        assert_eq!(decode(b"V\\ud800\n"), Err(Problem::Utf8));
    }

    #[test]
    fn opcodes_that_build_objects_are_refused() {
        for opcode in [b'i', b'o', 0x81, 0x82, 0x83, 0x84, 0x8f, 0x92, 0x97, b'S'] {
            assert_eq!(decode(&[opcode, b'1', b'\n']), Err(Problem::Opcode(opcode)));
        }
        assert_eq!(decode(b"\x80\x06"), Err(Problem::Protocol(6)));
    }
}
