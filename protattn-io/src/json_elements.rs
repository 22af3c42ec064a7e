//! The elements of a JSON list, one at a time.
//!
//! A list of a gigabyte is never held as a whole: brackets and quotes are counted to find where an
//! element ends, and only its text is kept and given to serde_json. What is in an element is not
//! looked at, so that one that makes no sense is one error, and the next begins after its comma.

use std::io::BufRead;
use std::mem;
use std::path::PathBuf;

use serde::de::DeserializeOwned;

use crate::Error;
use crate::limits::raised_size;

/// The most bytes an element may have: TAPE's largest, with profiles, have a few MB.
const MAX_ELEMENT: usize = 1 << 26;

/// What an object starts with whose list is read in its place: an answer of UniProt's.
const RESULTS: &[u8] = b"{\"results\":[";

/// What Python writes where a float is no number.
const PYTHON_NUMBERS: [&str; 3] = ["NaN", "-Infinity", "Infinity"];

/// Reads the elements of a list, of the list that is the first value `results` of an object, or one
/// object as if it were in a list.
///
/// An element that cannot be used is one `Err` that names its number and line; the next call goes
/// on with the next. A file without elements is one `Err`.
#[derive(Debug)]
pub(crate) struct Elements<R> {
    input: R,
    path: PathBuf,
    next: Next,
    /// The text of the element, as far as it is read.
    text: Vec<u8>,
    /// Elements that have been begun.
    count: usize,
    /// The 1-based line on which the last one began.
    line: usize,
    /// Line feeds that have been passed.
    line_feeds: usize,
}

/// What comes next in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    Start,
    /// An element of the list that the file is.
    Listed,
    /// An element of a list in an object, of which the rest does not matter.
    Result,
    /// An object that stands alone. How it begins is in the text.
    Object,
    /// The end of the file, after the list or object.
    End,
    Nothing,
}

impl<R: BufRead> Elements<R> {
    pub(crate) fn new(input: R, path: impl Into<PathBuf>) -> Self {
        Self {
            input,
            path: path.into(),
            next: Next::Start,
            text: Vec::new(),
            count: 0,
            line: 0,
            line_feeds: 0,
        }
    }

    /// Reads the next element and makes of it, and of its number counted from 1, what is wanted;
    /// `None` at the end.
    pub(crate) fn next<T: DeserializeOwned, U>(
        &mut self,
        make: impl FnOnce(T, usize) -> Result<U, String>,
    ) -> Option<Result<U, Error>> {
        let found = match self.find() {
            Ok(Next::Nothing) => return None,
            Ok(next) => self.read(next),
            Err(error) => Err(error),
        };
        Some(found.and_then(|()| {
            let element = serde_json::from_slice(&self.text).map_err(|error| {
                self.line += error.line().saturating_sub(1);
                self.refused(crate::json_message(&error))
            })?;
            make(element, self.count).map_err(|message| self.refused(message))
        }))
    }

    /// What is wrong with the element that was read last.
    fn refused(&self, message: String) -> Error {
        Error::record(
            &self.path,
            format!("record {}, line {}", self.count, self.line),
            message,
        )
    }

    fn format<T>(&self, message: &str) -> Result<T, Error> {
        Err(Error::format(&self.path, message.to_owned()))
    }

    /// Goes to the next element, or to the end. Nothing comes after an error.
    fn find(&mut self) -> Result<Next, Error> {
        let next = match mem::replace(&mut self.next, Next::Nothing) {
            Next::Nothing => return Ok(Next::Nothing),
            Next::Start => self.read_start()?,
            next => next,
        };
        if next == Next::Object {
            return Ok(next);
        }
        match (next, self.skip_space()?) {
            (Next::End, None) => Ok(Next::Nothing),
            (Next::End, Some(_)) => {
                let line = self.line_feeds + 1;
                self.format(&format!("it goes on in line {line} after its end"))
            }
            (_, None) => self.format("the file ends before its list does"),
            (_, Some(b']')) if self.count == 0 => self.format("the list is empty"),
            _ => Ok(next),
        }
    }

    /// Finds out what the file is, and reads up to the first element.
    fn read_start(&mut self) -> Result<Next, Error> {
        // A byte order mark.
        while let Some(0xef | 0xbb | 0xbf) = self.peek()? {
            self.input.consume(1);
        }
        match self.skip_space()? {
            Some(b'[') => {
                self.input.consume(1);
                Ok(Next::Listed)
            }
            Some(b'{') => self.read_object_start(),
            Some(_) => self.format("it is neither a JSON list nor an object"),
            None => self.format("the file holds no records"),
        }
    }

    /// Reads an object as far as it is [`RESULTS`].
    fn read_object_start(&mut self) -> Result<Next, Error> {
        while self.text != RESULTS {
            let is_in_text = is_in_text(&self.text);
            match if is_in_text {
                self.peek()?
            } else {
                self.skip_space()?
            } {
                Some(byte) if byte == RESULTS[self.text.len()] => self.text.push(byte),
                _ => return Ok(Next::Object),
            }
            self.input.consume(1);
        }
        Ok(Next::Result)
    }

