//! From `--property` to properties.

use anyhow::Result;
use protattn_metrics::{PROPERTY_NAMES, Property, PropertyOptions, by_name};

use crate::ending::Usage;

/// The properties of these names, or all, own ones first where names collide.
pub(crate) fn select(
    names: Option<&[String]>,
    mut own: Vec<Box<dyn Property>>,
    options: &PropertyOptions,
) -> Result<Vec<Box<dyn Property>>> {
    let all = || {
        let built_in = PROPERTY_NAMES
            .iter()
            .filter(|name| own.iter().all(|p| p.name() != **name));
        built_in
            .map(ToString::to_string)
            .chain(own.iter().map(|p| p.name().to_owned()))
            .collect()
    };
    let names: Vec<String> = names.map_or_else(all, <[String]>::to_vec);
    let mut selected: Vec<Box<dyn Property>> = Vec::new();
    for name in names {
        if selected.iter().any(|property| property.name() == name) {
            continue;
        }
        let property = match own.iter().position(|property| property.name() == name) {
            Some(place) => own.swap_remove(place),
            None => {
                by_name(&name, options).map_err(|error| Usage(format!("--property: {error}")))?
            }
        };
        selected.push(property);
    }
    Ok(selected)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use protattn_io::Protein;
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
        let asked = asked.map(|names| names.iter().map(ToString::to_string).collect::<Vec<_>>());
        let selected = select(asked.as_deref(), own, &PropertyOptions::default())?;
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
        assert_eq!(all.len(), PROPERTY_NAMES.len() + 1);
        assert!(all.contains(&"contact:mine".to_owned()));
    }

    #[test]
    fn an_unknown_property_is_a_bad_argument() {
        let error = names(Some(&["contacts"])).unwrap_err();
        assert!(
            error.is::<Usage>() && error.to_string().contains("contact"),
            "{error}"
        );
    }
}
