//! Lines of fields between tabs or commas, under a header with the names of the columns.

use std::borrow::Cow;

/// The names of the columns, and what is between them.
#[derive(Debug)]
pub(crate) struct Header {
    names: Vec<String>,
    delimiter: char,
}

impl Header {
    /// Takes the first line apart: at tabs if it has one, else at commas.
    pub(crate) fn parse(line: &str) -> Result<Self, String> {
        let delimiter = if line.contains('\t') { '\t' } else { ',' };
        let fields = fields(line, delimiter)?;
        let names = fields.iter().map(|name| name.trim().to_owned()).collect();
        Ok(Self { names, delimiter })
    }

    /// The names, in order.
    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    /// The 0-based place of the column of one of these names, in whatever case.
    #[cfg(feature = "uniprot")]
    pub(crate) fn column(&self, names: &[&str]) -> Option<usize> {
        self.names
            .iter()
            .position(|found| names.iter().any(|name| found.eq_ignore_ascii_case(name)))
    }

    /// The fields of a line, as many as there are columns.
    pub(crate) fn split<'a>(&self, line: &'a str) -> Result<Vec<Cow<'a, str>>, String> {
        let fields = fields(line, self.delimiter)?;
        if fields.len() == self.names.len() {
            return Ok(fields);
        }
        let (found, expected) = (fields.len(), self.names.len());
        Err(format!("{found} fields for {expected} columns"))
    }
}

/// Between commas a field may be in quotes, a quote in it then doubled (RFC 4180); between tabs
/// quotes are as any sign.
fn fields(line: &str, delimiter: char) -> Result<Vec<Cow<'_, str>>, String> {
    if delimiter == '\t' {
        return Ok(line.split('\t').map(Cow::Borrowed).collect());
    }
    let mut fields = Vec::new();
    let mut rest = line;
    loop {
        let (field, after) = match rest.strip_prefix('"') {
            Some(quoted) => {
                let (field, after) = unquote(quoted).ok_or("a quote is not closed")?;
                (Cow::Owned(field), after)
            }
            None => {
                let end = rest.find(delimiter).unwrap_or(rest.len());
                (Cow::Borrowed(&rest[..end]), &rest[end..])
            }
        };
        fields.push(field);
        match after.strip_prefix(delimiter) {
            Some(next) => rest = next,
            None if after.is_empty() => return Ok(fields),
            None => return Err("a quote is closed within a field".to_owned()),
        }
    }
}

/// The text up to the closing quote, and what comes after it.
fn unquote(quoted: &str) -> Option<(String, &str)> {
    let mut field = String::new();
    let mut rest = quoted;
    loop {
        let (text, after) = rest.split_once('"')?;
        field.push_str(text);
        match after.strip_prefix('"') {
            Some(more) => {
                field.push('"');
                rest = more;
            }
            None => return Some((field, after)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_count_between_commas_only() {
        let csv = Header::parse("id,\"a\"b,c");
        assert_eq!(
            csv.map(|h| h.names),
            Err("a quote is closed within a field".to_owned())
        );
        let csv = Header::parse("id,\"a,b\"\"\",c").expect("a header");
        assert_eq!(csv.names(), ["id", "a,b\"", "c"]);
        assert_eq!(csv.split(",,").map(|f| f.len()), Ok(3));
        assert_eq!(csv.split("a,\"b"), Err("a quote is not closed".to_owned()));
        assert_eq!(csv.split("a,b"), Err("2 fields for 3 columns".to_owned()));
        let tsv = Header::parse("ID\tx,\"y").expect("a header");
        assert_eq!(tsv.names(), ["ID", "x,\"y"]);
    }
}
