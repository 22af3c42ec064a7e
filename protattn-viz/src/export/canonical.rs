//! A PDF file with its objects in the order in which they are met.
//!
//! svg2pdf 0.13 goes through hash maps, so that fonts and resources come in another order each time
//! it runs. Here the entries of dictionaries are sorted, where whole lines hold them, and objects are
//! numbered as they are first referred to: the same page gives the same bytes.
//!
//! It reads what pdf-writer writes: every object is `N 0 obj`, an entry of a dictionary starts a line,
//! streams tell their length as a number, and there is one table of references at the end.

use std::collections::{BTreeMap, VecDeque};
use std::io::Write as _;

/// An object: what it says before its stream, and the stream.
#[derive(Debug, Clone)]
struct Object<'a> {
    head: String,
    stream: Option<&'a [u8]>,
}

/// `pdf` with a fixed order, or `None` where it is not as pdf-writer writes it.
pub(super) fn canonical(pdf: &[u8]) -> Option<Vec<u8>> {
    let start = find(pdf, b"\n\n")? + 2;
    let trailer = find(pdf, b"\ntrailer\n")?;
    let objects = objects(&pdf[start..])?;
    let trailer = std::str::from_utf8(&pdf[trailer..]).ok()?;
    let roots = references(trailer.split(">>").next()?);

    let mut numbers = BTreeMap::new();
    let mut waiting: VecDeque<u32> = roots.iter().copied().collect();
    let mut order = Vec::new();
    while let Some(old) = waiting.pop_front() {
        if numbers.contains_key(&old) {
            continue;
        }
        let object = objects.get(&old)?;
        order.push(object);
        numbers.insert(old, order.len());
        waiting.extend(references(&object.head));
    }
    write(&pdf[..start], &order, &roots, &numbers)
}

/// The objects by their numbers.
fn objects(mut rest: &[u8]) -> Option<BTreeMap<u32, Object<'_>>> {
    let mut objects = BTreeMap::new();
    while !rest.starts_with(b"xref") {
        let body = find(rest, b" 0 obj\n")?;
        let number = std::str::from_utf8(&rest[..body]).ok()?.parse().ok()?;
        rest = &rest[body + b" 0 obj\n".len()..];
        let end = find(rest, b"\nendobj\n")?;
        let (head, stream, end) = match find(&rest[..end], b"\nstream\n") {
            None => (&rest[..end], None, end),
            Some(head) => {
                let from = head + b"\nstream\n".len();
                let to = from.checked_add(length(std::str::from_utf8(&rest[..head]).ok()?)?)?;
                let stream = rest.get(from..to)?;
                (&rest[..head], Some(stream), to + b"\nendstream".len())
            }
        };
        rest = rest.get(end..)?.strip_prefix(b"\nendobj\n\n")?;
        let head = sorted(std::str::from_utf8(head).ok()?);
        objects.insert(number, Object { head, stream });
    }
    Some(objects)
}

fn find(bytes: &[u8], words: &[u8]) -> Option<usize> {
    bytes
        .windows(words.len())
        .position(|window| window == words)
}

fn length(head: &str) -> Option<usize> {
    let length = head.split("/Length ").nth(1)?.lines().next()?;
    length.parse().ok()
}

/// The lines of an object, each run of entries that fill a line each by name.
fn sorted(head: &str) -> String {
    let is_entry = |line: &str| {
        line.trim_start().starts_with('/') && !line.ends_with("<<") && !line.ends_with('[')
    };
    let mut lines: Vec<&str> = head.split('\n').collect();
    for run in lines.chunk_by_mut(|a, b| is_entry(a) && is_entry(b)) {
        run.sort_unstable();
    }
    lines.join("\n")
}

/// The numbers of the objects that `N 0 R` in the text refer to, in order.
fn references(text: &str) -> Vec<u32> {
    let before = |part: &str| -> Option<u32> {
        let digits = part.rsplit(|c: char| !c.is_ascii_digit()).next()?;
        digits.parse().ok()
    };
    let mut parts: Vec<&str> = text.split(" 0 R").collect();
    parts.pop();
    parts.into_iter().filter_map(before).collect()
}

/// The text with each `N 0 R` as `numbers` has it.
fn renumbered(text: &str, numbers: &BTreeMap<u32, usize>) -> Option<String> {
    let mut parts = text.split(" 0 R").peekable();
    let mut renumbered = String::with_capacity(text.len());
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            renumbered += part;
            break;
        }
        let words = part.trim_end_matches(|c: char| c.is_ascii_digit());
        let old: u32 = part[words.len()..].parse().ok()?;
        renumbered += &format!("{words}{} 0 R", numbers.get(&old)?);
    }
    Some(renumbered)
}

