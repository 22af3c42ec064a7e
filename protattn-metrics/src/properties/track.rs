//! Properties read from the label tracks of a protein.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use protattn_io::{Label, Protein, Track, labels};

use super::YES;
use crate::{Error, Labels, Property, PropertyError};

static SECONDARY_STRUCTURE: LazyLock<Vec<String>> = LazyLock::new(|| {
    ["helix", "strand", "turn-bend", "blank"]
        .map(String::from)
        .to_vec()
});

/// `binding-site`: whether the residue attended to binds a ligand, from the flags of the track
/// [`labels::BINDING_SITE`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BindingSite;

impl Property for BindingSite {
    fn name(&self) -> &str {
        "binding-site"
    }

    fn classes(&self) -> &[String] {
        &YES
    }

    fn labels(&self, protein: &Protein) -> Result<Option<Labels>, PropertyError> {
        Ok(from_flags(protein, labels::BINDING_SITE)?)
    }
}

/// `modification`: whether the residue attended to is modified, from the flags of the track
/// [`labels::MODIFICATION`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Modification;

impl Property for Modification {
    fn name(&self) -> &str {
        "modification"
    }

    fn classes(&self) -> &[String] {
        &YES
    }

    fn labels(&self, protein: &Protein) -> Result<Option<Labels>, PropertyError> {
        Ok(from_flags(protein, labels::MODIFICATION)?)
    }
}

/// `secondary-structure`: `helix`, `strand`, `turn-bend` or `blank`, whichever the residue attended
/// to is in, from the track [`labels::SECONDARY_STRUCTURE`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SecondaryStructure;

impl Property for SecondaryStructure {
    fn name(&self) -> &str {
        "secondary-structure"
    }

    fn classes(&self) -> &[String] {
        &SECONDARY_STRUCTURE
    }

    fn labels(&self, protein: &Protein) -> Result<Option<Labels>, PropertyError> {
        Ok(from_classes(
            protein,
            labels::SECONDARY_STRUCTURE,
            &SECONDARY_STRUCTURE,
        )?)
    }
}

/// A property of the residue attended to, read from any track of flags.
///
/// ```
/// use protattn_io::{Label, Protein, Track};
/// use protattn_metrics::{Labels, TrackFlags, labels_of};
///
/// let mut protein = Protein::new("p", "ACD")?;
/// protein.set_label("link", Track::Flags(vec![Some(false), Some(true), None]))?;
///
/// let linked = TrackFlags::new("disulfide-bond", "link");
/// let labels = labels_of(&linked, &protein)?;
/// let expected = [Some(false), Some(true), None].map(Label::from_flag).to_vec();
/// assert_eq!(labels, Some(Labels::Residues(expected)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackFlags {
    name: String,
    track: String,
}

impl TrackFlags {
    /// The property `name`, of class `yes` where the flag of `track` is true. A protein without
    /// that track does not count.
    pub fn new(name: impl Into<String>, track: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            track: track.into(),
        }
    }
}

impl Property for TrackFlags {
    fn name(&self) -> &str {
        &self.name
    }

    fn classes(&self) -> &[String] {
        &YES
    }

    fn labels(&self, protein: &Protein) -> Result<Option<Labels>, PropertyError> {
        Ok(from_flags(protein, &self.track)?)
    }
}

/// A property of the residue attended to, read from any track of class names.
///
/// ```
/// use protattn_io::{Label, Protein, Track};
/// use protattn_metrics::{TrackClasses, labels_of};
///
/// let mut protein = Protein::new("p", "ACD")?;
/// let names = ["kinase", "sh2", "sh2"].map(|name| Some(name.to_owned()));
/// protein.set_label("domain", Track::Classes(names.to_vec()))?;
///
/// let domain = TrackClasses::new("domain", "domain", ["sh2", "kinase"])?;
/// let labels = labels_of(&domain, &protein)?.expect("the track is there");
/// assert_eq!(labels.of_arc(0, 2).and_then(Label::class), Some(0)); // sh2, declared first
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackClasses {
    name: String,
    track: String,
    classes: Vec<String>,
}

impl TrackClasses {
    /// The property `name` with these classes in this order, each a name that `track` may hold. A
    /// protein without that track does not count; one whose track holds any other name is an
    /// error, so that no misspelt class goes by in silence.
    ///
    /// # Errors
    ///
    /// [`Error::Classes`] if there are no classes or more than [`Label::MAX_CLASSES`].
    pub fn new<C: Into<String>>(
        name: impl Into<String>,
        track: impl Into<String>,
        classes: impl IntoIterator<Item = C>,
    ) -> Result<Self, Error> {
        let (name, track) = (name.into(), track.into());
        let classes: Vec<String> = classes.into_iter().map(Into::into).collect();
        if classes.is_empty() || classes.len() > Label::MAX_CLASSES {
            let (found, max) = (classes.len(), Label::MAX_CLASSES);
            return Err(Error::Classes {
                property: name,
                found,
                max,
            });
        }
        Ok(Self {
            name,
            track,
            classes,
        })
    }
}

impl Property for TrackClasses {
    fn name(&self) -> &str {
        &self.name
    }

    fn classes(&self) -> &[String] {
        &self.classes
    }

    fn labels(&self, protein: &Protein) -> Result<Option<Labels>, PropertyError> {
        Ok(from_classes(protein, &self.track, &self.classes)?)
    }
}

