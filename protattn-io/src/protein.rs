//! A protein: its sequence and what is known of each residue.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Error, ResidueNumber, Track};

/// A position in space, in Å.
pub type Point = [f32; 3];

/// The names under which the built-in sources store label tracks.
pub mod labels {
    /// Residues that bind a ligand: flags.
    pub const BINDING_SITE: &str = "binding-site";
    /// Residues that are bound to another residue or to a group by more than the chain: flags.
    pub const LINK: &str = "link";
    /// `disulfide`, `covalent`, `metal` or `none`: classes.
    pub const LINK_TYPE: &str = "link-type";
    /// Modified residues: flags.
    pub const MODIFICATION: &str = "modification";
    /// `helix`, `strand`, `turn-bend` or `blank`: classes.
    pub const SECONDARY_STRUCTURE: &str = "secondary-structure";
    /// `helix`, `strand` or `coil`: classes.
    pub const SECONDARY_STRUCTURE_3: &str = "secondary-structure-3";
    /// The eight letters of DSSP, `-` for blank: classes.
    pub const SECONDARY_STRUCTURE_8: &str = "secondary-structure-8";
    /// Residues without a fixed place in the structure: flags.
    pub const DISORDER: &str = "disorder";
    /// Residues that take part in catalysis: flags.
    pub const ACTIVE_SITE: &str = "active-site";
    /// Cysteines that are bonded to another: flags.
    pub const DISULFIDE: &str = "disulfide";
    /// Residues within the membrane: flags.
    pub const TRANSMEMBRANE: &str = "transmembrane";
    /// Residues of the signal peptide: flags.
    pub const SIGNAL: &str = "signal";
}

/// A protein chain: identifier, sequence, and what a source knows of each residue.
///
/// Everything is per residue and of the same length as the sequence; residues are numbered from 0
/// along it. Serialised, it is one record of the project's own format.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Record")]
pub struct Protein {
    id: String,
    sequence: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    numbering: Option<Vec<ResidueNumber>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ca: Option<Vec<Option<Point>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cb: Option<Vec<Option<Point>>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    labels: BTreeMap<String, Track>,
}

impl Protein {
    /// A protein of which nothing is known but its sequence.
    ///
    /// `sequence` is one-letter codes; lower case is read as upper case.
    ///
    /// # Errors
    ///
    /// If the sequence is empty or holds anything but the letters A to Z.
    pub fn new(id: impl Into<String>, sequence: &str) -> Result<Self, Error> {
        let id = id.into();
        if sequence.is_empty() {
            return Err(Error::EmptySequence { id });
        }
        if let Some((index, found)) = sequence
            .chars()
            .enumerate()
            .find(|(_, c)| !c.is_ascii_alphabetic())
        {
            return Err(Error::Residue {
                id,
                position: index + 1,
                found,
            });
        }
        let sequence = sequence.to_ascii_uppercase();
        Ok(Self {
            id,
            sequence,
            numbering: None,
            ca: None,
            cb: None,
            labels: BTreeMap::new(),
        })
    }

    /// The identifier, for example `1ubq.A`.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// One upper-case ASCII letter a residue.
    pub fn sequence(&self) -> &str {
        &self.sequence
    }

    /// The number of residues; never 0.
    #[allow(clippy::len_without_is_empty)]
    pub fn len(&self) -> usize {
        self.sequence.len()
    }

    /// The author number of each residue, if the source has one.
    pub fn numbering(&self) -> Option<&[ResidueNumber]> {
        self.numbering.as_deref()
    }

    /// The Cα position of each residue in Å, `None` where it was not observed.
    pub fn ca(&self) -> Option<&[Option<Point>]> {
        self.ca.as_deref()
    }

    /// The Cβ position of each residue in Å (Cα for glycine), `None` where it was not observed.
    pub fn cb(&self) -> Option<&[Option<Point>]> {
        self.cb.as_deref()
    }

    /// The label tracks by name, in the order of their names.
    pub fn tracks(&self) -> impl Iterator<Item = (&str, &Track)> {
        self.labels
            .iter()
            .map(|(name, track)| (name.as_str(), track))
    }

    /// The label track of this name.
    pub fn track(&self, name: &str) -> Option<&Track> {
        self.labels.get(name)
    }

    /// Sets the author numbering.
    ///
    /// # Errors
    ///
    /// If its length is not that of the sequence.
    pub fn set_numbering(&mut self, numbering: Vec<ResidueNumber>) -> Result<(), Error> {
        self.check_len("numbering", numbering.len())?;
        self.numbering = Some(numbering);
        Ok(())
    }

    /// Sets the Cα positions, in Å.
    ///
    /// # Errors
    ///
    /// If their number is not that of the residues, or one is not finite.
    pub fn set_ca(&mut self, positions: Vec<Option<Point>>) -> Result<(), Error> {
        self.check_points("ca", &positions)?;
        self.ca = Some(positions);
        Ok(())
    }

    /// Sets the Cβ positions (Cα for glycine), in Å.
    ///
    /// # Errors
    ///
    /// If their number is not that of the residues, or one is not finite.
    pub fn set_cb(&mut self, positions: Vec<Option<Point>>) -> Result<(), Error> {
        self.check_points("cb", &positions)?;
        self.cb = Some(positions);
        Ok(())
    }

    /// Sets the label track of this name, replacing what was there.
    ///
    /// # Errors
    ///
    /// If its length is not that of the sequence.
    pub fn set_label(&mut self, name: impl Into<String>, track: Track) -> Result<(), Error> {
        let name = name.into();
        self.check_len(&name, track.len())?;
        self.labels.insert(name, track);
        Ok(())
    }

