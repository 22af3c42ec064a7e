//! From `--property` to properties.

use std::collections::BTreeSet;

use anyhow::{Result, bail};
use protattn_io::Protein;
use protattn_metrics::{PROPERTY_NAMES, Property, PropertyOptions, by_name, property_of_track};

use crate::ending::Usage;

/// What properties can be chosen from.
pub(crate) struct Choice<'a> {
    /// Those that the program was given; they come first where names collide.
    pub(crate) own: Vec<Box<dyn Property>>,
    pub(crate) options: PropertyOptions,
    /// Proteins whose label tracks are properties too.
    pub(crate) proteins: &'a [Protein],
    /// Labels that a person brought along, and so wants to see.
    pub(crate) brought: &'a [String],
    /// The flag that names them.
    pub(crate) flag: &'static str,
}

/// The properties of these names; without names the paper's, own ones and labels brought along.
pub(crate) fn select(
    names: Option<&[String]>,
    mut choice: Choice<'_>,
) -> Result<Vec<Box<dyn Property>>> {
    let names = names.map_or_else(|| choice.all(), <[String]>::to_vec);
    let mut selected: Vec<Box<dyn Property>> = Vec::new();
    for name in names {
        if selected.iter().all(|property| property.name() != name) {
            selected.push(choice.take(&name)?);
        }
    }
    Ok(selected)
}

impl Choice<'_> {
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

    fn take(&mut self, name: &str) -> Result<Box<dyn Property>> {
        if let Some(place) = self.own.iter().position(|property| property.name() == name) {
            return Ok(self.own.swap_remove(place));
        }
        if PROPERTY_NAMES.contains(&name) {
            return Ok(by_name(name, &self.options)?);
        }
        match property_of_track(name, self.proteins)? {
            Some(property) => Ok(property),
            None => bail!(Usage(self.unknown(name))),
        }
    }

    fn unknown(&self, name: &str) -> String {
        let mut known = self.all();
        let tracks: BTreeSet<&str> = self
            .proteins
            .iter()
            .flat_map(Protein::tracks)
            .map(|(name, _)| name)
            .collect();
        for track in tracks {
            if !known.iter().any(|name| name == track) {
                known.push(track.to_owned());
            }
        }
        format!(
            "{}: there is no property `{name}`; known for these data are {}",
            self.flag,
            known.join(", ")
        )
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use protattn_io::Track;
    use protattn_metrics::{Labels, PropertyError};

    use super::*;

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

    fn names(asked: Option<&[&str]>) -> Result<Vec<String>> {
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
        let choice = Choice {
            own,
            options: PropertyOptions::default(),
            proteins: &[protein],
            brought: &["domain".to_owned()],
            flag: "--property",
        };
        let asked = asked.map(|names| names.iter().map(ToString::to_string).collect::<Vec<_>>());
        let selected = select(asked.as_deref(), choice)?;
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
    fn an_unknown_property_is_a_bad_argument() {
        let error = names(Some(&["contacts"])).unwrap_err();
        assert!(error.is::<Usage>(), "{error}");
        let said = error.to_string();
        assert!(
            said.contains("`contacts`; known for these data are contact, "),
            "{said}"
        );
        assert!(said.ends_with("bridge, domain, link"), "{said}");
    }
}
