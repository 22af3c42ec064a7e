//! Runs of contacts: against passes one by one, and whatever way they are run.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use protattn_io::{Protein, contact_map};
use protattn_model::run::{Error, Options, Outcome, Saving, Shard, Watch};
use protattn_model::{Contacts, Model, Output, Sink, SinkError, Workspace};
use protattn_probe::contacts::{
    ContactFit, ContactPrediction, FitSettings, FittedContacts, PredictedContacts,
    PredictionSettings, Predictions, merge_fit, merge_predictions,
};
use protattn_probe::ndarray::{Array2, ArrayView3, s};
use protattn_probe::{ContactRegression, PairAttention, PairSampling, attention_features};

fn model() -> Model {
    let config = br#"{"model_type": "bert", "vocab_size": 30, "hidden_size": 16,
        "num_hidden_layers": 3, "num_attention_heads": 2, "intermediate_size": 32,
        "max_position_embeddings": 60, "initializer_range": 1.0}"#;
    Model::random(config, None, 1).unwrap()
}

/// Helices of 8 to 40 residues; some of one sequence, some without a structure.
fn proteins() -> Vec<Protein> {
    let protein = |n: usize| {
        let sequence = "MKTAYIAKQRQISFVKGVSELLKDAWCCWHHQPLIVNNDE".repeat(2);
        let kind = if n.is_multiple_of(5) { 3 } else { n };
        let mut protein = Protein::new(format!("p{n}"), &sequence[kind..][..8 + kind * 7 % 33]);
        let protein_mut = protein.as_mut().unwrap();
        let at = |i: usize| {
            let (sin, cos) = (i as f32 * 0.9).sin_cos();
            (i % 11 != n % 11).then_some([7.0 * sin, 7.0 * cos, 0.6 * i as f32])
        };
        if n % 4 != 3 {
            let positions = (0..protein_mut.len()).map(at).collect();
            protein_mut.set_ca(positions).unwrap();
        }
        protein.unwrap()
    };
    (0..24).map(protein).collect()
}

fn settings() -> FitSettings {
    let mut settings = FitSettings::default();
    settings.rule.min_separation = 3;
    settings.max_tokens = 35;
    settings.l1 = 0.01;
    settings
}

fn fit(model: &Model) -> ContactFit<'_> {
    ContactFit::new(model).settings(settings())
}

fn prediction<'m>(model: &'m Model, regression: &ContactRegression) -> ContactPrediction<'m> {
    let mut settings = PredictionSettings::default();
    settings.rule.min_separation = 3;
    settings.max_tokens = 35;
    let prediction = ContactPrediction::new(model, regression).unwrap();
    prediction.settings(settings)
}

fn threads(n: usize) -> Options<'static> {
    Options::new().threads(NonZeroUsize::new(n).unwrap())
}

fn bits(fitted: &FittedContacts) -> Vec<u8> {
    fitted.regression.to_bytes().unwrap()
}

fn all(predictions: &Predictions) -> Vec<PredictedContacts> {
    predictions.proteins().map(Result::unwrap).collect()
}

/// Not `==`, to which NaN is no NaN.
fn assert_same(one: &Predictions, other: &Predictions) {
    let shown = |of: &Predictions| format!("{:?} {:?} {:?}", all(of), of.scores, of.means);
    assert!(shown(one) == shown(other));
    assert_eq!(one.results, other.results);
    assert_eq!(one.record.skipped, other.record.skipped);
    assert_eq!(one.record.warnings, other.record.warnings);
    assert_eq!(one.record.proteins, other.record.proteins);
}

/// All attention of one pass.
struct Features<'a>(&'a [[usize; 2]], Array2<f32>);

impl Sink for Features<'_> {
    fn wants(&self, output: Output) -> bool {
        matches!(output, Output::Attention { .. })
    }

    fn attention(&mut self, layer: usize, attention: ArrayView3<'_, f32>) -> Result<(), SinkError> {
        let columns = self.1.slice_mut(s![.., 2 * layer..2 * (layer + 1)]);
        Ok(attention_features(
            attention,
            self.0,
            PairAttention::Corrected,
            columns,
        )?)
    }
}

