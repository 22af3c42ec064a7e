//! Arcs over a region of the sequence.

use super::View;
use super::colour::{BINDING_SITE, Kind, MODIFIED, Scheme};
use super::keys;
use super::model::{Residue, ResidueArc, SecondaryStructure};
use super::trace::chains;
use crate::error::{Result, check_count};
use crate::layout::{self, CAP_HEIGHT, Column, HAIRLINE, MARGIN, TICK, TICK_LENGTH};
use crate::palette::{self, hex};
use crate::ranges;
use crate::scale::check_index;
use crate::svg::{Anchor, Rect, Style, Svg, num};
use std::ops::Range;

/// Room of a letter in points; with less, letters are left out.
const LETTER: f64 = 6.8;
const MAX_PITCH: f64 = 13.0;
/// Height of the highest arc, in points.
const MAX_HEIGHT: f64 = 150.0;
/// Width of an arc at full attention, in points: most of a residue's, within these.
const WIDEST: (f64, f64) = (1.6, 4.0);
const MIN_WIDTH: f64 = 0.4;
const TRACK: f64 = 8.0;
/// Room of the name of a chain among the numbers, in points.
const MAX_NAME: f64 = 60.0;

/// Where the residues of the region stand.
struct Axis {
    region: Range<usize>,
    left: f64,
    pitch: f64,
}

impl Axis {
    fn new(view: &View<'_>, region: Range<usize>) -> (Column, Self) {
        let narrow = Column::Single.inside();
        let column = Column::double_if(view.wide || region.len() as f64 * LETTER > narrow);
        let room = column.inside();
        let pitch = (room / region.len() as f64).min(MAX_PITCH);
        let left = MARGIN;
        (
            column,
            Self {
                region,
                left,
                pitch,
            },
        )
    }

    fn middle(&self, residue: usize) -> f64 {
        self.left + ((residue - self.region.start) as f64 + 0.5) * self.pitch
    }

    /// Width of an arc in points.
    fn width(&self, view: &View<'_>, attention: f64) -> f64 {
        let widest = (self.pitch * 0.8).clamp(WIDEST.0, WIDEST.1);
        (widest * attention / view.full_attention).clamp(MIN_WIDTH, widest)
    }

    fn right(&self) -> f64 {
        self.left + self.region.len() as f64 * self.pitch
    }
}

impl View<'_> {
    /// The arcs within a region, 0-based indices of residues, over its letters: an arc diagram as an SVG
    /// document, with secondary structure, marks and author numbers below.
    ///
    /// The width of an arc is its attention. Letters are left out where they would not fit. The figure
    /// is 85 mm wide, or 175 mm for more than 33 residues. Positions are not needed.
    ///
    /// # Errors
    ///
    /// [`Error::Count`](crate::Error::Count) for a region that is empty,
    /// [`Error::Outside`](crate::Error::Outside) for one that reaches beyond the residues.
    pub fn sequence_svg(&self, region: Range<usize>) -> Result<String> {
        let n_residues = self.residues.len();
        check_count("residues in the region", region.len(), 1, n_residues)?;
        let end = || "end of the region".to_owned();
        check_index(region.end - 1, n_residues, end)?;
        let (column, axis) = Axis::new(self, region);
        let (arcs, left_out) = arcs_within(self, &axis.region);
        let room = column.inside();
        let mut svg = Svg::new();
        let top = layout::heading(&mut svg, &self.title, column) + 4.0;
        let base = draw_arcs(&mut svg, self, &axis, &arcs, top);
        let scheme = self.scheme();
        let mut bottom = draw_track(&mut svg, self, &axis, &scheme, base + 2.0);
        bottom = draw_marks(&mut svg, self, &axis, bottom);
        bottom = draw_letters(&mut svg, self, &axis, bottom);
        bottom = draw_numbers(&mut svg, self, &axis, bottom);
        bottom = legend(&mut svg, self, &axis, &arcs, &scheme, (bottom + 6.0, room));
        let note = match left_out {
            0 => String::new(),
            count => format!(
                "Not drawn: {count} of the region's arcs, which leave it or join a residue to itself."
            ),
        };
        let style = Style::new(TICK, Anchor::Start);
        for note in std::iter::once(&note).chain(&self.notes) {
            bottom = layout::paragraph(&mut svg, note, (MARGIN, bottom), room, style);
        }
        let title = layout::titled(&self.title, "Attention along the sequence");
        let (first, last) = (
            &self.residues[axis.region.start],
            &self.residues[axis.region.end - 1],
        );
        let words = format!(
            "{} arcs of attention over the residues from {first} to {last}.",
            arcs.len()
        );
        Ok(svg.finish(column.width(), bottom + MARGIN, title, &words))
    }
}

