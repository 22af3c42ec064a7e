//! The elements of a JSON list, one at a time.
//!
//! A list of a gigabyte is never held as a whole: brackets and quotes are counted to find where an
//! element ends, and only its text is kept. What is in an element is not looked at, so that one
//! that makes no sense is one error, and the next begins after its comma.

use std::io::BufRead;
use std::path::PathBuf;

use serde::de::DeserializeOwned;

use crate::Error;
use crate::limits::raised_size;

/// The most bytes an element may have: TAPE's largest, with profiles, have a few MB.
const MAX_ELEMENT: usize = 1 << 26;

/// What an object starts with whose list is read in its place: an answer of UniProt's.
const RESULTS: &[u8] = b"{\"results\":[";

/// Reads the elements of a list, of the list that is the first value `results` of an object, or one
/// object as if it were in a list.
///
/// An element that cannot be used is one `Err` that names its number and line; the next call goes
/// on with the next. A file without elements is one `Err`.
#[derive(Debug)]
pub(crate) struct Elements<R> {
    input: R,
    path: PathBuf,
    state: State,
    /// The text of the element, as far as it is read.
    text: Vec<u8>,
    /// Elements that have been begun.
    count: usize,
    /// The 1-based line on which the last one began.
    line: usize,
    /// Line feeds that have been passed.
    line_feeds: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Start,
    /// Before an element of a list.
    List(Outer),
    /// In an object that stands alone.
    Object,
    /// After the last element, and what has been read of the file after it.
    Ended(Ending),
    Done,
}

/// What a list is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outer {
    File,
    Object,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    /// Nothing may follow.
    Closed,
    /// What follows is the rest of an answer of UniProt's.
    ClosedInObject,
    /// The bracket that closes the list is missing.
    Open,
}

/// What an element ended with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Comma,
    Bracket,
    /// With the object that is the whole file.
    Object,
    File,
}

/// Where in an element the scan is.
#[derive(Debug, Default)]
struct Scan {
    depth: usize,
    in_text: bool,
    escaped: bool,
    too_long: bool,
    /// Whether a letter was seen that no JSON value has outside text: `NaN`, `Infinity`.
    has_python_number: bool,
}

impl<R: BufRead> Elements<R> {
    pub(crate) fn new(input: R, path: impl Into<PathBuf>) -> Self {
        Self {
            input,
            path: path.into(),
            state: State::Start,
            text: Vec::new(),
            count: 0,
            line: 0,
            line_feeds: 0,
        }
    }

    /// The number of the element that was read last, counted from 1.
    #[cfg(feature = "uniprot")]
    pub(crate) fn number(&self) -> usize {
        self.count
    }

    /// The next element; `None` at the end.
    pub(crate) fn next<T: DeserializeOwned>(&mut self) -> Option<Result<T, Error>> {
        match self.read() {
            Ok(false) => {
                self.state = State::Done;
                None
            }
            Ok(true) => Some(serde_json::from_slice(&self.text).map_err(|error| {
                self.line += error.line().saturating_sub(1);
                self.refused(crate::json_message(&error))
            })),
            Err(error) => Some(Err(error)),
        }
    }

    /// What is wrong with the element that was read last.
    pub(crate) fn refused(&self, message: String) -> Error {
        Error::Record {
            path: self.path.clone(),
            record: format!("record {}, line {}", self.count, self.line),
            message,
        }
    }

    /// Reads the text of the next element; false if there is none.
    fn read(&mut self) -> Result<bool, Error> {
        self.text.clear();
        if self.state == State::Start {
            self.read_start()?;
        }
        match self.state {
            State::Object => {}
            State::List(_) => self.check_list()?,
            State::Ended(ending) => return self.check_end(ending),
            State::Start | State::Done => return Ok(false),
        }
        self.count += 1;
        self.line = self.line_feeds + 1;
        let mut scan = Scan::default();
        if self.state == State::Object {
            // Its bracket, and perhaps the start of its first key, have been read.
            scan.depth = 1;
            scan.in_text = is_in_text(&self.text);
        }
        let end = self.scan_element(&mut scan)?;
        self.state = match (end, self.state) {
            (End::Comma, state) => state,
            (End::Bracket, State::List(Outer::Object)) => State::Ended(Ending::ClosedInObject),
            (End::File, State::List(_)) if scan.is_complete() => State::Ended(Ending::Open),
            (End::File, _) => State::Done,
            (End::Bracket | End::Object, _) => State::Ended(Ending::Closed),
        };
        if scan.too_long {
            let limit = raised_size(MAX_ELEMENT);
            let message = format!("the record has more than {limit} bytes");
            return Err(self.refused(message));
        }
        if end == End::File && self.state == State::Done {
            return Err(self.refused("the file ends within the record".to_owned()));
        }
        if scan.has_python_number {
            self.text = without_python_numbers(&self.text);
        }
        Ok(true)
    }

