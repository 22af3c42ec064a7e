//! Scripts and scenes for molecular viewers, and the table of arcs.

use super::{FILE, pair, peptide, with};
use crate::golden::compare;
use protattn_viz::structure::{Colouring, ResidueArc, StructureFile, View};

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
    let (mut residues, mut arcs) = pair("A");
    residues[1].ca = Some([7.0, 0.0, 0.25]);
    let primitive = |arcs: &[ResidueArc]| {
        let mvsj = View::new(&residues, arcs).unwrap().to_mvsj(&FILE);
        let start = mvsj.find("\"kind\":\"primitive\",\"params\":").unwrap();
        let start = start + "\"kind\":\"primitive\",\"params\":".len();
        mvsj[start..].split("}}]").next().unwrap().to_owned()
    };
    let words = "attention 0.5, 7.0 Å, contact\"";
    let expected = "{\"kind\":\"tube\",\"start\":[0,0,0],\"end\":[7,0,0.25],\
        \"radius\":0.6,\"color\":\"#c83e0c\",\"tooltip\":\"G1 of chain A and K-2B of chain A: ";
    assert_eq!(primitive(&arcs), format!("{expected}{words}"));
    arcs[0].directed = true;
    let expected = "{\"kind\":\"arrow\",\"start\":[0,0,0],\"end\":[7,0,0.25],\
        \"show_end_cap\":true,\"end_cap_length\":2.4,\"end_cap_radius\":1.44,\
        \"tube_radius\":0.6,\"color\":\"#c83e0c\",\
        \"tooltip\":\"G1 of chain A to K-2B of chain A: ";
    assert_eq!(primitive(&arcs), format!("{expected}{words}"));
    arcs[0].contact = None;
    assert!(primitive(&arcs).ends_with("\"tube_dash_length\":0.6"));
}

#[test]
fn molviewspec_tells_insertion_codes_apart() {
    // An expression without a code is of 9 and of 9A.
    let mvsj = with(|view| view.to_mvsj(&FILE));
    for code in ["", "A"] {
        let residue = format!("\"auth_seq_id\":9,\"pdbx_PDB_ins_code\":\"{code}\"}}");
        assert_eq!(mvsj.matches(&residue).count(), 1, "{residue}");
    }
    let numbers = mvsj.matches("\"auth_seq_id\":").count();
    assert_eq!(mvsj.matches("\"pdbx_PDB_ins_code\":").count(), numbers);
}

#[test]
fn chimerax_opens_one_model() {
    let (residues, arcs) = pair("A");
    let view = View::new(&residues, &arcs).unwrap();
    let file = StructureFile {
        location: r"C:\new\a b.cif",
        ..FILE
    };
    let script = view.to_chimerax(&file, r"to\arcs.pb").unwrap();
    let open = [
        r#"open "C:\\new\\a b.cif" format mmcif maxModels 1"#,
        r#"open "to\\arcs.pb" format pseudobonds"#,
    ];
    let found: Vec<&str> = script
        .lines()
        .filter(|line| line.starts_with("open "))
        .collect();
    assert_eq!(found, open);
}

#[test]
fn viewers_have_the_colours_of_the_view() {
    let residues = peptide();
    let view = View::new(&residues, &[]).unwrap();
    // Whatever is in the file and not in the view is grey.
    let base = "#c9c9c9";
    for (colouring, groups) in [
        (Colouring::SecondaryStructure, 2),
        (Colouring::Chain, 1),
        // A colour for each of the residues that were observed.
        (Colouring::Rainbow, 25),
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
