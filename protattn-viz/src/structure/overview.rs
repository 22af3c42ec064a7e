//! Every head at once: a small contact map for each.

use super::colour::{Kind, hex};
use super::keys::{self, Key};
use super::model::{self, Arc};
use crate::error::{Error, Result};
use crate::layout::{self, CAP_HEIGHT, Column, LABEL, MARGIN, TICK};
use crate::scale;
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
/// use protattn_viz::structure::{Arc, HeadsOverview};
///
/// let arc = Arc { contact: Some(true), head: Some((1, 2)), ..Arc::new(3, 27, 0.62) };
/// let svg = HeadsOverview::new(2, 3, 30, &[arc])
///     .contacts(&[(3, 27), (4, 26)])
///     .best(&[(1, 2)])
///     .to_svg()?;
/// assert!(svg.contains("<title>layer 2, head 3: 1 arc</title>"));
/// assert!(svg.contains("best: 2-3"));
/// # Ok::<(), protattn_viz::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct HeadsOverview<'a> {
    layers: usize,
    heads: usize,
    residues: usize,
    arcs: &'a [Arc],
    contacts: &'a [(usize, usize)],
    best: &'a [(usize, usize)],
    indices: Option<&'a [usize]>,
    title: &'a str,
}

impl<'a> HeadsOverview<'a> {
    /// An overview of `layers` layers of `heads` heads over `residues` residues; every arc has a
    /// [`head`](Arc::head).
    pub fn new(layers: usize, heads: usize, residues: usize, arcs: &'a [Arc]) -> Self {
        Self {
            layers,
            heads,
            residues,
            arcs,
            contacts: &[],
            best: &[],
            indices: None,
            title: "",
        }
    }

    /// The pairs of residues (0-based) that are in contact, in either order; none by default.
    pub fn contacts(mut self, contacts: &'a [(usize, usize)]) -> Self {
        self.contacts = contacts;
        self
    }

    /// The heads to be marked, as layer and head (both 0-based), the best first; none by default.
    pub fn best(mut self, best: &'a [(usize, usize)]) -> Self {
        self.best = best;
        self
    }

    /// The layers (0-based, one a row, lowest first), where not all of the model are shown; from the first
    /// on by default.
    pub fn layers(mut self, indices: &'a [usize]) -> Self {
        self.indices = Some(indices);
        self
    }

    /// The title above the figure; none by default.
    pub fn title(mut self, title: &'a str) -> Self {
        self.title = title;
        self
    }

    /// The figure as an SVG document.
    ///
    /// # Errors
    ///
    /// [`Error::Empty`] without layers or heads, [`Error::LayerCount`] for layers that are not one a row,
    /// [`Error::NoHead`] for an arc or a mark of none of them, [`Error::ArcEnd`] for an arc of no residue,
    /// and [`Error::Range`] for more than 200 layers or heads, for a contact (named by its place in the
    /// list, from 0) of no residue, and as for [`View::new`](super::View::new).
    pub fn to_svg(&self) -> Result<String> {
        self.check()?;
        let grid = Grid::new(self);
        let mut svg = Svg::new();
        let top = layout::heading(&mut svg, self.title, grid.column) + 4.0;
        let contacts = self.define_contacts(&mut svg, &grid);
        self.draw_panels(&mut svg, &grid, top, &contacts);
        let bottom = self.draw_axes(&mut svg, &grid, top);
        let entries = self.legend();
        let room = grid.column.width() - 2.0 * MARGIN;
        let at = (MARGIN, bottom + 6.0);
        let mut bottom = layout::legend_of(&mut svg, &entries, at, room, keys::draw) + 4.0;
        if grid.bins < self.residues {
            let words = format!("{} residues in {} steps.", self.residues, grid.bins);
            let style = Style::new(TICK, Anchor::Start);
            bottom = layout::paragraph(&mut svg, &words, (MARGIN, bottom), room, style);
        }
        let title = layout::titled(self.title, "Attention of every head");
        let words = format!(
            "{} arcs of attention in {} layers by {} heads, over {} residues.",
            self.arcs.len(),
            self.layers,
            self.heads,
            self.residues
        );
        Ok(svg.finish(grid.column.width(), bottom + MARGIN, title, &words))
    }

