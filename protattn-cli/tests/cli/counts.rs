//! `protattn align` against the arc counts of the original implementation.

use std::collections::BTreeMap;
use std::path::Path;

use protattn_io::{jsonl, lmdb};
use serde_json::Value;

use crate::common::{done, folder, shared, table, text};

/// Arcs by [layer][head].
type Arcs = Vec<Vec<u64>>;

/// Arcs of each "property/class", and all arcs under "property".
fn align(shared: &Path, data: &str, records: usize, properties: &str) -> BTreeMap<String, Arcs> {
    let out = folder();
    let model = shared.join("reference/models/bert");
    let (data, limit) = (shared.join("data").join(data), records.to_string());
    done(&[
        "align",
        "--model",
        text(&model),
        "--data",
        text(&data),
        "--property",
        properties,
        "--output",
        text(out.path()),
        "--max-tokens",
        "130",
        "--min-attention",
        "0.3",
        "--limit",
        &limit,
        "--no-figures",
    ]);
    let table = table(out.path());
    let mut arcs: BTreeMap<String, Arcs> = BTreeMap::new();
    for row in 0..table.n_rows() {
        let property = &table.strs("property").unwrap()[row];
        let class = &table.strs("class").unwrap()[row];
        let place = |name: &str| table.u32s(name).unwrap()[row] as usize - 1;
        let mut put = |key: String, name: &str| {
            let heads = arcs.entry(key).or_insert_with(|| vec![vec![0; 4]; 3]);
            heads[place("layer")][place("head")] = table.u64s(name).unwrap()[row];
        };
        put(format!("{property}/{class}"), "arcs_in_class");
        put(property.clone(), "arcs_total");
    }
    arcs
}

fn originals(shared: &Path) -> Value {
    let text = std::fs::read(shared.join("reference/original_counts_bert.json")).unwrap();
    serde_json::from_slice(&text).unwrap()
}

fn arcs(value: &Value) -> Arcs {
    let layers = value.as_array().unwrap().iter();
    layers
        .map(|heads| {
            heads
                .as_array()
                .unwrap()
                .iter()
                .map(|n| n.as_f64().unwrap() as u64)
                .collect()
        })
        .collect()
}

/// Every class that the original counted, under the name that it has here.
fn assert_equal(
    found: &BTreeMap<String, Arcs>,
    original: &Value,
    property: &str,
    names: &[(&str, &str)],
) {
    assert_eq!(
        found[property],
        arcs(&original["total"]),
        "{property}: all arcs"
    );
    for (theirs, ours) in names {
        let key = format!("{property}/{ours}");
        assert_eq!(found[&key], arcs(&original["sums"][theirs]), "{key}");
    }
}

#[test]
fn sites_and_modifications_are_those_of_the_original() {
    let Some(shared) = shared() else { return };
    let originals = originals(&shared);
    let sets = [
        ("binding_site_valid", "binding-site", "binding_site_to"),
        (
            "protein_modification_valid",
            "modification",
            "protein_modification_to",
        ),
    ];
    for (set, property, theirs) in sets {
        let found = align(&shared, &format!("provis/{set}.lmdb"), 25, property);
        assert_equal(
            &found,
            &originals["sets"][set],
            property,
            &[(theirs, "yes")],
        );
    }
}

#[test]
fn contacts_and_amino_acids_are_those_of_the_original() {
    let Some(shared) = shared() else { return };
    let original = &originals(&shared)["sets"]["proteinnet"];
    let found = align(
        &shared,
        "tape/proteinnet/proteinnet_test.lmdb",
        11,
        "contact,amino-acid",
    );
    assert_equal(&found, original, "contact", &[("contact_map", "yes")]);
    let letters: Vec<(String, String)> = original["sums"]
        .as_object()
        .unwrap()
        .keys()
        .filter_map(|name| Some((name.clone(), name.strip_prefix("aa_to_")?.to_owned())))
        .collect();
    assert_eq!(letters.len(), 20);
    let letters: Vec<_> = letters
        .iter()
        .map(|(theirs, ours)| (theirs.as_str(), ours.as_str()))
        .collect();
    assert_equal(&found, original, "amino-acid", &letters);
}

#[test]
fn secondary_structure_is_that_of_the_original() {
    let Some(shared) = shared() else { return };
    let original = &originals(&shared)["sets"]["secondary_structure"];
    let set = "tape/secondary_structure/secondary_structure_casp12.lmdb";
    let found = align(&shared, set, 11, "secondary-structure");
    let names = [
        ("sec_struct_to_0", "helix"),
        ("sec_struct_to_1", "strand"),
        ("sec_struct_to_2", "turn-bend"),
        ("sec_struct_to_3", "blank"),
    ];
    assert_equal(&found, original, "secondary-structure", &names);
}

/// The same chains from the structure files themselves: all but 1A8O, whose record in the data set
/// lacks the four selenomethionines of the chain.
#[test]
fn contacts_from_structure_files_are_those_of_the_data_set() {
    let Some(shared) = shared() else { return };
    let out = folder();
    let set = out.path().join("set.jsonl");
    let mut writer = jsonl::Writer::create(&set).unwrap();
    let records =
        lmdb::Reader::open(shared.join("data/tape/proteinnet/proteinnet_test.lmdb")).unwrap();
    for record in records
        .map(Result::unwrap)
        .filter(|record| record.id() != "1a8o.A")
    {
        writer.write(&record).unwrap();
    }
    writer.finish().unwrap();
    let chains = [
        "1ubq.pdb:A",
        "1BC8.pdb:C",
        "101m.cif:A",
        "1yyf.pdb:C",
        "2N2U.pdb:A",
        "1aki.pdb:A",
        "1k6p.pdb:A",
        "3o5r.pdb:A",
        "5zng.pdb:A",
        "1dix.pdb:A",
    ];
    let chains = chains.map(|chain| shared.join("data/structures").join(chain));
    let count = |name: &str, data: &[&str]| {
        let output = out.path().join(name);
        let model = shared.join("reference/models/bert");
        let arguments = [
            "align",
            "--model",
            text(&model),
            "--property",
            "contact",
            "--max-tokens",
            "130",
        ];
        let rest = [
            "--no-figures",
            "--strict",
            "--output",
            text(&output),
            "--data",
        ];
        done(&[&arguments[..], &rest, data].concat());
        let table = table(&output);
        ["arcs_in_class", "arcs_eligible", "arcs_total"]
            .map(|name| table.u64s(name).unwrap().to_vec())
    };
    let from_set = count("from-set", &[text(&set)]);
    let from_files = count("from-files", &chains.each_ref().map(|chain| text(chain)));
    assert!(from_set[0].iter().sum::<u64>() > 0);
    assert_eq!(from_files, from_set);
}
