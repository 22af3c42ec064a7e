//! What a record of TAPE's schema means, however it is written.

use std::collections::HashSet;
use std::fmt;

use serde::de::{self, Deserialize, Deserializer, Visitor};

use crate::{Protein, ResidueNumber, Track, labels};

/// The letters of `ss8`, as the data sets number them (NetSurfP-2.0, Klausen et al. 2019).
const LETTERS: [&str; 8] = ["G", "H", "I", "B", "E", "S", "T", "-"];
const BLANK: &str = "blank";
const BLANK_INDEX: usize = 7;
/// The classes of `ss3`, before those that are blank are taken out of the last.
const CLASSES: [&str; 3] = ["helix", "strand", "turn-bend"];

/// The fields that are read, under their own names; those that may be missing are optional.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(expecting = "an object with `id` and `primary`")]
pub(crate) struct Fields {
    pub(crate) id: String,
    pub(crate) primary: String,
    pub(crate) positions: Option<Vec<i64>>,
    pub(crate) sites: Option<Vec<i64>>,
    pub(crate) modifications: Option<Vec<i64>>,
    /// Undefined where a coordinate is.
    pub(crate) tertiary: Option<Vec<[Option<f32>; 3]>>,
    pub(crate) valid_mask: Option<Vec<Flag>>,
    pub(crate) ss3: Option<Vec<i64>>,
    pub(crate) ss8: Option<Vec<i64>>,
}

/// A flag, or a number in its place.
#[derive(Clone, Debug)]
pub(crate) struct Flag(pub(crate) bool);

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FlagVisitor)
    }
}

struct FlagVisitor;

impl Visitor<'_> for FlagVisitor {
    type Value = Flag;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("true, false or a number")
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Flag, E> {
        Ok(Flag(value))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Flag, E> {
        Ok(Flag(value != 0))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Flag, E> {
        Ok(Flag(value != 0.0))
    }
}

impl Fields {
    /// The protein that the record describes. The error says what is wrong, without naming the
    /// record.
    pub(crate) fn protein(mut self) -> Result<Protein, String> {
        let id = std::mem::take(&mut self.id);
        let mut protein = Protein::new(id, &self.primary).map_err(|e| e.to_string())?;
        let n = protein.len();
        self.add_author_labels(&mut protein)?;
        // Which residues the structure shows; all of them, if the record does not say.
        let valid = match self.valid_mask.take() {
            Some(mask) => checked("valid_mask", mask, n)?,
            None => vec![Flag(true); n],
        };
        if let Some(points) = self.tertiary.take() {
            let points = checked("tertiary", points, n)?.into_iter().zip(&valid);
            let points = points.map(|([x, y, z], valid)| valid.0.then_some([x?, y?, z?]));
            protein
                .set_ca(points.collect())
                .map_err(|e| e.to_string())?;
        }
        self.add_secondary_structure(&mut protein, &valid)?;
        Ok(protein)
    }

    /// Author numbers, and the labels that are lists of them.
    fn add_author_labels(&mut self, protein: &mut Protein) -> Result<(), String> {
        let lists = [
            ("sites", labels::BINDING_SITE, self.sites.take()),
            (
                "modifications",
                labels::MODIFICATION,
                self.modifications.take(),
            ),
        ];
        let Some(positions) = self.positions.take() else {
            let needed = lists.iter().find(|(_, _, list)| list.is_some());
            return needed.map_or(Ok(()), |(key, ..)| {
                Err(format!("there is `{key}` but no `positions`"))
            });
        };
        let positions = checked("positions", positions, protein.len())?;
        for (_, name, labelled) in lists {
            let Some(labelled) = labelled else {
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
        let numbering =
            numbering.map_err(|_| "`positions` has a number that does not fit 32 bits")?;
        protein.set_numbering(numbering).map_err(|e| e.to_string())
    }

    fn add_secondary_structure(self, protein: &mut Protein, valid: &[Flag]) -> Result<(), String> {
        let Some(ss8) = self.ss8 else {
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

        let Some(ss3) = self.ss3 else {
            return Ok(());
        };
        let ss3 = classes("ss3", ss3, valid, CLASSES.len())?;
        let name =
            |(of_three, of_eight): (&Option<usize>, &Option<usize>)| match (of_three, of_eight) {
                (_, Some(BLANK_INDEX)) => Some(BLANK.to_owned()),
                (class, _) => class.map(|index| CLASSES[index].to_owned()),
            };
        let names = ss3.iter().zip(&ss8).map(name).collect();
        protein
            .set_label(labels::SECONDARY_STRUCTURE, Track::Classes(names))
            .map_err(|e| e.to_string())
    }
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

/// The index of each residue's class, where the residue is valid.
fn classes(
    key: &str,
    values: Vec<i64>,
    valid: &[Flag],
    n: usize,
) -> Result<Vec<Option<usize>>, String> {
    let values = checked(key, values, valid.len())?;
    let class = |(position, (value, valid)): (usize, (&i64, &Flag))| {
        if !valid.0 {
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
