//! One page with everything.

mod figure;
mod section;
mod table;

use crate::error::Result;
use crate::svg::escape;
pub use section::Section;
pub use table::{Column, Table};

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("page.js");
/// Nothing is ever fetched or sent, and no script runs but the one with this SHA-256: markup that
/// slipped through could do nothing.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; \
    script-src 'sha256-jD6Swwd5b1/b2zquzadBIq1ly75CIic4I2WZ/TsnTuc='; base-uri 'none'; form-action 'none'";

/// A page that needs no other file and no network: title, summary, contents, sections of words,
/// figures, tables and settings, and how to cite.
///
/// A reader sorts a table by pressing a heading, filters its rows (from 11 rows on) and saves it as
/// CSV, and saves figures as SVG. A table of more than 25 rows shows the first 25 until the rest
/// is asked for, so that one of 10,000 does not slow the page. Without scripts everything is there
/// to be read, all rows included. The page keeps to the width of a phone and to a dark screen; on
/// paper, what was collapsed is open.
///
/// Every string is shown as it is, markup characters included. Figures are the exception: they are
/// SVG of this crate, taken over as they are but for their ids, which are made unique. The page
/// allows no script but its own.
///
/// ```
/// use protattn_viz::{Bar, Column, Figure, Report, Section, Table, TopHeads};
///
/// let bars = [Bar { layer: 7, head: 11, value: 63.2, low: 60.1, high: 66.0 }];
/// let table = Table::new("Best heads", [Column::text("Head"), Column::number("%")]);
/// let contacts = Section::new("Contacts")
///     .figure(TopHeads::new(&bars).to_svg()?, "Attention on contacts.")
///     .table(table.row(["8-12", "63.2"]));
/// let html = Report::new("What attention looks at")
///     .paragraph("One head in 144 looks at residues < 8 Å apart.")
///     .finding("63.2%", "of the attention of head 8-12 is on contacts.")
///     .section(contacts)
///     .section(Section::new("Settings").settings([("minimum attention", "0.3")]))
///     .to_html()?;
/// assert!(html.starts_with("<!DOCTYPE html>"));
/// assert!(html.contains("residues &lt; 8 Å apart"));
/// assert!(html.contains("<strong>63.2%</strong>"));
/// assert!(html.contains("<a href=\"#section-1\">Contacts</a>"));
/// assert!(html.contains("<dt>minimum attention</dt><dd>0.3</dd>"));
/// # Ok::<(), protattn_viz::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Report {
    title: String,
    summary: Vec<Summary>,
    sections: Vec<Section>,
    citation: String,
    bibtex: String,
}

#[derive(Debug, Clone)]
enum Summary {
    Paragraph(String),
    Finding { number: String, text: String },
}

impl Report {
    /// A page with nothing but a title.
    pub fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            summary: Vec::new(),
            sections: Vec::new(),
            citation: String::new(),
            bibtex: String::new(),
        }
    }

    /// Adds a paragraph to the summary under the title.
    pub fn paragraph(mut self, text: impl Into<String>) -> Self {
        self.summary.push(Summary::Paragraph(text.into()));
        self
    }

    /// Adds a finding to the summary: a number to remember, such as `63.2%`, and the words that it
    /// belongs to.
    pub fn finding(mut self, number: impl Into<String>, text: impl Into<String>) -> Self {
        self.summary.push(Summary::Finding {
            number: number.into(),
            text: text.into(),
        });
        self
    }

    /// Adds a section.
    pub fn section(mut self, section: Section) -> Self {
        self.sections.push(section);
        self
    }

    /// What to cite, at the foot of the page; nothing by default. Line breaks are kept.
    pub fn citation(mut self, text: impl Into<String>) -> Self {
        self.citation = text.into();
        self
    }

    /// The BibTeX entries of what to cite, under the citation; nothing by default.
    pub fn bibtex(mut self, entries: impl Into<String>) -> Self {
        self.bibtex = entries.into();
        self
    }

    /// The page as an HTML document.
    ///
    /// # Errors
    ///
    /// [`Error::Length`](crate::Error::Length) for a table row without one cell a column,
    /// [`Error::NotSvg`](crate::Error::NotSvg) for a figure that does not run from `<svg` to
    /// `</svg>`.
    pub fn to_html(&self) -> Result<String> {
        let title = escape(&self.title);
        let mut html = format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n\
             <h1>{title}</h1>\n"
        );
        html += &self.summary();
        html += &self.contents();
        let mut numbers = Numbers::default();
        for (section, id) in self.sections.iter().zip(ids()) {
            html += &section.to_html(&id, 2, &mut numbers)?;
        }
        html += &self.how_to_cite();
        html += &format!("</main>\n<script>{SCRIPT}</script>\n</body>\n</html>\n");
        Ok(html)
    }

    fn summary(&self) -> String {
        if self.summary.is_empty() {
            return String::new();
        }
        let mut html = String::from(
            "<section class=\"summary\" aria-labelledby=\"summary\">\n\
             <h2 id=\"summary\">Summary</h2>\n",
        );
        let is_finding = |part: &Summary| matches!(part, Summary::Finding { .. });
        for run in self.summary.chunk_by(|a, b| is_finding(a) == is_finding(b)) {
            let parts: String = run.iter().map(Summary::to_html).collect();
            html += &if is_finding(&run[0]) {
                format!("<ul class=\"findings\">\n{parts}</ul>\n")
            } else {
                parts
            };
        }
        html + "</section>\n"
    }

    /// Links to the sections, where there is more than one.
    fn contents(&self) -> String {
        let mut entries: Vec<String> = self
            .sections
            .iter()
            .zip(ids())
            .map(|(section, id)| section.entry(&id))
            .collect();
        if self.has_citation() {
            entries.push("<li><a href=\"#cite\">How to cite</a></li>\n".to_owned());
        }
        if entries.len() < 2 {
            return String::new();
        }
        format!(
            "<nav aria-labelledby=\"contents\">\n<h2 id=\"contents\">Contents</h2>\n\
             <ol>\n{}</ol>\n</nav>\n",
            entries.concat()
        )
    }

    fn has_citation(&self) -> bool {
        !(self.citation.is_empty() && self.bibtex.is_empty())
    }

    fn how_to_cite(&self) -> String {
        if !self.has_citation() {
            return String::new();
        }
        let block = |tag: &str, text: &str| match text {
            "" => String::new(),
            text => format!("<{tag} class=\"copy\">{}</{tag}>\n", lines(text)),
        };
        let (citation, bibtex) = (
            block("blockquote", &self.citation),
            block("pre", &self.bibtex),
        );
        format!("<section id=\"cite\">\n<h2>How to cite</h2>\n{citation}{bibtex}</section>\n")
    }
}

