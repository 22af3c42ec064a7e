//! What tells series and verdicts apart besides their colours: the shapes of marks and the dashes
//! of lines.

use crate::palette;
use crate::survival::Verdict;
use crate::svg::{Svg, num};
use std::f64::consts::FRAC_1_SQRT_2;

/// The shape of a mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    Circle,
    Square,
    Up,
    Diamond,
    Down,
    Cross,
    Plus,
    Ring,
    /// A thin vertical stroke.
    Tick,
    /// A thin horizontal stroke.
    Dash,
}

const SHAPES: [Mark; palette::MAX_SERIES] = [
    Mark::Circle,
    Mark::Square,
    Mark::Up,
    Mark::Diamond,
    Mark::Down,
    Mark::Cross,
    Mark::Plus,
    Mark::Ring,
];

/// Dashes in points, in the order of the series.
const DASHES: [&str; palette::MAX_SERIES] = [
    "",
    "4.5 1.5",
    "1.5 1.5",
    "6 1.5 1.5 1.5",
    "8 2",
    "3 1",
    "1 2.5",
    "4 1.5 1 1.5 1 1.5",
];

impl Mark {
    /// The shape of a series, 0-based; from the ninth on they come again.
    pub(crate) fn of_series(series: usize) -> Self {
        SHAPES[series % SHAPES.len()]
    }

    /// Draws the mark about a point, in a circle of `radius` or a little more.
    pub(crate) fn draw(
        self,
        svg: &mut Svg,
        centre: (f64, f64),
        radius: f64,
        colour: &str,
        tooltip: &str,
    ) {
        let data = self.outline(centre, radius);
        match self {
            Self::Cross | Self::Plus | Self::Tick | Self::Dash => {
                svg.shape(&data, "none", (colour, 1.3), tooltip);
            }
            Self::Ring => svg.shape(&data, palette::PAPER, (colour, 1.1), tooltip),
            // The rim of page colour keeps marks apart that overlap.
            _ => svg.shape(&data, colour, (palette::PAPER, 0.4), tooltip),
        }
    }

    fn outline(self, (x, y): (f64, f64), radius: f64) -> String {
        let at = |dx: f64, dy: f64| format!("{} {}", num(x + dx * radius), num(y + dy * radius));
        let polygon = |points: &[(f64, f64)]| {
            let points: Vec<String> = points.iter().map(|&(dx, dy)| at(dx, dy)).collect();
            format!("M{}Z", points.join("L"))
        };
        match self {
            Self::Circle | Self::Ring => {
                let arc = format!("A{r} {r} 0 1 1 ", r = num(radius));
                format!(
                    "M{}{arc}{}{arc}{}Z",
                    at(-1.0, 0.0),
                    at(1.0, 0.0),
                    at(-1.0, 0.0)
                )
            }
            Self::Square => polygon(&[(-0.88, -0.88), (0.88, -0.88), (0.88, 0.88), (-0.88, 0.88)]),
            Self::Up => polygon(&[(0.0, -1.15), (1.05, 0.8), (-1.05, 0.8)]),
            Self::Down => polygon(&[(0.0, 1.15), (1.05, -0.8), (-1.05, -0.8)]),
            Self::Diamond => polygon(&[(0.0, -1.25), (1.1, 0.0), (0.0, 1.25), (-1.1, 0.0)]),
            Self::Cross => {
                let d = FRAC_1_SQRT_2 * 1.25;
                format!("M{}L{}M{}L{}", at(-d, -d), at(d, d), at(-d, d), at(d, -d))
            }
            Self::Plus => format!(
                "M{}L{}M{}L{}",
                at(-1.2, 0.0),
                at(1.2, 0.0),
                at(0.0, -1.2),
                at(0.0, 1.2)
            ),
            Self::Dash => format!("M{}L{}", at(-1.0, 0.0), at(1.0, 0.0)),
            Self::Tick => format!("M{}L{}", at(0.0, -1.6), at(0.0, 1.6)),
        }
    }
}

/// The line of a series, in its colour and dashes.
pub(crate) fn line(svg: &mut Svg, points: &[(f64, f64)], series: usize) {
    let dash = DASHES[series % DASHES.len()];
    svg.polyline(points, palette::series(series), 1.2, dash);
}

pub(crate) const VERDICT_RADIUS: f64 = 2.6;

/// The mark of a verdict about a point.
pub(crate) fn verdict(svg: &mut Svg, verdict: Verdict, centre: (f64, f64), tooltip: &str) {
    let (mark, radius, colour) = match verdict {
        Verdict::Survives => (Mark::Circle, VERDICT_RADIUS, palette::series(0)),
        Verdict::Fails => (Mark::Ring, VERDICT_RADIUS - 0.5, palette::series(0)),
        Verdict::Untested => (Mark::Dash, VERDICT_RADIUS, palette::UNSCORED_STROKE),
    };
    mark.draw(svg, centre, radius, colour, tooltip);
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn series_differ_in_colour_mark_and_dash() {
        let series = 0..palette::MAX_SERIES;
        let colours: HashSet<&str> = series.clone().map(palette::series).collect();
        let outlines: HashSet<String> = series
            .map(|i| format!("{:?}", Mark::of_series(i)))
            .collect();
        let dashes: HashSet<&str> = DASHES.into_iter().collect();
        let counts = [colours.len(), outlines.len(), dashes.len()];
        assert_eq!(counts, [palette::MAX_SERIES; 3]);
    }

    #[test]
    fn marks_lie_about_their_point() {
        assert_eq!(Mark::Tick.outline((10.0, 20.0), 5.0), "M10 12L10 28");
        assert_eq!(
            Mark::Plus.outline((10.0, 20.0), 5.0),
            "M4 20L16 20M10 14L10 26"
        );
    }
}
