//! Secondary structure as label tracks.

use super::chain::ProteinChain;
use super::dssp::{self, State};
use super::warning::Warning;
use crate::{Error, Protein, Track, labels};

/// Where the secondary structure of a chain is taken from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum SecondaryStructure {
    /// Computed from the coordinates, by [`dssp`].
    #[default]
    Dssp,
    /// The file's records: HELIX, SHEET and TURN; `struct_conf` and `struct_sheet_range`. They
    /// tell four classes apart, and not DSSP's eight.
    ///
    /// Helices of every class are `helix`, but those of polyproline (class 10) are `blank`, as with
    /// DSSP; strands of sheets are `strand`; turns and bends are `turn-bend`, and most files list
    /// none. What is in none of these is `blank`. In a residue of two, helix comes before strand
    /// before turn.
    File,
    /// Nothing: the chains have no tracks of secondary structure.
    None,
}

/// Returns which of three classes one of four belongs to.
pub(super) fn of_three(of_four: &'static str) -> &'static str {
    match of_four {
        "turn-bend" | "blank" => "coil",
        class => class,
    }
}

/// Adds the tracks of all chains of a file; one without any complete residue gets a warning instead.
pub(super) fn add(mut chains: Vec<&mut ProteinChain<'_>>) -> Result<(), Error> {
    let backbones: Vec<_> = chains
        .iter_mut()
        .map(|chain| std::mem::take(&mut chain.backbone))
        .collect();
    for (chain, states) in chains.into_iter().zip(dssp::assign(&backbones)) {
        if states.iter().all(Option::is_none) {
            let chain_id = chain.id.clone();
            chain.warnings.push(Warning::NoBackbone { chain: chain_id });
            continue;
        }
        set_tracks(&mut chain.protein, &states)?;
    }
    Ok(())
}

fn set_tracks(protein: &mut Protein, states: &[Option<State>]) -> Result<(), Error> {
    let track = |name: fn(State) -> String| {
        Track::Classes(states.iter().map(|state| state.map(name)).collect())
    };
    let letters = track(|state| state.letter().to_string());
    protein.set_label(labels::SECONDARY_STRUCTURE_8, letters)?;
    let of_four = track(|state| state.of_four().to_owned());
    protein.set_label(labels::SECONDARY_STRUCTURE, of_four)?;
    let of_three = track(|state| state.of_three().to_owned());
    protein.set_label(labels::SECONDARY_STRUCTURE_3, of_three)
}
