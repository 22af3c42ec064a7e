//! Every head at once: a small contact map for each.

use super::colour::Kind;
use super::keys::{self, Key};
use super::model::{self, ResidueArc};
use crate::error::{Error, Result, check_count, check_length};
use crate::figure::{Draw, Figure};
use crate::labels::{Labels, setters};
use crate::layout::{self, CAP_HEIGHT, Column, MARGIN, TICK};
use crate::palette::hex;
use crate::plot;
use crate::scale::{self, check_index};
use crate::svg::{Anchor, Rect, Style, Svg, num};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Room for the numbers of the layers, in points.
const LEFT: f64 = 26.0;
/// The panels take no more than this of a page, in points.
const MAX_HEIGHT: f64 = 600.0;
const MAX_PITCH: f64 = 60.0;
/// Up to so many heads a layer fit one column.
const NARROW: usize = 8;
/// Share of the pitch that is left between panels.
const GAP: f64 = 0.1;
/// Cells of a panel smaller than this, in points, would not be seen.
const MIN_CELL: f64 = 0.7;
/// More panels than this, either way, have no room.
const MAX_PANELS: usize = 200;
const CONTACTS: [u8; 3] = [0xa8; 3];

/// A small map for each head, layers upward and heads to the right: attention above the diagonal,
/// contacts below it.
///
/// An arc is a dot at its two residues, whichever attends, in the colour of its kind. Long sequences
/// are drawn in steps of several residues. The figure is 85 mm wide, or 175 mm for more than 8 heads.
///
/// ```
/// use protattn_viz::Figure;
/// use protattn_viz::structure::{HeadsOverview, ResidueArc};
///
/// let arc = ResidueArc { contact: Some(true), head: Some((1, 2)), ..ResidueArc::new(3, 27, 0.62) };
/// let svg = HeadsOverview::new(2, 3, 30, &[arc])
///     .contacts(&[(3, 27), (4, 26)])
///     .best(&[(1, 2)])
///     .to_svg()?;
/// assert!(svg.contains("<title>layer 2, head 3: 1 arc</title>"));
/// assert!(svg.contains("best: 2-3"));
/// # Ok::<(), protattn_viz::Error>(())
/// ```
///
/// # Errors
///
/// [`Error::Count`](crate::Error::Count) without layers or heads or for more than 200 of either,
/// [`Error::Length`](crate::Error::Length) for layers that are not one a row,
/// [`Error::NoHead`] for an arc or a mark of none of them, [`Error::Outside`](crate::Error::Outside) for an
/// arc of no residue, [`Error::Outside`](crate::Error::Outside) for a contact (named by its place in the
/// list, from 0) of no residue and as for [`View::new`](super::View::new).
#[derive(Debug, Clone)]
#[must_use]
pub struct HeadsOverview<'a> {
    layers: usize,
    heads: usize,
    residues: usize,
    arcs: &'a [ResidueArc],
    contacts: Vec<(usize, usize)>,
    best: Vec<(usize, usize)>,
    indices: Option<Vec<usize>>,
    labels: Labels,
}

impl<'a> HeadsOverview<'a> {
    /// An overview of `layers` layers of `heads` heads over `residues` residues; every arc has a
    /// [`head`](ResidueArc::head).
    pub fn new(layers: usize, heads: usize, residues: usize, arcs: &'a [ResidueArc]) -> Self {
        Self {
            layers,
            heads,
            residues,
            arcs,
            contacts: Vec::new(),
            best: Vec::new(),
            indices: None,
            labels: Labels::new("Attention of every head", "", ""),
        }
    }

    /// The pairs of residues (0-based) that are in contact, in either order; none by default.
    pub fn contacts(mut self, contacts: &[(usize, usize)]) -> Self {
        self.contacts = contacts.to_vec();
        self
    }