/// The arcs within the region, the weakest first, and how many others touch it.
fn arcs_within<'v>(view: &'v View<'_>, region: &Range<usize>) -> (Vec<&'v ResidueArc>, usize) {
    let inside = |end: usize| region.contains(&end);
    let touching = view
        .arcs
        .iter()
        .filter(|arc| inside(arc.from) || inside(arc.to));
    let (mut arcs, others): (Vec<&ResidueArc>, Vec<&ResidueArc>) =
        touching.partition(|arc| arc.from != arc.to && inside(arc.from) && inside(arc.to));
    arcs.sort_by(|a, b| a.attention.total_cmp(&b.attention));
    (arcs, others.len())
}

/// Half ellipses, the weakest first; gives the line that they stand on.
fn draw_arcs(svg: &mut Svg, view: &View<'_>, axis: &Axis, arcs: &[&ResidueArc], top: f64) -> f64 {
    let span = |arc: &ResidueArc| (axis.middle(arc.to) - axis.middle(arc.from)).abs() / 2.0;
    let widest = arcs.iter().map(|arc| span(arc)).fold(0.0, f64::max);
    let flat = (MAX_HEIGHT / widest.max(1.0)).min(1.0);
    let base = top + widest * flat + WIDEST.1 / 2.0 + TRACK / 2.0;
    svg.put(format_args!(
        "<g class=\"arcs\" fill=\"none\" opacity=\"0.9\">"
    ));
    for arc in arcs {
        let (from, to) = (axis.middle(arc.from), axis.middle(arc.to));
        let (left, right, rx) = (from.min(to), from.max(to), span(arc));
        let kind = Kind::of(arc);
        let width = axis.width(view, f64::from(arc.attention));
        let dashes = kind.dashes().map_or(String::new(), |(dash, gap)| {
            let (dash, gap) = (num(dash * 2.5), num(gap * 2.5));
            format!(" stroke-dasharray=\"{dash} {gap}\"")
        });
        svg.put(format_args!(
            "<path d=\"M{} {}A{} {} 0 0 1 {} {}\" stroke=\"{}\" stroke-width=\"{}\"{dashes}><title>{}</title></path>",
            num(left), num(base), num(rx), num(rx * flat), num(right), num(base),
            hex(kind.colour()), num(width),
            crate::svg::escape(&super::viewers::words(view, arc)),
        ));
        if arc.directed {
            let half = (width * 0.9).max(1.8);
            let (x, y) = (num(to - half), num(base - 2.2 * half));
            let (across, down) = (num(half), num(2.2 * half));
            let back = num(2.0 * half);
            svg.put(format_args!(
                "<path d=\"M{x} {y}l{across} {down}l{across} -{down}l-{back} 0Z\" fill=\"{}\"/>",
                hex(kind.colour())
            ));
        }
    }
    svg.close();
    base
}

/// Secondary structure: boxes for helices, arrows for strands, a line for the rest.
fn draw_track(svg: &mut Svg, view: &View<'_>, axis: &Axis, scheme: &Scheme, top: f64) -> f64 {
    svg.open("secondary-structure");
    let middle = top + TRACK / 2.0;
    let residues = &view.residues[axis.region.clone()];
    let same = |a: &Residue, b: &Residue| {
        a.chain == b.chain && a.secondary_structure == b.secondary_structure
    };
    for run in ranges::alike(residues, same) {
        let (first, last) = (
            axis.region.start + run.start,
            axis.region.start + run.end - 1,
        );
        let left = axis.middle(first) - axis.pitch / 2.0;
        let right = axis.middle(last) + axis.pitch / 2.0;
        let colour = hex(scheme.colour(first));
        match residues[run.start].secondary_structure {
            Some(SecondaryStructure::Helix) => {
                let rect = Rect::new((left, top), (right - left, TRACK));
                svg.rect(rect, &colour, "helix");
            }
            Some(SecondaryStructure::Strand) => {
                let neck = (right - 6.0).max((left + right) / 2.0);
                let (l, n, r) = (num(left), num(neck), num(right));
                let y = [0.0, 2.0, TRACK / 2.0, TRACK - 2.0, TRACK].map(|down| num(top + down));
                svg.put(format_args!(
                    "<path d=\"M{l} {}L{n} {}L{n} {}L{r} {}L{n} {}L{n} {}L{l} {}Z\" fill=\"{}\"><title>strand</title></path>",
                    y[1], y[1], y[0], y[2], y[4], y[3], y[3], colour
                ));
            }
            _ => svg.strokes(&[[left, middle, right, middle]], &colour, 1.6),
        }
    }
    let starts = chains(view.residues).into_iter().map(|chain| chain.start);
    let within = starts.filter(|start| axis.region.contains(start) && *start > axis.region.start);
    let ticks: Vec<[f64; 4]> = within
        .map(|start| axis.middle(start) - axis.pitch / 2.0)
        .map(|x| [x, top - 2.0, x, top + TRACK + 2.0])
        .collect();
    svg.strokes(&ticks, palette::INK, 1.0);
    svg.close();
    top + TRACK
}

