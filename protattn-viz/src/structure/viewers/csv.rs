//! The arcs as a table (RFC 4180, with line feeds).

use crate::structure::View;
use crate::structure::model::Residue;

const HEADER: &str = "chain_from,number_from,insertion_from,residue_from,\
                      chain_to,number_to,insertion_to,residue_to,attention,distance,contact,layer,head\n";

impl View<'_> {
    /// The arcs as a table, a line each after a header: chain, author number, insertion code and
    /// one-letter residue of either end, attention, distance in Å, contact as `true` or `false`, and
    /// layer and head from 1. What is not known is empty.
    #[must_use]
    pub fn to_csv(&self) -> String {
        let mut text = HEADER.to_owned();
        for arc in self.arcs {
            let [from, to] = [arc.from, arc.to].map(|end| residue(&self.residues[end]));
            let (distance, contact) = (shown(arc.distance), shown(arc.contact));
            let layer = shown(arc.head.map(|(layer, _)| layer + 1));
            let head = shown(arc.head.map(|(_, head)| head + 1));
            let attention = arc.attention;
            text += &format!("{from},{to},{attention},{distance},{contact},{layer},{head}\n");
        }
        text
    }
}

/// Nothing for what is not known.
fn shown(value: Option<impl ToString>) -> String {
    value.map_or(String::new(), |value| value.to_string())
}

fn residue(residue: &Residue) -> String {
    let insertion = shown(residue.insertion_code());
    format!(
        "{},{},{},{}",
        field(&residue.chain),
        residue.number,
        field(&insertion),
        field(&residue.letter.to_string())
    )
}

/// Quoted where it must be, and where blanks would get lost.
fn field(text: &str) -> String {
    let plain = |c: char| !matches!(c, ',' | '"' | '\n' | '\r');
    if text.chars().all(plain) && text.trim() == text {
        text.to_owned()
    } else {
        format!("\"{}\"", text.replace('"', "\"\""))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_quoted_where_they_must_be() {
        assert_eq!(field("A"), "A");
        assert_eq!(field("A,\"b\"\n"), "\"A,\"\"b\"\"\n\"");
        assert_eq!(field(" "), "\" \"");
    }
}
