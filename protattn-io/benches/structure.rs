//! Reading a large mmCIF file, against pdbtbx.
//!
//! The file is generated: a cage of chains of random-walk backbones with the columns, widths and
//! `entity_poly` tables that the PDB writes, 40,000 atoms in about 4 MB. Both read the same text
//! from memory; pdbtbx keeps every atom, protattn-io what its proteins need.

use std::fmt::Write;
use std::hint::black_box;
use std::io::{BufReader, Cursor};
use std::path::Path;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use pdbtbx::{Format, ReadOptions, StrictnessLevel};
use protattn_io::structure::{self, Options};

const CHAINS: usize = 10;
const RESIDUES: usize = 500;
/// Atoms of a residue: those of an aspartate without its hydrogens.
const ATOMS: [&str; 8] = ["N", "CA", "C", "O", "CB", "CG", "OD1", "OD2"];

const ATOM_SITE: &str = "#\nloop_\n_atom_site.group_PDB\n_atom_site.id\n_atom_site.type_symbol\n\
    _atom_site.label_atom_id\n_atom_site.label_alt_id\n_atom_site.label_comp_id\n\
    _atom_site.label_asym_id\n_atom_site.label_entity_id\n_atom_site.label_seq_id\n\
    _atom_site.pdbx_PDB_ins_code\n_atom_site.Cartn_x\n_atom_site.Cartn_y\n_atom_site.Cartn_z\n\
    _atom_site.occupancy\n_atom_site.B_iso_or_equiv\n_atom_site.pdbx_formal_charge\n\
    _atom_site.auth_seq_id\n_atom_site.auth_comp_id\n_atom_site.auth_asym_id\n\
    _atom_site.auth_atom_id\n_atom_site.pdbx_PDB_model_num\n";

fn chain(index: usize) -> char {
    char::from(b'A' + index as u8)
}

/// Steps of a walk: a linear congruential generator (Knuth's MMIX constants).
fn step(state: &mut u64) -> f64 {
    *state = state
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    (*state >> 40) as f64 / (1_u64 << 24) as f64 * 3.0 - 1.5
}

fn mmcif() -> String {
    let sequence = "D".repeat(RESIDUES);
    let mut text = format!(
        "data_BENCH\n#\n_entry.id BENCH\n#\n_entity_poly.entity_id 1\n\
         _entity_poly.type polypeptide(L)\n_entity_poly.pdbx_seq_one_letter_code_can\n;{sequence}\n;\n"
    );
    text.push_str(ATOM_SITE);
    let (mut at, mut state, mut id) = ([0.0_f64; 3], 1, 0);
    for (asym, number) in (0..CHAINS).flat_map(|c| (1..=RESIDUES).map(move |n| (chain(c), n))) {
        for atom in ATOMS {
            id += 1;
            at.iter_mut().for_each(|x| *x += step(&mut state));
            let [x, y, z] = at;
            let element = &atom[..1];
            // Writing to a string does not fail.
            let _ = writeln!(
                text,
                "ATOM   {id:<5} {element} {atom:<4} . ASP {asym} 1 {number:<3} ? {x:<8.3} {y:<8.3} {z:<8.3} \
                 1.00 20.00 ? {number:<3} ASP {asym} {atom:<4} 1"
            );
        }
    }
    text.push_str("#\n");
    text
}

fn reading(criterion: &mut Criterion) {
    let text = mmcif();
    let mut group = criterion.benchmark_group("mmcif");
    group
        .throughput(Throughput::Bytes(text.len() as u64))
        .sample_size(20);
    group.bench_function("protattn-io", |bench| {
        bench.iter(|| {
            let path = Path::new("bench.cif");
            let read = structure::parse(black_box(text.as_bytes()), path, &Options::default());
            assert_eq!(read.expect("the text is valid").chains.len(), CHAINS);
        });
    });
    group.bench_function("pdbtbx", |bench| {
        bench.iter(|| {
            let input = BufReader::new(Cursor::new(black_box(text.as_bytes())));
            let mut options = ReadOptions::new();
            options
                .set_format(Format::Mmcif)
                .set_level(StrictnessLevel::Loose);
            let (read, _) = options.read_raw(input).expect("the text is valid");
            assert_eq!(read.chain_count(), CHAINS);
        });
    });
    group.finish();
}

criterion_group!(benches, reading);
criterion_main!(benches);
