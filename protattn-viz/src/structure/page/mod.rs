//! The view as one page that turns under the mouse.

use super::View;
use super::colour::{self, Colouring, Kind, Scheme};
use super::json::{list, object, string};
use super::trace::{COIL, Trace, chains};
use super::vector::Vector;
use super::{MAX_RADIUS, MIN_RADIUS};
use crate::palette::{Rgb, hex};
use crate::svg::escape;

const STYLE: &str = include_str!("page.css");
const SCRIPTS: [&str; 4] = [
    include_str!("scene.js"),
    include_str!("draw.js"),
    include_str!("pick.js"),
    include_str!("page.js"),
];
const BODY: &str = include_str!("page.html");
/// Nothing is ever fetched, and no text that slipped through could fetch anything.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'";

impl View<'_> {
    /// The view as one HTML file that needs no other and no network.
    ///
    /// It turns under the mouse, a finger or the arrow keys and zooms; tells the names of residues and
    /// the attention of arcs under the pointer; has a threshold, pickers of layer and head where the
    /// arcs are of several, and every [`Colouring`]. Positions are rounded to 0.01 Å, attention to 0.001.
    /// It draws with WebGL 2.
    #[must_use]
    pub fn to_html(&self) -> String {
        let title = escape(self.name());
        let notes = self.notes.iter();
        let notes: String = notes
            .map(|note| format!("<p class=\"note\">{}</p>\n", escape(note)))
            .collect();
        // The scripts share one scope of their own.
        let script = SCRIPTS.join("");
        format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
             <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n{notes}{BODY}\
             <script type=\"application/json\" id=\"data\">{}</script>\n\
             <script>\n\"use strict\";\n(() => {{\n{script}}})();\n</script>\n</body>\n</html>\n",
            data(self)
        )
    }
}

/// Samples a residue: even, and fewer for large structures, whose ribbons are seen from farther.
fn steps(n_residues: usize) -> usize {
    if n_residues <= 1_000 { 6 } else { 4 }
}

fn data(view: &View<'_>) -> String {
    let trace = view.trace(steps(view.residues.len()));
    let letters: String = view.residues.iter().map(|residue| residue.letter).collect();
    let insertions = view.residues.iter().enumerate().filter_map(|(i, residue)| {
        let code = residue.insertion_code()?;
        Some(list([i.to_string(), string(&code.to_string())]))
    });
    let chains = chains(view.residues).into_iter().map(|chain| {
        let name = view.residues[chain.start].chain.trim();
        list([string(name), chain.len().to_string()])
    });
    let indices =
        |holds: &dyn Fn(usize) -> bool| list((0..view.residues.len()).filter(|&i| holds(i)));
    let pair = |&(a, b): &(usize, usize)| list([a, b]);
    object([
        ("letters", string(&letters)),
        (
            "numbers",
            list(view.residues.iter().map(|residue| residue.number)),
        ),
        ("insertions", list(insertions)),
        ("chains", list(chains)),
        ("binding", indices(&|i| view.residues[i].binding_site)),
        ("modified", indices(&|i| view.residues[i].modified)),
        ("missing", indices(&|i| trace.anchors[i].is_none())),
        (
            "anchors",
            hundredths(trace.anchors.iter().map(|at| at.unwrap_or_default())),
        ),
        ("pieces", list(trace.pieces.iter().map(Vec::len))),
        ("gaps", list(trace.gaps.iter().map(pair))),
        ("ends", list(trace.ends.iter().map(pair))),
        ("samples", samples(&trace)),
        ("arcs", arcs(view)),
        ("kinds", list(Kind::ALL.map(kind))),
        (
            "schemes",
            list(Colouring::ALL.map(|colouring| scheme(view, colouring))),
        ),
        ("scheme", (view.colouring as usize).to_string()),
        ("settings", settings(view)),
    ])
}

fn settings(view: &View<'_>) -> String {
    object([
        ("radius", (MAX_RADIUS / view.full_attention).to_string()),
        ("thinnest", MIN_RADIUS.to_string()),
        ("coil", COIL.to_string()),
        ("bindingColour", rgb(colour::BINDING_SITE)),
        ("modifiedColour", rgb(colour::MODIFIED)),
    ])
}

/// Coordinates in whole hundredths of an ångström, one after the other.
fn hundredths(points: impl Iterator<Item = Vector>) -> String {
    list(points.flatten().map(hundredth))
}

fn hundredth(value: f64) -> i64 {
    (value * 100.0).round() as i64
}

/// Centre, side, half width and residue of each sample: four lists.
fn samples(trace: &Trace) -> String {
    let samples = || trace.pieces.iter().flatten();
    list([
        hundredths(samples().map(|sample| sample.centre)),
        hundredths(samples().map(|sample| sample.side)),
        list(samples().map(|sample| hundredth(sample.half))),
        list(samples().map(|sample| sample.residue)),
    ])
}

/// Eight numbers an arc: ends, attention in thousandths, kind, distance in tenths of an ångström or
/// -1, layer and head from 1 or 0, and 1 where it is directed.
fn arcs(view: &View<'_>) -> String {
    let numbers = view.arcs.iter().flat_map(|arc| {
        let distance = arc
            .distance
            .map_or(-1, |d| (f64::from(d) * 10.0).round() as i64);
        let (layer, head) = arc
            .head
            .map_or((0, 0), |(layer, head)| (layer + 1, head + 1));
        [
            arc.from as i64,
            arc.to as i64,
            (f64::from(arc.attention) * 1e3).round() as i64,
            Kind::of(arc) as i64,
            distance,
            layer as i64,
            head as i64,
            i64::from(arc.directed),
        ]
    });
    list(numbers)
}

fn kind(kind: Kind) -> String {
    let (dash, gap) = kind.dashes().unwrap_or((0.0, 0.0));
    object([
        ("words", string(kind.words())),
        ("colour", rgb(kind.colour())),
        ("dash", dash.to_string()),
        ("gap", gap.to_string()),
    ])
}

fn scheme(view: &View<'_>, colouring: Colouring) -> String {
    let scheme = Scheme::new(colouring, view.residues);
    let legend = scheme.legend(0..view.residues.len()).into_iter();
    let legend = legend.map(|(place, words)| list([place.to_string(), string(&words)]));
    object([
        ("name", string(colouring.name())),
        (
            "palette",
            list(scheme.palette.iter().map(|&colour| rgb(colour))),
        ),
        ("index", list(&scheme.index)),
        ("legend", list(legend)),
    ])
}

fn rgb(colour: Rgb) -> String {
    string(&hex(colour))
}
