//! Views of a made-up peptide: an ideal helix, a turn and a hairpin.

use crate::document::{check, group, texts};
use crate::golden::compare;
use protattn_viz::Error;
use protattn_viz::structure::{
    Arc, Colouring, FileFormat, HeadsOverview, Label, Residue, SecondaryStructure, StructureFile,
    View,
};
use roxmltree::Document;

const FILE: StructureFile<'_> = StructureFile {
    location: "peptide.cif",
    format: FileFormat::Mmcif,
};

/// Where residue `i` of the peptide lies, in Å: a helix of twelve along x, then two strands below it
/// that run back and forth.
fn position(i: usize) -> [f32; 3] {
    let step = i as f32;
    match i {
        0..12 => {
            let (sin, cos) = (100.0 * step).to_radians().sin_cos();
            [1.5 * step, 2.3 * sin, 2.3 * cos]
        }
        12..14 => [19.0 + 1.5 * (step - 12.0), -2.5 * (step - 11.0), 2.0],
        14..20 => [
            18.0 - 3.3 * (step - 14.0),
            -8.0,
            if i.is_multiple_of(2) { 0.9 } else { -0.9 },
        ],
        _ => [
            1.5 + 3.3 * (step - 20.0),
            -12.8,
            if i.is_multiple_of(2) { 0.9 } else { -0.9 },
        ],
    }
}

/// 26 residues numbered from 5, 9A after 9; the tenth was not observed.
pub(crate) fn peptide() -> Vec<Residue> {
    let residue = |(i, letter): (usize, char)| Residue {
        insertion: (i == 5).then_some('A'),
        ca: (i != 13).then(|| position(i)),
        secondary_structure: Some(match i {
            0..12 => SecondaryStructure::Helix,
            14..=18 | 20..=25 => SecondaryStructure::Strand,
            _ => SecondaryStructure::Other,
        }),
        binding_site: [3, 16].contains(&i),
        modified: i == 22,
        ..Residue::new("A", i as i32 + if i < 5 { 5 } else { 4 }, letter)
    };
    "MKTAYIAKQRQISFVKSHFSRQLEER"
        .chars()
        .enumerate()
        .map(residue)
        .collect()
}

pub(crate) fn arcs() -> Vec<Arc> {
    let arc = |from, to, attention, contact, distance| Arc {
        contact,
        distance,
        ..Arc::new(from, to, attention)
    };
    vec![
        arc(3, 16, 0.62, Some(true), Some(7.5)),
        Arc {
            directed: true,
            head: Some((7, 11)),
            ..arc(24, 5, 0.35, Some(false), Some(13.25))
        },
        arc(8, 10, 0.9, None, None),
        arc(13, 20, 0.5, None, None),
    ]
}