    /// The heads to be marked, as layer and head (both 0-based), the best first; none by default.
    pub fn best(mut self, best: &[(usize, usize)]) -> Self {
        self.best = best.to_vec();
        self
    }

    /// The layers (0-based, one a row, lowest first), where not all of the model are shown; from the first
    /// on by default.
    pub fn layers(mut self, indices: &[usize]) -> Self {
        self.indices = Some(indices.to_vec());
        self
    }

    setters!(title);

    /// The layer of a row of panels, from the lowest.
    fn layer(&self, row: usize) -> usize {
        self.indices.as_ref().map_or(row, |indices| indices[row])
    }

    /// The row of a layer, if it has one.
    fn row(&self, layer: usize) -> Option<usize> {
        match &self.indices {
            Some(indices) => indices.iter().position(|&index| index == layer),
            None => (layer < self.layers).then_some(layer),
        }
    }

    /// Defines the contacts once for all panels; gives the element that draws them.
    ///
    /// Its id is made of what is drawn, so that two figures on one page cannot be confused.
    fn define_contacts(&self, svg: &mut Svg, grid: &Grid) -> String {
        let lower = |&(a, b): &(usize, usize)| (grid.bin(a.max(b)), grid.bin(a.min(b)));
        let data = grid.cells(self.contacts.iter().map(lower));
        if data.is_empty() {
            return String::new();
        }
        let id = format!("contacts-{:016x}", fnv1a(&data));
        svg.put(format_args!(
            "<defs><path id=\"{id}\" d=\"{data}\" fill=\"{}\"/></defs>",
            hex(CONTACTS)
        ));
        format!("<use href=\"#{id}\"/>")
    }

    fn draw_panels(&self, svg: &mut Svg, grid: &Grid, top: f64, contacts: &str) {
        let mut of_head: BTreeMap<_, Vec<&ResidueArc>> = BTreeMap::new();
        for arc in self.arcs {
            let head = arc.head.unwrap_or_default();
            of_head.entry(head).or_default().push(arc);
        }
        svg.open("panels");
        for row in 0..self.layers {
            for head in 0..self.heads {
                let arcs = of_head
                    .get(&(self.layer(row), head))
                    .map_or(&[][..], Vec::as_slice);
                self.draw_panel(svg, grid, (row, head), top, contacts, arcs);
            }
        }
        for &(layer, head) in &self.best {
            if let Some(row) = self.row(layer) {
                svg.frame(self.panel(grid, row, head, top), 1.3);
            }
        }
        svg.close();
    }

    fn panel(&self, grid: &Grid, row: usize, head: usize, top: f64) -> Rect {
        let x = grid.left + head as f64 * grid.pitch;
        let y = top + (self.layers - 1 - row) as f64 * grid.pitch;
        Rect::square((x, y), grid.side)
    }

    fn draw_panel(
        &self,
        svg: &mut Svg,
        grid: &Grid,
        (row, head): (usize, usize),
        top: f64,
        contacts: &str,
        arcs: &[&ResidueArc],
    ) {
        let rect = self.panel(grid, row, head, top);
        let noun = if arcs.len() == 1 { "arc" } else { "arcs" };
        let tooltip = format!(
            "layer {}, head {}: {} {noun}",
            self.layer(row) + 1,
            head + 1,
            arcs.len()
        );
        svg.rect(rect, "#f4f4f4", &tooltip);
        // What is drawn over the panel lets the pointer through to its title.
        let (x, y) = (num(rect.x), num(rect.y));
        svg.put(format_args!(
            "<g transform=\"translate({x} {y})\" pointer-events=\"none\">{contacts}"
        ));
        let side = num(grid.side);
        svg.put(format_args!(
            "<path d=\"M0 0L{side} {side}\" stroke=\"#c4c4c4\" stroke-width=\"0.3\"/>"
        ));
        // Contacts last, over the others.
        for kind in Kind::ALL.into_iter().rev() {
            let of_kind = arcs.iter().filter(|arc| Kind::of(arc) == kind);
            let upper = of_kind.map(|arc| {
                let (first, last) = (arc.from.min(arc.to), arc.from.max(arc.to));
                (grid.bin(first), grid.bin(last))
            });
            let data = grid.cells(upper);
            if !data.is_empty() {
                svg.put(format_args!(
                    "<path d=\"{data}\" fill=\"{}\"/>",
                    hex(kind.colour())
                ));
            }
        }
        svg.close();
    }