    /// Whether there can be an element here.
    fn check_list(&mut self) -> Result<(), Error> {
        let message = match self.skip_space()? {
            None => "the file ends before its list does",
            Some(b']') if self.count == 0 => "the list is empty",
            Some(_) => return Ok(()),
        };
        self.state = State::Done;
        Err(self.format(message.to_owned()))
    }

    /// Whether the file may end as it does; there are no more elements.
    fn check_end(&mut self, ending: Ending) -> Result<bool, Error> {
        self.state = State::Done;
        let message = match ending {
            Ending::ClosedInObject => return Ok(false),
            Ending::Closed => match self.skip_space()? {
                None => return Ok(false),
                Some(_) => format!("it goes on in line {} after its end", self.line_feeds + 1),
            },
            Ending::Open => "the file ends before its list does".to_owned(),
        };
        Err(self.format(message))
    }

    /// Finds out what the file is, and reads up to the first element.
    fn read_start(&mut self) -> Result<(), Error> {
        // Stays so if the file is of neither kind.
        self.state = State::Done;
        if self.peek()? == Some(0xef) {
            for expected in "\u{feff}".bytes() {
                if self.peek()? == Some(expected) {
                    self.input.consume(1);
                }
            }
        }
        self.state = match self.skip_space()? {
            Some(b'[') => {
                self.input.consume(1);
                State::List(Outer::File)
            }
            Some(b'{') => self.read_object_start()?,
            Some(_) => {
                let message = "it is neither a JSON list nor an object";
                return Err(self.format(message.to_owned()));
            }
            None => return Err(self.format("the file holds no records".to_owned())),
        };
        Ok(())
    }

    /// Reads an object as far as it is [`RESULTS`]. What was read stays in the text if it is not.
    fn read_object_start(&mut self) -> Result<State, Error> {
        while let Some(byte) = self.peek()? {
            let is_space = byte.is_ascii_whitespace() && !is_in_text(&self.text);
            if !is_space && byte != RESULTS[self.text.len()] {
                return Ok(State::Object);
            }
            self.input.consume(1);
            if is_space {
                self.line_feeds += usize::from(byte == b'\n');
                continue;
            }
            self.text.push(byte);
            if self.text == RESULTS {
                self.text.clear();
                return Ok(State::List(Outer::Object));
            }
        }
        Ok(State::Object)
    }

    /// Reads up to the end of an element, and past it.
    fn scan_element(&mut self, scan: &mut Scan) -> Result<End, Error> {
        let is_object = self.state == State::Object;
        loop {
            let chunk = match self.input.fill_buf() {
                Ok(chunk) => chunk,
                Err(error) => {
                    self.state = State::Done;
                    return Err(Error::io(&self.path, &error));
                }
            };
            if chunk.is_empty() {
                return Ok(End::File);
            }
            let found = chunk.iter().enumerate().find_map(|(index, byte)| {
                self.line_feeds += usize::from(*byte == b'\n');
                scan.end_at(*byte, is_object).map(|end| (index, end))
            });
            // The bracket of a lone object is part of its text; a comma or that of a list is not.
            let kept = match found {
                None => chunk.len(),
                Some((index, End::Object)) => index + 1,
                Some((index, _)) => index,
            };
            scan.too_long |= self.text.len() + kept > raised_size(MAX_ELEMENT);
            if !scan.too_long {
                self.text.extend_from_slice(&chunk[..kept]);
            }
            let taken = found.map_or(chunk.len(), |(index, _)| index + 1);
            self.input.consume(taken);
            if let Some((_, end)) = found {
                return Ok(end);
            }
        }
    }

    /// The next byte, not consumed.
    fn peek(&mut self) -> Result<Option<u8>, Error> {
        match self.input.fill_buf() {
            Ok(chunk) => Ok(chunk.first().copied()),
            Err(error) => {
                self.state = State::Done;
                Err(Error::io(&self.path, &error))
            }
        }
    }

    /// Consumes white space, and gives the byte after it.
    fn skip_space(&mut self) -> Result<Option<u8>, Error> {
        loop {
            match self.peek()? {
                Some(byte) if byte.is_ascii_whitespace() => {
                    self.line_feeds += usize::from(byte == b'\n');
                    self.input.consume(1);
                }
                other => return Ok(other),
            }
        }
    }

    fn format(&self, message: String) -> Error {
        Error::Format {
            path: self.path.clone(),
            message,
        }
    }
}

impl Scan {
    /// Whether all that was opened is closed.
    fn is_complete(&self) -> bool {
        self.depth == 0 && !self.in_text
    }

    /// Takes one byte; the end, if it is one.
    fn end_at(&mut self, byte: u8, is_object: bool) -> Option<End> {
        if self.in_text {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' => self.escaped = true,
                b'"' => self.in_text = false,
                _ => {}
            }
            return None;
        }
        match byte {
            b'"' => self.in_text = true,
            b'{' | b'[' => self.depth += 1,
            b']' if self.depth == 0 => return Some(End::Bracket),
            b',' if self.depth == 0 => return Some(End::Comma),
            // One too many within an element: the element is refused when it is read.
            b'}' | b']' => self.depth = self.depth.saturating_sub(1),
            b'N' | b'I' => self.has_python_number = true,
            _ => {}
        }
        (is_object && self.depth == 0).then_some(End::Object)
    }
}

