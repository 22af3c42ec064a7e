use crate::top_heads::bars;
use protattn_viz::{Column, Error, Figure, Report, Section, Table, TopHeads};
use std::collections::BTreeSet;

/// A page with one of everything, and four figures.
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
        .note("Mind the gap.")
        .table(table)
        .section(
            Section::new("More of them")
                .collapsed()
                .figures_grid([(&svg, "Third."), (&svg, "Fourth.")]),
        );
    let settings = [("minimum attention", "0.3"), ("model", "<folder>")];
    Report::new("What attention looks at")
        .paragraph("Made-up numbers.")
        .finding("63.2%", "on contacts.")
        .finding("7.1%", "on the rest.")
        .section(section)
        .section(Section::new("Settings").settings(settings))
        .citation("First line.\nSecond line.")
        .bibtex("@article{one,\n  year = {2021},\n}")
        .to_html()
        .unwrap()
}

#[test]
fn everything_is_on_the_page_in_order() {
    let page = page();
    let parts = [
        "<title>What attention looks at</title>",
        "<h1>What attention looks at</h1>",
        "<h2 id=\"summary\">Summary</h2>",
        "<p>Made-up numbers.</p>",
        "<ul class=\"findings\">\n<li><strong>63.2%</strong> <span>on contacts.</span></li>\n\
         <li><strong>7.1%</strong> <span>on the rest.</span></li>\n</ul>",
        "<h2 id=\"contents\">Contents</h2>",
        "<li><a href=\"#section-1\">Contacts &amp; more</a>\n<ol>\n\
         <li><a href=\"#section-1-1\">More of them</a></li>\n</ol></li>\n\
         <li><a href=\"#section-2\">Settings</a></li>\n\
         <li><a href=\"#cite\">How to cite</a></li>",
        "<section id=\"section-1\">\n<h2>Contacts &amp; more</h2>",
        "<p>Closer than 8 Å.</p>",
        "<figure id=\"figure-1\" style=\"--width:85mm\">",
        "<figcaption><b>Figure 1.</b> First.</figcaption>",
        "<figcaption><b>Figure 2.</b> Second.</figcaption>",
        "<p class=\"note\" role=\"note\">Mind the gap.</p>",
        "<p class=\"caption\" id=\"table-1\"><b>Table 1.</b> Best heads.</p>",
        "<th scope=\"col\" class=\"number\">Contacts (%)</th>",
        "<td>8-2</td><td class=\"number\">7.1</td>",
        "<section id=\"section-1-1\">\n<details><summary><h3>More of them</h3>\
         <span>2 figures</span></summary>",
        "<div class=\"grid\">\n<figure id=\"figure-3\"",
        "<figcaption><b>Figure 4.</b> Fourth.</figcaption>",
        "</details>",
        "<dt>model</dt><dd>&lt;folder&gt;</dd>",
        "<section id=\"cite\">\n<h2>How to cite</h2>",
        "<blockquote class=\"copy\">First line.\nSecond line.</blockquote>",
        "<pre class=\"copy\">@article{one,\n  year = {2021},\n}</pre>",
        "<script>",
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
    let unique: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(unique.len(), ids.len(), "{ids:?}");
    let own = [1, 2, 3, 4].map(|i| {
        [
            format!("figure-{i}-title"),
            format!("figure-{i}-description"),
        ]
    });
    assert!(
        own.iter().flatten().all(|id| unique.contains(&**id)),
        "{ids:?}"
    );
    let attributes = ["href=\"#", "aria-labelledby=\""];
    for used in attributes
        .iter()
        .flat_map(|attribute| page.split(attribute).skip(1))
    {
        for id in used.split('"').next().unwrap().split(' ') {
            assert!(unique.contains(id), "nothing has the id {id}");
        }
    }
    assert!(page.contains("aria-labelledby=\"figure-2-title figure-2-description\""));
    assert!(page.contains("Words: id=&quot;title&quot;"));
}

#[test]
fn the_page_asks_the_network_for_nothing() {
    let page = page().replace("http://www.w3.org/2000/svg", "");
    assert!(page.contains("content=\"default-src 'none'; "));
    assert_eq!(
        page.matches("href=").count(),
        page.matches("href=\"#").count()
    );
    for sign in [
        "http:", "https:", "src=", "url(", "@import", "fetch(", "XMLHttp", "import(",
    ] {
        assert!(!page.contains(sign), "{sign}");
    }
}

#[test]
fn what_is_not_there_leaves_nothing_behind() {
    let page = Report::new("T")
        .section(Section::new("S"))
        .to_html()
        .unwrap();
    let body = page.split("<body>").nth(1).unwrap();
    let body = body.split("<script>").next().unwrap();
    let section = "<section id=\"section-1\">\n<h2>S</h2>\n</section>";
    assert_eq!(body, format!("\n<main>\n<h1>T</h1>\n{section}\n</main>\n"));
}

#[test]
fn sections_may_be_deeper_than_headings() {
    let deep = (1..9).fold(Section::new("9"), |inner, i| {
        Section::new((9 - i).to_string()).section(inner)
    });
    let page = Report::new("T").section(deep).to_html().unwrap();
    for heading in ["<h2>1</h2>", "<h6>5</h6>", "<h6>9</h6>"] {
        assert!(page.contains(heading), "{heading}");
    }
    assert!(page.contains("<section id=\"section-1-1-1\">\n<h4>3</h4>"));
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
        Error::Length {
            expected: 1,
            found: 2,
            ..
        }
    ));
}
