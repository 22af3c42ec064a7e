//! A file cut short anywhere, or with a byte changed, gives an error or what it still holds.

use std::path::Path;

use proptest::prelude::*;
use protattn_io::labels;
use protattn_io::structure::{self, BindingSites, Options, SecondaryStructure, Warning};

use super::{archive, fixture};

const FILES: [&str; 2] = ["pdb/valid/small.pdb", "mmcif/valid/small.cif"];

fn options() -> [Options; 2] {
    [
        Options::default(),
        Options {
            observed_only: false,
            binding_sites: BindingSites::Ligands { distance: 4.0 },
            secondary_structure: SecondaryStructure::File,
            ..Options::default()
        },
    ]
}

/// The whole file has no such warning; a cut one has it, or an error, or lost nothing of its first
/// model but what the other warnings say.
#[test]
fn a_cut_file_is_never_silently_half() {
    for file in FILES {
        let bytes = std::fs::read(fixture(file)).unwrap();
        let whole = structure::parse(&bytes, Path::new(file), &Options::default()).unwrap();
        assert!(!whole.warnings.contains(&Warning::NoEnd));
        for end in 0..bytes.len() {
            let Ok(cut) = structure::parse(&bytes[..end], Path::new(file), &Options::default())
            else {
                continue;
            };
            let is_flagged = cut.warnings.contains(&Warning::NoEnd);
            assert!(
                is_flagged || cut.chains == whole.chains,
                "{file} cut at byte {end}"
            );
        }
    }
}

/// The same where the tables of annotations come after the atoms. Between two tables mmCIF does not say
/// whether more should follow: only there can a cut file be silent, and then it lacks whole tables.
#[test]
fn a_cut_table_is_never_silently_half() {
    let text = std::fs::read_to_string(fixture(FILES[1])).unwrap();
    let (tables, atoms) = text.split_at(text.find("loop_\n_atom_site.").unwrap());
    let (head, tables) = tables.split_at(tables.find("loop_\n_pdbx_struct_mod_residue").unwrap());
    let text = format!("{head}{atoms}{tables}");
    let options = Options {
        secondary_structure: SecondaryStructure::File,
        ..Options::default()
    };
    let parse = |text: &str| structure::parse(text.as_bytes(), Path::new("cut.cif"), &options);
    let whole = parse(&text).unwrap();
    let n_tracks = whole.chains[0].tracks().count();
    assert!(!whole.warnings.contains(&Warning::NoEnd) && n_tracks == 6);
    for end in head.len() + atoms.len()..text.len() {
        let Ok(cut) = parse(&text[..end]) else {
            continue;
        };
        let is_between = text[..end].trim_end().ends_with('#');
        let is_flagged = cut.warnings.len() > whole.warnings.len();
        assert!(
            is_flagged || is_between || cut.chains == whole.chains,
            "cut at byte {end}"
        );
        // Each of these comes from one table.
        for name in [labels::BINDING_SITE, labels::LINK, labels::LINK_TYPE] {
            let track = cut.chains[0].track(name);
            let is_whole = track.is_none() || track == whole.chains[0].track(name);
            assert!(is_flagged || is_whole, "{name}, cut at byte {end}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_damage_panics(file in 0..2usize, at in 0.0..1.0f64, byte: u8, is_cut: bool) {
        let mut bytes = std::fs::read(fixture(FILES[file])).unwrap();
        let at = (at * bytes.len() as f64) as usize;
        if is_cut {
            bytes.truncate(at);
        } else {
            bytes[at] = byte;
        }
        for options in options() {
            let _ = structure::parse(&bytes, Path::new("damaged"), &options);
        }
    }

    #[test]
    fn no_text_panics(text in "(data_|loop_|_atom_site.[a-z]{1,3}|_struct_conn.[a-z]{1,3}|ATOM  |SEQRES|SITE  |LINK  |[ \n'\";#?.]|[A-Z0-9]{1,4}){0,80}") {
        for options in options() {
            let _ = structure::parse(text.as_bytes(), Path::new("noise"), &options);
        }
    }
}

/// Entries of the archive, cut after every 29th line.
#[test]
#[ignore = "needs the reference data: set PROTATTN_SHARED"]
fn a_cut_entry_of_the_archive_is_never_silently_half() {
    let folder = archive::folder();
    for name in ["1BC8.pdb", "1A8O.pdb", "1A8O.cif", "101m.cif"] {
        let text = std::fs::read_to_string(folder.join(name)).unwrap();
        let parse = |text: &str| structure::parse(text.as_bytes(), Path::new(name), &options()[0]);
        let whole = parse(&text).unwrap();
        let line_ends = text.match_indices('\n').map(|(end, _)| end + 1);
        for end in line_ends.step_by(29).filter(|&end| end < text.len()) {
            let Ok(cut) = parse(&text[..end]) else {
                continue;
            };
            let is_between = text[..end].trim_end().ends_with('#');
            let is_flagged = cut.warnings.contains(&Warning::NoEnd);
            let is_whole = cut.chains == whole.chains;
            assert!(
                is_flagged || is_whole || is_between,
                "{name} cut at byte {end}"
            );
        }
    }
}