    /// Adds what `other` knows of the same residues and this record does not. Where both know a
    /// thing, this record's stays.
    ///
    /// # Errors
    ///
    /// If the sequences differ; nothing is changed then.
    pub fn join(&mut self, other: Self) -> Result<(), Error> {
        if self.sequence != other.sequence {
            return Err(Error::Join {
                id: self.id.clone(),
                other: other.id,
            });
        }
        self.numbering = self.numbering.take().or(other.numbering);
        self.ca = self.ca.take().or(other.ca);
        self.cb = self.cb.take().or(other.cb);
        for (name, track) in other.labels {
            self.labels.entry(name).or_insert(track);
        }
        Ok(())
    }

    fn check_len(&self, what: &str, found: usize) -> Result<(), Error> {
        if found == self.len() {
            return Ok(());
        }
        Err(Error::Length {
            id: self.id.clone(),
            what: what.to_owned(),
            expected: self.len(),
            found,
        })
    }

    fn check_points(&self, what: &'static str, points: &[Option<Point>]) -> Result<(), Error> {
        self.check_len(what, points.len())?;
        let bad = |p: &Option<Point>| p.is_some_and(|xyz| xyz.iter().any(|v| !v.is_finite()));
        match points.iter().position(bad) {
            None => Ok(()),
            Some(index) => Err(Error::Coordinate {
                id: self.id.clone(),
                what,
                position: index + 1,
            }),
        }
    }
}

/// A protein as it is written: checked field by field on the way in.
#[derive(Deserialize)]
struct Record {
    id: String,
    sequence: String,
    numbering: Option<Vec<ResidueNumber>>,
    ca: Option<Vec<Option<Point>>>,
    cb: Option<Vec<Option<Point>>>,
    #[serde(default)]
    labels: BTreeMap<String, Track>,
}

impl TryFrom<Record> for Protein {
    type Error = Error;

    fn try_from(record: Record) -> Result<Self, Error> {
        let mut protein = Self::new(record.id, &record.sequence)?;
        record
            .numbering
            .map_or(Ok(()), |n| protein.set_numbering(n))?;
        record.ca.map_or(Ok(()), |points| protein.set_ca(points))?;
        record.cb.map_or(Ok(()), |points| protein.set_cb(points))?;
        for (name, track) in record.labels {
            protein.set_label(name, track)?;
        }
        Ok(protein)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sequence_is_letters() {
        assert_eq!(
            Protein::new("a", "acX").map(|p| p.sequence().to_owned()),
            Ok("ACX".to_owned())
        );
        assert_eq!(
            Protein::new("a", ""),
            Err(Error::EmptySequence { id: "a".into() })
        );
        let gap = Error::Residue {
            id: "a".into(),
            position: 3,
            found: '-',
        };
        assert_eq!(Protein::new("a", "AC-D"), Err(gap));
    }

    #[test]
    fn every_track_has_the_length_of_the_sequence() {
        let mut protein = Protein::new("p", "ACD").expect("a valid sequence");
        let error = protein
            .set_label("site", Track::Flags(vec![None; 2]))
            .expect_err("too short");
        assert_eq!(error.to_string(), "p: site has 2 values for 3 residues");
        let error = protein
            .set_ca(vec![Some([f32::NAN; 3]); 3])
            .expect_err("not finite");
        assert_eq!(
            error.to_string(),
            "p: the ca position of residue 1 is not a finite number"
        );
    }

    #[test]
    fn joined_records_keep_their_own_and_gain_the_others() {
        let mut sites = Protein::new("p", "AC").expect("letters");
        sites
            .set_label("site", Track::Flags(vec![Some(true), None]))
            .expect("two residues");
        let mut other = Protein::new("p", "AC").expect("letters");
        other
            .set_label("site", Track::Flags(vec![None, None]))
            .expect("two residues");
        other
            .set_label("link", Track::Flags(vec![None, Some(false)]))
            .expect("two residues");
        other
            .set_ca(vec![None, Some([0.0; 3])])
            .expect("two residues");
        sites.join(other).expect("the same sequence");
        assert_eq!(
            sites.track("site"),
            Some(&Track::Flags(vec![Some(true), None]))
        );
        assert_eq!(sites.tracks().count(), 2);
        assert!(sites.ca().is_some());
        let stranger = Protein::new("q", "AD").expect("letters");
        let error = sites.join(stranger).expect_err("another sequence");
        assert_eq!(
            error.to_string(),
            "p cannot be joined with q: their sequences differ"
        );
    }

    #[test]
    fn a_record_is_checked_when_read() {
        let text = r#"{"id":"p","sequence":"AC","numbering":["1","1A"],"ca":[null,[1.5,0.25,-3.125]],
            "labels":{"site":[true,null],"ss":[null,"helix"]}}"#;
        let protein: Protein = serde_json::from_str(text).expect("a valid record");
        assert_eq!(
            protein.track("site"),
            Some(&Track::Flags(vec![Some(true), None]))
        );
        assert_eq!(
            protein.track("ss"),
            Some(&Track::Classes(vec![None, Some("helix".into())]))
        );
        let again = serde_json::to_string(&protein).expect("serialisable");
        assert_eq!(
            serde_json::from_str::<Protein>(&again).expect("its own output"),
            protein
        );

        let short = r#"{"id":"p","sequence":"AC","ca":[null]}"#;
        let error =
            serde_json::from_str::<Protein>(short).expect_err("one position for two residues");
        assert!(
            error
                .to_string()
                .starts_with("p: ca has 1 values for 2 residues"),
            "{error}"
        );
    }
}
