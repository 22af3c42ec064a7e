use crate::document::{all, check, texts, titles};
use protattn_viz::{DotGroup, Error, Estimate, Figure, GroupedDots};
use roxmltree::Document;

const NAN: f64 = f64::NAN;

/// Two sections of two groups, of two series; one value is missing.
pub(crate) fn figure() -> String {
    let estimates = [
        [Estimate::new(31.0, 28.0, 34.0), Estimate::point(45.0)],
        [Estimate::new(52.0, 47.0, 57.0), Estimate::MISSING],
        [Estimate::point(12.0), Estimate::point(20.0)],
        [Estimate::point(17.0), Estimate::point(33.0)],
    ];
    let groups = [
        DotGroup::new("L", &estimates[0])
            .section("medium range")
            .background(3.5),
        DotGroup::new("L/5", &estimates[1])
            .section("medium range")
            .background(3.5),
        DotGroup::new("L", &estimates[2]).section("long range"),
        DotGroup::new("L/5", &estimates[3]).section("long range"),
    ];
    GroupedDots::new(groups)
        .series(["head 30-11", "best combination"])
        .title("Precision of contacts")
        .value_label("Precision (%)")
        .interval_label("95% interval")
        .to_svg()
        .unwrap()
}

#[test]
fn dots_say_group_and_series() {
    let svg = figure();
    check(&svg);
    let document = Document::parse(&svg).unwrap();
    let titles = titles(&document);
    let expected = [
        "medium range, L, background: 3.5%",
        "medium range, L, head 30-11: 31.0% (28.0% to 34.0%)",
        "medium range, L, best combination: 45.0%",
        "medium range, L/5, background: 3.5%",
        "medium range, L/5, head 30-11: 52.0% (47.0% to 57.0%)",
        "long range, L, head 30-11: 12.0%",
    ];
    assert_eq!(titles[..6], expected);
    assert_eq!(titles.len(), 9);
    assert_eq!(texts(&document, "groups"), ["L", "L/5", "L", "L/5"]);
    assert_eq!(texts(&document, "sections"), ["medium range", "long range"]);
    let legend = [
        "head 30-11",
        "best combination",
        "95% interval",
        "background",
    ];
    assert_eq!(texts(&document, "legend"), legend);
}

#[test]
fn every_shape_is_fit_to_print() {
    let long = "a very long label & words that no group of this width can ever hold";
    let names = ["a", "b", "c", "d", "e", "f", "g", long];
    for n_groups in [1, 3, 9, 40] {
        for n_series in [1, 2, 8] {
            for scale in [0.0, -1e-3, 60.0, -1e6] {
                let estimate = |i: usize| {
                    let value = scale * ((i * 5) % 7) as f64 / 7.0;
                    Estimate::new(value, value.min(scale), value.max(scale))
                };
                let estimates: Vec<_> = (0..n_series).map(estimate).collect();
                let group = |i: usize| {
                    let label = ["L", "L/2", long][i % 3];
                    let section = ["short range", "", "long range"][i / 3 % 3];
                    DotGroup::new(label, &estimates)
                        .section(section)
                        .background(scale / 3.0)
                };
                let groups: Vec<_> = (0..n_groups).map(group).collect();
                let figure = GroupedDots::new(groups).series(&names[8 - n_series..]);
                let svg = figure.title(long).value_label(long).to_svg().unwrap();
                check(&svg);
                let document = Document::parse(&svg).unwrap();
                assert_eq!(all(&document, "dots").len(), n_groups);
            }
        }
    }
}

#[test]
fn what_cannot_be_drawn_is_refused() {
    let error = |groups: &[DotGroup]| GroupedDots::new(groups.to_vec()).to_svg().unwrap_err();
    assert_eq!(error(&[]).to_string(), "0 groups, expected 1 to 40");
    assert_eq!(
        error(&[DotGroup::new("L/5", &[]).section("long range")]).to_string(),
        "estimates of long range, L/5: found 0, expected 1"
    );
    let half = [Estimate::new(1.0, NAN, 2.0)];
    assert!(matches!(
        error(&[DotGroup::new("L", &half)]),
        Error::Estimate { .. }
    ));
    let one = [Estimate::point(1.0)];
    assert_eq!(
        error(&[DotGroup::new("L", &one).background(f64::INFINITY)]).to_string(),
        "background of L is inf, expected -1000000 to 1000000"
    );
    // Neither is named where there are no names.
    let wrong = [Estimate::new(1.0, 2.0, 3.0)];
    let ends = "is 2 to 3, expected it to contain the value 1";
    assert_eq!(
        error(&[DotGroup::new("L", &wrong)]).to_string(),
        format!("interval of L {ends}")
    );
    assert_eq!(
        error(&[DotGroup::new("", &one), DotGroup::new("", &wrong)]).to_string(),
        format!("interval of group 2 {ends}")
    );
    let missing = [Estimate::MISSING];
    let svg = GroupedDots::new([DotGroup::new("L", &missing)])
        .to_svg()
        .unwrap();
    assert!(svg.contains(">There are no values to draw.</text>"));
}

#[test]
fn slanted_names_stay_within_the_figure() {
    let long = "the first of all labels, which is by far the longest one";
    let estimates = [Estimate::point(0.5)];
    for n in [5, 9, 20] {
        let group = |i| DotGroup::new(if i == 0 { long } else { "a name" }, &estimates);
        let groups: Vec<_> = (0..n).map(group).collect();
        let svg = GroupedDots::new(groups).value_label("").to_svg().unwrap();
        check(&svg);
        assert!(svg.contains("rotate(-45"), "{n}");
    }
}
