use crate::error::{Error, Result};
use crate::svg::escape;

/// SVG with the words under it.
#[derive(Debug, Clone)]
pub(super) struct Captioned {
    svg: String,
    caption: String,
}

impl Captioned {
    pub(super) fn new(svg: impl Into<String>, caption: impl Into<String>) -> Self {
        Self {
            svg: svg.into(),
            caption: caption.into(),
        }
    }

    /// The figure as the `number`th of the page.
    pub(super) fn to_html(&self, number: usize) -> Result<String> {
        let svg = self.svg.trim();
        if !(svg.starts_with("<svg") && svg.ends_with("</svg>")) {
            return Err(Error::NotSvg { figure: number });
        }
        let width = width(svg).map_or(String::new(), |width| format!(" style=\"--width:{width}\""));
        let svg = own_ids(svg, &format!("figure-{number}-"));
        let caption = escape(&self.caption);
        Ok(format!(
            "<figure id=\"figure-{number}\"{width}>\n{svg}\n\
             <figcaption><b>Figure {number}.</b> {caption}</figcaption>\n</figure>\n"
        ))
    }
}

/// The width that the root element asks for, if it is a plain CSS length.
fn width(svg: &str) -> Option<&str> {
    let root = &svg[..svg.find('>')?];
    let width = root.split(" width=\"").nth(1)?.split('"').next()?;
    let unit = width.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    (unit.len() < width.len() && ["mm", "cm", "in", "pt", "px"].contains(&unit)).then_some(width)
}

/// Puts `prefix` before every id, and before every use of one, so that no two figures of a page
/// share any.
///
/// Quotes in the words of a figure are escaped, so what lies between two quotes is the value of an
/// attribute.
fn own_ids(svg: &str, prefix: &str) -> String {
    let mut markup = "";
    let mut owned = String::with_capacity(svg.len() + 256);
    for (i, piece) in svg.split('"').enumerate() {
        if i > 0 {
            owned.push('"');
        }
        if i % 2 == 0 {
            markup = piece;
            owned += piece;
        } else {
            owned += &own_value(markup, piece, prefix);
        }
    }
    owned
}

/// The value of the attribute that `markup` ends with.
fn own_value(markup: &str, value: &str, prefix: &str) -> String {
    let name = markup.rsplit([' ', '\n', '\t']).next().unwrap_or_default();
    match name {
        "id=" => format!("{prefix}{value}"),
        "href=" | "xlink:href=" => match value.strip_prefix('#') {
            Some(id) => format!("#{prefix}{id}"),
            None => value.to_owned(),
        },
        "aria-labelledby=" | "aria-describedby=" => {
            let ids = value.split_whitespace().map(|id| format!("{prefix}{id}"));
            ids.collect::<Vec<_>>().join(" ")
        }
        _ => value.replace("url(#", &format!("url(#{prefix}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_what_points_to_them_get_the_prefix() {
        let svg = "<svg aria-labelledby=\"a b\"><title id=\"a\">id= url(#c) &quot;#c&quot;</title>\
            <g clip-path=\"url(#c)\" style=\"fill:url(#d)\" class=\"id\"><use href=\"#e\"/>\
            <a href=\"x#e\"/><use\nxlink:href=\"#e\"/></g></svg>";
        let expected = "<svg aria-labelledby=\"1-a 1-b\"><title id=\"1-a\">id= url(#c) \
            &quot;#c&quot;</title><g clip-path=\"url(#1-c)\" style=\"fill:url(#1-d)\" \
            class=\"id\"><use href=\"#1-e\"/><a href=\"x#e\"/><use\nxlink:href=\"#1-e\"/></g></svg>";
        assert_eq!(own_ids(svg, "1-"), expected);
    }

    #[test]
    fn widths_are_lengths_of_the_root_or_nothing() {
        let of = |root: &str| width(root).map(str::to_owned);
        assert_eq!(
            of("<svg height=\"9mm\" width=\"85mm\">"),
            Some("85mm".to_owned())
        );
        assert_eq!(of("<svg width=\"12.5pt\">"), Some("12.5pt".to_owned()));
        for other in [
            "<svg><rect width=\"85mm\"/>",
            "<svg width=\"85\">",
            "<svg width=\"mm\">",
            "<svg width=\"100%\">",
            "<svg width=\"1mm;color:red\">",
            "<svg",
        ] {
            assert_eq!(of(other), None, "{other}");
        }
    }
}
