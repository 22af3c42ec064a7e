//! The words of a CIF file.
//!
//! Grammar: Hall, Allen and Brown 1991, as the International Tables G (2005), section 2.2, restate
//! it for CIF 1.1. Tokens borrow from the text; nothing is allocated.

/// One word of a CIF file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Token<'a> {
    /// `data_NAME`: a data block begins.
    Data(&'a str),
    /// `save_NAME`, or `save_` at the end of such a frame: found in dictionaries only.
    Save(&'a str),
    /// `loop_`: the names of columns follow, then values.
    Loop,
    /// `_category.item`, with the underscore.
    Tag(&'a str),
    /// A value.
    Value(Value<'a>),
}

/// A value as it stands in the file, without its quotes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Value<'a> {
    text: &'a str,
    quoted: bool,
}

impl<'a> Value<'a> {
    /// The value, `None` where the file says that there is none (`.`) or that it is unknown (`?`).
    #[inline]
    pub(crate) fn known(self) -> Option<&'a str> {
        let absent = !self.quoted && matches!(self.text, "." | "?");
        (!absent).then_some(self.text)
    }

    /// The characters between the quotes, or those of the bare word.
    #[inline]
    pub(crate) fn text(self) -> &'a str {
        self.text
    }
}

/// A quoted value or a text block that the file ends in the middle of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unclosed {
    /// The quote: `'`, `"`, or `;` for a text block.
    pub(crate) delimiter: char,
    /// The 1-based line on which it opens.
    pub(crate) line: usize,
}

/// Splits a text into tokens.
#[derive(Clone, Debug)]
pub(crate) struct Tokenizer<'a> {
    text: &'a str,
    /// Byte offset of what is still to be read; always at a character boundary.
    at: usize,
    line: usize,
    closing_comment: bool,
}

impl<'a> Tokenizer<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            line: 1,
            closing_comment: false,
        }
    }

    /// The 1-based line of the token read last.
    pub(crate) fn line(&self) -> usize {
        self.line
    }

    /// Whether a comment stands between the token read last and the one before it, or the end.
    pub(crate) fn after_comment(&self) -> bool {
        self.closing_comment
    }

    /// The next token, `None` at the end of the text.
    ///
    /// # Errors
    ///
    /// If a quote is opened and never closed.
    pub(crate) fn next_token(&mut self) -> Result<Option<Token<'a>>, Unclosed> {
        self.skip_blanks_and_comments();
        let Some(&first) = self.bytes().get(self.at) else {
            return Ok(None);
        };
        match first {
            b';' if self.at_line_start() => self.text_block().map(Some),
            b'\'' | b'"' => self.quoted(first).map(Some),
            _ => Ok(Some(self.word())),
        }
    }

    fn bytes(&self) -> &'a [u8] {
        self.text.as_bytes()
    }

    fn at_line_start(&self) -> bool {
        self.at == 0 || matches!(self.bytes()[self.at - 1], b'\n' | b'\r')
    }

    fn skip_blanks_and_comments(&mut self) {
        let bytes = self.bytes();
        // Asked for again at the end, it stays as it was.
        self.closing_comment &= self.at == bytes.len();
        while let Some(&byte) = bytes.get(self.at) {
            match byte {
                b'\n' => self.line += 1,
                b' ' | b'\t' | b'\r' => {}
                b'#' => {
                    self.closing_comment = true;
                    let rest = &bytes[self.at..];
                    // Stops before the line end, which the next turn counts.
                    self.at += rest.iter().position(|&b| b == b'\n').unwrap_or(rest.len());
                    continue;
                }
                _ => return,
            }
            self.at += 1;
        }
    }

    fn word(&mut self) -> Token<'a> {
        let rest = &self.text[self.at..];
        let end = rest.bytes().position(is_blank).unwrap_or(rest.len());
        self.at += end;
        classify(&rest[..end])
    }

    /// A quote closes only before a blank or the end: `'5'-phosphate'` is one value.
    fn quoted(&mut self, quote: u8) -> Result<Token<'a>, Unclosed> {
        let rest = &self.text[self.at + 1..];
        let bytes = rest.as_bytes();
        let closes = |i: usize| bytes[i] == quote && bytes.get(i + 1).is_none_or(|&b| is_blank(b));
        let line_end = bytes
            .iter()
            .position(|&b| b == b'\n')
            .unwrap_or(bytes.len());
        let Some(end) = (0..line_end).find(|&i| closes(i)) else {
            return Err(Unclosed {
                delimiter: char::from(quote),
                line: self.line,
            });
        };
        self.at += end + 2;
        Ok(Token::Value(Value {
            text: &rest[..end],
            quoted: true,
        }))
    }

    /// From a semicolon that opens a line to the next one that does.
    fn text_block(&mut self) -> Result<Token<'a>, Unclosed> {
        let rest = &self.text[self.at + 1..];
        let Some(end) = rest.find("\n;") else {
            return Err(Unclosed {
                delimiter: ';',
                line: self.line,
            });
        };
        let text = &rest[..end];
        self.line += text.bytes().filter(|&b| b == b'\n').count() + 1;
        self.at += end + 3;
        Ok(Token::Value(Value {
            text: text.strip_suffix('\r').unwrap_or(text),
            quoted: true,
        }))
    }
}

