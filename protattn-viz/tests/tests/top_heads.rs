use crate::document::{check, group, number, texts};
use protattn_viz::{Bar, Figure, TopHeads};
use roxmltree::Document;

/// Bars that fall from 80 to near 0, with names as wide as models have them.
pub(crate) fn bars(count: usize) -> Vec<Bar> {
    let bar = |i: usize| {
        let value = 80.0 / (i + 1) as f64;
        Bar {
            layer: 47 - i,
            head: 10 + i % 9,
            value,
            low: value * 0.9,
            high: value * 1.1,
        }
    };
    (0..count).map(bar).collect()
}

fn chart(bars: &[Bar]) -> TopHeads {
    TopHeads::new(bars)
        .title("Top heads for contacts")
        .value_label("% attention on contacts")
        .unscored_label("fewer than 100 arcs")
        .interval_label("95% confidence interval")
        .background(4.3)
}

#[test]
fn every_count_is_fit_to_print() {
    for count in 1..=40 {
        let bars = bars(count);
        let svg = chart(&bars).count(40).to_svg().unwrap();
        check(&svg);
        let document = Document::parse(&svg).unwrap();
        assert_eq!(group(&document, "bars").len(), count);
        assert_eq!(svg.contains("width=\"175mm\""), count > 16);
    }
}

#[test]
fn ten_are_shown_by_default_and_fewer_of_fewer() {
    let names = |count| {
        let svg = chart(&bars(count)).to_svg().unwrap();
        texts(&Document::parse(&svg).unwrap(), "heads")
    };
    assert_eq!(names(30).len(), 10);
    assert_eq!(names(3), ["48-11", "47-12", "46-13"]);
}

#[test]
fn heights_and_intervals_are_to_scale() {
    let bars = [Bar {
        layer: 7,
        head: 11,
        value: 50.0,
        low: 25.0,
        high: 75.0,
    }];
    let svg = TopHeads::new(&bars).background(100.0).to_svg().unwrap();
    let document = Document::parse(&svg).unwrap();
    let bar = group(&document, "bars")[0];
    // 50 of 100 on an axis 120 points high.
    assert_eq!(number(bar, "height"), 60.0);
    assert_eq!(
        bar.first_element_child().unwrap().text(),
        Some("layer 8, head 12: 50.0% (25.0% to 75.0%)")
    );
    let path = group(&document, "intervals")[0].attribute("d").unwrap();
    let ends: Vec<f64> = path[1..path[1..].find('M').unwrap() + 1]
        .split(['L', ' '])
        .map(|number| number.parse().unwrap())
        .collect();
    // From 30 points over the foot of the bar to 30 over its top.
    let bottom = number(bar, "y") + 60.0;
    let heights = [bottom - ends[1], bottom - ends[3]];
    assert!(
        (heights[0] - 30.0).abs() < 0.02 && (heights[1] - 90.0).abs() < 0.02,
        "{heights:?}"
    );
    assert_eq!(
        texts(&document, "values"),
        ["0", "20", "40", "60", "80", "100", "Value"]
    );
    assert_eq!(texts(&document, "legend"), ["background 100%"]);
}

#[test]
fn bars_without_intervals_have_none() {
    let bars = [Bar {
        layer: 0,
        head: 0,
        value: 5.0,
        low: f64::NAN,
        high: f64::NAN,
    }];
    let svg = chart(&bars).to_svg().unwrap();
    check(&svg);
    let document = Document::parse(&svg).unwrap();
    assert!(group(&document, "intervals").is_empty());
    assert_eq!(texts(&document, "legend"), ["background 4.3%"]);
}

#[test]
fn long_words_wrap() {
    let long = "proportion of attention, over every arc of every protein, that ends in a residue \
                with the property in question";
    let bars = bars(10);
    let svg = TopHeads::new(&bars)
        .title(long)
        .value_label(long)
        .interval_label(long)
        .background(1.0)
        .to_svg()
        .unwrap();
    check(&svg);
}

#[test]
fn a_chart_without_scores_says_so() {
    let unscored = [Bar {
        layer: 0,
        head: 0,
        value: f64::NAN,
        low: 1.0,
        high: 0.0,
    }];
    for bars in [&unscored[..], &[]] {
        let svg = chart(bars).to_svg().unwrap();
        check(&svg);
        assert!(svg.contains(">No head is scored, so there is nothing to draw.</text>"));
    }
}

#[test]
fn a_background_that_is_not_known_is_none() {
    let bars = bars(3);
    let chart = TopHeads::new(&bars);
    let svg = chart.clone().background(f64::NAN).to_svg().unwrap();
    assert_eq!(svg, chart.to_svg().unwrap());
}

#[test]
fn the_last_indices_there_can_be_are_no_panic() {
    let bars = [Bar {
        layer: usize::MAX,
        head: usize::MAX,
        value: 20_000.0,
        low: 10_000.0,
        high: 1e6,
    }];
    let svg = TopHeads::new(&bars).unit("").to_svg().unwrap();
    check(&svg);
    let words = format!("layer {0}, head {0}: 20000 (10000 to 1000000)", usize::MAX);
    assert!(svg.contains(&words));
}