    /// Numbers of layers and heads; gives the lower edge.
    fn draw_axes(&self, svg: &mut Svg, grid: &Grid, top: f64) -> f64 {
        svg.open("axes");
        let style = Style::new(TICK, Anchor::End);
        for row in scale::thinned(self.layers, grid.pitch, TICK * 1.15) {
            let rect = self.panel(grid, row, 0, top);
            let baseline = rect.y + (rect.height + TICK * CAP_HEIGHT) / 2.0;
            let number = (self.layer(row) + 1).to_string();
            svg.text(grid.left - 3.0, baseline, &number, style);
        }
        let style = Style::new(TICK, Anchor::Middle);
        let end = top + self.layers as f64 * grid.pitch;
        let baseline = end + 2.0 + TICK * CAP_HEIGHT;
        let widest = style.width(&self.heads.to_string()) + 2.0;
        for head in scale::thinned(self.heads, grid.pitch, widest) {
            let x = grid.left + head as f64 * grid.pitch + grid.side / 2.0;
            svg.text(x, baseline, &(head + 1).to_string(), style);
        }
        plot::axis_title(svg, &["Layer"], (MARGIN, top + (end - top) / 2.0));
        let middle = grid.left + self.heads as f64 * grid.pitch / 2.0;
        let bottom = plot::title_below(svg, "Head", (middle, baseline), 100.0);
        svg.close();
        bottom
    }

    fn legend(&self) -> Vec<(Key, String)> {
        let entry = |kind: Kind| {
            let words = format!("attention, {}", kind.words());
            (Key::Cell(kind.colour()), words)
        };
        let mut entries: Vec<_> = Kind::present(self.arcs.iter()).map(entry).collect();
        let name = |(layer, head): &(usize, usize)| format!("{}-{}", layer + 1, head + 1);
        let names: Vec<String> = self.best.iter().map(name).collect();
        let (any_contacts, any_best) = (!self.contacts.is_empty(), !names.is_empty());
        let best = format!("best: {}", names.join(", "));
        entries.extend(layout::entry_if(
            any_contacts,
            Key::Cell(CONTACTS),
            "contacts",
        ));
        entries.extend(layout::entry_if(any_best, Key::Framed, &best));
        entries
    }
}

impl Figure for HeadsOverview<'_> {}

