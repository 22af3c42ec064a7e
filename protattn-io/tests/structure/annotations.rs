//! What files say of their residues.

use std::path::Path;

use protattn_io::structure::{
    self, BindingSites, LIGAND_DISTANCE, Options, SecondaryStructure, Structure,
};
use protattn_io::{Protein, Track, labels};

use super::{archive, fixture, numbers, parse, warnings};

const FILES: [&str; 2] = ["pdb/valid/small.pdb", "mmcif/valid/small.cif"];

/// What `annotations.py` finds, by records of PDB and by gemmi.
const EXPECTED: &str = include_str!("annotations.txt");

fn with_secondary_structure(observed_only: bool) -> Options {
    Options {
        observed_only,
        secondary_structure: SecondaryStructure::File,
        ..Options::default()
    }
}

/// One sign a residue: `+`, `-`, or the first letter of the class; `?` where it is undefined.
fn signs(protein: &Protein, track: &str) -> Option<String> {
    let flag = |value: &Option<bool>| value.map_or('?', |value| if value { '+' } else { '-' });
    let class = |value: &Option<String>| value.as_ref().map_or('?', |v| v.chars().next().unwrap());
    Some(match protein.track(track)? {
        Track::Flags(values) => values.iter().map(flag).collect(),
        Track::Classes(values) => values.iter().map(class).collect(),
    })
}

/// The author numbers of the residues of a class; of flags, `true` or `false`.
fn numbers_of(protein: &Protein, track: &str, class: &str) -> Vec<String> {
    let is_it: Vec<bool> = match protein.track(track).unwrap() {
        Track::Flags(values) => values
            .iter()
            .map(|v| v.map(|v| v.to_string()).as_deref() == Some(class))
            .collect(),
        Track::Classes(values) => values.iter().map(|v| v.as_deref() == Some(class)).collect(),
    };
    let numbers = protein.numbering().unwrap().iter().zip(is_it);
    numbers
        .filter(|(_, is_it)| *is_it)
        .map(|(number, _)| number.to_string())
        .collect()
}

#[test]
fn records_of_both_formats_label_the_same_residues() {
    for file in FILES {
        let whole = structure::read(&fixture(file), &with_secondary_structure(true)).unwrap();
        let [a, c] = &whole.chains[..] else {
            panic!("{file}")
        };
        assert_eq!(numbers(a), "1 2 2A 4 5 6 7");
        // Water, HEM and DG are of no protein; symmetry copies count.
        assert_eq!(signs(a, labels::BINDING_SITE).unwrap(), "-++---+", "{file}");
        assert_eq!(signs(c, labels::BINDING_SITE).unwrap(), "+-", "{file}");
        assert_eq!(signs(a, labels::MODIFICATION).unwrap(), "+---+--", "{file}");
        assert_eq!(signs(c, labels::MODIFICATION).unwrap(), "--", "{file}");
        // The bonds of MSE to GLY and to ACE make the chain.
        assert_eq!(signs(a, labels::LINK).unwrap(), "----+-+", "{file}");
        assert_eq!(signs(a, labels::LINK_TYPE).unwrap(), "nnnncnm", "{file}");
        // 10 has a disulfide bond and another, and the first counts.
        assert_eq!(signs(c, labels::LINK_TYPE).unwrap(), "dd", "{file}");
        assert_eq!(
            signs(a, labels::SECONDARY_STRUCTURE).unwrap(),
            "hhhsstb",
            "{file}"
        );
        assert_eq!(
            signs(a, labels::SECONDARY_STRUCTURE_3).unwrap(),
            "hhhsscc",
            "{file}"
        );
        assert_eq!(
            signs(c, labels::SECONDARY_STRUCTURE).unwrap(),
            "bb",
            "{file}"
        );
        let none = Options {
            secondary_structure: SecondaryStructure::None,
            ..Options::default()
        };
        let plain = structure::read(&fixture(file), &none).unwrap();
        assert_eq!(plain.warnings, whole.warnings, "{file}");
        assert_eq!(
            plain.chains[0].track(labels::SECONDARY_STRUCTURE),
            None,
            "only on request"
        );
    }
}

#[test]
fn unobserved_residues_are_undefined() {
    for file in FILES {
        let whole = structure::read(&fixture(file), &with_secondary_structure(false)).unwrap();
        let a = &whole.chains[0];
        assert_eq!(numbers(a), "1 2 2A 3 4 5 6 7 8");
        assert_eq!(
            signs(a, labels::BINDING_SITE).unwrap(),
            "-++?---+?",
            "{file}"
        );
        assert_eq!(
            signs(a, labels::MODIFICATION).unwrap(),
            "+--?-+--?",
            "{file}"
        );
        assert_eq!(signs(a, labels::LINK_TYPE).unwrap(), "nnn?ncnm?", "{file}");
        assert_eq!(
            signs(a, labels::SECONDARY_STRUCTURE).unwrap(),
            "hhh?sstb?",
            "{file}"
        );
    }
}