#[inline]
fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

/// Tells an unquoted word's kind; reserved words are of any case.
#[inline]
fn classify(word: &str) -> Token<'_> {
    match word.as_bytes()[0] {
        b'_' => Some(Token::Tag(word)),
        b'd' | b'D' => strip_keyword(word, "data_").map(Token::Data),
        b's' | b'S' => strip_keyword(word, "save_").map(Token::Save),
        b'l' | b'L' if word.eq_ignore_ascii_case("loop_") => Some(Token::Loop),
        _ => None,
    }
    .unwrap_or(Token::Value(Value {
        text: word,
        quoted: false,
    }))
}

fn strip_keyword<'a>(word: &'a str, keyword: &str) -> Option<&'a str> {
    let (head, name) = word.split_at_checked(keyword.len())?;
    head.eq_ignore_ascii_case(keyword).then_some(name)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> Vec<Token<'_>> {
        let mut tokenizer = Tokenizer::new(text);
        std::iter::from_fn(|| tokenizer.next_token().unwrap()).collect()
    }

    fn bare(text: &str) -> Token<'_> {
        Token::Value(Value {
            text,
            quoted: false,
        })
    }

    fn quoted(text: &str) -> Token<'_> {
        Token::Value(Value { text, quoted: true })
    }

    #[test]
    fn words_are_told_apart() {
        let text = "DATA_1ABC\nLoop_ _a.b # a comment 'with a quote\n1.5 save_x database";
        let expected = [
            Token::Data("1ABC"),
            Token::Loop,
            Token::Tag("_a.b"),
            bare("1.5"),
            Token::Save("x"),
            bare("database"),
        ];
        assert_eq!(tokens(text), expected);
    }

    #[test]
    fn a_quote_closes_only_before_a_blank() {
        assert_eq!(
            tokens("'a 5'-cap' \"C5'\"\tO5'"),
            [quoted("a 5'-cap"), quoted("C5'"), bare("O5'")]
        );
        assert_eq!(tokens("''"), [quoted("")]);
    }

    #[test]
    fn a_hash_inside_a_word_is_no_comment() {
        assert_eq!(tokens("a#b #c"), [bare("a#b")]);
    }

    #[test]
    fn a_text_block_runs_between_semicolons_that_open_lines() {
        assert_eq!(
            tokens("x\n;one ; 'two\nthree\n; y"),
            [bare("x"), quoted("one ; 'two\nthree"), bare("y")]
        );
        assert_eq!(tokens("\r\n;one\r\n;\r\n z"), [quoted("one"), bare("z")]);
    }

    #[test]
    fn only_a_bare_point_or_question_mark_is_no_value() {
        let known = |text| match tokens(text)[0] {
            Token::Value(value) => value.known(),
            _ => panic!("{text} is a value"),
        };
        assert_eq!(known("."), None);
        assert_eq!(known("?"), None);
        assert_eq!(known("'?'"), Some("?"));
        assert_eq!(known("?x"), Some("?x"));
    }

    #[test]
    fn lines_are_counted_from_one() {
        let mut tokenizer = Tokenizer::new("a\n# c\n;\ntext\n;\nb");
        for line in [1, 5, 6] {
            tokenizer.next_token().unwrap().unwrap();
            assert_eq!(tokenizer.line(), line);
        }
    }

    #[test]
    fn what_is_never_closed_is_named() {
        for (text, delimiter, line) in [
            ("a\n'b\nc'", '\'', 2),
            ("\"b", '"', 1),
            ("a\n\n;b\nc", ';', 3),
        ] {
            let mut tokenizer = Tokenizer::new(text);
            let error = loop {
                match tokenizer.next_token() {
                    Ok(Some(_)) => {}
                    Ok(None) => panic!("{text:?} has no end"),
                    Err(error) => break error,
                }
            };
            assert_eq!(error, Unclosed { delimiter, line });
        }
    }
}
