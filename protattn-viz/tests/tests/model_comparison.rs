use crate::document::{all, check, number, size, texts, titles};
use crate::top_heads::bars;
use protattn_viz::{Bar, Error, Figure, ModelComparison, ModelPanel};
use roxmltree::Document;

const NAN: f64 = f64::NAN;

fn bar(layer: usize, head: usize, value: f64) -> Bar {
    Bar {
        layer,
        head,
        value,
        low: value,
        high: value,
    }
}

/// Three models, the second without a scored head.
pub(crate) fn figure() -> String {
    let (bert, albert) = (bars(5), bars(3));
    let unscored = [bar(0, 0, NAN)];
    let panels = [
        ModelPanel::new("ProtBert", &bert).background(4.3),
        ModelPanel::new("TapeBert", &unscored),
        ModelPanel::new("ProtAlbert", &albert).background(6.0),
    ];
    ModelComparison::new(panels)
        .title("Best heads for contacts")
        .value_label("% attention on contacts")
        .unscored_label("fewer than 100 arcs")
        .interval_label("95% confidence interval")
        .to_svg()
        .unwrap()
}

#[test]
fn every_number_of_models_is_fit_to_print() {
    let long = "a model with a name that is much too long & has <odd> characters in it";
    for n_models in 1..=8 {
        for count in [1, 5, 10, 15] {
            let data = bars(25);
            let panels = vec![ModelPanel::new(long, &data).background(4.3); n_models];
            let figure = ModelComparison::new(panels).count(count).title(long);
            let svg = figure.value_label(long).to_svg().unwrap();
            check(&svg);
            let document = Document::parse(&svg).unwrap();
            assert!(size(&document)[1] < 680.0);
            assert_eq!(all(&document, "model").len(), n_models);
            let n_bars: usize = all(&document, "bars").iter().map(Vec::len).sum();
            assert_eq!(n_bars, n_models * count);
        }
    }
}

#[test]
fn models_share_their_scale() {
    let [high, low] = [[bar(0, 0, 60.0)], [bar(1, 1, 15.0)]];
    let panels = [ModelPanel::new("a", &high), ModelPanel::new("b", &low)];
    let svg = ModelComparison::new(panels).to_svg().unwrap();
    let document = Document::parse(&svg).unwrap();
    let heights: Vec<f64> = all(&document, "bars")
        .iter()
        .map(|bars| number(bars[0], "height"))
        .collect();
    assert!((heights[0] - 4.0 * heights[1]).abs() < 0.05);
    assert_eq!(
        titles(&document)[1],
        "b, layer 2, head 2: 15.0% (15.0% to 15.0%)"
    );
}

#[test]
fn a_model_without_scores_says_so_in_its_panel() {
    let svg = figure();
    check(&svg);
    let document = Document::parse(&svg).unwrap();
    assert!(svg.contains(">fewer than 100 arcs</text>"));
    assert!(svg.contains(">background 6.0%</text>"));
    assert_eq!(
        texts(&document, "legend"),
        ["background", "95% confidence interval"]
    );
    let unscored = [bar(0, 0, NAN)];
    let panels = [ModelPanel::new("a", &unscored), ModelPanel::new("b", &[])];
    let svg = ModelComparison::new(panels).to_svg().unwrap();
    check(&svg);
    assert!(svg.contains(">No head is scored, so there is nothing to draw.</text>"));
}

#[test]
fn what_cannot_be_drawn_is_refused() {
    let error = |panels: &[ModelPanel]| ModelComparison::new(panels.to_vec()).to_svg().unwrap_err();
    assert_eq!(error(&[]).to_string(), "0 models, expected 1 to 8");
    let one = [bar(0, 0, 1.0)];
    let panel = || ModelPanel::new("ProtBert", &one);
    assert_eq!(
        error(&[panel().background(-1.0)]).to_string(),
        "background of ProtBert is -1, expected 0 to 1000000"
    );
    let drawn = |panel| ModelComparison::new([panel]).to_svg().unwrap();
    assert_eq!(drawn(panel().background(NAN)), drawn(panel()));
    let negative = [bar(0, 0, -1.0)];
    assert!(matches!(
        error(&[ModelPanel::new("a", &negative)]),
        Error::Outside { .. }
    ));
    let none = ModelComparison::new([panel()])
        .count(0)
        .to_svg()
        .unwrap_err();
    assert_eq!(none.to_string(), "0 bars a model, expected 1 to 15");
}
