//! Secondary structure given as the letters of DSSP.

use crate::{Protein, Track, labels};

/// The class of a letter; `None` if it is no letter of DSSP.
///
/// A blank is `-`; P, the polyproline helix of later versions, counts as one.
fn class(letter: char) -> Option<&'static str> {
    Some(match letter {
        'G' | 'H' | 'I' => "helix",
        'B' | 'E' => "strand",
        'S' | 'T' => "turn-bend",
        '-' | 'P' => "blank",
        _ => return None,
    })
}

/// Sets both tracks of secondary structure; `None` where it is undefined.
///
/// The error names the first residue with another letter.
pub(crate) fn set(protein: &mut Protein, letters: &[Option<char>]) -> Result<(), String> {
    let mut of_eight = Vec::with_capacity(letters.len());
    let mut of_four = Vec::with_capacity(letters.len());
    for (index, letter) in letters.iter().enumerate() {
        let Some(letter) = *letter else {
            of_eight.push(None);
            of_four.push(None);
            continue;
        };
        let class = class(letter)
            .ok_or_else(|| format!("residue {} has {letter:?}, no letter of DSSP", index + 1))?;
        of_eight.push(Some(
            if class == "blank" { '-' } else { letter }.to_string(),
        ));
        of_four.push(Some(class.to_owned()));
    }
    for (name, track) in [
        (labels::SECONDARY_STRUCTURE_8, of_eight),
        (labels::SECONDARY_STRUCTURE, of_four),
    ] {
        let track = Track::Classes(track);
        protein.set_label(name, track).map_err(|e| e.to_string())?;
    }
    Ok(())
}
