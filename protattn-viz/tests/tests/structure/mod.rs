//! Views of a made-up peptide: an ideal helix, a turn and a hairpin.

mod every_output;
mod overview;
mod page;
mod sequence;
mod still;
mod viewers;

use protattn_viz::structure::{
    FileFormat, Residue, ResidueArc, SecondaryStructure, StructureFile, View,
};

const FILE: StructureFile<'_> = StructureFile {
    location: "peptide.cif",
    format: FileFormat::Mmcif,
};

/// Where residue `i` of the peptide lies, in Å: a helix of twelve along x, then two strands below it
/// that run back and forth.
fn position(i: usize) -> [f32; 3] {
    let step = i as f32;
    match i {
        0..12 => {
            let (sin, cos) = (100.0 * step).to_radians().sin_cos();
            [1.5 * step, 2.3 * sin, 2.3 * cos]
        }
        12..14 => [19.0 + 1.5 * (step - 12.0), -2.5 * (step - 11.0), 2.0],
        14..20 => [
            18.0 - 3.3 * (step - 14.0),
            -8.0,
            if i.is_multiple_of(2) { 0.9 } else { -0.9 },
        ],
        _ => [
            1.5 + 3.3 * (step - 20.0),
            -12.8,
            if i.is_multiple_of(2) { 0.9 } else { -0.9 },
        ],
    }
}

/// 26 residues numbered from 5, 9A after 9; the tenth was not observed.
pub(crate) fn peptide() -> Vec<Residue> {
    let residue = |(i, letter): (usize, char)| Residue {
        insertion: (i == 5).then_some('A'),
        ca: (i != 13).then(|| position(i)),
        secondary_structure: Some(match i {
            0..12 => SecondaryStructure::Helix,
            14..=18 | 20..=25 => SecondaryStructure::Strand,
            _ => SecondaryStructure::Other,
        }),
        binding_site: [3, 16].contains(&i),
        modified: i == 22,
        ..Residue::new("A", i as i32 + if i < 5 { 5 } else { 4 }, letter)
    };
    "MKTAYIAKQRQISFVKSHFSRQLEER"
        .chars()
        .enumerate()
        .map(residue)
        .collect()
}

pub(crate) fn arcs() -> Vec<ResidueArc> {
    let arc = |from, to, attention, contact, distance| ResidueArc {
        contact,
        distance,
        ..ResidueArc::new(from, to, attention)
    };
    vec![
        arc(3, 16, 0.62, Some(true), Some(7.5)),
        ResidueArc {
            directed: true,
            head: Some((7, 11)),
            ..arc(24, 5, 0.35, Some(false), Some(13.25))
        },
        arc(8, 10, 0.9, None, None),
        arc(13, 20, 0.5, None, None),
    ]
}

fn with<T>(act: impl FnOnce(&View<'_>) -> T) -> T {
    let (residues, arcs) = (peptide(), arcs());
    act(&View::new(&residues, &arcs).unwrap().title("Head 8-12"))
}

/// Two residues 7 Å apart, and an arc between them.
fn pair(chain: &str) -> ([Residue; 2], [ResidueArc; 1]) {
    let first = Residue {
        ca: Some([0.0; 3]),
        ..Residue::new(chain, 1, 'G')
    };
    let second = Residue {
        ca: Some([7.0, 0.0, 0.0]),
        insertion: Some('B'),
        ..Residue::new(chain, -2, 'K')
    };
    let arc = ResidueArc {
        contact: Some(true),
        distance: Some(7.0),
        ..ResidueArc::new(0, 1, 0.5)
    };
    ([first, second], [arc])
}