/// The property of the name and values of a label track, as the proteins that have it hold it:
/// [`TrackFlags`], or [`TrackClasses`] with every class that occurs, in alphabetical order. `None`
/// where no protein has such a track, or none of its residues has a class.
///
/// ```
/// use protattn_io::{Protein, Track};
/// use protattn_metrics::property_of_track;
///
/// let mut protein = Protein::new("p", "ACD")?;
/// let names = ["sh3", "sh2", "sh3"].map(|name| Some(name.to_owned()));
/// protein.set_label("domain", Track::Classes(names.to_vec()))?;
///
/// let domain = property_of_track("domain", [&protein])?.expect("the protein has it");
/// assert_eq!(domain.classes(), ["sh2", "sh3"]);
/// assert!(property_of_track("fold", [&protein])?.is_none());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// [`Error::Classes`] if there are more classes than [`Label::MAX_CLASSES`].
pub fn property_of_track<'a>(
    name: &str,
    proteins: impl IntoIterator<Item = &'a Protein>,
) -> Result<Option<Box<dyn Property>>, Error> {
    let mut classes = BTreeSet::new();
    // Without a value: read from a file, they may as well be classes.
    let mut any_flags = false;
    for track in proteins
        .into_iter()
        .filter_map(|protein| protein.track(name))
    {
        match track {
            Track::Flags(_) if track.defined() == 0 => any_flags = true,
            Track::Flags(_) => return Ok(Some(Box::new(TrackFlags::new(name, name)))),
            Track::Classes(names) => classes.extend(names.iter().flatten().map(String::as_str)),
        }
    }
    if !classes.is_empty() {
        return Ok(Some(Box::new(TrackClasses::new(name, name, classes)?)));
    }
    let flags = || -> Box<dyn Property> { Box::new(TrackFlags::new(name, name)) };
    Ok(any_flags.then(flags))
}

/// The labels of a track without a value, which is of either kind: written as JSON, it is nothing
/// but `null`.
fn undefined(n_residues: usize) -> Labels {
    Labels::Residues(vec![Label::UNDEFINED; n_residues])
}

fn from_flags(protein: &Protein, track: &str) -> Result<Option<Labels>, Error> {
    match protein.track(track) {
        None => Ok(None),
        Some(track) if track.defined() == 0 => Ok(Some(undefined(track.len()))),
        Some(Track::Flags(flags)) => {
            let labels = flags.iter().copied().map(Label::from_flag).collect();
            Ok(Some(Labels::Residues(labels)))
        }
        Some(Track::Classes(_)) => Err(Error::TrackKind {
            track: track.to_owned(),
            expected: "true or false",
            found: "class names",
        }),
    }
}

fn from_classes(
    protein: &Protein,
    track: &str,
    classes: &[String],
) -> Result<Option<Labels>, Error> {
    match protein.track(track) {
        None => Ok(None),
        Some(track) if track.defined() == 0 => Ok(Some(undefined(track.len()))),
        Some(Track::Classes(names)) => {
            let label = |(index, name): (usize, &Option<String>)| {
                let Some(name) = name else {
                    return Ok(Label::UNDEFINED);
                };
                let class = classes.iter().position(|class| class == name);
                class
                    .and_then(Label::of_class)
                    .ok_or_else(|| Error::UnknownClass {
                        track: track.to_owned(),
                        position: index + 1,
                        found: name.clone(),
                        known: classes.to_vec(),
                    })
            };
            let labels = names
                .iter()
                .enumerate()
                .map(label)
                .collect::<Result<_, _>>()?;
            Ok(Some(Labels::Residues(labels)))
        }
        Some(Track::Flags(_)) => Err(Error::TrackKind {
            track: track.to_owned(),
            expected: "class names",
            found: "true or false",
        }),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    /// Proteins of two residues with these tracks `domain`.
    fn proteins(tracks: [Track; 2]) -> [Protein; 2] {
        tracks.map(|track| {
            let mut protein = Protein::new("p", "AC").unwrap();
            protein.set_label("domain", track).unwrap();
            protein
        })
    }

    fn classes(names: [Option<&str>; 2]) -> Track {
        Track::Classes(names.map(|name| name.map(str::to_owned)).to_vec())
    }

    /// The classes of the property, and the class of each residue of each protein.
    fn read(tracks: [Track; 2]) -> Option<(Vec<String>, Vec<Option<usize>>)> {
        let proteins = proteins(tracks);
        let property = property_of_track("domain", &proteins).unwrap()?;
        let mut found = Vec::new();
        for protein in &proteins {
            match property.labels(protein).unwrap().unwrap() {
                Labels::Residues(labels) => found.extend(labels.iter().map(|label| label.class())),
                Labels::Pairs(_) => panic!("labels of residues"),
            }
        }
        Some((property.classes().to_vec(), found))
    }

    #[test]
    fn a_track_without_a_value_is_of_the_kind_of_the_others() {
        let none = Track::Flags(vec![None; 2]);
        let (known, found) = read([none.clone(), classes([Some("b"), Some("a")])]).unwrap();
        assert_eq!(known, ["a", "b"]);
        assert_eq!(found, [None, None, Some(1), Some(0)]);

        let flags = Track::Flags(vec![Some(true), None]);
        let (known, found) = read([classes([None, None]), flags]).unwrap();
        assert_eq!(known, ["yes"]);
        assert_eq!(found, [None, None, Some(0), None]);

        assert_eq!(read([none.clone(), none]).unwrap().1, [None; 4]);
        assert!(read([classes([None, None]), classes([None, None])]).is_none());
    }

    #[test]
    fn values_of_the_other_kind_are_an_error() {
        let flags = Track::Flags(vec![Some(true), None]);
        let both = proteins([flags, classes([Some("a"), None])]);
        let property = property_of_track("domain", &both).unwrap().unwrap();
        assert!(property.labels(&both[1]).is_err());
    }
}
