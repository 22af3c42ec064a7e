//! What holds for every output of a view.

use super::page::page_data;
use super::{FILE, arcs, pair, peptide};
use crate::document::check;
use protattn_viz::structure::{
    Colouring, FileFormat, HeadsOverview, Residue, ResidueArc, StructureFile, View,
};
use protattn_viz::{Error, Figure};
use roxmltree::Document;

#[test]
fn nothing_to_draw_is_said_in_words() {
    let residues = [Residue::new("A", 1, 'M')];
    for (residues, arcs, listed) in [
        (&residues[..], &[][..], "[]"),
        (&[], &[], "[]"),
        (
            &residues,
            &[ResidueArc::new(0, 0, 1.0)],
            "[0,0,1000,2,-1,0,0,0]",
        ),
    ] {
        let view = View::new(residues, arcs).unwrap();
        let svg = view.to_svg();
        check(&svg);
        assert!(svg.contains("No residue has a position"));
        assert!(!view.to_mvsj(&FILE).contains("primitives"));
        assert_eq!(view.to_pseudobonds().unwrap().lines().count(), 2);
        assert!(view.to_html().contains(&format!("\"arcs\":{listed},")));
        assert!(view.to_pymol(&FILE).contains("\nARCS = []\n"));
    }
}

#[test]
fn what_cannot_be_drawn_is_refused() {
    let residues = peptide();
    let arcs = [ResidueArc::new(0, 1, f32::NAN)];
    let nan = View::new(&residues, &arcs);
    assert!(matches!(nan, Err(Error::Outside { .. })));
    let arcs = [ResidueArc::new(0, 26, 0.5)];
    let outside = View::new(&residues, &arcs);
    assert!(matches!(
        outside,
        Err(Error::Outside {
            value: 26.0,
            high: 25.0,
            ..
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
fn pictures_do_not_depend_on_the_order_of_arcs() {
    let pictures = |arcs: &[ResidueArc]| {
        let residues = peptide();
        let view = View::new(&residues, arcs).unwrap();
        let of_head = |arc: &ResidueArc| ResidueArc {
            head: Some((0, arc.from % 2)),
            ..*arc
        };
        let of_heads: Vec<ResidueArc> = arcs.iter().map(of_head).collect();
        let heads = HeadsOverview::new(1, 2, residues.len(), &of_heads);
        [
            view.to_svg(),
            view.sequence_svg(0..26).unwrap(),
            heads.to_svg().unwrap(),
        ]
    };
    let mut reversed = arcs();
    reversed.reverse();
    assert_eq!(pictures(&reversed), pictures(&arcs()));
}

#[test]
fn long_names_of_chains_have_room() {
    let long = "Chain_".repeat(20);
    let mut residues = peptide();
    residues.extend(peptide().into_iter().map(|residue| Residue {
        chain: long.clone(),
        ca: residue.ca.map(|[x, y, z]| [x, y, z + 12.0]),
        ..residue
    }));
    let arcs = [ResidueArc::new(3, 42, 0.5)];
    let view = View::new(&residues, &arcs)
        .unwrap()
        .colouring(Colouring::Chain);
    for view in [view.clone(), view.clone().wide()] {
        check(&view.to_svg());
        for region in [0..52, 20..40, 30..31] {
            check(&view.sequence_svg(region).unwrap());
        }
    }
    assert!(view.to_html().contains(&format!("[\"{long}\",26]")));
    assert!(view.to_mvsj(&FILE).contains(&long));
    assert!(view.to_pymol(&FILE).contains(&long));
    assert!(view.to_csv().contains(&long));
    let bonds = view.to_pseudobonds().unwrap();
    assert!(bonds.ends_with(&format!("\n/A:8@CA /{long}:20@CA\n")));
    let script = view.to_chimerax(&FILE, "arcs.pb").unwrap();
    assert!(script.contains(&format!("/{long}:20")));
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
    for text in [&mvsj, &pml] {
        assert!(!text.contains("</script"), "{text}");
    }
    // The data would end at the first tag in them.
    assert!(page_data(&html).ends_with("}}"));
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
