//! Secondary structure of chains that are built, against mkdssp's (`dssp_ideal.txt`, by
//! `dssp_ideal.py`), and what it does with chains that cannot be.

use std::path::Path;

use proptest::prelude::*;
use protattn_io::structure::dssp::{self, Backbone, State};
use protattn_io::structure::{self, Options, SecondaryStructure, Structure};
use protattn_io::{Point, Protein, Track, labels};

use super::warnings;

type Vector = [f64; 3];

// Å and degrees, as in `dssp_ideal.py`.
const N_CA: f64 = 1.458;
const CA_C: f64 = 1.525;
const C_N: f64 = 1.329;
const C_O: f64 = 1.231;
const N_CA_C: f64 = 111.2;
const CA_C_N: f64 = 116.2;
const C_N_CA: f64 = 121.7;
const CA_C_O: f64 = 120.5;

/// A residue of `dssp_ideal.txt`. The oxygen of one with the letter `?` is left out.
struct Residue<'t> {
    phi: f64,
    psi: f64,
    name: &'t str,
    chain: &'t str,
    letter: &'t str,
}

fn structures() -> impl Iterator<Item = (&'static str, Vec<Residue<'static>>)> {
    let residue = |token: &'static str| {
        let fields: Vec<_> = token.split(',').collect();
        Residue {
            phi: fields[0].parse().unwrap(),
            psi: fields[1].parse().unwrap(),
            name: fields[2],
            chain: fields[3],
            letter: fields[4],
        }
    };
    include_str!("dssp_ideal.txt").lines().map(move |line| {
        let (name, tokens) = line.split_once(' ').unwrap();
        (name, tokens.split(' ').map(residue).collect())
    })
}

fn cross(a: Vector, b: Vector) -> Vector {
    [
        a[1] * b[2] - a[2] * b[1],
        a[2] * b[0] - a[0] * b[2],
        a[0] * b[1] - a[1] * b[0],
    ]
}

fn unit(a: Vector) -> Vector {
    let length = a.iter().map(|v| v * v).sum::<f64>().sqrt();
    a.map(|v| v / length)
}