fn write(
    start: &[u8],
    order: &[&Object<'_>],
    roots: &[u32],
    numbers: &BTreeMap<u32, usize>,
) -> Option<Vec<u8>> {
    let mut pdf = start.to_vec();
    let mut places = Vec::new();
    for (object, number) in order.iter().zip(1..) {
        places.push(pdf.len());
        let head = renumbered(&object.head, numbers)?;
        write!(pdf, "{number} 0 obj\n{head}\n").ok()?;
        if let Some(stream) = object.stream {
            pdf.extend_from_slice(b"stream\n");
            pdf.extend_from_slice(stream);
            pdf.extend_from_slice(b"\nendstream\n");
        }
        pdf.extend_from_slice(b"endobj\n\n");
    }
    let [root, info] = roots else {
        return None;
    };
    let (table, size) = (pdf.len(), order.len() + 1);
    write!(pdf, "xref\n0 {size}\n0000000000 65535 f\r\n").ok()?;
    for place in places {
        write!(pdf, "{place:010} 00000 n\r\n").ok()?;
    }
    let (root, info) = (numbers.get(root)?, numbers.get(info)?);
    write!(
        pdf,
        "trailer\n<<\n  /Size {size}\n  /Root {root} 0 R\n  /Info {info} 0 R\n>>\n\
         startxref\n{table}\n%%EOF"
    )
    .ok()?;
    Some(pdf)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// A file of the objects with these numbers and texts, whose root and information are the first
    /// two.
    fn file(objects: &[(u32, &str)]) -> Vec<u8> {
        let mut pdf = b"%PDF-1.7\n%\x80\n\n".to_vec();
        for (number, text) in objects {
            pdf.extend(format!("{number} 0 obj\n{text}\nendobj\n\n").bytes());
        }
        pdf.extend(b"xref\n0 1\n0000000000 65535 f\r\ntrailer\n<<\n  /Size 1\n");
        let (root, info) = (objects[0].0, objects[1].0);
        pdf.extend(format!("  /Root {root} 0 R\n  /Info {info} 0 R\n>>\n").bytes());
        pdf.extend(b"startxref\n9\n%%EOF");
        pdf
    }

    #[test]
    fn order_and_numbers_do_not_matter() {
        let stream =
            |number| format!("<<\n  /Length 12\n>>\nstream\nendobj {number} 0 R\nendstream");
        let fonts = "<<\n  /Font <<\n    /f0 8 0 R\n    /f1 12 0 R\n  >>\n  /Z 1\n  /A [8 0 R]\n>>";
        let first = file(&[
            (3, fonts),
            (1, "<<\n  /Producer (x)\n>>"),
            (8, &stream(1)),
            (12, "12"),
        ]);
        let other = "<<\n  /Font <<\n    /f1 2 0 R\n    /f0 4 0 R\n  >>\n  /A [4 0 R]\n  /Z 1\n>>";
        let second = file(&[
            (5, other),
            (7, "<<\n  /Producer (x)\n>>"),
            (2, "12"),
            (4, &stream(1)),
        ]);
        let expected = "1 0 obj\n<<\n  /Font <<\n    /f0 3 0 R\n    /f1 4 0 R\n  >>\n  /A [3 0 R]\n  \
            /Z 1\n>>\nendobj\n\n2 0 obj\n<<\n  /Producer (x)\n>>\nendobj\n\n3 0 obj\n<<\n  \
            /Length 12\n>>\nstream\nendobj 1 0 R\nendstream\nendobj\n\n4 0 obj\n12\nendobj\n\n\
            xref\n0 5\n";
        let found = canonical(&first).unwrap();
        assert_eq!(canonical(&second).unwrap(), found);
        let text = String::from_utf8_lossy(&found);
        assert!(text.contains(expected), "{text}");
        let table = find(&found, b"xref\n0 5").unwrap();
        let end = format!("/Root 1 0 R\n  /Info 2 0 R\n>>\nstartxref\n{table}\n%%EOF");
        assert!(text.ends_with(&end), "{text}");
        let place = find(&found, b"4 0 obj").unwrap();
        assert!(
            text.contains(&format!("\r\n{place:010} 00000 n\r\ntrailer")),
            "{text}"
        );
    }

    #[test]
    fn what_is_already_in_order_stays_as_it_is() {
        let objects = [
            (1, "<<\n  /Pages 3 0 R\n>>"),
            (2, "(x)"),
            (3, "[1 0 R 4 0 R]"),
            (4, "<<\n  /Length 0\n>>\nstream\n\nendstream"),
        ];
        let pdf = canonical(&file(&objects)).unwrap();
        assert_eq!(canonical(&pdf).unwrap(), pdf);
    }

    #[test]
    fn other_files_are_not_touched() {
        let missing = file(&[(1, "[9 0 R]"), (2, "(x)")]);
        let long = file(&[
            (1, "<<\n  /Length 99999\n>>\nstream\nabc\nendstream"),
            (2, "(x)"),
        ]);
        let huge = usize::MAX.to_string();
        let huge = format!("<<\n  /Length {huge}\n>>\nstream\nabc\nendstream");
        let huge = file(&[(1, &huge), (2, "(x)")]);
        for pdf in [&b""[..], b"%PDF-1.7\n\n", &missing, &long, &huge] {
            assert_eq!(canonical(pdf), None);
        }
    }
}
