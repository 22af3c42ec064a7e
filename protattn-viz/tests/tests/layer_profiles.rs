use crate::document::{all, check, number, size, texts, titles};
use protattn_viz::{Error, Figure, LayerProfiles, Profile, ProfilePanel};
use roxmltree::Document;

const NAN: f64 = f64::NAN;

fn values(n_layers: usize, seed: usize) -> Vec<f64> {
    let value = |layer: usize| ((layer * 31 + seed * 17) % 29) as f64 + 0.5 * seed as f64;
    (0..n_layers).map(value).collect()
}

/// Two panels of two series over six layers, with a gap, intervals, centres and a background.
pub(crate) fn figure() -> String {
    let [a, b] = [
        [0.5, 0.6, NAN, 0.8, 0.7, 0.75],
        [0.4, 0.45, 0.5, 0.48, 0.6, 0.55],
    ];
    let low = a.map(|v| v - 0.05);
    let high = a.map(|v| v + 0.1);
    let panels = [
        ProfilePanel::new("Helix")
            .profile(Profile::new(&a).interval(&low, &high).centre(2.5))
            .profile(Profile::new(&b).centre(2.75))
            .background(0.3),
        ProfilePanel::new("Strand")
            .profile(Profile::new(&b).centre(2.75))
            .profile(Profile::new(&[])),
    ];
    LayerProfiles::new(panels)
        .series(["hidden states", "attention weights"])
        .title("Probes")
        .value_label("F1")
        .unit("")
        .interval_label("95% interval")
        .to_svg()
        .unwrap()
}

#[test]
fn every_shape_is_fit_to_print() {
    for n_layers in [1, 2, 6, 12, 30, 48, 200] {
        for n_panels in [1, 2, 8, 9, 17, 30] {
            for bars in [false, true] {
                let data: Vec<_> = (0..n_panels).map(|i| values(n_layers, i)).collect();
                let panel = |values| {
                    let profile = Profile::new(values).centre(0.4 * (n_layers - 1) as f64);
                    ProfilePanel::new("Turn or bend")
                        .profile(profile)
                        .background(4.0)
                };
                let panels: Vec<_> = data.iter().map(|values| panel(values)).collect();
                let figure = LayerProfiles::new(panels)
                    .title("Attention by layer")
                    .value_label("% attention, mean of heads");
                let figure = if bars { figure.bars() } else { figure };
                let svg = figure.to_svg().unwrap();
                check(&svg);
                let document = Document::parse(&svg).unwrap();
                assert_eq!(all(&document, "panel").len(), n_panels);
                assert!(size(&document)[1] < 680.0, "{n_layers}x{n_panels}");
            }
        }
    }
}

#[test]
fn centres_that_lie_close_keep_their_numbers_apart() {
    let data = values(30, 3);
    let panel = (0..8).fold(ProfilePanel::new("Contact"), |panel, i| {
        panel.profile(Profile::new(&data).centre(28.0 + 0.1 * f64::from(i)))
    });
    let names = ["a", "b", "c", "d", "e", "f", "g", "h"];
    let svg = LayerProfiles::new([panel]).series(names).to_svg().unwrap();
    check(&svg);
    let document = Document::parse(&svg).unwrap();
    let numbers = texts(&document, "panel");
    assert_eq!(numbers[1..4], ["29.00", "29.10", "29.20"]);
}

#[test]
fn layers_count_from_one_and_the_axis_is_drawn_once_a_column() {
    let svg = figure();
    let document = Document::parse(&svg).unwrap();
    let panels = all(&document, "panel");
    let numbers = |panel: usize| -> Vec<&str> {
        let texts = panels[panel].iter().filter(|n| n.has_tag_name("text"));
        texts.filter_map(|n| n.text()).collect()
    };
    assert!(!numbers(0).contains(&"Layer"));
    let last = numbers(1);
    assert_eq!(
        last[last.len() - 7..],
        ["1", "2", "3", "4", "5", "6", "Layer"]
    );
    assert!(numbers(0).contains(&"3.50") && numbers(0).contains(&"3.75"));
    let expected = [
        "Helix, layer 1: hidden states 0.500 (0.450 to 0.600), attention weights 0.400",
        "Helix, layer 3: hidden states no value, attention weights 0.500",
        "Strand, layer 6: hidden states 0.550",
    ];
    let titles = titles(&document);
    assert!(
        expected
            .iter()
            .all(|t| titles.iter().any(|title| title == t)),
        "{titles:?}"
    );
}

