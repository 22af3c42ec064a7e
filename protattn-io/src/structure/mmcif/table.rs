//! The tables of an mmCIF file, read one row at a time.
//!
//! A category with one row may stand as a loop or as names each followed by its value; both come
//! out as a table.

use super::tokenizer::{Token, Tokenizer, Unclosed, Value};
use crate::structure::Problem;

/// The head of a table: its category and its columns.
#[derive(Debug)]
pub(crate) struct Table<'a> {
    category: &'a str,
    columns: Vec<&'a str>,
}

impl<'a> Table<'a> {
    /// A table named after its first tag; `tags` is never empty.
    fn new(tags: &[&'a str]) -> Self {
        let category = split_tag(tags[0]).0;
        let columns = tags.iter().map(|tag| split_tag(tag).1).collect();
        Self { category, columns }
    }

    /// Whether this is the category of that name, without the underscore. Case does not count.
    pub(crate) fn is(&self, category: &str) -> bool {
        self.category.eq_ignore_ascii_case(category)
    }

    /// The 0-based position of a column in each row.
    pub(crate) fn column(&self, name: &str) -> Option<usize> {
        self.columns
            .iter()
            .position(|column| column.eq_ignore_ascii_case(name))
    }
}

/// `_atom_site.id` is the item `id` of the category `atom_site`.
fn split_tag(tag: &str) -> (&str, &str) {
    let name = tag.strip_prefix('_').unwrap_or(tag);
    name.split_once('.').unwrap_or((name, ""))
}

/// What the rows of the present table come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rows {
    /// The rest of a loop.
    Loop,
    /// The one row that has been collected into `row`.
    Pairs,
    /// No rows are left.
    Done,
}

/// Walks the tables of a text from the first to the last.
#[derive(Debug)]
pub(crate) struct Reader<'a> {
    tokens: Tokenizer<'a>,
    /// A token that was read to see where a table ends.
    ahead: Option<Token<'a>>,
    category: &'a str,
    width: usize,
    rows: Rows,
    row: Vec<Value<'a>>,
    row_line: usize,
    block: usize,
    closes_tables: bool,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        let tokens = Tokenizer::new(text);
        Self {
            tokens,
            ahead: None,
            category: "",
            width: 0,
            rows: Rows::Done,
            row: Vec::new(),
            row_line: 0,
            block: 0,
            closes_tables: false,
        }
    }

    /// The 1-based line on which the last value read ends.
    pub(crate) fn line(&self) -> usize {
        self.tokens.line()
    }

    /// The 1-based line on which the last row read ends.
    pub(crate) fn row_line(&self) -> usize {
        self.row_line
    }

    /// How many data blocks have begun.
    pub(crate) fn block(&self) -> usize {
        self.block
    }

    /// Whether a comment closes the file, as `#` does in the files of the archive; to be asked when
    /// [`next_table`](Self::next_table) has found no more.
    pub(crate) fn closed(&self) -> bool {
        self.tokens.after_comment()
    }

    /// Whether a comment closes one of the tables so far.
    pub(crate) fn closes_tables(&self) -> bool {
        self.closes_tables
    }

    /// Goes to the next table, whatever is left of the present one; `None` after the last.
    pub(crate) fn next_table(&mut self) -> Result<Option<Table<'a>>, Problem> {
        while self.next_row()?.is_some() {}
        self.closes_tables |= self.tokens.after_comment();
        loop {
            match self.next_token()? {
                None => return Ok(None),
                Some(Token::Data(_)) => self.block += 1,
                Some(Token::Save(_)) => {}
                Some(Token::Loop) => return self.open_loop().map(Some),
                Some(Token::Tag(tag)) => return self.collect_pairs(tag).map(Some),
                Some(Token::Value(value)) => {
                    let message = format!(
                        "the value {:?} has no name and stands in no loop",
                        value.text()
                    );
                    return Err(self.problem(message));
                }
            }
        }
    }

    /// The values of the next row of the present table, one a column; `None` after its last.
    pub(crate) fn next_row(&mut self) -> Result<Option<&[Value<'a>]>, Problem> {
        match self.rows {
            Rows::Done => return Ok(None),
            Rows::Pairs => self.rows = Rows::Done,
            Rows::Loop => {
                if !self.fill_row()? {
                    self.rows = Rows::Done;
                    return Ok(None);
                }
            }
        }
        Ok(Some(&self.row))
    }

    fn open_loop(&mut self) -> Result<Table<'a>, Problem> {
        let mut tags = Vec::new();
        while let Some(Token::Tag(tag)) = self.peek()? {
            tags.push(tag);
            self.ahead = None;
        }
        if tags.is_empty() {
            return Err(self.problem("a loop names no columns".to_owned()));
        }
        let table = Table::new(&tags);
        (self.category, self.width, self.rows) = (table.category, tags.len(), Rows::Loop);
        Ok(table)
    }

    /// Reads names and values as long as the category stays the same.
    fn collect_pairs(&mut self, first: &'a str) -> Result<Table<'a>, Problem> {
        let category = split_tag(first).0;
        let mut tags = vec![first];
        self.row.clear();
        loop {
            let Some(Token::Value(value)) = self.next_token()? else {
                let tag = tags.last().copied().unwrap_or_default();
                return Err(self.problem(format!("{tag} has no value; the file may be cut short")));
            };
            self.row.push(value);
            self.row_line = self.line();
            match self.peek()? {
                Some(Token::Tag(tag)) if split_tag(tag).0.eq_ignore_ascii_case(category) => {
                    tags.push(tag)
                }
                _ => break,
            }
            self.ahead = None;
        }
        self.rows = Rows::Pairs;
        Ok(Table::new(&tags))
    }

    /// Whether there was another row; it is in `row` then.
    fn fill_row(&mut self) -> Result<bool, Problem> {
        self.row.clear();
        while self.row.len() < self.width {
            match self.next_token()? {
                Some(Token::Value(value)) => self.row.push(value),
                other if self.row.is_empty() => {
                    self.ahead = other;
                    return Ok(false);
                }
                _ => {
                    let (category, found, width) = (self.category, self.row.len(), self.width);
                    let message = format!(
                        "the last row of _{category} has {found} of {width} values; the file may be cut short"
                    );
                    return Err(self.problem(message));
                }
            }
        }
        self.row_line = self.line();
        Ok(true)
    }

    fn peek(&mut self) -> Result<Option<Token<'a>>, Problem> {
        if self.ahead.is_none() {
            self.ahead = self.next_token()?;
        }
        Ok(self.ahead)
    }

    #[inline]
    fn next_token(&mut self) -> Result<Option<Token<'a>>, Problem> {
        match self.ahead.take() {
            Some(token) => Ok(Some(token)),
            None => self.tokens.next_token().map_err(unclosed),
        }
    }

    fn problem(&self, message: String) -> Problem {
        Problem {
            line: self.line(),
            message,
        }
    }
}