/// Whether the end of a text without escapes is between quotes.
fn is_in_text(text: &[u8]) -> bool {
    text.iter().filter(|b| **b == b'"').count() % 2 == 1
}

/// The text with `null` for what Python writes where a float is no number: `NaN`, `Infinity` and
/// `-Infinity`.
fn without_python_numbers(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + text.len() / 4);
    let mut scan = Scan::default();
    let mut rest = text;
    while let Some(byte) = rest.first() {
        let is_word = |word: &&&str| !scan.in_text && rest.starts_with(word.as_bytes());
        if let Some(word) = ["NaN", "Infinity", "-Infinity"].iter().find(is_word) {
            out.extend_from_slice(b"null");
            rest = &rest[word.len()..];
        } else {
            scan.end_at(*byte, false);
            out.push(*byte);
            rest = &rest[1..];
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use serde_json::{Value, json};

    use super::*;

    /// What each call gives, with the input in pieces of every small size.
    fn read(text: &str) -> Vec<Result<Value, String>> {
        let read_by = |capacity| {
            let input = BufReader::with_capacity(capacity, text.as_bytes());
            let mut elements = Elements::new(input, "f");
            std::iter::from_fn(move || elements.next::<Value>())
                .map(|element| element.map_err(|error| error.to_string()))
                .collect::<Vec<_>>()
        };
        let whole = read_by(1 << 16);
        for capacity in 1..8 {
            assert_eq!(read_by(capacity), whole, "pieces of {capacity}");
        }
        whole
    }

    fn err(message: &str) -> Result<Value, String> {
        Err(message.to_owned())
    }

    #[test]
    fn brackets_and_commas_in_text_end_nothing() {
        let text = "\u{feff} [ {\"a]\": \"},\\\"[\"} ,\n[[1,2],[]], \"x\" ]\n";
        let expected = [
            Ok(json!({"a]": "},\"["})),
            Ok(json!([[1, 2], []])),
            Ok(json!("x")),
        ];
        assert_eq!(read(text), expected);
    }

    #[test]
    fn an_object_is_one_element_or_holds_the_results() {
        assert_eq!(read("{\"id\": 1}"), [Ok(json!({"id": 1}))]);
        assert_eq!(read("{\"res, {\": 1}"), [Ok(json!({"res, {": 1}))]);
        assert_eq!(read("{ \"results\": 1}"), [Ok(json!({"results": 1}))]);
        let results = read("{ \"results\" : [{\"a\": 1}, 2], \"more\": [3]}");
        assert_eq!(results, [Ok(json!({"a": 1})), Ok(json!(2))]);
    }

    #[test]
    fn what_python_writes_for_no_number_is_null() {
        let text = "[[NaN, -Infinity, 1e3, Infinity, \"NaN\"]]";
        assert_eq!(read(text), [Ok(json!([null, null, 1e3, null, "NaN"]))]);
    }

    #[test]
    fn a_bad_element_is_named_and_the_next_one_read() {
        let expected = [
            err("f: record 1, line 1: trailing characters at column 3"),
            Ok(json!(2)),
            err("f: record 3, line 3: expected value at column 2"),
            err("f: record 4, line 3: EOF while parsing a value"),
            Ok(json!(5)),
        ];
        assert_eq!(read("[{}}, 2,\n[1,\n :], , 5]"), expected);
    }

    #[test]
    fn a_file_that_ends_too_early_or_too_late_is_an_error() {
        let early = err("f: the file ends before its list does");
        assert_eq!(read("[1"), [Ok(json!(1)), early.clone()]);
        assert_eq!(read("[1,"), [Ok(json!(1)), early.clone()]);
        assert_eq!(read("["), [early]);
        let within = [err("f: record 1, line 2: the file ends within the record")];
        assert_eq!(read("[\n{\"a\": [1]"), within);
        assert_eq!(read("\n{\"a\""), within);
        let after = err("f: it goes on in line 2 after its end");
        assert_eq!(read("[1]\n[2]"), [Ok(json!(1)), after.clone()]);
        assert_eq!(read("{}\n{}"), [Ok(json!({})), after]);
        assert_eq!(read(" [ ]"), [err("f: the list is empty")]);
        assert_eq!(read(" "), [err("f: the file holds no records")]);
        let neither = "f: it is neither a JSON list nor an object";
        assert_eq!(read("1"), [err(neither)]);
    }

    #[test]
    fn an_element_over_the_limit_is_passed_over() {
        let text = format!("[\"{}\", 2]", "a".repeat(MAX_ELEMENT));
        let mut elements = Elements::new(text.as_bytes(), "f");
        let error = elements.next::<Value>().expect("an element");
        let message = "f: record 1, line 1: the record has more than 67108864 bytes";
        assert_eq!(error.map_err(|e| e.to_string()), err(message));
        assert_eq!(elements.next::<Value>(), Some(Ok(json!(2))));
    }
}