#[test]
fn a_fit_is_that_of_the_attention_of_one_protein_after_another() {
    let (model, proteins, settings) = (model(), proteins(), settings());
    let (mut features, mut labels) = (Array2::zeros((0, 6)), Vec::new());
    for protein in &proteins {
        let Some(contacts) = contact_map(protein, &settings.rule) else {
            continue;
        };
        let tokens = model
            .tokenizer()
            .encode(protein.sequence(), Some(35))
            .unwrap();
        let known = |i, j| {
            contacts
                .get(i, j)
                .is_defined()
                .then(|| contacts.get(i, j).class().is_some())
        };
        let samples = PairSampling::new(3).select(0, tokens.residues().len(), known);
        let mut sink = Features(&samples.pairs, Array2::zeros((samples.pairs.len(), 6)));
        model
            .forward(&tokens, &mut Workspace::new(), &mut sink)
            .unwrap();
        features
            .append(protattn_probe::ndarray::Axis(0), sink.1.view())
            .unwrap();
        labels.extend(samples.labels);
    }
    let solver = protattn_probe::LogisticRegression::builder();
    let solver = solver
        .inverse_penalty(100.0)
        .l1_ratio(1.0)
        .standardize(false)
        .build()
        .unwrap();
    let expected = ContactRegression::fit(&solver, &features, &labels, 3, 3).unwrap();
    let fitted = fit(&model).run(&proteins).unwrap();
    assert_eq!(fitted.regression, expected);
    assert_eq!(
        (fitted.results.pairs, fitted.record.proteins),
        (labels.len(), 18)
    );
    assert!(fitted.results.non_zero > 0 && fitted.results.converged);
    for n in [1, 3] {
        let again = fit(&model).options(threads(n)).run(&proteins).unwrap();
        assert_eq!(bits(&again), bits(&fitted));
    }
}

#[test]
fn predictions_are_those_of_one_protein_after_another() {
    let (model, proteins) = (model(), proteins());
    let regression = fit(&model).run(&proteins[..12]).unwrap().regression;
    let predictions = prediction(&model, &regression).run(&proteins).unwrap();
    let weights = regression.coefficients().mapv(|weight| weight as f32);
    let head = protattn_model::ContactHead::new(weights, regression.intercept() as f32).unwrap();
    for (protein, found) in proteins.iter().zip(predictions.proteins()) {
        let found = found.unwrap();
        let mut contacts = Contacts::new(&head, model.info()).unwrap();
        let tokens = model
            .tokenizer()
            .encode(protein.sequence(), Some(35))
            .unwrap();
        model
            .forward(&tokens, &mut Workspace::new(), &mut contacts)
            .unwrap();
        let expected = contacts.probabilities().unwrap();
        let n = expected.nrows();
        assert_eq!((found.name(), found.n_read()), (protein.id(), n));
        assert_eq!(found.rows().count(), (n - 3) * (n - 2) / 2);
        assert!(
            found
                .rows()
                .all(|pair| pair.probability == f64::from(expected[[pair.i, pair.j]]))
        );
        assert_eq!(found.has_structure(), protein.ca().is_some());
    }
    assert_eq!(
        (
            predictions.record.proteins,
            predictions.results.with_structure
        ),
        (24, 18)
    );
    let cut = "`max_tokens` 35 lets in: only their first residues are read";
    assert!(
        predictions.record.warnings[0].contains(cut),
        "{:?}",
        predictions.record.warnings
    );
    assert_eq!(predictions.scores.len(), 19 * 12);
    for n in [1, 3] {
        let again = prediction(&model, &regression).options(threads(n));
        assert_same(&again.run(&proteins).unwrap(), &predictions);
    }
}

/// Asks a run to end after so many records.
struct After(usize, AtomicUsize);

impl Watch for After {
    fn advance(&self, records: usize, _: usize) {
        self.1.fetch_add(records, Ordering::Relaxed);
    }

    fn is_ending(&self) -> bool {
        self.1.load(Ordering::Relaxed) >= self.0
    }
}

fn saving(folder: &Path) -> Saving {
    Saving::new(folder)
        .every(Duration::from_micros(1))
        .resume(true)
}

#[test]
fn an_interrupted_run_goes_on_to_the_same() {
    let (model, proteins) = (model(), proteins());
    let fitted = fit(&model).run(&proteins).unwrap();
    let expected = prediction(&model, &fitted.regression)
        .run(&proteins)
        .unwrap();
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let options = |n: usize| threads(1 + n).saving(saving(folders[n].path()));
    let mut ends = 0;
    for n in 0..12 {
        let watches = [After(3, AtomicUsize::new(0)), After(5, AtomicUsize::new(0))];
        let fitting = fit(&model).options(options(0).watch(&watches[0]));
        let predicting = prediction(&model, &fitted.regression);
        let predicting = predicting.options(options(1).watch(&watches[1]));
        let is_end = |error: &Error| matches!(error, Error::Interrupted { saved: true, .. });
        ends += usize::from(fitting.run(&proteins).is_err_and(|error| is_end(&error)));
        ends += usize::from(predicting.run(&proteins).is_err_and(|error| is_end(&error)));
        if n == 0 {
            assert_eq!(ends, 2);
        }
    }
    // It goes on from what was saved: else each would end.
    assert!((3..24).contains(&ends), "{ends}");
    let again = fit(&model).options(options(0)).run(&proteins).unwrap();
    assert_eq!(bits(&again), bits(&fitted));
    let again = prediction(&model, &fitted.regression).options(options(1));
    assert_same(&again.run(&proteins).unwrap(), &expected);
    // Predictions by another regression do not go on from these.
    let other = fit(&model).run(&proteins[..10]).unwrap();
    let other = prediction(&model, &other.regression).options(options(1));
    let error = other.run(&proteins).unwrap_err().to_string();
    assert!(error.contains("settings.head.sha256 is "), "{error}");
}