#[test]
fn a_missing_layer_is_a_gap() {
    let drawn = |values: &[f64]| {
        let panels = [ProfilePanel::new("x").profile(Profile::new(values))];
        LayerProfiles::new(panels).to_svg().unwrap()
    };
    let lines = |svg: &str| svg.matches("stroke-linejoin").count();
    assert_eq!(lines(&drawn(&[1.0, 2.0, 3.0, 4.0, 5.0])), 1);
    assert_eq!(lines(&drawn(&[1.0, 2.0, NAN, 4.0, 5.0])), 2);
    // Two points alone: no line, but marks.
    let svg = drawn(&[1.0, NAN, 5.0]);
    assert_eq!(lines(&svg), 0);
    assert_eq!(svg.matches("stroke=\"#ffffff\"").count(), 2);
}

#[test]
fn bars_hang_below_zero() {
    let panels = [ProfilePanel::new("x").profile(Profile::new(&[2.0, -1.0]))];
    let svg = LayerProfiles::new(panels).bars().to_svg().unwrap();
    let document = Document::parse(&svg).unwrap();
    let bars: Vec<_> = document
        .descendants()
        .filter(|n| n.attribute("fill") == Some("#1c4f82"))
        .collect();
    let [up, down] = [bars[0], bars[1]];
    let foot = number(up, "y") + number(up, "height");
    assert!((foot - number(down, "y")).abs() < 0.02);
    assert!((number(up, "height") - 2.0 * number(down, "height")).abs() < 0.03);
}

#[test]
fn legend_names_only_what_is_drawn() {
    let document_of = |svg: &str| texts(&Document::parse(svg).unwrap(), "legend");
    let expected = [
        "hidden states",
        "attention weights",
        "95% interval",
        "centre of gravity",
        "background",
    ];
    assert_eq!(document_of(&figure()), expected);
    let panels = [ProfilePanel::new("x").profile(Profile::new(&[1.0, 2.0]))];
    assert!(document_of(&LayerProfiles::new(panels).to_svg().unwrap()).is_empty());
}

#[test]
fn what_does_not_fit_together_is_refused() {
    let error = |panels: &[ProfilePanel]| LayerProfiles::new(panels.to_vec()).to_svg().unwrap_err();
    assert_eq!(error(&[]).to_string(), "0 panels, expected 1 to 30");
    let panel = |profile| [ProfilePanel::new("Helix").profile(profile)];
    let two = [1.0, 2.0];
    assert_eq!(
        error(&panel(Profile::new(&two).interval(&[1.0], &two))).to_string(),
        "lower ends of intervals in panel \"Helix\": found 1, expected 2"
    );
    assert_eq!(
        error(&panel(Profile::new(&two).centre(1.5))).to_string(),
        "centre in panel \"Helix\" is 1.5, expected 0 to 1"
    );
    assert_eq!(
        error(&panel(Profile::new(&[1.0, f64::INFINITY]))).to_string(),
        "layer 2 of panel \"Helix\" is inf, expected -1000000 to 1000000"
    );
    let named = [ProfilePanel::new("Helix")
        .profile(Profile::new(&two))
        .profile(Profile::new(&two).centre(1.5))];
    let figure = LayerProfiles::new(named).series(["attention", "probe"]);
    assert_eq!(
        figure.to_svg().unwrap_err().to_string(),
        "centre in panel \"Helix\", series \"probe\" is 1.5, expected 0 to 1"
    );
    let late = panel(Profile::new(&two));
    let error_of = |first| LayerProfiles::new(late.clone()).first_layer(first).to_svg();
    assert!(error_of(1_000_000).is_ok());
    assert_eq!(
        error_of(1_000_001).unwrap_err().to_string(),
        "first layer is 1000001, expected 0 to 1000000"
    );
    assert!(error_of(usize::MAX).is_err());
    let none = [ProfilePanel::new("Helix")];
    assert!(matches!(
        error(&none),
        Error::Length {
            found: 0,
            expected: 1,
            ..
        }
    ));
    let backless = [ProfilePanel::new("Helix")
        .profile(Profile::new(&two))
        .background(1e9)];
    assert!(matches!(error(&backless), Error::Outside { .. }));
}

