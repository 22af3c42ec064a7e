//! Every built-in property keeps the contract of the trait, and a property that does not is named.

use protattn_io::{Label, PairLabels, Protein, Track, labels};
use protattn_metrics::{
    Error, Labels, PROPERTY_NAMES, Property, PropertyError, PropertyOptions, TrackClasses,
    TrackFlags, by_name, labels_of,
};

fn built_in() -> Vec<Box<dyn Property>> {
    let mut properties: Vec<Box<dyn Property>> = PROPERTY_NAMES
        .iter()
        .map(|name| by_name(name, &PropertyOptions::default()).unwrap())
        .collect();
    properties.push(Box::new(TrackFlags::new("linked", "link")));
    properties.push(Box::new(
        TrackClasses::new("domain", "domain", ["sh2", "kinase"]).unwrap(),
    ));
    properties
}

/// Nine residues of which everything is known, but nothing of the fourth.
fn known() -> Protein {
    let mut protein = Protein::new("known", "ACDXFGHUK").unwrap();
    let except_fourth = |index: usize| (index != 3).then_some(index);
    let ca = (0..9)
        .map(|i| except_fourth(i).map(|i| [i as f32, 0.0, 0.0]))
        .collect();
    protein.set_ca(ca).unwrap();
    for name in [labels::BINDING_SITE, labels::MODIFICATION, "link"] {
        let flags = (0..9)
            .map(|i| except_fourth(i).map(|i| i % 4 == 0))
            .collect();
        protein.set_label(name, Track::Flags(flags)).unwrap();
    }
    let classes = |names: &[&str]| {
        let name = |i: usize| except_fourth(i).map(|i| names[i % names.len()].to_owned());
        Track::Classes((0..9).map(name).collect())
    };
    let structure = classes(&["helix", "strand", "turn-bend", "blank"]);
    protein
        .set_label(labels::SECONDARY_STRUCTURE, structure)
        .unwrap();
    protein
        .set_label("domain", classes(&["kinase", "sh2"]))
        .unwrap();
    protein
}

#[test]
fn names_are_distinct_and_fit_a_command_line() {
    let mut names: Vec<String> = built_in().iter().map(|p| p.name().to_owned()).collect();
    for name in &names {
        let fits = |c: char| c.is_ascii_lowercase() || c == '-';
        assert!(!name.is_empty() && name.chars().all(fits), "{name}");
    }
    names.sort();
    let n = names.len();
    names.dedup();
    assert_eq!(names.len(), n);
    assert!(
        PROPERTY_NAMES
            .iter()
            .all(|name| names.iter().any(|known| known == name))
    );
}

#[test]
fn classes_are_distinct_and_few_enough() {
    for property in built_in() {
        let mut classes = property.classes().to_vec();
        assert!(
            (1..=Label::MAX_CLASSES).contains(&classes.len()),
            "{}",
            property.name()
        );
        classes.sort();
        classes.dedup();
        assert_eq!(
            classes.len(),
            property.classes().len(),
            "{}",
            property.name()
        );
    }
}

#[test]
fn nothing_known_is_no_labels_rather_than_labels_that_say_no() {
    let bare = Protein::new("bare", "ACDEFGHIK").unwrap();
    for property in built_in() {
        let says_something = labels_of(property.as_ref(), &bare).unwrap().is_some();
        assert_eq!(
            says_something,
            property.name() == "amino-acid",
            "{}",
            property.name()
        );
    }
}

#[test]
fn labels_cover_the_protein_and_depend_on_it_alone() {
    let protein = known();
    for property in built_in() {
        let labels = labels_of(property.as_ref(), &protein).unwrap().unwrap();
        assert_eq!(labels.n_residues(), protein.len(), "{}", property.name());
        assert_eq!(
            labels_of(property.as_ref(), &protein).unwrap(),
            Some(labels)
        );
    }
}

#[test]
fn what_is_not_known_is_undefined() {
    let protein = known();
    for property in built_in()
        .iter()
        .filter(|property| property.name() != "amino-acid")
    {
        let labels = labels_of(property.as_ref(), &protein).unwrap().unwrap();
        let name = property.name();
        for from in 0..9 {
            assert_eq!(labels.of_arc(from, 3), Some(Label::UNDEFINED), "{name}");
        }
        assert!(labels.of_arc(8, 0).unwrap().is_defined(), "{name}");
        assert_eq!(labels.of_arc(9, 0), None, "{name}");
        assert_eq!(labels.of_arc(0, 9), None, "{name}");
    }
}

