//! A file cut short anywhere, or with a byte changed, gives an error or what it still holds.

use std::path::Path;

use proptest::prelude::*;
use protattn_io::structure::{self, Options, Warning};

use super::fixture;

const FILES: [&str; 2] = ["pdb/valid/small.pdb", "mmcif/valid/small.cif"];

fn options() -> [Options; 2] {
    [
        Options::default(),
        Options {
            observed_only: false,
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
    fn no_text_panics(text in "(data_|loop_|_atom_site.[a-z]{1,3}|ATOM  |SEQRES|[ \n'\";#?.]|[A-Z0-9]{1,4}){0,80}") {
        for options in options() {
            let _ = structure::parse(text.as_bytes(), Path::new("noise"), &options);
        }
    }
}