    fn check(&self) -> Result<()> {
        let (layers, heads) = (self.layers, self.heads);
        if layers == 0 || heads == 0 {
            return Err(Error::Empty { layers, heads });
        }
        let found = self.indices.map_or(layers, <[usize]>::len);
        if found != layers {
            return Err(Error::LayerCount {
                expected: layers,
                found,
            });
        }
        for (what, count) in [("layers", layers), ("heads", heads)] {
            if count > MAX_PANELS {
                return Err(Error::Range {
                    what: format!("number of {what}"),
                    value: count as f64,
                    max: MAX_PANELS as f64,
                });
            }
        }
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
        for &best in self.best {
            no_head("a mark".to_owned(), Some(best))?;
        }
        let ends = self.contacts.iter().enumerate();
        let outside = ends
            .flat_map(|(i, &(a, b))| [(i, a), (i, b)])
            .find(|&(_, end)| end >= self.residues);
        outside.map_or(Ok(()), |(index, found)| {
            Err(Error::Range {
                what: format!("residue of contact {index}"),
                value: found as f64,
                max: self.residues as f64 - 1.0,
            })
        })
    }

    /// The layer of a row of panels, from the lowest.
    fn layer(&self, row: usize) -> usize {
        self.indices.map_or(row, |indices| indices[row])
    }

    /// The row of a layer, if it has one.
    fn row(&self, layer: usize) -> Option<usize> {
        match self.indices {
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
        let mut of_head: BTreeMap<(usize, usize), Vec<&Arc>> = BTreeMap::new();
        for arc in self.arcs {
            of_head
                .entry(arc.head.unwrap_or_default())
                .or_default()
                .push(arc);
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
        for &(layer, head) in self.best {
            if let Some(row) = self.row(layer) {
                svg.frame(self.panel(grid, row, head, top), 1.3);
            }
        }
        svg.close();
    }

    fn panel(&self, grid: &Grid, row: usize, head: usize, top: f64) -> Rect {
        Rect {
            x: grid.left + head as f64 * grid.pitch,
            y: top + (self.layers - 1 - row) as f64 * grid.pitch,
            width: grid.side,
            height: grid.side,
        }
    }

    fn draw_panel(
        &self,
        svg: &mut Svg,
        grid: &Grid,
        (row, head): (usize, usize),
        top: f64,
        contacts: &str,
        arcs: &[&Arc],
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
                (
                    grid.bin(arc.from.min(arc.to)),
                    grid.bin(arc.from.max(arc.to)),
                )
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
            svg.text(
                grid.left - 3.0,
                baseline,
                &(self.layer(row) + 1).to_string(),
                style,
            );
        }
        let style = Style::new(TICK, Anchor::Middle);
        let end = top + self.layers as f64 * grid.pitch;
        let baseline = end + 2.0 + TICK * CAP_HEIGHT;
        let widest = style.width(&self.heads.to_string()) + 2.0;
        for head in scale::thinned(self.heads, grid.pitch, widest) {
            let x = grid.left + head as f64 * grid.pitch + grid.side / 2.0;
            svg.text(x, baseline, &(head + 1).to_string(), style);
        }
        let style = Style::new(LABEL, Anchor::Middle);
        let (x, y) = (MARGIN + LABEL * CAP_HEIGHT, top + (end - top) / 2.0);
        svg.text(x, y, "Layer", style.turn(-90.0));
        let middle = grid.left + self.heads as f64 * grid.pitch / 2.0;
        let bottom = layout::paragraph(svg, "Head", (middle, baseline + 4.0), 100.0, style);
        svg.close();
        bottom
    }

    fn legend(&self) -> Vec<(Key, String)> {
        let present = |kind: &Kind| self.arcs.iter().any(|arc| Kind::of(arc) == *kind);
        let kinds = Kind::ALL.into_iter().filter(present);
        let mut entries: Vec<(Key, String)> = kinds
            .map(|kind| {
                (
                    Key::Cell(kind.colour()),
                    format!("attention, {}", kind.words()),
                )
            })
            .collect();
        if !self.contacts.is_empty() {
            entries.push((Key::Cell(CONTACTS), "contacts".to_owned()));
        }
        if !self.best.is_empty() {
            let names = self
                .best
                .iter()
                .map(|(layer, head)| format!("{}-{}", layer + 1, head + 1));
            let names: Vec<String> = names.collect();
            entries.push((Key::Framed, format!("best: {}", names.join(", "))));
        }
        entries
    }
}

/// How panels lie and how fine they are.
struct Grid {
    column: Column,
    left: f64,
    pitch: f64,
    side: f64,
    /// Steps along a panel.
    bins: usize,
    residues: usize,
}

impl Grid {
    fn new(overview: &HeadsOverview<'_>) -> Self {
        let column = if overview.heads <= NARROW {
            Column::Single
        } else {
            Column::Double
        };
        let room = column.width() - 2.0 * MARGIN - LEFT;
        let pitch = (room / overview.heads as f64)
            .min(MAX_HEIGHT / overview.layers as f64)
            .min(MAX_PITCH);
        let side = pitch * (1.0 - GAP);
        let bins = ((side / MIN_CELL) as usize).clamp(1, overview.residues.max(1));
        Self {
            column,
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
            column: Column::Single,
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
