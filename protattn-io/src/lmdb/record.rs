//! One pickled dict as a protein.

use std::collections::HashSet;

use crate::pickle::Value;
use crate::{Protein, ResidueNumber, Track, labels};

/// The letters of `ss8`, as the data sets number them (NetSurfP-2.0, Klausen et al. 2019).
const LETTERS: [&str; 8] = ["G", "H", "I", "B", "E", "S", "T", "-"];
const BLANK: &str = "blank";
const BLANK_INDEX: usize = 7;
/// The classes of `ss3`, before those that are blank are taken out of the last.
const CLASSES: [&str; 3] = ["helix", "strand", "turn-bend"];

/// The protein that a record describes. The error says what is wrong, without naming the record.
pub(super) fn protein(record: Value<'_, '_>) -> Result<Protein, String> {
    let id = text(record, "id")?;
    let mut protein = Protein::new(id, text(record, "primary")?).map_err(|e| e.to_string())?;
    add_author_labels(&mut protein, record)?;
    let valid = valid_mask(record, protein.len())?;
    add_positions(&mut protein, record, &valid)?;
    add_secondary_structure(&mut protein, record, &valid)?;
    Ok(protein)
}

fn text<'p>(record: Value<'p, '_>, key: &str) -> Result<&'p str, String> {
    let value = record.get(key).ok_or_else(|| missing(record, key))?;
    value.text().ok_or_else(|| wrong(key, value, "text"))
}

fn missing(record: Value<'_, '_>, key: &str) -> String {
    match record.keys() {
        Some(keys) => format!(
            "there is no `{key}` among its keys: {}",
            keys.take(12).collect::<Vec<_>>().join(", ")
        ),
        None => format!("it is {}, not a dict with `{key}`", record.kind()),
    }
}

fn wrong(key: &str, value: Value<'_, '_>, expected: &str) -> String {
    format!("`{key}` must be {expected}; found {}", value.kind())
}

fn checked<T>(key: &str, values: Vec<T>, expected: usize) -> Result<Vec<T>, String> {
    if values.len() == expected {
        return Ok(values);
    }
    Err(format!(
        "`{key}` has {} values for {expected} residues",
        values.len()
    ))
}

/// Author numbers, and the labels that are lists of them.
fn add_author_labels(protein: &mut Protein, record: Value<'_, '_>) -> Result<(), String> {
    let Some(positions) = ints(record, "positions")? else {
        let needed = ["sites", "modifications"]
            .into_iter()
            .find(|key| record.get(key).is_some());
        return needed.map_or(Ok(()), |key| {
            Err(format!("there is `{key}` but no `positions`"))
        });
    };
    let positions = checked("positions", positions, protein.len())?;
    for (key, name) in [
        ("sites", labels::BINDING_SITE),
        ("modifications", labels::MODIFICATION),
    ] {
        let Some(labelled) = ints(record, key)? else {
            continue;
        };
        let labelled: HashSet<i64> = labelled.into_iter().collect();
        let flags = positions
            .iter()
            .map(|number| Some(labelled.contains(number)))
            .collect();
        protein
            .set_label(name, Track::Flags(flags))
            .map_err(|e| e.to_string())?;
    }
    let number = |n: &i64| i32::try_from(*n).map(ResidueNumber::from);
    let numbering = positions.iter().map(number).collect::<Result<Vec<_>, _>>();
    let numbering = numbering.map_err(|_| "`positions` has a number that does not fit 32 bits")?;
    protein.set_numbering(numbering).map_err(|e| e.to_string())
}

fn ints(record: Value<'_, '_>, key: &str) -> Result<Option<Vec<i64>>, String> {
    let Some(value) = record.get(key) else {
        return Ok(None);
    };
    value
        .ints()
        .map(Some)
        .ok_or_else(|| wrong(key, value, "a list of nothing but whole numbers"))
}

/// Which residues the structure shows; all of them, if the record does not say.
fn valid_mask(record: Value<'_, '_>, n_residues: usize) -> Result<Vec<bool>, String> {
    let key = "valid_mask";
    let Some(value) = record.get(key) else {
        return Ok(vec![true; n_residues]);
    };
    let of_ints = || {
        value
            .ints()
            .map(|ints| ints.into_iter().map(|v| v != 0).collect())
    };
    let mask = value.flags().or_else(of_ints);
    checked(
        key,
        mask.ok_or_else(|| wrong(key, value, "a list of flags"))?,
        n_residues,
    )
}

fn add_positions(
    protein: &mut Protein,
    record: Value<'_, '_>,
    valid: &[bool],
) -> Result<(), String> {
    let key = "tertiary";
    let Some(value) = record.get(key) else {
        return Ok(());
    };
    let (shape, values) = value
        .floats()
        .ok_or_else(|| wrong(key, value, "an array of floats"))?;
    if *shape != [valid.len(), 3] {
        return Err(format!(
            "`{key}` has the shape {shape:?}, not {:?}",
            [valid.len(), 3]
        ));
    }
    let (points, _) = values.as_chunks::<3>();
    let points = points.iter().zip(valid);
    let points = points
        .map(|(point, valid)| valid.then(|| point.map(|v| v as f32)))
        .collect();
    protein.set_ca(points).map_err(|e| e.to_string())
}

fn add_secondary_structure(
    protein: &mut Protein,
    record: Value<'_, '_>,
    valid: &[bool],
) -> Result<(), String> {
    let Some(ss8) = ints(record, "ss8")? else {
        return Ok(());
    };
    let ss8 = classes("ss8", ss8, valid, LETTERS.len())?;
    let letters = ss8
        .iter()
        .map(|index| index.map(|i| LETTERS[i].to_owned()))
        .collect();
    protein
        .set_label(labels::SECONDARY_STRUCTURE_8, Track::Classes(letters))
        .map_err(|e| e.to_string())?;

    let Some(ss3) = ints(record, "ss3")? else {
        return Ok(());
    };
    let ss3 = classes("ss3", ss3, valid, CLASSES.len())?;
    let name = |(of_three, of_eight): (&Option<usize>, &Option<usize>)| match (of_three, of_eight) {
        (_, Some(BLANK_INDEX)) => Some(BLANK.to_owned()),
        (class, _) => class.map(|index| CLASSES[index].to_owned()),
    };
    let names = ss3.iter().zip(&ss8).map(name).collect();
    protein
        .set_label(labels::SECONDARY_STRUCTURE, Track::Classes(names))
        .map_err(|e| e.to_string())
}

/// The index of each residue's class, where the residue is valid.
fn classes(
    key: &str,
    values: Vec<i64>,
    valid: &[bool],
    n: usize,
) -> Result<Vec<Option<usize>>, String> {
    let values = checked(key, values, valid.len())?;
    let class = |(position, (value, valid)): (usize, (&i64, &bool))| {
        if !valid {
            return Ok(None);
        }
        let index = usize::try_from(*value).ok().filter(|index| *index < n);
        let outside = || {
            format!(
                "`{key}` of residue {} is {value}, not a number below {n}",
                position + 1
            )
        };
        index.map(Some).ok_or_else(outside)
    };
    values.iter().zip(valid).enumerate().map(class).collect()
}
