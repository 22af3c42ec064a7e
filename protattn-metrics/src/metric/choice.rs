//! Which metrics an analysis takes, by their names.

use super::{
    AttentionDistance, AttentionMass, ContactPrecision, Entropy, HeadAgreement, HeadCombination,
    Metric,
};
use crate::{Error, Property};

/// The built-in metrics, in the order in which tables have them.
pub const METRIC_NAMES: [&str; 5] = [
    "attention-mass",
    "entropy",
    "distance",
    ContactPrecision::NAME,
    "head-agreement",
];

/// Stands for all of [`METRIC_NAMES`].
const ALL: &str = "all";

/// The metrics of these names, each once; `all` stands for the built-in ones, and the
/// [combination of heads](HeadCombination) for what it ranks them by. Those that are `given` come first
/// where names collide, and are taken whatever is named. `properties` are those whose attention mass is
/// taken.
///
/// ```
/// use protattn_metrics::select_metrics;
///
/// let names = ["entropy".to_owned(), "contact-precision-combined".to_owned()];
/// let metrics = select_metrics(&names, Vec::new(), &[])?;
/// assert_eq!(metrics[1].name(), "contact-precision");
/// # Ok::<(), protattn_metrics::Error>(())
/// ```
///
/// # Errors
/// [`Error::UnknownMetric`] with all that are known.
pub fn select_metrics(
    names: &[String],
    mut given: Vec<Box<dyn Metric>>,
    properties: &[Box<dyn Property>],
) -> Result<Vec<Box<dyn Metric>>, Error> {
    let own: Vec<String> = given
        .iter()
        .map(|metric| metric.name().to_owned())
        .collect();
    let mut wanted: Vec<&str> = Vec::new();
    for name in names {
        if name == ALL {
            wanted.extend(METRIC_NAMES);
        } else if name == HeadCombination::NAME {
            wanted.push(ContactPrecision::NAME);
        } else if METRIC_NAMES.contains(&name.as_str()) || own.contains(name) {
            wanted.push(name);
        } else {
            let known = METRIC_NAMES.iter().map(ToString::to_string).chain(own);
            let more = [HeadCombination::NAME, ALL].map(str::to_owned);
            return Err(Error::UnknownMetric {
                found: name.clone(),
                known: known.chain(more).collect(),
            });
        }
    }
    wanted.extend(own.iter().map(String::as_str));
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
        ContactPrecision::NAME => Box::new(ContactPrecision),
        "head-agreement" => Box::new(HeadAgreement),
        _ => Box::new(AttentionMass::new(properties.iter().map(AsRef::as_ref))),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use ndarray::ArrayView3;

    use super::*;
    use crate::{HeadValues, MetricError, Quantity, Subject};

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

    fn names(asked: &[&str]) -> Result<Vec<String>, Error> {
        let asked: Vec<String> = asked.iter().map(ToString::to_string).collect();
        let given: Vec<Box<dyn Metric>> = vec![Box::new(Own("entropy")), Box::new(Own("ends"))];
        let selected = select_metrics(&asked, given, &[])?;
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
        assert_eq!(names(&["all"]).unwrap().len(), METRIC_NAMES.len() + 1);
        let both = ["contact-precision-combined", "contact-precision"];
        assert_eq!(names(&both).unwrap()[0], "contact-precision");
        assert_eq!(names(&both).unwrap().len(), 3, "itself and the own ones");
        assert_eq!(names(&[]).unwrap(), ["entropy (mine)", "ends (mine)"]);
    }

    #[test]
    fn an_unknown_metric_is_named_with_those_that_are_known() {
        let said = names(&["entropies"]).unwrap_err().to_string();
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