#[test]
fn shards_merged_are_one_run() {
    let (model, proteins) = (model(), proteins());
    let fitted = fit(&model).run(&proteins).unwrap();
    let expected = prediction(&model, &fitted.regression)
        .run(&proteins)
        .unwrap();
    let place = tempfile::tempdir().unwrap();
    let (mut fits, mut predictions) = (Vec::new(), Vec::new());
    for number in 1..=8 {
        let options = |kind: &str, folders: &mut Vec<PathBuf>| {
            folders.push(place.path().join(format!("{kind}{number}")));
            let options = threads(2).saving(saving(&folders[number - 1]));
            options.shard(Shard::new(number as u32, 8).unwrap())
        };
        let shard = fit(&model)
            .options(options("fit", &mut fits))
            .start(&proteins)
            .unwrap();
        assert!(matches!(shard, Outcome::Shard(_)));
        let shard = prediction(&model, &fitted.regression);
        let shard = shard.options(options("predict", &mut predictions));
        assert!(matches!(shard.start(&proteins).unwrap(), Outcome::Shard(_)));
    }
    fits.rotate_left(3);
    predictions.reverse();
    let (merged, missing) = merge_fit(&fits, None, &threads(2)).unwrap();
    assert_eq!((bits(&merged), missing), (bits(&fitted), vec![]));
    assert_eq!(merged.results, fitted.results);
    let (merged, _) = merge_predictions(&predictions, None, &threads(2)).unwrap();
    assert_same(&merged, &expected);
    assert_eq!(merged.record.shards, None);

    // Some of them, and then the others to what was merged.
    let error = merge_predictions(&predictions[..5], None, &threads(1)).unwrap_err();
    assert!(matches!(error, Error::Merge { .. }));
    let some = place.path().join("some");
    let (merged, missing) = merge_predictions(&predictions[..5], Some(&some), &threads(1)).unwrap();
    assert_eq!(missing, [1, 2, 3]);
    assert!(merged.record.proteins < 24 && all(&merged).len() == merged.record.proteins);
    let rest = [&[some], &predictions[5..]].concat();
    assert_same(
        &merge_predictions(&rest, None, &threads(1)).unwrap().0,
        &expected,
    );
}

#[test]
fn what_cannot_be_says_why() {
    let (model, proteins) = (model(), proteins());
    let refused = |change: &dyn Fn(&mut FitSettings), said: &str| {
        let mut settings = settings();
        change(&mut settings);
        let error = ContactFit::new(&model).settings(settings).run(&proteins);
        let error = error.unwrap_err().to_string();
        assert!(error.contains(said), "{error}");
    };
    refused(&|settings| settings.l1 = 0.0, "`l1` is 0; it is over 0");
    refused(
        &|settings| settings.rule.distance = 0.1,
        "none is a contact",
    );
    refused(
        &|settings| settings.rule.distance = 1e3,
        "each is a contact",
    );
    refused(
        &|settings| settings.rule.min_separation = 99,
        "no protein has residues 99 apart",
    );
    let error = fit(&model).memory(1000).run(&proteins).unwrap_err();
    assert!(matches!(error, Error::Data { .. }));
    assert!(
        error.to_string().contains("more than `memory` 1 KiB: "),
        "{error}"
    );
    let error = ContactPrediction::by_checkpoint(&model)
        .unwrap_err()
        .to_string();
    assert!(error.contains("has no contact head of its own"), "{error}");
    let regression = fit(&model).run(&proteins).unwrap().regression;
    let other = br#"{"model_type": "bert", "vocab_size": 30, "hidden_size": 16,
        "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32}"#;
    let other = Model::random(other, None, 1).unwrap();
    let error = ContactPrediction::new(&other, &regression).unwrap_err();
    assert!(error.to_string().contains("3 layers of 2 heads"), "{error}");
}

#[test]
fn a_protein_whose_pass_fails_is_named_and_the_rest_is_predicted() {
    let (model, mut proteins) = (model(), proteins());
    let regression = fit(&model).run(&proteins).unwrap().regression;
    let long = Protein::new("long", &"MKTAYIAKQR".repeat(9)).unwrap();
    proteins.insert(1, long);
    let mut settings = PredictionSettings::default();
    settings.rule.min_separation = 2;
    let predict = || {
        ContactPrediction::new(&model, &regression)
            .unwrap()
            .settings(settings.clone())
    };
    let predictions = predict().run(&proteins).unwrap();
    assert_eq!(predictions.record.proteins, 24);
    let skipped = &predictions.record.skipped;
    assert_eq!((skipped.len(), skipped[0].record.as_str()), (1, "long"));
    assert!(predictions.record.warnings[0].contains("pairs nearer than 3 were not among"));
    let error = predict().run(&proteins[1..2]).unwrap_err().to_string();
    assert!(
        error.starts_with("no protein can be predicted; the first problem: long: "),
        "{error}"
    );
}
