use super::figure::Captioned;
use super::{Numbers, Table, paragraph};
use crate::error::Result;
use crate::svg::escape;

/// A part of a [`Report`](crate::Report) under its own heading; what is added shows in that order.
#[derive(Debug, Clone)]
#[must_use]
pub struct Section {
    heading: String,
    collapsed: bool,
    blocks: Vec<Block>,
}

#[derive(Debug, Clone)]
enum Block {
    Paragraph(String),
    Note(String),
    Figure(Captioned),
    Grid(Vec<Captioned>),
    Table(Table),
    Settings(Vec<(String, String)>),
    Section(Section),
}

impl Section {
    /// A section with nothing but a heading.
    pub fn new(heading: impl Into<String>) -> Self {
        Self {
            heading: heading.into(),
            collapsed: false,
            blocks: Vec::new(),
        }
    }

    /// Shows the heading alone, with the number of figures and tables under it, until a reader
    /// opens the section; open by default. On paper it is open.
    pub fn collapsed(mut self) -> Self {
        self.collapsed = true;
        self
    }

    /// Adds a paragraph.
    pub fn paragraph(self, text: impl Into<String>) -> Self {
        self.block(Block::Paragraph(text.into()))
    }

    /// Adds a paragraph set apart: a warning, or how to read what follows.
    pub fn note(self, text: impl Into<String>) -> Self {
        self.block(Block::Note(text.into()))
    }

    /// Adds a figure, SVG as the figures of this crate give it, and the words under it.
    ///
    /// The SVG is taken over as it is. Scripts in it do not run, but style sheets in it would hold
    /// for the whole page.
    pub fn figure(self, svg: impl Into<String>, caption: impl Into<String>) -> Self {
        self.block(Block::Figure(Captioned::new(svg, caption)))
    }

    /// Adds figures, each with the words under it, side by side where the page is wide enough.
    pub fn figures_grid<S: Into<String>, C: Into<String>>(
        self,
        figures: impl IntoIterator<Item = (S, C)>,
    ) -> Self {
        let figures = figures.into_iter();
        let captioned = figures.map(|(svg, caption)| Captioned::new(svg, caption));
        self.block(Block::Grid(captioned.collect()))
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

    /// Adds a section one level further down.
    pub fn section(self, section: Section) -> Self {
        self.block(Block::Section(section))
    }

    fn block(mut self, block: Block) -> Self {
        self.blocks.push(block);
        self
    }

    fn sections(&self) -> impl Iterator<Item = &Self> {
        self.blocks.iter().filter_map(|block| match block {
            Block::Section(section) => Some(section),
            _ => None,
        })
    }

    /// The entry in the contents, with those of the sections under it.
    pub(super) fn entry(&self, id: &str) -> String {
        let heading = escape(&self.heading);
        let inner: String = self
            .sections()
            .enumerate()
            .map(|(i, section)| section.entry(&format!("{id}-{}", i + 1)))
            .collect();
        let list = match &*inner {
            "" => String::new(),
            inner => format!("\n<ol>\n{inner}</ol>"),
        };
        format!("<li><a href=\"#{id}\">{heading}</a>{list}</li>\n")
    }

    /// The section, its heading at `level` (2 for a part of the page).
    pub(super) fn to_html(&self, id: &str, level: usize, numbers: &mut Numbers) -> Result<String> {
        let before = *numbers;
        let blocks = self.blocks_to_html(id, level, numbers)?;
        // HTML has six levels.
        let tag = format!("h{}", level.min(6));
        let heading = format!("<{tag}>{}</{tag}>", escape(&self.heading));
        let (start, end) = if self.collapsed {
            let held = numbers.since(before);
            let summary = format!("<summary>{heading}<span>{held}</span></summary>");
            (format!("<details>{summary}"), "</details>\n")
        } else {
            (heading, "")
        };
        Ok(format!(
            "<section id=\"{id}\">\n{start}\n{blocks}{end}</section>\n"
        ))
    }

    fn blocks_to_html(&self, id: &str, level: usize, numbers: &mut Numbers) -> Result<String> {
        let mut html = String::new();
        let mut sections = 0;
        for block in &self.blocks {
            html += &match block {
                Block::Paragraph(text) => paragraph(text),
                Block::Note(text) => {
                    format!("<p class=\"note\" role=\"note\">{}</p>\n", escape(text))
                }
                Block::Figure(figure) => figure.to_html(numbers.figure())?,
                Block::Grid(figures) => grid(figures, numbers)?,
                Block::Table(table) => table.to_html(numbers.table())?,
                Block::Settings(settings) => definitions(settings),
                Block::Section(section) => {
                    sections += 1;
                    section.to_html(&format!("{id}-{sections}"), level + 1, numbers)?
                }
            };
        }
        Ok(html)
    }
}

fn grid(figures: &[Captioned], numbers: &mut Numbers) -> Result<String> {
    let figures = figures
        .iter()
        .map(|figure| figure.to_html(numbers.figure()));
    let html: String = figures.collect::<Result<_>>()?;
    Ok(format!("<div class=\"grid\">\n{html}</div>\n"))
}

fn definitions(settings: &[(String, String)]) -> String {
    let mut html = String::from("<dl>\n");
    for (name, value) in settings {
        html += &format!("<dt>{}</dt><dd>{}</dd>\n", escape(name), escape(value));
    }
    html + "</dl>\n"
}
