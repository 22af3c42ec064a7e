//! What lies in the output folder already, and chains that are alike.

use std::path::Path;

use super::*;

/// Two chains of one sequence and shape, 100 Å apart, in a file of mmCIF whose second chain has a dot in
/// its name.
fn twins() -> String {
    let mut file = String::from("data_TWINS\nloop_\n");
    for field in [
        "group_PDB",
        "id",
        "type_symbol",
        "label_atom_id",
        "label_alt_id",
        "label_comp_id",
        "label_asym_id",
        "label_entity_id",
        "label_seq_id",
        "pdbx_PDB_ins_code",
        "Cartn_x",
        "Cartn_y",
        "Cartn_z",
        "occupancy",
        "B_iso_or_equiv",
        "auth_seq_id",
        "auth_asym_id",
        "pdbx_PDB_model_num",
    ] {
        file += &format!("_atom_site.{field}\n");
    }
    for (chain, away) in [("A.1", 0.0), ("B", 100.0)] {
        for i in 0..40_i32 {
            let (step, side) = if i < 20 { (i, 0.0) } else { (39 - i, 5.2) };
            let letter = LETTERS.chars().nth((i as usize * 7) % 20).unwrap();
            let name = expected::name(letter);
            let (x, y) = (f64::from(step) * 3.4 + away, side);
            file += &format!(
                "ATOM {0} C CA . {name} {chain} 1 {0} ? {x:.3} {y:.3} 0.0 1.0 20.0 {1} {chain} 1\n",
                i + 1,
                i + 11,
            );
        }
    }
    file
}

#[test]
fn alike_chains_have_the_same_arcs_each_in_its_place() {
    let out = folder();
    let path = out.path().join("twins.v2.cif");
    std::fs::write(&path, twins()).unwrap();
    let results = out.path().join("results");
    viewed(
        &path,
        &results,
        &["--min-attention", "0.05", "--chain", "B,A.1"],
    );
    let found = read(&results);
    let of = |chain: &str| -> Vec<String> {
        let rows = found.iter().filter(|row| row.ends[0][0] == chain);
        let told = rows.map(|row| {
            assert_eq!(row.ends[1][0], chain);
            format!(
                "{:?} {:?} {} {} {}",
                &row.ends[0][1..],
                &row.ends[1][1..],
                row.attention,
                row.layer,
                row.head
            )
        });
        told.collect()
    };
    let (first, second) = (of("B"), of("A.1"));
    assert!(!first.is_empty());
    assert_eq!(first, second);
    assert_eq!(first.len() + second.len(), found.len());
    assert_eq!(found[0].ends[0][0], "B", "in the order of --chain");
    assert_eq!(
        json(&results, "view.json")["chains"],
        serde_json::json!(["B", "A.1"])
    );
}

#[test]
fn another_file_of_the_name_is_not_written_over() {
    let out = folder();
    let path = written(out.path());
    let results = out.path().join("results");
    std::fs::create_dir(&results).unwrap();
    let copy = results.join("hairpins.pdb");
    std::fs::write(&copy, "mine").unwrap();
    let message = said(&view(text(&path), &results, &[]), 2);
    assert!(
        message.contains("there is another file of that name"),
        "{message}"
    );
    assert_eq!(std::fs::read_to_string(&copy).unwrap(), "mine");
    // In the folder of an earlier view the copy is that view's.
    std::fs::write(results.join("view.json"), "{}").unwrap();
    viewed(&path, &results, &[]);
    assert_eq!(std::fs::read_to_string(&copy).unwrap(), hairpins("B"));
}

#[test]
fn what_an_earlier_view_left_goes() {
    let out = folder();
    let (path, results) = (written(out.path()), out.path().join("results"));
    viewed(&path, &results, &["--region", "1-7", "--format", "png"]);
    let there = |name: &str| Path::exists(&results.join(name));
    for name in [
        "heads.svg",
        "heads.png",
        "sequence.svg",
        "sequence.png",
        "view.cxc",
    ] {
        assert!(there(name), "{name}");
    }
    viewed(&path, &results, &["--layer", "1", "--head", "2"]);
    for name in ["heads.svg", "heads.png", "sequence.svg", "sequence.png"] {
        assert!(!there(name), "{name}");
    }
    assert!(there("view.cxc") && there("view.png"));
}
