//! From `--metric` to metrics.

use anyhow::{Result, bail};
use protattn_metrics::{
    AttentionDistance, AttentionMass, ContactPrecision, Entropy, HeadAgreement, HeadCombination,
    Metric, Property,
};

use crate::ending::Usage;

/// The built-in metrics, in the order in which tables have them.
const NAMES: [&str; 5] = [
    "attention-mass",
    "entropy",
    "distance",
    CONTACT_PRECISION,
    "head-agreement",
];
/// What heads are ranked by before they are put together.
const CONTACT_PRECISION: &str = "contact-precision";
/// All of them, and all that the program was given.
const ALL: &str = "all";

/// Whether it was asked how well the best heads predict contacts together, which takes a second pass.
pub(crate) fn combined(names: &[String]) -> bool {
    names.iter().any(|name| name == HeadCombination::NAME)
}

/// The metrics of these names, each once. Those that the program was `given` come first where names
/// collide, and are taken whenever any metric is; so that a plugin's own needs no naming, also
/// without any.
pub(crate) fn select(
    names: &[String],
    mut given: Vec<Box<dyn Metric>>,
    properties: &[Box<dyn Property>],
) -> Result<Vec<Box<dyn Metric>>> {
    let known: Vec<String> = NAMES.iter().map(ToString::to_string).collect();
    let own: Vec<String> = given
        .iter()
        .map(|metric| metric.name().to_owned())
        .collect();
    let mut wanted: Vec<&String> = Vec::new();
    for name in names {
        if name == ALL {
            wanted.extend(&known);
        } else if name == HeadCombination::NAME {
            wanted.extend(known.iter().filter(|known| *known == CONTACT_PRECISION));
        } else if known.contains(name) || own.contains(name) {
            wanted.push(name);
        } else {
            bail!(Usage(format!(
                "--metric: there is no metric `{name}`; known are {}, {}, {ALL}",
                [known, own].concat().join(", "),
                HeadCombination::NAME,
            )));
        }
    }
    wanted.extend(&own);
    let mut selected: Vec<Box<dyn Metric>> = Vec::new();
    for name in wanted {
        if selected.iter().any(|metric| metric.name() == name) {
            continue;
        }
        let place = given.iter().position(|metric| metric.name() == name);
        selected.push(match place {
            Some(place) => given.swap_remove(place),
            None => built_in(name, properties),
        });
    }
    Ok(selected)
}

fn built_in(name: &str, properties: &[Box<dyn Property>]) -> Box<dyn Metric> {
    match name {
        "entropy" => Box::new(Entropy),
        "distance" => Box::new(AttentionDistance),
        CONTACT_PRECISION => Box::new(ContactPrecision),
        "head-agreement" => Box::new(HeadAgreement),
        _ => Box::new(AttentionMass::new(properties.iter().map(AsRef::as_ref))),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use ndarray::ArrayView3;
    use protattn_metrics::{HeadValues, MetricError, Quantity, Subject};

    use super::*;

    struct Own(&'static str);

    impl Metric for Own {
        fn name(&self) -> &str {
            self.0
        }
        fn quantities(&self, _: usize) -> Vec<Quantity> {
            vec![Quantity::only("mine")]
        }
        fn observe(
            &self,
            _: &Subject<'_>,
            _: usize,
            _: ArrayView3<'_, f32>,
            _: &mut HeadValues,
        ) -> Result<(), MetricError> {
            Ok(())
        }
    }

    fn names(asked: &[&str]) -> Result<Vec<String>> {
        let asked: Vec<String> = asked.iter().map(ToString::to_string).collect();
        let given: Vec<Box<dyn Metric>> = vec![Box::new(Own("entropy")), Box::new(Own("ends"))];
        let selected = select(&asked, given, &[])?;
        let unit = |metric: &dyn Metric| metric.quantities(2).first().map(|q| q.unit.clone());
        let named = selected.iter().map(|metric| match unit(metric.as_ref()) {
            Some(unit) if unit == "mine" => format!("{} (mine)", metric.name()),
            _ => metric.name().to_owned(),
        });
        Ok(named.collect())
    }

    #[test]
    fn own_metrics_come_first_and_every_name_once() {
        let found = names(&["distance", "entropy", "distance"]).unwrap();
        assert_eq!(found, ["distance", "entropy (mine)", "ends (mine)"]);
        assert_eq!(names(&["all"]).unwrap().len(), NAMES.len() + 1);
        let both = ["contact-precision-combined", "contact-precision"];
        assert_eq!(names(&both).unwrap()[0], "contact-precision");
        assert_eq!(names(&both).unwrap().len(), 3, "itself and the own ones");
        assert_eq!(names(&[]).unwrap(), ["entropy (mine)", "ends (mine)"]);
    }

    #[test]
    fn an_unknown_metric_is_a_bad_argument() {
        let error = names(&["entropies"]).unwrap_err();
        assert!(error.is::<Usage>(), "{error}");
        let said = error.to_string();
        assert!(
            said.contains("`entropies`; known are attention-mass, "),
            "{said}"
        );
        assert!(
            said.ends_with("entropy, ends, contact-precision-combined, all"),
            "{said}"
        );
    }
}