fn minus(a: Vector, b: Vector) -> Vector {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

/// The point at this distance from the last of three, at this angle and torsion.
fn place([a, b, c]: [Vector; 3], length: f64, angle: f64, torsion: f64) -> Vector {
    let (angle, torsion) = (angle.to_radians(), torsion.to_radians());
    let forward = unit(minus(c, b));
    let normal = unit(cross(minus(b, a), forward));
    let side = cross(normal, forward);
    std::array::from_fn(|axis| {
        let out = torsion.cos() * side[axis] + torsion.sin() * normal[axis];
        c[axis] + length * (angle.sin() * out - angle.cos() * forward[axis])
    })
}

/// N, Cα, C and O of each residue.
fn build(residues: &[Residue<'_>]) -> Vec<[Vector; 4]> {
    let bend = N_CA_C.to_radians();
    let ca = [N_CA, 0.0, 0.0];
    let c = [N_CA - CA_C * bend.cos(), CA_C * bend.sin(), 0.0];
    let mut atoms = [[0.0; 3], ca, c];
    let next_phi = residues[1..].iter().map(|next| next.phi).chain([0.0]);
    let mut built = Vec::new();
    for (residue, next_phi) in residues.iter().zip(next_phi) {
        let [n, ca, c] = atoms;
        built.push([n, ca, c, place(atoms, C_O, CA_C_O, residue.psi + 180.0)]);
        let n = place(atoms, C_N, CA_C_N, residue.psi);
        let next_ca = place([ca, c, n], N_CA, C_N_CA, 180.0);
        atoms = [n, next_ca, place([c, n, next_ca], CA_C, N_CA_C, next_phi)];
    }
    built
}

/// An ATOM record for each atom.
fn records(residues: &[Residue<'_>], alternative: char, occupancy: f32) -> Vec<String> {
    let mut records = Vec::new();
    for (number, (residue, atoms)) in (1..).zip(residues.iter().zip(build(residues))) {
        for (name, [x, y, z]) in ["N", "CA", "C", "O"].into_iter().zip(atoms) {
            if name == "O" && residue.letter == "?" {
                continue;
            }
            let residue = format!("{} {}{number:>4}", residue.name, residue.chain);
            let position = format!("{x:8.3}{y:8.3}{z:8.3}");
            records.push(format!(
                "ATOM      1  {name:<3}{alternative}{residue}    {position}{occupancy:6.2}\n"
            ));
        }
    }
    records
}

fn read(records: &[String], options: &Options) -> Structure {
    let text = records.concat() + "END\n";
    structure::parse(text.as_bytes(), Path::new("t.pdb"), options).unwrap()
}

/// The letters of a chain, `?` where it has none.
fn letters(protein: &Protein) -> String {
    let Some(Track::Classes(letters)) = protein.track(labels::SECONDARY_STRUCTURE_8) else {
        panic!("{} has no letters", protein.id())
    };
    let letters = letters.iter();
    letters
        .map(|letter| letter.as_deref().unwrap_or("?"))
        .collect()
}

#[test]
fn ideal_chains_are_as_mkdssp_has_them() {
    for (name, residues) in structures() {
        let structure = read(&records(&residues, ' ', 1.0), &Options::default());
        let found: String = structure.chains.iter().map(letters).collect();
        let expected: String = residues.iter().map(|residue| residue.letter).collect();
        assert_eq!(found, expected, "{name}");
    }
}

/// An α helix that is nearly always there, and a 3-10 helix that the file has after it: mkdssp reads
/// the latter.
#[test]
fn of_alternatives_the_last_counts() {
    let mut structures = structures();
    let mut of_name = |wanted| structures.find(|(name, _)| *name == wanted).unwrap().1;
    let (alpha, three_ten) = (of_name("alpha"), of_name("3-10"));
    let first = records(&alpha[..three_ten.len()], 'A', 0.9);
    let last = records(&three_ten, 'B', 0.1);
    let both: Vec<String> = first
        .iter()
        .zip(last)
        .flat_map(|(first, last)| [first.clone(), last])
        .collect();
    let both = read(&both, &Options::default());
    assert_eq!(letters(&both.chains[0]), "-GGGGGGGGGG-");
    let first = read(&first, &Options::default());
    assert_eq!(letters(&first.chains[0]), "-HHHHHHHHHH-");
    assert_eq!(both.chains[0].ca(), first.chains[0].ca());
}

#[test]
fn each_state_has_a_class_among_four_and_three() {
    let all = [
        (State::Helix310, "G", "helix", "helix"),
        (State::AlphaHelix, "H", "helix", "helix"),
        (State::PiHelix, "I", "helix", "helix"),
        (State::Bridge, "B", "strand", "strand"),
        (State::Strand, "E", "strand", "strand"),
        (State::Bend, "S", "turn-bend", "coil"),
        (State::Turn, "T", "turn-bend", "coil"),
        (State::Blank, "-", "blank", "coil"),
    ];
    for (state, letter, of_four, of_three) in all {
        assert_eq!(state.letter().to_string(), letter);
        assert_eq!((state.of_four(), state.of_three()), (of_four, of_three));
    }
}

#[test]
fn tracks_are_undefined_where_the_backbone_is_incomplete() {
    let (_, residues) = structures()
        .find(|(name, _)| *name == "incomplete")
        .unwrap();
    let structure = read(&records(&residues, ' ', 1.0), &Options::default());
    for (name, expected) in [
        (labels::SECONDARY_STRUCTURE_8, ["H", "-", "?", "-"]),
        (
            labels::SECONDARY_STRUCTURE,
            ["helix", "blank", "?", "blank"],
        ),
        (
            labels::SECONDARY_STRUCTURE_3,
            ["helix", "coil", "?", "coil"],
        ),
    ] {
        let Some(Track::Classes(classes)) = structure.chains[0].track(name) else {
            panic!("no {name}")
        };
        let found = classes[5..9]
            .iter()
            .map(|class| class.as_deref().unwrap_or("?"));
        assert_eq!(found.collect::<Vec<_>>(), expected);
    }
    assert!(structure.warnings.is_empty());
}

/// Cα alone: a model of low resolution.
#[test]
fn a_chain_without_backbone_has_no_tracks_and_a_warning() {
    let (_, residues) = structures().next().unwrap();
    let mut records = records(&residues, ' ', 1.0);
    records.retain(|record| record[12..16].trim() == "CA");
    let structure = read(&records, &Options::default());
    let expected = "chain A: no residue has N, CA, C and O; its secondary structure is undefined";
    assert_eq!(warnings(&structure), [expected]);
    assert_eq!(structure.chains[0].tracks().count(), 0);
}

#[test]
fn no_secondary_structure_is_computed_when_none_is_wanted() {
    let (_, residues) = structures().next().unwrap();
    let options = Options {
        secondary_structure: SecondaryStructure::None,
        ..Options::default()
    };
    let structure = read(&records(&residues, ' ', 1.0), &options);
    assert_eq!(structure.chains[0].tracks().count(), 0);
}

/// A chain for each letter of a structure of the file, incomplete residues undefined.
fn backbones(residues: &[Residue<'_>]) -> Vec<Vec<Option<Backbone>>> {
    let mut chains: Vec<Vec<Option<Backbone>>> = Vec::new();
    let built: Vec<_> = residues.iter().zip(build(residues)).collect();
    for chain in built.chunk_by(|a, b| a.0.chain == b.0.chain) {
        let backbone = |(residue, atoms): &(&Residue<'_>, [Vector; 4])| {
            let [n, ca, c, o] = atoms.map(|atom| atom.map(|v| v as f32));
            let is_proline = residue.name == "PRO";
            let backbone = Backbone {
                n,
                ca,
                c,
                o,
                is_proline,
            };
            (residue.letter != "?").then_some(backbone)
        };
        chains.push(chain.iter().map(backbone).collect());
    }
    chains
}

fn map(chains: &mut [Vec<Option<Backbone>>], position: impl Fn(Point) -> Point) {
    for backbone in chains.iter_mut().flatten().flatten() {
        for atom in [
            &mut backbone.n,
            &mut backbone.ca,
            &mut backbone.c,
            &mut backbone.o,
        ] {
            *atom = position(*atom);
        }
    }
}

/// Turned by a unit quaternion (w, x, y, z) and moved.
fn moved(point: Point, [w, x, y, z]: [f32; 4], by: Point) -> Point {
    let rows = [
        [
            1.0 - 2.0 * (y * y + z * z),
            2.0 * (x * y - w * z),
            2.0 * (x * z + w * y),
        ],
        [
            2.0 * (x * y + w * z),
            1.0 - 2.0 * (x * x + z * z),
            2.0 * (y * z - w * x),
        ],
        [
            2.0 * (x * z - w * y),
            2.0 * (y * z + w * x),
            1.0 - 2.0 * (x * x + y * y),
        ],
    ];
    std::array::from_fn(|axis| {
        let row = rows[axis];
        row[0] * point[0] + row[1] * point[1] + row[2] * point[2] + by[axis]
    })
}

/// Coordinates that coincide, stand in line, are huge, or are no numbers.
fn odd_value() -> impl Strategy<Value = f32> {
    let values = [
        0.0,
        1.0,
        1.3,
        -1.3,
        3.8,
        1e-30,
        1e30,
        f32::MAX,
        f32::MIN,
        f32::NAN,
        f32::INFINITY,
    ];
    proptest::sample::select(values.to_vec())
}

fn odd_backbone() -> impl Strategy<Value = Option<Backbone>> {
    let point = || {
        prop_oneof![
            Just([0.0; 3]),
            [odd_value(), odd_value(), odd_value()],
            odd_value().prop_map(|x| [x, 0.0, 0.0])
        ]
    };
    let backbone = (point(), point(), point(), point(), any::<bool>());
    proptest::option::of(backbone.prop_map(|(n, ca, c, o, is_proline)| Backbone {
        n,
        ca,
        c,
        o,
        is_proline,
    }))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn states_do_not_depend_on_place_and_orientation(
        turn in [-1.0..1.0f32, -1.0..1.0f32, -1.0..1.0f32, -1.0..1.0f32],
        by in [-50.0..50.0f32, -50.0..50.0f32, -50.0..50.0f32],
    ) {
        let length = turn.iter().map(|v| v * v).sum::<f32>().sqrt();
        prop_assume!(length > 0.1);
        let turn = turn.map(|v| v / length);
        for (name, residues) in structures() {
            let mut chains = backbones(&residues);
            let expected = dssp::assign(&chains);
            map(&mut chains, |point| moved(point, turn, by));
            prop_assert_eq!(dssp::assign(&chains), expected, "{}", name);
        }
    }

    #[test]
    fn what_is_no_structure_is_no_trouble(
        chains in prop::collection::vec(prop::collection::vec(odd_backbone(), 0..12), 0..4),
    ) {
        let states = dssp::assign(&chains);
        prop_assert_eq!(states.len(), chains.len());
        for (states, chain) in states.iter().zip(&chains) {
            prop_assert_eq!(states.len(), chain.len());
            for (state, backbone) in states.iter().zip(chain) {
                let is_finite = |b: Backbone| [b.n, b.ca, b.c, b.o].as_flattened().iter().all(|v| v.is_finite());
                prop_assert_eq!(state.is_some(), backbone.is_some_and(is_finite));
            }
        }
    }
}

/// A residue next to nothing has no bonds; of fewer than five residues none can be bent or bonded.
#[test]
fn short_chains_are_blank() {
    let (_, residues) = structures().next().unwrap();
    for length in 1..=4 {
        let chains = backbones(&residues[..length]);
        assert_eq!(dssp::assign(&chains), [vec![Some(State::Blank); length]]);
    }
    assert_eq!(dssp::assign(&[]), Vec::<Vec<_>>::new());
}