fn draw_marks(svg: &mut Svg, view: &View<'_>, axis: &Axis, top: f64) -> f64 {
    let residues = || axis.region.clone().map(|i| (i, &view.residues[i]));
    if !residues().any(|(_, residue)| residue.binding_site || residue.modified) {
        return top;
    }
    svg.open("marks");
    for (i, residue) in residues() {
        if residue.binding_site {
            keys::mark(svg, axis.middle(i), top + 5.0, BINDING_SITE, true);
        }
        if residue.modified {
            keys::mark(svg, axis.middle(i), top + 5.0, MODIFIED, false);
        }
    }
    svg.close();
    top + 9.0
}

fn draw_letters(svg: &mut Svg, view: &View<'_>, axis: &Axis, top: f64) -> f64 {
    if axis.pitch < LETTER {
        return top;
    }
    let baseline = top + 3.0 + TICK * CAP_HEIGHT;
    svg.open("letters");
    for i in axis.region.clone() {
        let letter = view.residues[i].letter.to_string();
        svg.text(
            axis.middle(i),
            baseline,
            &letter,
            Style::new(TICK, Anchor::Middle),
        );
    }
    svg.close();
    baseline + 1.5
}

/// Author numbers: of the first residue, then of each round number that has room.
fn draw_numbers(svg: &mut Svg, view: &View<'_>, axis: &Axis, top: f64) -> f64 {
    let style = Style::new(TICK, Anchor::Middle);
    let baseline = top + TICK_LENGTH + 2.0 + TICK * CAP_HEIGHT;
    let several = chains(view.residues).len() > 1;
    let room_for = (30.0 / axis.pitch).ceil() as i32;
    let steps = [5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000];
    let step = steps
        .into_iter()
        .find(|step| *step >= room_for)
        .unwrap_or(10_000);
    let mut end = f64::MIN;
    let mut ticks = Vec::new();
    svg.open("numbers");
    for i in axis.region.clone() {
        let residue = &view.residues[i];
        let first = i == axis.region.start || view.residues[i - 1].chain != residue.chain;
        let chain = residue.chain_name().filter(|_| several && first);
        let chain = chain.map_or(String::new(), |name| {
            layout::shortened(name, MAX_NAME, style) + " "
        });
        let words = format!("{chain}{}", residue.numbering());
        let half = style.width(&words) / 2.0;
        let round = residue.number % step == 0 && residue.insertion_code().is_none();
        let x = axis.middle(i);
        if !(first || round) || x - half < end + 4.0 && end > f64::MIN {
            continue;
        }
        // The first and last may not hang over the edge of the page.
        let at = x.clamp(
            axis.left + half,
            (axis.right() - half).max(axis.left + half),
        );
        ticks.push([x, top, x, top + TICK_LENGTH]);
        svg.text(at, baseline, &words, style);
        end = at + half;
    }
    svg.strokes(&ticks, palette::INK, HAIRLINE);
    svg.close();
    baseline + TICK * layout::DESCENT
}

fn legend(
    svg: &mut Svg,
    view: &View<'_>,
    axis: &Axis,
    arcs: &[&ResidueArc],
    scheme: &Scheme,
    (top, room): (f64, f64),
) -> f64 {
    let mut chain = keys::of_colours(scheme, axis.region.clone());
    chain.extend(keys::of_marks(view.residues[axis.region.clone()].iter()));
    let width = |attention| axis.width(view, attention);
    let entries = [
        chain,
        keys::of_arcs(arcs.iter().copied()),
        keys::of_widths(arcs, view.full_attention, width),
    ];
    keys::draw_all(svg, &entries, top, room)
}