    /// Reads the text of an element, and past what ends it.
    fn read(&mut self, this: Next) -> Result<(), Error> {
        self.count += 1;
        self.line = self.line_feeds + 1;
        if this != Next::Object {
            self.text.clear();
        }
        let mut scan = Scan::new(this == Next::Object, &self.text);
        let end = self.scan(&mut scan)?;
        self.next = match (end, this) {
            (Some(b','), _) => this,
            (Some(_), Next::Result) => Next::Nothing,
            (Some(_), _) => Next::End,
            // What is missing is the bracket of the list.
            (None, _) if scan.depth == 0 && !scan.in_text => this,
            (None, _) => return Err(self.refused("the file ends within the record".to_owned())),
        };
        if scan.is_too_long {
            let limit = raised_size(MAX_ELEMENT);
            return Err(self.refused(format!("the record has more than {limit} bytes")));
        }
        if scan.has_python_number {
            self.text = without_python_numbers(&self.text);
        }
        Ok(())
    }

    /// Reads up to the byte that ends an element, and gives that.
    fn scan(&mut self, scan: &mut Scan) -> Result<Option<u8>, Error> {
        let limit = raised_size(MAX_ELEMENT);
        loop {
            let chunk = self.input.fill_buf();
            let chunk = chunk.map_err(Error::io(&self.path))?;
            let end = chunk.iter().position(|byte| scan.ends_at(*byte));
            let taken = &chunk[..end.map_or(chunk.len(), |index| index + 1)];
            self.line_feeds += taken.iter().filter(|byte| **byte == b'\n').count();
            // The bracket of a lone object is part of its text; a comma or that of a list is not.
            let kept = &taken[..end.filter(|_| !scan.is_alone).unwrap_or(taken.len())];
            scan.is_too_long |= self.text.len() + kept.len() > limit;
            if !scan.is_too_long {
                self.text.extend_from_slice(kept);
            }
            let (last, length) = (taken.last().copied(), taken.len());
            self.input.consume(length);
            if end.is_some() || length == 0 {
                return Ok(last);
            }
        }
    }

    /// The next byte, not consumed.
    fn peek(&mut self) -> Result<Option<u8>, Error> {
        let chunk = self.input.fill_buf();
        let chunk = chunk.map_err(Error::io(&self.path))?;
        Ok(chunk.first().copied())
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
}

/// Where in an element the scan is.
#[derive(Debug)]
struct Scan {
    /// Whether the element is an object that no list is around.
    is_alone: bool,
    depth: usize,
    in_text: bool,
    escaped: bool,
    is_too_long: bool,
    /// Whether a letter was seen that no JSON value has outside text.
    has_python_number: bool,
}

impl Scan {
    /// After the start of an element.
    fn new(is_alone: bool, start: &[u8]) -> Self {
        Self {
            is_alone,
            depth: is_alone.into(),
            in_text: is_in_text(start),
            escaped: false,
            is_too_long: false,
            has_python_number: false,
        }
    }

    /// Takes one byte: whether the element ends with it, or before it if it is the list's.
    fn ends_at(&mut self, byte: u8) -> bool {
        if self.in_text {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' => self.escaped = true,
                b'"' => self.in_text = false,
                _ => {}
            }
            return false;
        }
        match byte {
            b'"' => self.in_text = true,
            b',' | b']' if self.depth == 0 => return true,
            b'{' | b'[' => self.depth += 1,
            // One too many within an element: the element is refused when it is read.
            b'}' | b']' => self.depth = self.depth.saturating_sub(1),
            b'N' | b'I' => self.has_python_number = true,
            _ => {}
        }
        self.is_alone && self.depth == 0
    }
}

/// The text with `null` for what Python writes where a float is no number.
fn without_python_numbers(mut text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + text.len() / 4);
    let mut scan = Scan::new(false, &[]);
    while let Some((byte, rest)) = text.split_first() {
        let after = |word: &&str| text.strip_prefix(word.as_bytes());
        let number = PYTHON_NUMBERS.iter().filter(|_| !scan.in_text);
        if let Some(after) = number.filter_map(after).next() {
            out.extend_from_slice(b"null");
            text = after;
        } else {
            scan.ends_at(*byte);
            out.push(*byte);
            text = rest;
        }
    }
    out
}

/// Whether the end of a text without escapes is between quotes.
fn is_in_text(text: &[u8]) -> bool {
    text.iter().filter(|b| **b == b'"').count() % 2 == 1
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use serde_json::{Value, json};

    use super::*;

    /// What each call gives, with the input in pieces of every small size.
    fn as_it_is(element: Value, _number: usize) -> Result<Value, String> {
        Ok(element)
    }

    fn read(text: &str) -> Vec<Result<Value, String>> {
        let read_by = |capacity| {
            let input = BufReader::with_capacity(capacity, text.as_bytes());
            let mut elements = Elements::new(input, "f");
            std::iter::from_fn(move || elements.next(as_it_is))
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
        assert_eq!(read("{\"results \": 1}"), [Ok(json!({"results ": 1}))]);
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
        let error = elements.next(as_it_is).expect("an element");
        let message = "f: record 1, line 1: the record has more than 67108864 bytes";
        assert_eq!(error.map_err(|e| e.to_string()), err(message));
        assert_eq!(elements.next(as_it_is), Some(Ok(json!(2))));
    }
}