#[test]
fn the_residue_attended_to_gives_the_label() {
    let protein = known();
    let label = |name: &str, from, to| {
        let property = by_name(name, &PropertyOptions::default()).unwrap();
        let labels = labels_of(property.as_ref(), &protein).unwrap().unwrap();
        let class = labels.of_arc(from, to).unwrap().class();
        class.map(|class| property.classes()[class].clone())
    };
    assert_eq!(label("binding-site", 1, 0).as_deref(), Some("yes"));
    assert_eq!(label("binding-site", 0, 1), None);
    assert_eq!(
        label("secondary-structure", 0, 2).as_deref(),
        Some("turn-bend")
    );
    assert_eq!(label("amino-acid", 0, 3).as_deref(), Some("X"));
    assert_eq!(label("amino-acid", 0, 7).as_deref(), Some("U"));
    assert_eq!(
        label("contact", 0, 7).as_deref(),
        Some("yes"),
        "7 Å, seven residues apart"
    );
    assert_eq!(label("contact", 0, 8), None, "8 Å is no contact");
}

#[test]
fn an_unknown_name_lists_the_known_ones() {
    let error = by_name("contacts", &PropertyOptions::default())
        .err()
        .unwrap();
    let expected = "there is no property `contacts`; known are contact, binding-site, \
                    modification, secondary-structure, amino-acid";
    assert_eq!(error.to_string(), expected);
}

/// The whole chain of messages, as a command would print it.
fn chain(error: &Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

#[test]
fn a_track_of_the_wrong_kind_is_named() {
    let mut protein = Protein::new("1abc.A", "AC").unwrap();
    let names = Track::Classes(vec![Some("helix".into()), Some("coil".into())]);
    protein
        .set_label(labels::BINDING_SITE, names.clone())
        .unwrap();
    protein
        .set_label(labels::SECONDARY_STRUCTURE, names)
        .unwrap();
    protein
        .set_label("domain", Track::Flags(vec![None, Some(true)]))
        .unwrap();

    let message = |property: &dyn Property| chain(&labels_of(property, &protein).unwrap_err());
    let named = |name| by_name(name, &PropertyOptions::default()).unwrap();
    assert_eq!(
        message(named("binding-site").as_ref()),
        "1abc.A: property binding-site could not label it: \
         label track binding-site holds class names, not true or false"
    );
    assert_eq!(
        message(named("secondary-structure").as_ref()),
        "1abc.A: property secondary-structure could not label it: residue 2 of label track \
         secondary-structure is \"coil\", none of helix, strand, turn-bend, blank"
    );
    assert_eq!(
        message(&TrackClasses::new("domain", "domain", ["sh2"]).unwrap()),
        "1abc.A: property domain could not label it: \
         label track domain holds true or false, not class names"
    );
}

#[test]
fn a_property_needs_classes_that_labels_can_tell_apart() {
    let none = TrackClasses::new("domain", "domain", Vec::<String>::new()).unwrap_err();
    assert_eq!(
        none.to_string(),
        "property domain has 0 classes; it needs 1 to 254"
    );
    let many = (0..255).map(|class| class.to_string());
    let many = TrackClasses::new("domain", "domain", many).unwrap_err();
    assert_eq!(
        many.to_string(),
        "property domain has 255 classes; it needs 1 to 254"
    );
}

/// A property that answers what it is told to.
struct Told {
    classes: Vec<String>,
    answer: fn() -> Result<Option<Labels>, PropertyError>,
}

impl Property for Told {
    fn name(&self) -> &str {
        "told"
    }

    fn classes(&self) -> &[String] {
        &self.classes
    }

    fn labels(&self, _: &Protein) -> Result<Option<Labels>, PropertyError> {
        (self.answer)()
    }
}

#[test]
fn a_property_that_breaks_the_contract_is_named_with_the_protein() {
    let message = |answer| {
        let property = Told {
            classes: vec!["a".into(), "b".into()],
            answer,
        };
        chain(&labels_of(&property, &Protein::new("p", "ACD").unwrap()).unwrap_err())
    };
    assert_eq!(
        message(|| Ok(Some(Labels::Residues(vec![Label::NONE; 2])))),
        "p: property told could not label it: \
         property told labels 2 residues, where 3 are needed"
    );
    assert_eq!(
        message(|| {
            let mut pairs = PairLabels::undefined(3);
            pairs.set(2, 0, Label::of_class(2).unwrap());
            Ok(Some(Labels::Pairs(pairs)))
        }),
        "p: property told could not label it: \
         property told gives class 2 (counted from 0) but has 2"
    );
    assert_eq!(
        message(|| Err("the server is down".into())),
        "p: property told could not label it: the server is down"
    );
}