/// Every file of the shared structures, in both modes, against `annotations.py`.
#[test]
#[ignore = "needs the reference data: set PROTATTN_SHARED"]
fn labels_equal_those_of_an_independent_script() {
    let folder = archive::folder();
    let tracks = [
        labels::BINDING_SITE,
        labels::MODIFICATION,
        labels::LINK,
        labels::SECONDARY_STRUCTURE,
    ];
    let mut n_checked = 0;
    for entry in std::fs::read_dir(&folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        for observed_only in [true, false] {
            let read = |binding_sites| {
                let options = with_secondary_structure(observed_only);
                let options = Options {
                    binding_sites,
                    ..options
                };
                structure::read(&folder.join(&name), &options)
            };
            let Ok(from_file) = read(BindingSites::File) else {
                continue;
            };
            let near = read(BindingSites::Ligands {
                distance: LIGAND_DISTANCE,
            })
            .unwrap();
            for (protein, near) in from_file.chains.iter().zip(&near.chains) {
                let chain = protein.id().rsplit_once('.').unwrap().1;
                let prefix = format!("{name} {chain} ");
                let expected: Vec<Vec<&str>> = EXPECTED
                    .lines()
                    .filter_map(|line| Some(line.strip_prefix(&prefix)?.split(' ').collect()))
                    .collect();
                for words in &expected {
                    let (track, class) = (words[0], words[1]);
                    let found = match track {
                        "near-ligand" => numbers_of(near, labels::BINDING_SITE, class),
                        track => numbers_of(protein, track, class),
                    };
                    assert_eq!(found, words[2..], "{prefix}{track} {class}");
                    n_checked += 1;
                }
                let is_expected = |track| expected.iter().any(|words| words[0] == track);
                for track in tracks {
                    assert_eq!(
                        protein.track(track).is_some(),
                        is_expected(track),
                        "{prefix}{track}"
                    );
                }
                let has_sites = near.track(labels::BINDING_SITE).is_some();
                assert_eq!(has_sites, is_expected("near-ligand"), "{prefix}");
            }
        }
    }
    assert_eq!(n_checked, 2 * EXPECTED.lines().count());
}

/// A protein of one residue, glycine A 7 with its Cα at the origin, and what else is there.
fn around_a_glycine(rest: &str, binding_sites: BindingSites) -> Structure {
    let text = format!(
        "{}\nTER\n{rest}\nEND\n",
        atom("ATOM", "CA  GLY A   7 ", 0.0, "C")
    );
    let options = Options {
        binding_sites,
        ..Options::default()
    };
    structure::parse(text.as_bytes(), Path::new("t.pdb"), &options).unwrap()
}

fn atom(record: &str, name_to_number: &str, x: f32, element: &str) -> String {
    format!(
        "{record:<6}    1  {name_to_number:<14}   {x:8.3}   0.000   0.000  1.00  0.00          {element:>2}"
    )
}

#[test]
fn a_ligand_binds_what_is_near() {
    let near = BindingSites::Ligands { distance: 4.0 };
    let signs_of = |rest: &str| {
        signs(
            &around_a_glycine(rest, near).chains[0],
            labels::BINDING_SITE,
        )
    };
    let ligand = |name: &str, x, element: &str| signs_of(&atom("HETATM", name, x, element));
    assert_eq!(
        ligand("C1  HEM A 101 ", 4.0, "C").unwrap(),
        "+",
        "the distance itself counts"
    );
    assert_eq!(ligand("C1  HEM A 101 ", 4.001, "C").unwrap(), "-");
    assert_eq!(
        ligand("C1  HEM B 101 ", -3.5, "").unwrap(),
        "+",
        "another chain, no element"
    );
    assert_eq!(
        ligand("K     K A 101 ", 3.0, " K").unwrap(),
        "+",
        "ions of metals"
    );
    assert_eq!(
        ligand("CA  GLU A 101 ", 3.0, "C").unwrap(),
        "+",
        "an amino acid by itself"
    );
    for (name, element) in [
        ("O   HOH A 101 ", "O"),
        ("C1  GOL A 101 ", "C"),
        ("CL   CL A 101 ", "CL"),
        ("C   ACE A 101 ", "C"),
        ("H1  HEM A 101 ", "H"),
        ("H1  HEM A 101 ", ""),
    ] {
        assert_eq!(
            ligand(name, 3.0, element),
            None,
            "{name}: there is no ligand"
        );
    }
    let nucleic = atom("ATOM", "P    DA B   1 ", 3.0, "P");
    assert_eq!(signs_of(&nucleic), None, "a polymer");
    let far_and_near = [
        atom("HETATM", "C1  HEM A 101 ", 9000.0, "C"),
        atom("HETATM", "C2  HEM A 101 ", -2.0, "C"),
    ];
    assert_eq!(signs_of(&far_and_near.join("\n")).unwrap(), "+");
}

