//! The arcs as a table (RFC 4180, with line feeds).

use crate::structure::View;
use crate::structure::model::Residue;

const HEADER: &str = "chain_from,number_from,insertion_from,residue_from,\
                      chain_to,number_to,insertion_to,residue_to,attention,distance,contact,layer,head\n";

pub(in crate::structure) fn csv(view: &View<'_>) -> String {
    let mut text = HEADER.to_owned();
    for arc in view.arcs {
        let [from, to] = [arc.from, arc.to].map(|end| residue(&view.residues[end]));
        let distance = arc
            .distance
            .map_or(String::new(), |distance| distance.to_string());
        let contact = arc
            .contact
            .map_or(String::new(), |contact| contact.to_string());
        let (layer, head) = arc.head.map_or_else(Default::default, |(layer, head)| {
            ((layer + 1).to_string(), (head + 1).to_string())
        });
        let attention = arc.attention;
        text += &format!("{from},{to},{attention},{distance},{contact},{layer},{head}\n");
    }
    text
}

fn residue(residue: &Residue) -> String {
    let insertion = residue
        .insertion_code()
        .map(String::from)
        .unwrap_or_default();
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