impl Summary {
    fn to_html(&self) -> String {
        match self {
            Self::Paragraph(text) => paragraph(text),
            Self::Finding { number, text } => {
                let (number, text) = (escape(number), escape(text));
                format!("<li><strong>{number}</strong> <span>{text}</span></li>\n")
            }
        }
    }
}

/// How many figures and tables there have been.
#[derive(Debug, Clone, Copy, Default)]
struct Numbers {
    figures: usize,
    tables: usize,
}

impl Numbers {
    /// The number of the next figure, from 1.
    fn figure(&mut self) -> usize {
        self.figures += 1;
        self.figures
    }

    /// The number of the next table, from 1.
    fn table(&mut self) -> usize {
        self.tables += 1;
        self.tables
    }

    /// What came since `before`, in words; nothing where nothing came.
    fn since(self, before: Self) -> String {
        let counted = |count: usize, noun: &str| match count {
            0 => None,
            1 => Some(format!("1 {noun}")),
            count => Some(format!("{count} {noun}s")),
        };
        let counts = [
            counted(self.figures - before.figures, "figure"),
            counted(self.tables - before.tables, "table"),
        ];
        counts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}

/// The ids of the sections, in order.
fn ids() -> impl Iterator<Item = String> {
    (1..).map(|number: usize| format!("section-{number}"))
}

fn paragraph(text: &str) -> String {
    format!("<p>{}</p>\n", escape(text))
}

/// Escaped, line breaks kept.
fn lines(text: &str) -> String {
    text.lines().map(escape).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::Error;
    use sha2::{Digest, Sha256};

    /// Base64 of a whole number of 6 bits and up to two bytes more (RFC 4648, section 4).
    fn base64(bytes: &[u8]) -> String {
        let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let groups = bytes.chunks(3).map(|group| {
            let bits = (0..3).fold(0, |bits, i| {
                bits << 8 | usize::from(group.get(i).copied().unwrap_or(0))
            });
            let character = |i: usize| match i <= group.len() {
                true => char::from(alphabet[bits >> (18 - 6 * i) & 63]),
                false => '=',
            };
            (0..4).map(character).collect::<String>()
        });
        groups.collect()
    }

    #[test]
    fn the_script_is_the_one_that_may_run() {
        assert_eq!(base64(b"light work"), "bGlnaHQgd29yaw==");
        assert_eq!(base64(b"light wor"), "bGlnaHQgd29y");
        // Browsers take the checksum after line ends are made plain.
        let script = SCRIPT.replace("\r\n", "\n");
        let expected = format!("'sha256-{}'", base64(&Sha256::digest(script)));
        assert!(POLICY.contains(&expected), "{POLICY}, expected {expected}");
        assert!(!SCRIPT.contains("</") && !SCRIPT.contains("<!--"));
    }

    #[test]
    fn figures_from_elsewhere_are_refused() {
        let section = Section::new("A")
            .figures_grid([("<svg></svg>", "")])
            .section(Section::new("B").figure("<p>no</p>", ""));
        let error = Report::new("T").section(section).to_html().unwrap_err();
        assert_eq!(error, Error::NotSvg { figure: 2 });
    }

    #[test]
    fn markup_cannot_come_in_by_words() {
        let attack = "</script><script>alert(1)</script>\"'";
        let section = Section::new(attack)
            .paragraph(attack)
            .note(attack)
            .figure("<svg></svg>", attack)
            .figures_grid([("<svg></svg>", attack)])
            .table(Table::new(attack, [Column::text(attack)]).row([attack]))
            .settings([(attack, attack)])
            .section(Section::new(attack).collapsed());
        let report = Report::new(attack)
            .paragraph(attack)
            .finding(attack, attack)
            .section(section)
            .citation(attack)
            .bibtex(attack);
        let html = report.to_html().unwrap();
        assert_eq!(html.matches("<script>").count(), 1);
        assert_eq!(html.matches("</script>").count(), 1);
        assert_eq!(html.matches("alert(1)").count(), 20);
        assert_eq!(
            html.matches("alert(1)&lt;/script&gt;&quot;&#39;").count(),
            20
        );
    }

    #[test]
    fn what_is_collapsed_is_counted() {
        let numbers = |figures, tables| Numbers { figures, tables };
        assert_eq!(numbers(3, 1).since(numbers(1, 0)), "2 figures, 1 table");
        assert_eq!(numbers(3, 4).since(numbers(3, 2)), "2 tables");
        assert_eq!(numbers(3, 4).since(numbers(3, 4)), "");
    }
}