#[test]
fn sites_are_the_files_or_the_ligands() {
    let site = "SITE     1 AC1  1 HOH A 201 \n";
    let ligand = atom("HETATM", "C1  HEM A 101 ", 3.0, "C");
    let signs_of = |rest: &str, sites| {
        signs(
            &around_a_glycine(rest, sites).chains[0],
            labels::BINDING_SITE,
        )
    };
    let both = format!("{site}{ligand}");
    let either = BindingSites::Either { distance: 4.0 };
    assert_eq!(signs_of(&both, BindingSites::File).unwrap(), "-");
    assert_eq!(signs_of(&both, either).unwrap(), "-");
    assert_eq!(
        signs_of(&both, BindingSites::Ligands { distance: 4.0 }).unwrap(),
        "+"
    );
    assert_eq!(signs_of(&ligand, BindingSites::File), None);
    assert_eq!(signs_of(&ligand, either).unwrap(), "+");
    assert_eq!(signs_of("", either), None);
}

#[test]
fn a_distance_is_a_number_above_zero() {
    for distance in [0.0, -1.0, f32::NAN, f32::INFINITY] {
        let binding_sites = BindingSites::Ligands { distance };
        let options = Options {
            binding_sites,
            ..Options::default()
        };
        let error = structure::read(&fixture(FILES[0]), &options)
            .unwrap_err()
            .to_string();
        let message = format!("the distance of ligands is {distance}, not a number above 0");
        assert!(error.ends_with(&message), "{error}");
    }
}

/// The residues that the chain `text` has, with records that name others.
#[test]
fn residues_that_are_not_there_are_named() {
    let text = "\
MODRES 1ABC MSE A   9  MET
SSBOND   1 CYS A    7    CYS A    7
HELIX    1   1 GLY A    7  GLY B    8  1
HELIX    2   2 GLY A    8  GLY A    7  1
LINK        ZN    ZN X   1                 O   GLY A   7
SITE     1 AC1  3 GLY A   7  ALA A   8  HOH A 201  GLY A   x
SITE     1 AC2
ATOM      1  CA  GLY A   7       0.000   0.000   0.000  1.00 20.00           C
ATOM      1  CA  GLY A   8       0.000   0.000   0.000  1.00 20.00           C
END
";
    let options = with_secondary_structure(true);
    let structure = structure::parse(text.as_bytes(), Path::new("t.pdb"), &options).unwrap();
    let expected = [
        "line 6: SITE was passed over: the residue number is \"x\" (columns 57 to 60)",
        "line 3: HELIX names GLY 8 of chain B, which is not there",
        "line 5: LINK names ZN 1 of chain X, which is not there",
        "line 1: MODRES names MSE 9 of chain A, which is not there",
        "line 2: SSBOND names CYS 7 of chain A, which is not there",
        "line 3: HELIX was passed over: its two ends are in two chains",
        "line 4: HELIX was passed over: it ends before it begins",
        "line 6: SITE names ALA 8 of chain A, which is not there",
    ];
    let mut found = warnings(&structure);
    // CYS 7 stands at both ends.
    found.dedup();
    assert_eq!(found, expected);
    let protein = &structure.chains[0];
    assert_eq!(signs(protein, labels::BINDING_SITE).unwrap(), "+-");
    assert_eq!(signs(protein, labels::LINK_TYPE).unwrap(), "mn");
    assert_eq!(signs(protein, labels::MODIFICATION).unwrap(), "--");
    assert_eq!(signs(protein, labels::SECONDARY_STRUCTURE).unwrap(), "bb");
    // Nor of what is not asked for: secondary structure, and other chains.
    let plain = structure::parse(text.as_bytes(), Path::new("t.pdb"), &Options::default()).unwrap();
    assert!(
        !warnings(&plain)
            .iter()
            .any(|warning| warning.contains("HELIX"))
    );
    let chains = Some(vec!["A".to_owned()]);
    let options = Options { chains, ..options };
    let structure = structure::parse(text.as_bytes(), Path::new("t.pdb"), &options).unwrap();
    assert!(
        !warnings(&structure)
            .iter()
            .any(|warning| warning.contains("chain X"))
    );
}

/// Two glycines: polymer L of author chain A, numbered 7 and 7A.
const GLYCINES: &str = "\
loop_
_atom_site.group_PDB
_atom_site.label_atom_id
_atom_site.label_comp_id
_atom_site.label_asym_id
_atom_site.label_seq_id
_atom_site.Cartn_x
_atom_site.Cartn_y
_atom_site.Cartn_z
_atom_site.auth_seq_id
_atom_site.auth_asym_id
_atom_site.pdbx_PDB_ins_code
ATOM CA GLY L 1 0 0 0 7 A ?
ATOM CA GLY L 2 0 0 0 7 A A
#
";

