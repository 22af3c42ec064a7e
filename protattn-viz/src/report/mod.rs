//! One page with everything.

mod table;

use crate::error::{Error, Result};
use crate::svg::escape;
pub use table::{Column, Table};

const STYLE: &str = include_str!("style.css");
const SORT: &str = include_str!("sort.js");
/// Nothing is ever fetched, and no text that slipped through could fetch anything.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'";

/// A page that needs no other file and no network: title, summary, sections of words, figures,
/// tables and settings, and how to cite.
///
/// Every string is shown as it is, markup characters included. Figures are the exception: they are
/// SVG of this crate, taken over as they are but for their ids, which are made unique.
///
/// ```
/// use protattn_viz::{Bar, Column, Report, Section, Table, TopHeads};
///
/// let bars = [Bar { layer: 7, head: 11, value: 63.2, low: 60.1, high: 66.0 }];
/// let table = Table::new("Best heads", [Column::text("Head"), Column::number("%")]);
/// let contacts = Section::new("Contacts")
///     .figure(TopHeads::new(&bars).to_svg()?, "Attention on contacts.")
///     .table(table.row(["8-12", "63.2"]));
/// let html = Report::new("What attention looks at")
///     .paragraph("One head in 144 looks at residues < 8 Å apart.")
///     .section(contacts)
///     .section(Section::new("Settings").settings([("minimum attention", "0.3")]))
///     .to_html()?;
/// assert!(html.starts_with("<!DOCTYPE html>"));
/// assert!(html.contains("residues &lt; 8 Å apart"));
/// assert!(html.contains("<dt>minimum attention</dt><dd>0.3</dd>"));
/// # Ok::<(), protattn_viz::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Report {
    title: String,
    summary: Vec<String>,
    sections: Vec<Section>,
    citation: String,
}

impl Report {
    /// A page with nothing but a title.
    pub fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            summary: Vec::new(),
            sections: Vec::new(),
            citation: String::new(),
        }
    }

    /// Adds a paragraph to the summary under the title.
    pub fn paragraph(mut self, text: impl Into<String>) -> Self {
        self.summary.push(text.into());
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

    /// The page as an HTML document.
    ///
    /// # Errors
    ///
    /// [`Error::Cells`] for a table row without one cell a column, [`Error::NotSvg`] for a figure
    /// that does not run from `<svg` to `</svg>`.
    pub fn to_html(&self) -> Result<String> {
        let title = escape(&self.title);
        let mut html = format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
             <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n"
        );
        for text in &self.summary {
            html += &paragraph(text);
        }
        let mut figures = 0;
        for section in &self.sections {
            html += &section.to_html(&mut figures)?;
        }
        if !self.citation.is_empty() {
            let lines: Vec<String> = self.citation.lines().map(escape).collect();
            html += &format!(
                "<section>\n<h2>How to cite</h2>\n<blockquote>{}</blockquote>\n</section>\n",
                lines.join("\n")
            );
        }
        html += &format!("<script>\n{SORT}</script>\n</body>\n</html>\n");
        Ok(html)
    }
}

/// A part of a [`Report`] under its own heading; what is added shows in that order.
#[derive(Debug, Clone)]
#[must_use]
pub struct Section {
    heading: String,
    blocks: Vec<Block>,
}

#[derive(Debug, Clone)]
enum Block {
    Paragraph(String),
    Figure { svg: String, caption: String },
    Table(Table),
    Settings(Vec<(String, String)>),
}

impl Section {
    /// A section with nothing but a heading.
    pub fn new(heading: impl Into<String>) -> Self {
        Self {
            heading: heading.into(),
            blocks: Vec::new(),
        }
    }

    /// Adds a paragraph.
    pub fn paragraph(self, text: impl Into<String>) -> Self {
        self.block(Block::Paragraph(text.into()))
    }

    /// Adds a figure, SVG as the figures of this crate give it, and the words under it.
    ///
    /// The SVG is trusted: what comes from elsewhere may hold scripts.
    pub fn figure(self, svg: impl Into<String>, caption: impl Into<String>) -> Self {
        self.block(Block::Figure {
            svg: svg.into(),
            caption: caption.into(),
        })
    }

    /// Adds a table.
    pub fn table(self, table: Table) -> Self {
        self.block(Block::Table(table))
    }

    /// Adds a list of names and their values.
    pub fn settings<N: Into<String>, V: Into<String>>(
        self,
        settings: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        let settings = settings
            .into_iter()
            .map(|(name, value)| (name.into(), value.into()));
        self.block(Block::Settings(settings.collect()))
    }

    fn block(mut self, block: Block) -> Self {
        self.blocks.push(block);
        self
    }

    fn to_html(&self, figures: &mut usize) -> Result<String> {
        let mut html = format!("<section>\n<h2>{}</h2>\n", escape(&self.heading));
        for block in &self.blocks {
            html += &match block {
                Block::Paragraph(text) => paragraph(text),
                Block::Figure { svg, caption } => {
                    *figures += 1;
                    figure(svg, caption, *figures)?
                }
                Block::Table(table) => table.to_html()?,
                Block::Settings(settings) => definitions(settings),
            };
        }
        html += "</section>\n";
        Ok(html)
    }
}

fn paragraph(text: &str) -> String {
    format!("<p>{}</p>\n", escape(text))
}

fn figure(svg: &str, caption: &str, number: usize) -> Result<String> {
    let svg = svg.trim();
    if !(svg.starts_with("<svg") && svg.ends_with("</svg>")) {
        return Err(Error::NotSvg { figure: number });
    }
    let svg = unique_ids(svg, number);
    let caption = escape(caption);
    Ok(format!(
        "<figure>\n{svg}\n<figcaption>{caption}</figcaption>\n</figure>\n"
    ))
}

/// The figures of this crate have the same two ids; here each gets those of its own number.
///
/// Quotes in the words of a figure are escaped, so what is replaced can only be an attribute.
fn unique_ids(svg: &str, number: usize) -> String {
    svg.replacen(
        "aria-labelledby=\"title description\"",
        &format!("aria-labelledby=\"figure-{number}-title figure-{number}-description\""),
        1,
    )
    .replacen(
        " id=\"title\"",
        &format!(" id=\"figure-{number}-title\""),
        1,
    )
    .replacen(
        " id=\"description\"",
        &format!(" id=\"figure-{number}-description\""),
        1,
    )
}

fn definitions(settings: &[(String, String)]) -> String {
    let mut html = String::from("<dl>\n");
    for (name, value) in settings {
        html += &format!("<dt>{}</dt><dd>{}</dd>\n", escape(name), escape(value));
    }
    html + "</dl>\n"
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn figures_from_elsewhere_are_refused() {
        let section = Section::new("A")
            .figure("<svg></svg>", "")
            .figure("<p>no</p>", "");
        let error = Report::new("T").section(section).to_html().unwrap_err();
        assert_eq!(error, Error::NotSvg { figure: 2 });
    }

    #[test]
    fn script_cannot_come_in_by_words() {
        let attack = "</script><script>alert(1)</script>";
        let section = Section::new(attack)
            .paragraph(attack)
            .settings([(attack, attack)]);
        let report = Report::new(attack)
            .paragraph(attack)
            .section(section)
            .citation(attack);
        let html = report.to_html().unwrap();
        assert_eq!(html.matches("<script>").count(), 1);
    }
}
