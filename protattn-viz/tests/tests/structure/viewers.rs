//! Scripts and scenes for molecular viewers, and the table of arcs.

use super::{FILE, pair, peptide, with};
use crate::golden::compare;
use protattn_viz::structure::{Colouring, Label, Residue, View};

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
