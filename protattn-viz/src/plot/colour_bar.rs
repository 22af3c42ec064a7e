//! The scale of colours of a map, and the bar that explains it.

use crate::layout::{self, HAIRLINE, LABEL};
use crate::palette::{self, Ramp};
use crate::scale::Axis;
use crate::svg::{Anchor, Rect, Style, Svg};

const HEIGHT: f64 = 7.0;
/// Enough for no step to show.
const STEPS: usize = 100;
/// The line for the background stands out over the bar, which is dark at one end.
const OVERHANG: f64 = 3.0;

/// Which colour a value has.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ColourBar {
    pub(crate) ramp: Ramp,
    pub(crate) axis: Axis,
    /// A dashed line across the bar.
    pub(crate) background: Option<f64>,
}

impl ColourBar {
    /// The colour of a value, as `#rrggbb`.
    pub(crate) fn colour(&self, value: f64) -> String {
        self.ramp.colour(self.axis.share(value))
    }

    /// The bar under its title, which wraps in `room`; gives the lower edge.
    pub(crate) fn draw(
        &self,
        svg: &mut Svg,
        title: &str,
        (x, top): (f64, f64),
        (width, room): (f64, f64),
    ) -> f64 {
        svg.open("colour-bar");
        let style = Style::new(LABEL, Anchor::Start);
        let y = layout::paragraph(svg, title, (x, top), room, style) + OVERHANG + 1.0;
        let bar = Rect::new((x, y), (width, HEIGHT));
        for step in 0..STEPS {
            // Each step reaches to the far end and the next covers it: no seams.
            let from = width * step as f64 / STEPS as f64;
            let rect = Rect {
                x: x + from,
                width: width - from,
                ..bar
            };
            let share = step as f64 / (STEPS - 1) as f64;
            svg.rect(rect, &self.ramp.colour(share), "");
        }
        svg.frame(bar, HAIRLINE);
        if let Some(background) = self.background {
            let at = x + self.axis.share(background) * width;
            let line = [at, bar.y - OVERHANG, at, bar.bottom() + OVERHANG];
            svg.strokes(&[line], palette::PAPER, 1.8);
            svg.dashed(line);
        }
        let end = layout::ticks_below(svg, &self.axis, (x, bar.bottom()), width);
        svg.close();
        end
    }
}
