//! Which properties an analysis takes, by their names.

use std::collections::BTreeSet;

use protattn_io::Protein;

use super::{PROPERTY_NAMES, PropertyOptions, by_name, property_of_track};
use crate::{Error, Property};

/// What properties can be chosen from: those of one's own, the built-in ones, and the label tracks of
/// the data.
///
/// ```
/// use protattn_io::{Protein, Track};
/// use protattn_metrics::PropertyChoice;
///
/// let mut protein = Protein::new("p", "MK")?;
/// protein.set_label("link", Track::Flags(vec![Some(true), None]))?;
/// let proteins = [protein];
/// let names = ["contact".to_owned(), "link".to_owned()];
/// let chosen = PropertyChoice::new(&proteins).select(Some(&names))?;
/// assert_eq!(chosen[1].name(), "link");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct PropertyChoice<'a> {
    own: Vec<Box<dyn Property>>,
    options: PropertyOptions,
    proteins: &'a [Protein],
    brought: Vec<String>,
}

impl<'a> PropertyChoice<'a> {
    /// The built-in properties, and the label tracks of these proteins.
    #[must_use]
    pub fn new(proteins: &'a [Protein]) -> Self {
        Self {
            own: Vec::new(),
            options: PropertyOptions::default(),
            proteins,
            brought: Vec::new(),
        }
    }

    /// Adds properties of one's own; they come first where names collide.
    #[must_use]
    pub fn own(mut self, own: Vec<Box<dyn Property>>) -> Self {
        self.own = own;
        self
    }

    /// Tells the built-in properties what a contact is.
    #[must_use]
    pub fn options(mut self, options: PropertyOptions) -> Self {
        self.options = options;
        self
    }

    /// Names label tracks that were brought along, and so are taken unless others are named.
    #[must_use]
    pub fn brought(mut self, labels: Vec<String>) -> Self {
        self.brought = labels;
        self
    }

    /// The properties of these names, each once; without names the paper's, own ones and labels brought
    /// along.
    ///
    /// # Errors
    /// [`Error::UnknownProperty`] with all that are known for these data; those of
    /// [`property_of_track`] for a label track that cannot be a property.
    pub fn select(mut self, names: Option<&[String]>) -> Result<Vec<Box<dyn Property>>, Error> {
        let names = names.map_or_else(|| self.all(), <[String]>::to_vec);
        let mut selected: Vec<Box<dyn Property>> = Vec::new();
        for name in names {
            if selected.iter().all(|property| property.name() != name) {
                selected.push(self.take(&name)?);
            }
        }
        Ok(selected)
    }

    fn all(&self) -> Vec<String> {
        let mut names: Vec<String> = PROPERTY_NAMES.iter().map(ToString::to_string).collect();
        let own = self.own.iter().map(|property| property.name());
        for name in own.chain(self.brought.iter().map(String::as_str)) {
            if !names.iter().any(|known| known == name) {
                names.push(name.to_owned());
            }
        }
        names
    }

    fn take(&mut self, name: &str) -> Result<Box<dyn Property>, Error> {
        if let Some(place) = self.own.iter().position(|property| property.name() == name) {
            return Ok(self.own.swap_remove(place));
        }
        if PROPERTY_NAMES.contains(&name) {
            return by_name(name, &self.options);
        }
        property_of_track(name, self.proteins)?.ok_or_else(|| Error::UnknownProperty {
            found: name.to_owned(),
            known: self.known(),
        })
    }

    fn known(&self) -> Vec<String> {
        let mut known = self.all();
        let tracks = self.proteins.iter().flat_map(Protein::tracks);
        let tracks: BTreeSet<&str> = tracks.map(|(name, _)| name).collect();
        for track in tracks {
            if !known.iter().any(|name| name == track) {
                known.push(track.to_owned());
            }
        }
        known
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use protattn_io::Track;

    use super::*;
    use crate::{Labels, PropertyError};

    struct Own(&'static str, [String; 1]);

    impl Property for Own {
        fn name(&self) -> &str {
            self.0
        }
        fn classes(&self) -> &[String] {
            &self.1
        }
        fn labels(&self, _: &Protein) -> Result<Option<Labels>, PropertyError> {
            Ok(None)
        }
    }

    fn names(asked: Option<&[&str]>) -> Result<Vec<String>, Error> {
        let own: Vec<Box<dyn Property>> = vec![
            Box::new(Own("bridge", ["yes".into()])),
            Box::new(Own("contact", ["mine".into()])),
        ];
        let mut protein = Protein::new("p", "AC").unwrap();
        let domain = vec![Some("sh3".to_owned()), Some("sh2".to_owned())];
        protein.set_label("domain", Track::Classes(domain)).unwrap();
        protein
            .set_label("link", Track::Flags(vec![None, Some(true)]))
            .unwrap();
        let proteins = [protein];
        let choice = PropertyChoice::new(&proteins)
            .own(own)
            .brought(vec!["domain".to_owned()]);
        let asked = asked.map(|names| names.iter().map(ToString::to_string).collect::<Vec<_>>());
        let selected = choice.select(asked.as_deref())?;
        Ok(selected
            .iter()
            .map(|p| format!("{}:{}", p.name(), p.classes()[0]))
            .collect())
    }

    #[test]
    fn own_properties_come_first_and_every_name_once() {
        assert_eq!(
            names(Some(&["contact", "bridge", "contact"])).unwrap(),
            ["contact:mine", "bridge:yes"]
        );
        let all = names(None).unwrap();
        assert_eq!(all.len(), PROPERTY_NAMES.len() + 2);
        assert!(all.contains(&"contact:mine".to_owned()));
    }

    #[test]
    fn labels_of_the_data_are_properties() {
        assert_eq!(
            names(Some(&["link", "domain"])).unwrap(),
            ["link:yes", "domain:sh2"]
        );
        let all = names(None).unwrap();
        assert!(all.contains(&"domain:sh2".to_owned()) && !all.contains(&"link:yes".to_owned()));
    }

    #[test]
    fn an_unknown_property_is_named_with_those_that_are_known() {
        let said = names(Some(&["contacts"])).unwrap_err().to_string();
        assert!(said.contains("`contacts`; known are contact, "), "{said}");
        assert!(said.ends_with("bridge, domain, link"), "{said}");
    }
}