#[test]
fn without_values_it_says_so() {
    for values in [&[][..], &[NAN, NAN]] {
        let panels = [ProfilePanel::new("Helix").profile(Profile::new(values))];
        let svg = LayerProfiles::new(panels).title("Probes").to_svg().unwrap();
        check(&svg);
        assert!(svg.contains(">There are no values to draw.</text>"));
    }
}

#[test]
fn extreme_values_and_long_words_are_drawn() {
    let long = "A very long label & <odd> words that no panel of this width could ever hold whole";
    for value in [0.0, 1e-300, -1e-4, 1e6, -1e6] {
        let values = [value; 12];
        let panels = vec![
            ProfilePanel::new(long)
                .profile(Profile::new(&values))
                .background(value);
            20
        ];
        for figure in [
            LayerProfiles::new(panels.clone()),
            LayerProfiles::new(panels).fitted(),
        ] {
            check(
                &figure
                    .title(long)
                    .value_label(long)
                    .series([long])
                    .to_svg()
                    .unwrap(),
            );
        }
    }
}

#[test]
fn centres_whose_numbers_do_not_fit_are_lines_alone() {
    let data = values(30, 3);
    let panel = (0..8).fold(ProfilePanel::new("Contact"), |panel, i| {
        panel.profile(Profile::new(&data).centre(28.0 + 0.1 * f64::from(i)))
    });
    let panels = vec![panel; 30];
    let names = ["a", "b", "c", "d", "e", "f", "g", "h"];
    let svg = LayerProfiles::new(panels).series(names).to_svg().unwrap();
    check(&svg);
    assert!(!svg.contains(">29.00</text>"));
    assert!(svg.contains("centre 29.00, 29.10"));
    // The lines are there.
    let document = Document::parse(&svg).unwrap();
    for panel in all(&document, "panel") {
        let dashes = panel
            .iter()
            .filter(|n| n.attribute("stroke-dasharray") == Some("3 2"));
        assert_eq!(dashes.count(), 8);
    }
}

#[test]
fn bands_break_at_layers_without_an_interval() {
    let values = [1.0, 2.0, 3.0, 2.0, 1.0, 2.0];
    let drawn = |low: &[f64], high: &[f64]| {
        let panel = ProfilePanel::new("x").profile(Profile::new(&values).interval(low, high));
        let svg = LayerProfiles::new([panel])
            .interval_label("95%")
            .to_svg()
            .unwrap();
        check(&svg);
        let bands = svg.matches("fill-opacity").count();
        // The key of the legend is one of either.
        (bands, svg.matches("stroke-width=\"0.8\"").count())
    };
    let (low, high) = (values.map(|v| v - 0.5), values.map(|v| v + 0.5));
    assert_eq!(drawn(&low, &high), (2, 0));
    let without = |ends: &[f64; 6], layers: &[usize]| -> Vec<f64> {
        let end = |i| if layers.contains(&i) { NAN } else { ends[i] };
        (0..6).map(end).collect()
    };
    // Layers 1 and 2 and 4 to 6 have bands.
    assert_eq!(drawn(&without(&low, &[2]), &without(&high, &[2])), (3, 0));
    // 1 to 3 have one, and 5 stands alone.
    let gaps = [3, 5];
    assert_eq!(drawn(&without(&low, &gaps), &without(&high, &gaps)), (2, 1));
    // All that have one stand alone.
    let gaps = [0, 2, 4];
    assert_eq!(drawn(&without(&low, &gaps), &without(&high, &gaps)), (0, 4));
}
