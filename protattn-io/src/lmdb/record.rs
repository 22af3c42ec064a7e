//! One pickled dict as the fields of a record.

use crate::Protein;
use crate::pickle::Value;
use crate::tape::{Fields, Flag};

/// The protein that a record describes. The error says what is wrong, without naming the record.
pub(super) fn protein(record: Value<'_, '_>) -> Result<Protein, String> {
    let id = text(record, "id")?.to_owned();
    let primary = text(record, "primary")?.to_owned();
    let fields = Fields {
        positions: ints(record, "positions")?,
        sites: ints(record, "sites")?,
        modifications: ints(record, "modifications")?,
        tertiary: points(record, "tertiary", primary.len())?,
        valid_mask: flags(record, "valid_mask")?,
        ss3: ints(record, "ss3")?,
        ss8: ints(record, "ss8")?,
        id,
        primary,
    };
    fields.protein()
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

fn ints(record: Value<'_, '_>, key: &str) -> Result<Option<Vec<i64>>, String> {
    let Some(value) = record.get(key) else {
        return Ok(None);
    };
    value
        .ints()
        .map(Some)
        .ok_or_else(|| wrong(key, value, "a list of nothing but whole numbers"))
}

fn flags(record: Value<'_, '_>, key: &str) -> Result<Option<Vec<Flag>>, String> {
    let Some(value) = record.get(key) else {
        return Ok(None);
    };
    let of_ints = || Some(value.ints()?.into_iter().map(|v| v != 0).collect());
    let flags = value.flags().or_else(of_ints);
    let flags = flags.ok_or_else(|| wrong(key, value, "a list of flags"))?;
    Ok(Some(flags.into_iter().map(Flag).collect()))
}

fn points(
    record: Value<'_, '_>,
    key: &str,
    n_residues: usize,
) -> Result<Option<Vec<[Option<f32>; 3]>>, String> {
    let Some(value) = record.get(key) else {
        return Ok(None);
    };
    let (shape, values) = value
        .floats()
        .ok_or_else(|| wrong(key, value, "an array of floats"))?;
    if *shape != [n_residues, 3] {
        return Err(format!(
            "`{key}` has the shape {shape:?}, not {:?}",
            [n_residues, 3]
        ));
    }
    let (points, _) = values.as_chunks::<3>();
    let point = |point: &[f64; 3]| point.map(|v| Some(v as f32));
    Ok(Some(points.iter().map(point).collect()))
}
