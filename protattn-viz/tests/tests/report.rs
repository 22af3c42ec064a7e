use crate::top_heads::bars;
use protattn_viz::{Column, Error, Report, Section, Table, TopHeads};

/// A page with one of everything, and two figures.
pub(crate) fn page() -> String {
    let bars = bars(3);
    let svg = TopHeads::new(&bars)
        .title("Words: id=\"title\"")
        .to_svg()
        .unwrap();
    let columns = [Column::text("Head"), Column::number("Contacts (%)")];
    let table = Table::new("Best heads.", columns)
        .row(["8-12", "63.2"])
        .row(["8-2", "7.1"]);
    let section = Section::new("Contacts & more")
        .paragraph("Closer than 8 Å.")
        .figure(&svg, "First.")
        .figure(&svg, "Second.")
        .table(table)
        .settings([("minimum attention", "0.3"), ("model", "<folder>")]);
    Report::new("What attention looks at")
        .paragraph("Made-up numbers.")
        .section(section)
        .citation("First line.\nSecond line.")
        .to_html()
        .unwrap()
}

#[test]
fn everything_is_on_the_page_in_order() {
    let page = page();
    let parts = [
        "<title>What attention looks at</title>",
        "<h1>What attention looks at</h1>",
        "<p>Made-up numbers.</p>",
        "<h2>Contacts &amp; more</h2>",
        "<p>Closer than 8 Å.</p>",
        "<figcaption>First.</figcaption>",
        "<figcaption>Second.</figcaption>",
        "<caption>Best heads.</caption>",
        "<button type=\"button\">Contacts (%)</button>",
        "<td>8-2</td><td class=\"number\">7.1</td>",
        "<dt>model</dt><dd>&lt;folder&gt;</dd>",
        "<blockquote>First line.\nSecond line.</blockquote>",
    ];
    let places: Vec<usize> = parts
        .iter()
        .map(|part| page.find(part).unwrap_or_else(|| panic!("no {part}")))
        .collect();
    assert!(places.is_sorted(), "{places:?}");
}

#[test]
fn ids_are_unique_and_words_are_left_alone() {
    let page = page();
    let ids: Vec<&str> = page
        .split(" id=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap())
        .collect();
    let expected = [
        "figure-1-title",
        "figure-1-description",
        "figure-2-title",
        "figure-2-description",
    ];
    assert_eq!(ids, expected);
    assert!(page.contains("aria-labelledby=\"figure-2-title figure-2-description\""));
    assert!(page.contains("Words: id=&quot;title&quot;"));
}

#[test]
fn the_page_asks_the_network_for_nothing() {
    let page = page().replace("http://www.w3.org/2000/svg", "");
    for sign in [
        "http:", "https:", "src=", "href=", "url(", "@import", "fetch",
    ] {
        assert!(!page.contains(sign), "{sign}");
    }
}

#[test]
fn bad_rows_are_named() {
    let table = Table::new("Best", [Column::text("Head")]).row(["8-12", "1"]);
    let error = Report::new("T")
        .section(Section::new("S").table(table))
        .to_html()
        .unwrap_err();
    assert!(matches!(
        error,
        Error::Cells {
            row: 1,
            expected: 1,
            found: 2,
            ..
        }
    ));
}