fn with<T>(act: impl FnOnce(&View<'_>) -> T) -> T {
    let (residues, arcs) = (peptide(), arcs());
    act(&View::new(&residues, &arcs).unwrap().title("Head 8-12"))
}

#[test]
fn still_is_as_it_was() {
    compare("view.svg", &with(|view| view.to_svg()));
}

#[test]
fn scripts_are_as_they_were() {
    compare("view.mvsj", &with(|view| view.to_mvsj(&FILE)));
    compare(
        "view.cxc",
        &with(|view| view.to_chimerax(&FILE, "arcs.pb").unwrap()),
    );
    compare("arcs.pb", &with(|view| view.to_pseudobonds().unwrap()));
    compare("view.pml", &with(|view| view.to_pymol(&FILE)));
    compare("arcs.csv", &with(|view| view.to_csv()));
}

#[test]
fn page_is_as_it_was() {
    compare("view.html", &with(|view| view.to_html()));
}

/// The data of a page, which stand on one line.
fn page_data(html: &str) -> &str {
    let start = html.find("id=\"data\">").unwrap() + "id=\"data\">".len();
    html[start..].split("</script>").next().unwrap()
}

/// The list of numbers that is the value of a field.
fn numbers(data: &str, field: &str) -> Vec<i64> {
    let start = data.find(&format!("\"{field}\":[")).unwrap() + field.len() + 4;
    let list = data[start..].split(']').next().unwrap();
    list.split(',')
        .map(|number| number.parse().unwrap())
        .collect()
}

#[test]
fn page_holds_the_numbers() {
    let html = with(|view| view.to_html());
    let data = page_data(&html);
    // From, to, thousandths, kind, tenths of Å, layer and head from 1, directed.
    let arcs = numbers(data, "arcs");
    assert_eq!(arcs[..8], [3, 16, 620, 0, 75, 0, 0, 0]);
    assert_eq!(arcs[8..16], [24, 5, 350, 1, 133, 8, 12, 1]);
    assert_eq!(arcs[16..24], [8, 10, 900, 2, -1, 0, 0, 0]);
    assert_eq!(numbers(data, "missing"), [13]);
    assert_eq!(numbers(data, "binding"), [3, 16]);
    assert_eq!(numbers(data, "anchors").len(), 26 * 3);
    assert!(data.contains("\"insertions\":[[5,\"A\"]]"));
    assert!(data.contains("\"chains\":[[\"A\",26]]"));
    // Twelve residues and one more in the helix with its turn, then the strands: six samples a
    // residue, and two more for the blunt end and the shoulders of each strand.
    assert_eq!(
        numbers(data, "pieces"),
        [12 * 6 + 1, 5 * 6 + 1 + 2, 5 * 6 + 1 + 2]
    );
}

#[test]
fn page_needs_no_network() {
    let html = with(|view| view.to_html());
    assert!(html.contains(
        "content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'\""
    ));
    for outside in ["http:", "https:", "src=", "href=", "url(", "import("] {
        assert!(!html.contains(outside), "{outside}");
    }
}

#[test]
fn large_pages_stay_small() {
    let along = |i: usize| (i as f32 * 0.1).sin() * 40.0;
    let residues: Vec<Residue> = (0..2_000)
        .map(|i| Residue {
            ca: Some([along(i), along(i * 3), along(i * 7 + 5)]),
            secondary_structure: Some(SecondaryStructure::Helix),
            ..Residue::new("A", i as i32 - 1_000, 'L')
        })
        .collect();
    let arc = |i: usize| Arc {
        directed: true,
        distance: Some(100.25),
        head: Some((i % 48, i % 20)),
        ..Arc::new(i % 2_000, (i * 7 + 1_000) % 2_000, 0.987)
    };
    let arcs: Vec<Arc> = (0..20_000).map(arc).collect();
    let html = View::new(&residues, &arcs).unwrap().to_html();
    assert!(html.len() < 2_000_000, "{} bytes", html.len());
}

#[test]
fn still_is_fit_to_print() {
    let (residues, arcs) = (peptide(), arcs());
    let view = View::new(&residues, &arcs).unwrap().title("Head 8-12");
    for colouring in [
        Colouring::SecondaryStructure,
        Colouring::Chain,
        Colouring::Rainbow,
    ] {
        for turn in [0.0, 35.0, 90.0, -140.0] {
            let view = view
                .clone()
                .colouring(colouring)
                .rotate(turn, turn / 2.0, -turn);
            check(&view.to_svg());
            check(&view.wide().to_svg());
        }
    }
}

#[test]
fn legend_says_what_is_there() {
    let svg = with(|view| view.to_svg());
    let document = Document::parse(&svg).unwrap();
    let words: Vec<String> = document
        .descendants()
        .filter(|node| node.has_tag_name("text"))
        .map(|node| node.text().unwrap().to_owned())
        .collect();
    let expected = [
        "Head 8-12",
        "N",
        "C",
        "5 Å",
        "helix",
        "strand",
        "other",
        "binding site",
        "modified",
        "not observed",
        "contact",
        "no contact",
        "contact undefined",
        "attention 0.25",
        "0.5",
        "1",
    ];
    for expected in expected {
        assert!(
            words.iter().any(|word| word == expected),
            "{expected} in {words:?}"
        );
    }
    assert!(svg.contains("Not drawn: 1 arc from a residue to itself or with an end"));
    assert!(
        svg.contains("3 arcs of attention drawn: 1 contact, 1 no contact, 1 contact undefined.")
    );
}

#[test]
fn scale_bar_is_to_scale() {
    // Two atoms 40 Å apart, given along no axis: the picture is 40 + 2 * 2.2 Å and 24 points wide.
    let end = |number, x| Residue {
        ca: Some([x, x, x]),
        ..Residue::new("A", number, 'G')
    };
    let residues = [end(1, 0.0), end(2, 40.0 / 3f32.sqrt())];
    let svg = View::new(&residues, &[]).unwrap().to_svg();
    let document = Document::parse(&svg).unwrap();
    let path = group(&document, "scale-bar")[0].attribute("d").unwrap();
    let numbers: Vec<f64> = path[1..]
        .split(['L', 'M', ' '])
        .filter_map(|number| number.parse().ok())
        .collect();
    let scale = (85.0 * 72.0 / 25.4 - 12.0 - 24.0) / 44.4;
    assert_eq!(texts(&document, "scale-bar"), ["10 Å"]);
    assert!(
        (numbers[2] - numbers[0] - 10.0 * scale).abs() < 0.02,
        "{numbers:?}"
    );
}

#[test]
fn width_is_attention() {
    let residues = peptide();
    let widths = |attention: f32| {
        let arcs = [
            Arc {
                contact: Some(true),
                ..Arc::new(0, 20, attention)
            },
            Arc::new(2, 3, 0.8),
        ];
        let svg = View::new(&residues, &arcs).unwrap().to_svg();
        let document = Document::parse(&svg).unwrap();
        // Contacts are the only strokes whose red stands out.
        let strokes = group(&document, "structure")
            .into_iter()
            .filter_map(|node| {
                let colour =
                    u32::from_str_radix(node.attribute("stroke")?.strip_prefix('#')?, 16).ok()?;
                let orange = (colour >> 16) > (colour & 0xff) + 60 && (colour >> 8 & 0xff) < 170;
                orange.then(|| node.attribute("stroke-width")?.parse::<f64>().ok())?
            });
        strokes.fold(0.0, f64::max)
    };
    assert!(widths(0.2) > 0.0);
    assert!((widths(0.8) / widths(0.2) - 4.0).abs() < 0.05);
}

#[test]
fn nothing_to_draw_is_said_in_words() {
    let residues = [Residue::new("A", 1, 'M')];
    for (residues, arcs) in [
        (&residues[..], &[][..]),
        (&[], &[]),
        (&residues, &[Arc::new(0, 0, 1.0)]),
    ] {
        let view = View::new(residues, arcs).unwrap();
        let svg = view.to_svg();
        check(&svg);
        assert!(svg.contains("No residue has a position"));
        assert!(!view.to_mvsj(&FILE).contains("primitives"));
        assert_eq!(view.to_pseudobonds().unwrap().lines().count(), 2);
        assert!(view.to_html().contains("\"arcs\":["));
        assert!(view.to_pymol(&FILE).contains("\nARCS = []\n"));
    }
}

#[test]
fn only_so_many_arcs_are_drawn() {
    let residues = peptide();
    let arcs: Vec<Arc> = (0..1500)
        .map(|i| Arc::new(i % 6, 20, i as f32 / 1500.0))
        .collect();
    let svg = View::new(&residues, &arcs).unwrap().to_svg();
    assert!(svg.contains("The strongest 1000 of 1500 arcs are drawn."));
}

#[test]
fn what_cannot_be_drawn_is_refused() {
    let residues = peptide();
    let arcs = [Arc::new(0, 1, f32::NAN)];
    let nan = View::new(&residues, &arcs);
    assert!(matches!(nan, Err(Error::Range { .. })));
    let arcs = [Arc::new(0, 26, 0.5)];
    let outside = View::new(&residues, &arcs);
    assert!(matches!(
        outside,
        Err(Error::ArcEnd {
            arc: 0,
            found: 26,
            residues: 26
        })
    ));
    let mut residues = residues;
    residues[0].ca = Some([f32::INFINITY, 0.0, 0.0]);
    assert!(matches!(
        View::new(&residues, &[]),
        Err(Error::Position { .. })
    ));
}

#[test]
fn same_input_same_bytes() {
    assert_eq!(with(|view| view.to_svg()), with(|view| view.to_svg()));
    let all = |view: &View<'_>| (view.to_mvsj(&FILE), view.to_pymol(&FILE));
    assert_eq!(with(all), with(all));
}

/// Two residues 7 Å apart, and an arc between them.
fn pair(chain: &str) -> ([Residue; 2], [Arc; 1]) {
    let first = Residue {
        ca: Some([0.0; 3]),
        ..Residue::new(chain, 1, 'G')
    };
    let second = Residue {
        ca: Some([7.0, 0.0, 0.0]),
        insertion: Some('B'),
        ..Residue::new(chain, -2, 'K')
    };
    let arc = Arc {
        contact: Some(true),
        distance: Some(7.0),
        ..Arc::new(0, 1, 0.5)
    };
    ([first, second], [arc])
}

#[test]
fn csv_by_hand() {
    let (residues, mut arcs) = pair("A,\"1\"");
    arcs[0].contact = None;
    arcs[0].distance = None;
    arcs[0].head = Some((7, 11));
    let csv = View::new(&residues, &arcs).unwrap().to_csv();
    let expected = "chain_from,number_from,insertion_from,residue_from,chain_to,number_to,\
        insertion_to,residue_to,attention,distance,contact,layer,head\n\
        \"A,\"\"1\"\"\",1,,G,\"A,\"\"1\"\"\",-2,B,K,0.5,,,8,12\n";
    assert_eq!(csv, expected);
}

#[test]
fn pseudobonds_by_hand() {
    let (residues, arcs) = pair("AA");
    let text = View::new(&residues, &arcs)
        .unwrap()
        .to_pseudobonds()
        .unwrap();
    let expected = "; halfbond = false\n; dashes = 0\n; color = #c83e0c\n; radius = 0.6\n\
        /AA:1@CA /AA:-2B@CA\n";
    assert_eq!(text, expected);
    let (residues, arcs) = pair(" ");
    let text = View::new(&residues, &arcs)
        .unwrap()
        .to_pseudobonds()
        .unwrap();
    assert!(text.ends_with("\n:1@CA :-2B@CA\n"));
}

#[test]
fn molviewspec_by_hand() {
    let (mut residues, arcs) = pair("A");
    let tube = |residues: &[Residue]| {
        let mvsj = View::new(residues, &arcs).unwrap().to_mvsj(&FILE);
        let start = mvsj.find("{\"kind\":\"tube\"").unwrap();
        mvsj[start..].split("}}]").next().unwrap().to_owned()
    };
    let expected = "{\"kind\":\"tube\",\
        \"start\":{\"auth_asym_id\":\"A\",\"auth_seq_id\":1,\"label_atom_id\":\"CA\"},\
        \"end\":{\"auth_asym_id\":\"A\",\"auth_seq_id\":-2,\"pdbx_PDB_ins_code\":\"B\",\"label_atom_id\":\"CA\"},\
        \"radius\":0.6,\"color\":\"#c83e0c\",\
        \"tooltip\":\"G1 of chain A and K-2B of chain A: attention 0.5, 7.0 Å, contact\"";
    assert_eq!(tube(&residues), expected);
    residues[1].label = Some(Label {
        chain: "C".to_owned(),
        number: 9,
    });
    let end = "\"end\":{\"label_asym_id\":\"C\",\"label_seq_id\":9,\"label_atom_id\":\"CA\"}";
    assert!(tube(&residues).contains(end));
}

#[test]
fn hostile_names_stay_names() {
    let hostile = "A\";cmd.quit()#\npython end\n</script><script>alert(1)</script>";
    let (mut residues, arcs) = pair(hostile);
    residues[0].binding_site = true;
    let view = View::new(&residues, &arcs).unwrap().title(hostile);
    check_well_formed(&view.to_svg());
    let file = StructureFile {
        location: hostile,
        ..FILE
    };
    let mvsj = view.to_mvsj(&file);
    let pml = view.to_pymol(&file);
    let html = view.to_html();
    assert_eq!(html.matches("<script").count(), 2);
    assert_eq!(html.matches("</script>").count(), 2);
    for text in [mvsj.as_str(), &pml, page_data(&html)] {
        assert!(!text.contains("</script"), "{text}");
    }
    assert_eq!(mvsj.lines().count(), 1);
    assert_eq!(pml.matches("\npython end\n").count(), 1);
    for error in [
        view.to_pseudobonds().unwrap_err(),
        view.to_chimerax(&FILE, "arcs.pb").unwrap_err(),
    ] {
        assert!(
            matches!(error, Error::Unwritable { what: "chain", .. }),
            "{error}"
        );
    }
    let (residues, arcs) = pair("A");
    let view = View::new(&residues, &arcs).unwrap();
    let error = view.to_chimerax(&file, "arcs.pb").unwrap_err();
    assert!(
        matches!(
            error,
            Error::Unwritable {
                what: "file name",
                ..
            }
        ),
        "{error}"
    );
}

fn check_well_formed(svg: &str) {
    let document = Document::parse(svg).unwrap();
    assert!(
        document
            .descendants()
            .all(|node| !node.has_tag_name("script"))
    );
}

#[test]
fn sequence_is_as_it_was() {
    compare(
        "sequence.svg",
        &with(|view| view.sequence_svg(0..26).unwrap()),
    );
}

#[test]
fn sequence_is_fit_to_print() {
    for region in [0..26, 3..4, 14..20, 5..25] {
        check(&with(|view| view.sequence_svg(region.clone()).unwrap()));
        check(&with(|view| {
            view.clone().wide().sequence_svg(region.clone()).unwrap()
        }));
    }
    let long: Vec<Residue> = (0..1_500)
        .map(|i| Residue::new("A", i - 700, 'W'))
        .collect();
    let arcs = [Arc::new(0, 1_499, 0.5), Arc::new(3, 9, 0.01)];
    let view = View::new(&long, &arcs).unwrap();
    for end in [30, 40, 70, 80, 300, 1_500] {
        check(&view.sequence_svg(0..end).unwrap());
    }
}

#[test]
fn sequence_shows_the_region() {
    let svg = with(|view| view.sequence_svg(3..17).unwrap());
    let document = Document::parse(&svg).unwrap();
    assert_eq!(texts(&document, "letters").concat(), "AYIAKQRQISFVKS");
    // The first, and the round numbers; 9A is not 9, and 10 is the seventh.
    assert_eq!(texts(&document, "numbers"), ["8", "10", "15", "20"]);
    let titles: Vec<&str> = document
        .descendants()
        .filter(|node| node.has_tag_name("title") && node.parent().unwrap().has_tag_name("path"))
        .map(|node| node.text().unwrap())
        .collect();
    assert!(titles.contains(&"A8 of chain A and S20 of chain A: attention 0.62, 7.5 Å, contact"));
    assert!(!titles.iter().any(|title| title.contains("head 8-12")));
    assert!(svg.contains("Not drawn: 2 of the region&#39;s arcs"));
}

#[test]
fn odd_regions_are_refused() {
    for (start, end) in [(0, 27), (5, 5), (7, 3), (26, 27)] {
        let error = with(|view| view.sequence_svg(start..end).unwrap_err());
        assert_eq!(
            error,
            Error::Region {
                start,
                end,
                residues: 26
            }
        );
    }
}

/// A diagonal in every head, and contacts in a hairpin.
fn every_head(layers: usize, heads: usize, residues: usize) -> (Vec<Arc>, Vec<(usize, usize)>) {
    let arc = |layer: usize, head: usize, from: usize| Arc {
        head: Some((layer, head)),
        contact: [Some(true), Some(false), None][(layer + head) % 3],
        ..Arc::new(from, (from + 3 + head) % residues, 0.5)
    };
    let arcs = (0..layers).flat_map(|layer| {
        (0..heads).flat_map(move |head| (0..residues).map(move |from| arc(layer, head, from)))
    });
    let contacts = (0..residues / 2 - 3).map(|i| (i, residues - 1 - i));
    (arcs.collect(), contacts.collect())
}

#[test]
fn overview_is_as_it_was() {
    let (arcs, contacts) = every_head(3, 4, 24);
    let overview = HeadsOverview::new(3, 4, 24, &arcs)
        .contacts(&contacts)
        .best(&[(2, 1), (0, 3)]);
    compare(
        "heads_overview.svg",
        &overview.title("Every head").to_svg().unwrap(),
    );
}

#[test]
fn overview_is_fit_to_print_and_small() {
    let shapes = [
        (1, 1),
        (6, 4),
        (12, 12),
        (30, 16),
        (48, 20),
        (12, 64),
        (200, 200),
    ];
    for (layers, heads) in shapes {
        let (arcs, contacts) = every_head(layers, heads, if layers < 200 { 300 } else { 8 });
        let overview = HeadsOverview::new(layers, heads, 300, &arcs).contacts(&contacts);
        let svg = overview
            .best(&[(0, 0)])
            .title("Every head")
            .to_svg()
            .unwrap();
        check(&svg);
        assert!(
            layers == 200 || svg.len() < 4_000_000,
            "{layers}x{heads}: {} bytes",
            svg.len()
        );
        let document = Document::parse(&svg).unwrap();
        let panels = group(&document, "panels")
            .into_iter()
            .filter(|node| node.has_tag_name("g"));
        assert_eq!(panels.count(), layers * heads);
    }
}

#[test]
fn overview_by_hand() {
    // Ten residues in a panel of 54 points: 5.4 points each.
    let arc = Arc {
        head: Some((0, 0)),
        contact: Some(true),
        ..Arc::new(7, 2, 0.5)
    };
    let svg = HeadsOverview::new(1, 1, 10, &[arc])
        .contacts(&[(1, 9)])
        .to_svg()
        .unwrap();
    // Attention above the diagonal, whichever attends: row 2, column 7; contacts below: row 9.
    assert!(
        svg.contains("<path d=\"M37.8 10.8h5.4v5.4h-5.4z\" fill=\"#c83e0c\"/>"),
        "{svg}"
    );
    assert!(svg.contains("d=\"M5.4 48.6h5.4v5.4h-5.4z\" fill=\"#a8a8a8\""));
}

#[test]
fn overview_of_some_layers_names_them() {
    let arc = Arc {
        head: Some((10, 1)),
        ..Arc::new(7, 2, 0.5)
    };
    let overview = HeadsOverview::new(2, 2, 10, std::slice::from_ref(&arc));
    let svg = overview.clone().layers(&[7, 10]).best(&[(10, 1)]).to_svg();
    let svg = svg.unwrap();
    assert!(svg.contains("<title>layer 11, head 2: 1 arc</title>"));
    assert!(svg.contains("<title>layer 8, head 2: 0 arcs</title>"));
    assert!(svg.contains(">8</text>") && svg.contains(">11</text>"));
    let refused = |layers: &[usize]| overview.clone().layers(layers).to_svg().unwrap_err();
    assert!(matches!(
        refused(&[7]),
        Error::LayerCount {
            expected: 2,
            found: 1
        }
    ));
    assert!(matches!(refused(&[7, 8]), Error::NoHead { .. }));
}

#[test]
fn notes_stand_in_every_file_that_has_room_for_words() {
    let (residues, arcs) = pair("A");
    let notes = ["Cut; <short>.".to_owned()];
    let view = View::new(&residues, &arcs).unwrap().notes(&notes);
    let file = StructureFile {
        location: "a.pdb",
        format: FileFormat::Pdb,
    };
    assert!(view.to_svg().contains("Cut; &lt;short&gt;."));
    assert!(
        view.sequence_svg(0..2)
            .unwrap()
            .contains("Cut; &lt;short&gt;.")
    );
    assert!(
        view.to_html()
            .contains("<p class=\"note\">Cut; &lt;short&gt;.</p>")
    );
    // A semicolon would end the comment in PyMOL.
    let comment = "\n# Cut  <short>.\n";
    assert!(view.to_pymol(&file).contains(comment));
    assert!(view.to_chimerax(&file, "a.pb").unwrap().contains(comment));
}

#[test]
fn overview_refuses_what_has_no_place() {
    let error = |arcs: &[Arc], contacts, best| {
        let overview = HeadsOverview::new(2, 2, 5, arcs)
            .contacts(contacts)
            .best(best);
        overview.to_svg().unwrap_err()
    };
    let no_head = error(&[Arc::new(0, 1, 0.5)], &[], &[]);
    assert!(matches!(
        no_head,
        Error::NoHead {
            found: None,
            layers: 2,
            heads: 2,
            ..
        }
    ));
    assert!(matches!(
        error(&[], &[], &[(2, 0)]),
        Error::NoHead {
            found: Some((2, 0)),
            ..
        }
    ));
    assert!(matches!(
        error(&[], &[(0, 5)], &[]),
        Error::ArcEnd { found: 5, .. }
    ));
    let empty = HeadsOverview::new(0, 2, 5, &[]).to_svg();
    assert!(matches!(
        empty,
        Err(Error::Empty {
            layers: 0,
            heads: 2
        })
    ));
    let many = HeadsOverview::new(2, usize::MAX, 5, &[]).to_svg();
    assert!(matches!(many, Err(Error::Range { max: 200.0, .. })));
    assert!(HeadsOverview::new(1, 1, 0, &[]).to_svg().is_ok());
}

#[test]
fn viewers_have_the_colours_of_the_view() {
    let residues = peptide();
    let view = View::new(&residues, &[]).unwrap();
    for (colouring, base, groups) in [
        (Colouring::SecondaryStructure, "#c9c9c9", 2),
        (Colouring::Chain, "#a6cce8", 0),
        // 25 residues that were observed, of which the first has the first colour.
        (Colouring::Rainbow, "#8a9fe8", 24),
    ] {
        let view = view.clone().colouring(colouring);
        let cxc = view.to_chimerax(&FILE, "arcs.pb").unwrap();
        assert!(cxc.contains(&format!("\ncolor {base} target c\n")));
        assert_eq!(cxc.matches(" target c\n").count(), groups + 1);
        let mvsj = view.to_mvsj(&FILE);
        let cartoon = mvsj.split("ball_and_stick").next().unwrap();
        assert_eq!(cartoon.matches("{\"kind\":\"color\"").count(), groups + 1);
        let pml = view.to_pymol(&FILE);
        let colours = pml
            .lines()
            .find(|line| line.starts_with("COLOURS"))
            .unwrap();
        assert_eq!(colours.matches("[(").count(), groups + 1);
    }
}
