//! `layers.parquet` and `similarity.parquet`: what follows from the counts.

use std::path::Path;

use anyhow::{Context, Result};
use protattn_io::parquet::Table;
use protattn_metrics::{AgreementRow, LayerProfile, Similarity};

use super::{all, read_if_there};
use crate::columns::{self, described};

const LAYERS: &str = "layers.parquet";
pub(super) const SIMILARITY: &str = "similarity.parquet";

/// Writes the mean of each layer for each class that occurs, from the rows of the alignment.
pub(crate) fn write_layers(folder: &Path, rows: &[AgreementRow]) -> Result<()> {
    let mut entries = Vec::new();
    for class in rows.chunk_by(|a, b| a.property == b.property && a.class == b.class) {
        let profile = LayerProfile::new(class, |row| row.proportion)?;
        for (place, layer) in profile.layers.iter().enumerate() {
            let (mean, heads) = (profile.means[place], profile.scored_heads[place]);
            let gravity = profile.centre_of_gravity + 1.0;
            entries.push((&class[0], *layer as u32 + 1, mean, heads as u32, gravity));
        }
    }
    let table = Table::new()
        .with("property", all(&entries, |entry| entry.0.property.clone()))?
        .with("class", all(&entries, |entry| entry.0.class.clone()))?
        .with("layer", all(&entries, |entry| entry.1))?
        .with("mean_proportion", all(&entries, |entry| entry.2))?
        .with("scored_heads", all(&entries, |entry| entry.3))?
        .with("centre_of_gravity", all(&entries, |entry| entry.4))?;
    described(table, columns::LAYERS)?.write(folder.join(LAYERS))?;
    Ok(())
}

/// How alike two amino acids are, to the heads and to BLOSUM62.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Pair {
    pub(crate) letters: [char; 2],
    pub(crate) correlation: f64,
    pub(crate) blosum62: f64,
}

/// Writes each pair of amino acids once.
pub(crate) fn write_similarity(folder: &Path, similarity: &Similarity) -> Result<()> {
    let letters = &similarity.letters;
    let mut pairs = Vec::new();
    for first in 0..letters.len() {
        for second in first + 1..letters.len() {
            pairs.push(Pair {
                letters: [letters[first], letters[second]],
                correlation: similarity.correlations[[first, second]],
                blosum62: similarity.blosum62[[first, second]],
            });
        }
    }
    let table = Table::new()
        .with(
            "amino_acid_1",
            all(&pairs, |pair| pair.letters[0].to_string()),
        )?
        .with(
            "amino_acid_2",
            all(&pairs, |pair| pair.letters[1].to_string()),
        )?
        .with("correlation", all(&pairs, |pair| pair.correlation))?
        .with("blosum62", all(&pairs, |pair| pair.blosum62))?;
    described(table, columns::SIMILARITY)?.write(folder.join(SIMILARITY))?;
    Ok(())
}

/// Reads the pairs of a folder; none where it has no such table.
pub(crate) fn read_similarity(folder: &Path) -> Result<Vec<Pair>> {
    let path = folder.join(SIMILARITY);
    let Some(table) = read_if_there(&path)? else {
        return Ok(Vec::new());
    };
    let letter = |column: &str, i: usize| {
        let text = &table.strs(column)?[i];
        let letter = text.chars().next();
        letter.with_context(|| format!("{}: an amino acid has no letter", path.display()))
    };
    let pair = |i: usize| {
        Ok(Pair {
            letters: [letter("amino_acid_1", i)?, letter("amino_acid_2", i)?],
            correlation: table.f64s("correlation")?[i],
            blosum62: table.f64s("blosum62")?[i],
        })
    };
    (0..table.n_rows()).map(pair).collect()
}