fn unclosed(Unclosed { delimiter, line }: Unclosed) -> Problem {
    let what = if delimiter == ';' {
        "text block"
    } else {
        "value"
    };
    Problem {
        line,
        message: format!(
            "the {what} opened by {delimiter} is not closed; the file may be cut short"
        ),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// A category and its rows.
    type Rows = (String, Vec<Vec<String>>);

    fn tables(text: &str) -> Result<Vec<Rows>, Problem> {
        let mut reader = Reader::new(text);
        let mut tables = Vec::new();
        while let Some(table) = reader.next_table()? {
            let mut rows = Vec::new();
            while let Some(row) = reader.next_row()? {
                rows.push(row.iter().map(|value| value.text().to_owned()).collect());
            }
            tables.push((table.category.to_owned(), rows));
        }
        Ok(tables)
    }

    fn problem(text: &str) -> (usize, String) {
        let problem = tables(text).unwrap_err();
        (problem.line, problem.message)
    }

    #[test]
    fn one_row_is_the_same_in_a_loop_and_as_pairs() {
        let looped = tables("data_x\nloop_\n_a.b\n_a.c\n1 'two words'\n").unwrap();
        let paired = tables("data_x\n_a.b 1\n_a.c 'two words'\n#\n").unwrap();
        assert_eq!(looped, paired);
        assert_eq!(
            looped,
            [(
                "a".to_owned(),
                vec![vec!["1".to_owned(), "two words".to_owned()]]
            )]
        );
    }

    #[test]
    fn neighbouring_categories_are_apart() {
        let found = tables("_a.b 1 _c.d 2 loop_ _e.f 3 4 _g.h 5").unwrap();
        let rows: Vec<_> = found
            .iter()
            .map(|(name, rows)| (name.as_str(), rows.len()))
            .collect();
        assert_eq!(rows, [("a", 1), ("c", 1), ("e", 2), ("g", 1)]);
    }

    #[test]
    fn rows_that_nobody_reads_are_skipped() {
        let mut reader = Reader::new("loop_ _a.b _a.c 1 2 3 4 loop_ _D.e 5");
        assert!(reader.next_table().unwrap().unwrap().is("a"));
        let table = reader.next_table().unwrap().unwrap();
        assert!(table.is("d"), "names are of any case");
        assert_eq!((table.column("E"), table.column("f")), (Some(0), None));
        assert_eq!(reader.next_row().unwrap().unwrap()[0].text(), "5");
        assert!(reader.next_table().unwrap().is_none());
        assert!(!reader.closed());
    }

    #[test]
    fn what_is_malformed_is_named_with_its_line() {
        let cut = "the last row of _a has 1 of 2 values; the file may be cut short".to_owned();
        assert_eq!(problem("loop_\n_a.b\n_a.c\n1 2\n3\n"), (6, cut));
        let bare = "the value \"5\" has no name and stands in no loop".to_owned();
        assert_eq!(problem("data_x\n5"), (2, bare));
        let pair = "_a.c has no value; the file may be cut short".to_owned();
        assert_eq!(problem("_a.b 1\n_a.c loop_"), (2, pair));
        assert_eq!(
            problem("loop_ 1"),
            (1, "a loop names no columns".to_owned())
        );
        let quote = "the value opened by ' is not closed; the file may be cut short".to_owned();
        assert_eq!(problem("_a.b\n'x"), (2, quote));
    }
}
