//! The arguments of `view`.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, ValueEnum};
use protattn_io::ResidueNumber;
use protattn_viz::structure::Colouring;

use super::{
    ContactArgs, FigureArgs, ModelArgs, NumberSelection, StructureArgs, max_tokens, min_attention,
};

#[derive(Debug, Args)]
pub(crate) struct ViewArgs {
    #[command(flatten)]
    pub(crate) model: ModelArgs,
    /// A PDB or mmCIF file (FILE or FILE:CHAIN, also with .gz), a PDB id (7HVP:A) or an AlphaFold
    /// accession (AF-P69905).
    #[arg(long, value_name = "FILE")]
    pub(crate) structure: String,
    /// Chains, by the names that the authors gave them (`_` for a PDB chain without a name); every
    /// protein chain unless given. Each goes through the model by itself, so no arc joins two chains.
    #[arg(long, value_name = "CHAIN", value_delimiter = ',')]
    pub(crate) chain: Vec<String>,
    /// Layers, from 1: `12`, `11-12`, `3,5-7` or `all`.
    #[arg(long, alias = "layers", value_name = "LAYERS", default_value = "all")]
    pub(crate) layer: NumberSelection,
    /// Heads of these layers, from 1. With `all`, a picture of every head at once is drawn too.
    #[arg(long, alias = "heads", value_name = "HEADS", default_value = "all")]
    pub(crate) head: NumberSelection,
    /// Attention from this value on is an arc: of a pair of residues the stronger of its two directions.
    #[arg(long, value_name = "A", default_value_t = 0.3, value_parser = min_attention)]
    pub(crate) min_attention: f32,
    /// Draw each direction as an arc of its own, with a head at the residue attended to.
    #[arg(long)]
    pub(crate) directed: bool,
    /// Draw the arcs over this part of the sequence too: author numbers of the first chain, with
    /// insertion codes if they have them (10-45, 52A-60); where the file has no numbers, positions
    /// from 1.
    #[arg(long, value_name = "FROM-TO", allow_hyphen_values = true)]
    pub(crate) region: Option<Region>,
    /// What the colours of the chains tell.
    #[arg(
        long,
        alias = "color",
        value_name = "COLOURING",
        value_enum,
        default_value_t = Colour::SecondaryStructure
    )]
    pub(crate) colour: Colour,
    /// Turn the still picture by degrees about the axes to the right, up, and to the reader.
    #[arg(
        long,
        value_name = "X,Y,Z",
        value_parser = rotation,
        default_value = "0,0,0",
        allow_hyphen_values = true
    )]
    pub(crate) rotate: Rotation,
    /// Sequences are cut to this many tokens, special ones included; residues beyond have no arcs.
    #[arg(long, value_name = "N", default_value_t = 512, value_parser = max_tokens)]
    pub(crate) max_tokens: usize,
    /// Folder for the files.
    #[arg(long, value_name = "DIR")]
    pub(crate) output: PathBuf,
    #[command(flatten)]
    pub(crate) figures: FigureArgs,
    #[command(flatten)]
    pub(crate) contact: ContactArgs,
    #[command(flatten)]
    pub(crate) read: StructureArgs,
    /// Download nothing: take what was downloaded before.
    #[arg(long)]
    pub(crate) offline: bool,
}

/// What the colours of the chains tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Colour {
    /// Helices, strands, and the rest.
    SecondaryStructure,
    /// A colour for each chain.
    Chain,
    /// From blue at the N terminus to red at the C terminus.
    Rainbow,
}

impl From<Colour> for Colouring {
    fn from(colour: Colour) -> Self {
        match colour {
            Colour::SecondaryStructure => Self::SecondaryStructure,
            Colour::Chain => Self::Chain,
            Colour::Rainbow => Self::Rainbow,
        }
    }
}

/// Degrees about x, y and z.
pub(crate) type Rotation = [f64; 3];

fn rotation(text: &str) -> Result<Rotation, String> {
    let degrees = |part: &str| part.trim().parse().ok().filter(|d: &f64| d.is_finite());
    let parts: Option<Vec<f64>> = text.split(',').map(degrees).collect();
    parts
        .and_then(|parts| parts.try_into().ok())
        .ok_or_else(|| "three numbers of degrees: 0,90,0".to_owned())
}

/// The first and last residue of a part of a chain, by their author numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Region {
    pub(crate) from: ResidueNumber,
    pub(crate) to: ResidueNumber,
}

impl FromStr for Region {
    type Err = String;

    /// Numbers may be negative: the dash between them is the first with a number to either side.
    fn from_str(text: &str) -> Result<Self, String> {
        let number = |part: &str| {
            let number: ResidueNumber = part.trim().parse().ok()?;
            let plain = |code: char| code.is_ascii_alphanumeric();
            number.insertion.is_none_or(plain).then_some(number)
        };
        let halves = text.match_indices('-').filter_map(|(place, dash)| {
            let (from, to) = (&text[..place], &text[place + dash.len()..]);
            Some((number(from)?, number(to)?))
        });
        let mut halves = halves;
        let (from, to) = halves.next().ok_or_else(|| {
            "the first and the last residue, by author number: 10-45 or 52A-60".to_owned()
        })?;
        Ok(Self { from, to })
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.from, self.to)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn regions_have_negative_numbers_and_insertion_codes() {
        for (text, from, to) in [
            ("10-45", "10", "45"),
            ("-3-10", "-3", "10"),
            ("-3--1", "-3", "-1"),
            ("52A-52C", "52A", "52C"),
            ("7-7", "7", "7"),
        ] {
            let region: Region = text.parse().unwrap();
            assert_eq!(
                (region.from.to_string(), region.to.to_string()),
                (from.into(), to.into())
            );
        }
        for text in ["", "10", "10-", "-10", "A-B", "10--", "10..20"] {
            assert!(text.parse::<Region>().is_err(), "{text}");
        }
    }

    #[test]
    fn rotations_are_three_numbers() {
        assert_eq!(rotation("0,-90,12.5"), Ok([0.0, -90.0, 12.5]));
        for text in ["", "0,90", "0,90,0,0", "a,b,c", "0,nan,0"] {
            assert!(rotation(text).is_err(), "{text}");
        }
    }
}