impl Draw for HeadsOverview<'_> {
    fn labels(&self) -> &Labels {
        &self.labels
    }

    fn check(&self) -> Result<()> {
        let (layers, heads) = (self.layers, self.heads);
        check_count("layers", layers, 1, MAX_PANELS)?;
        check_count("heads", heads, 1, MAX_PANELS)?;
        let found = self.indices.as_ref().map_or(layers, Vec::len);
        check_length(|| "layer indices".to_owned(), found, layers)?;
        model::check_arcs(self.arcs, self.residues)?;
        let no_head = |what: String, found: Option<(usize, usize)>| match found {
            Some((layer, head)) if self.row(layer).is_some() && head < heads => Ok(()),
            _ => Err(Error::NoHead {
                what,
                found,
                layers,
                heads,
            }),
        };
        for (index, arc) in self.arcs.iter().enumerate() {
            no_head(format!("arc {index}"), arc.head)?;
        }
        for &best in &self.best {
            no_head("a mark".to_owned(), Some(best))?;
        }
        for (i, &(a, b)) in self.contacts.iter().enumerate() {
            check_index(a.max(b), self.residues, || {
                format!("residue of contact {i}")
            })?;
        }
        Ok(())
    }

    fn column(&self) -> Column {
        Column::double_if(self.heads > NARROW)
    }

    fn draw(&self, svg: &mut Svg) -> f64 {
        let (grid, room) = (Grid::new(self), self.column().inside());
        let top = layout::heading(svg, &self.labels.title, self.column()) + 4.0;
        let contacts = self.define_contacts(svg, &grid);
        self.draw_panels(svg, &grid, top, &contacts);
        let at = (MARGIN, self.draw_axes(svg, &grid, top) + 6.0);
        let mut bottom = layout::legend_of(svg, &self.legend(), at, room, keys::draw) + 4.0;
        if grid.bins < self.residues {
            let words = format!("{} residues in {} steps.", self.residues, grid.bins);
            let style = Style::new(TICK, Anchor::Start);
            bottom = layout::paragraph(svg, &words, (MARGIN, bottom), room, style);
        }
        bottom + MARGIN
    }

    fn description(&self) -> String {
        let (arcs, layers, heads) = (self.arcs.len(), self.layers, self.heads);
        let residues = self.residues;
        format!(
            "{arcs} arcs of attention in {layers} layers by {heads} heads, over {residues} residues."
        )
    }
}

/// How panels lie and how fine they are.
struct Grid {
    left: f64,
    pitch: f64,
    side: f64,
    /// Steps along a panel.
    bins: usize,
    residues: usize,
}

impl Grid {
    fn new(overview: &HeadsOverview<'_>) -> Self {
        let room = overview.column().inside() - LEFT;
        let pitch = (room / overview.heads as f64)
            .min(MAX_HEIGHT / overview.layers as f64)
            .min(MAX_PITCH);
        let side = pitch * (1.0 - GAP);
        let bins = ((side / MIN_CELL) as usize).clamp(1, overview.residues.max(1));
        Self {
            left: MARGIN + LEFT,
            pitch,
            side,
            bins,
            residues: overview.residues,
        }
    }

    fn bin(&self, residue: usize) -> usize {
        // Wide enough for any product.
        (residue as u128 * self.bins as u128 / self.residues.max(1) as u128) as usize
    }

    /// The path of the cells (row, column), with neighbours in a row joined.
    fn cells(&self, cells: impl Iterator<Item = (usize, usize)>) -> String {
        let mut cells: Vec<(usize, usize)> = cells.collect();
        cells.sort_unstable();
        cells.dedup();
        let cell = self.side / self.bins as f64;
        let mut data = String::new();
        for run in cells.chunk_by(|a, b| a.0 == b.0 && a.1 + 1 == b.1) {
            let (row, column) = run[0];
            let (x, y) = (num(column as f64 * cell), num(row as f64 * cell));
            let (width, height) = (num(run.len() as f64 * cell), num(cell));
            // Writing to a String cannot fail.
            let _ = write!(data, "M{x} {y}h{width}v{height}h-{width}z");
        }
        data
    }
}

/// A hash that is the same everywhere (Fowler, Noll and Vo's FNV-1a, 64 bits).
fn fnv1a(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_in_a_row_are_joined() {
        let grid = Grid {
            left: 0.0,
            pitch: 11.0,
            side: 10.0,
            bins: 5,
            residues: 10,
        };
        // Two residues a step of two points.
        assert_eq!((grid.bin(3), grid.bin(9)), (1, 4));
        let cells = [(1, 3), (0, 4), (1, 2), (1, 3)];
        assert_eq!(grid.cells(cells.into_iter()), "M8 0h2v2h-2zM4 2h4v2h-4z");
    }

    #[test]
    fn hashes_are_those_of_the_definition() {
        // Test vectors of draft-eastlake-fnv.
        assert_eq!(fnv1a(""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a("a"), 0xaf63_dc4c_8601_ec8c);
    }
}