#[test]
fn labels_or_author_names_are_enough() {
    for columns in [
        // Without author chains, that of the polymer is taken.
        ("label_asym_id label_seq_id", "L 2"),
        ("label_asym_id label_seq_id label_comp_id", "L 2 GLY"),
        ("auth_asym_id auth_seq_id pdbx_auth_ins_code", "A 7 A"),
        (
            "auth_asym_id auth_seq_id pdbx_auth_ins_code label_comp_id",
            "A 7 A GLY",
        ),
    ] {
        let tags: String = columns
            .0
            .split(' ')
            .map(|name| format!("_struct_site_gen.{name}\n"))
            .collect();
        let text = format!("data_X\n{GLYCINES}loop_\n{tags}{}\n#\n", columns.1);
        let structure = parse(&text).unwrap();
        assert!(
            structure.warnings.is_empty(),
            "{columns:?}: {:?}",
            warnings(&structure)
        );
        assert_eq!(
            signs(&structure.chains[0], labels::BINDING_SITE).unwrap(),
            "-+",
            "{columns:?}"
        );
    }
}

#[test]
fn tables_that_cannot_be_used_are_warnings() {
    let of = |rest: &str| {
        let structure = parse(&format!("data_X\n{GLYCINES}{rest}#\n")).unwrap();
        assert_eq!(structure.chains[0].tracks().count(), 0);
        warnings(&structure)
    };
    assert_eq!(
        of("_struct_site_gen.label_asym_id L\n_struct_site_gen.label_comp_id GLY\n"),
        ["line 18: struct_site_gen was passed over: there is no column label_seq_id"]
    );
    assert_eq!(
        of("_struct_conn.id 1\n_struct_conn.ptnr1_label_asym_id L\n"),
        ["line 18: struct_conn was passed over: there is no column conn_type_id"]
    );
    assert_eq!(
        of("_struct_site_gen.auth_asym_id A\n_struct_site_gen.auth_seq_id 7x\n"),
        ["line 18: struct_site_gen was passed over: the residue number is \"7x\", not an integer"]
    );
    assert_eq!(
        of("_struct_site.id AC1\n"),
        [
            "line 17: struct_site was passed over: struct_site_gen, which has the residues of the sites, is not there"
        ]
    );
}

/// Models of the AlphaFold database, and files of mkdssp, name elements of every kind.
#[test]
fn elements_of_every_kind_are_told_apart() {
    for (kind, class) in [
        ("HELX_RH_AL_P", "h"),
        ("HELX_RH_3T_P", "h"),
        ("HELX_RH_PI_P", "h"),
        ("HELX_LH_PP_P", "b"),
        ("STRN", "s"),
        ("TURN_TY1_P", "t"),
        ("BEND", "t"),
        ("OTHER", "b"),
    ] {
        let names =
            "conf_type_id beg_label_asym_id beg_label_seq_id end_label_asym_id end_label_seq_id";
        let tags: String = names
            .split(' ')
            .map(|name| format!("_struct_conf.{name}\n"))
            .collect();
        let text = format!("data_X\n{GLYCINES}loop_\n{tags}{kind} L 2 L 2\nBEND L 1 L 1\n#\n");
        let options = with_secondary_structure(true);
        let structure = structure::parse(text.as_bytes(), Path::new("t.cif"), &options).unwrap();
        let found = signs(&structure.chains[0], labels::SECONDARY_STRUCTURE).unwrap();
        assert_eq!(found, format!("t{class}"), "{kind}");
    }
}

/// A group on a residue modifies the residue, not itself; bonds between residues are links.
#[test]
fn what_is_modified_is_the_residue() {
    let of = |partner: &str, category: &str| {
        let names = "label_asym_id label_seq_id modified_residue_label_asym_id modified_residue_label_seq_id category";
        let tags: String = names
            .split(' ')
            .map(|name| format!("_pdbx_modification_feature.{name}\n"))
            .collect();
        let text = format!("data_X\n{GLYCINES}loop_\n{tags}{partner} {category}\n#\n");
        let structure = parse(&text).unwrap();
        assert!(structure.warnings.is_empty());
        signs(&structure.chains[0], labels::MODIFICATION)
    };
    assert_eq!(of("P . L 2", "'Lipid/lipid-like'").unwrap(), "-+");
    assert_eq!(of("L 1 . .", "'Named protein modification'").unwrap(), "+-");
    assert_eq!(of("L 1 L 2", "'Disulfide bridge'"), None);
    assert_eq!(of("Z . L 2", "'Metal coordination'"), None);
}
