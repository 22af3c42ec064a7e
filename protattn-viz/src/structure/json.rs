//! JSON text, which is also JavaScript and, for strings, Python.

/// `text` between quotes.
///
/// Markup characters are escaped, so that no text can end the script that it stands in; only escapes
/// that JSON, JavaScript and Python share are used.
pub(super) fn string(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => quoted += &escaped(character),
            c if c.is_control() => quoted += &escaped(c),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

fn escaped(character: char) -> String {
    // Every character that comes here is of the basic plane.
    format!("\\u{:04x}", u32::from(character))
}

/// A list of what is JSON already.
pub(super) fn list<T: std::fmt::Display>(items: impl IntoIterator<Item = T>) -> String {
    let items: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    format!("[{}]", items.join(","))
}

/// An object of what is JSON already.
pub(super) fn object<'a>(fields: impl IntoIterator<Item = (&'a str, String)>) -> String {
    let fields = fields
        .into_iter()
        .map(|(name, value)| format!("{}:{value}", string(name)));
    let fields: Vec<String> = fields.collect();
    format!("{{{}}}", fields.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_cannot_end_what_they_stand_in() {
        assert_eq!(string("a\"\\\n"), "\"a\\\"\\\\\\u000a\"");
        assert_eq!(string("</script>Å😀"), "\"\\u003c/script\\u003eÅ😀\"");
        assert_eq!(string("\u{2028}"), "\"\\u2028\"");
    }

    #[test]
    fn lists_and_objects_nest() {
        let inner = list([1.5, 2.0]);
        assert_eq!(
            object([("a", inner), ("b", "null".to_owned())]),
            "{\"a\":[1.5,2],\"b\":null}"
        );
        assert_eq!(list::<u8>([]), "[]");
    }
}
