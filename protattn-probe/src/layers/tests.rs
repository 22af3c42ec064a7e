//! Whole runs on a small model, in every way in which they can be done.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use protattn_io::{Label, PairLabels};
use protattn_metrics::{AminoAcid, Labels, PropertyError};
use protattn_model::run::{Saving, Shard, Watch};

use super::*;

/// Pairs of the same residue; it fails on glycine at the start, and panics on tryptophan.
struct Alike([String; 1]);

impl Property for Alike {
    fn name(&self) -> &str {
        "alike"
    }

    fn classes(&self) -> &[String] {
        &self.0
    }

    fn labels(&self, protein: &Protein) -> Result<Option<Labels>, PropertyError> {
        let residues = protein.sequence().as_bytes();
        match residues[0] {
            b'G' => return Err("glycine is first".into()),
            b'W' => panic!("tryptophan is first"),
            _ => {}
        }
        let mut labels = PairLabels::undefined(residues.len());
        for (i, a) in residues.iter().enumerate() {
            for (j, b) in residues.iter().enumerate().filter(|(j, _)| *j != i) {
                labels.set(i, j, Label::from_flag(Some(a == b)));
            }
        }
        Ok(Some(Labels::Pairs(labels)))
    }
}

pub(super) fn properties() -> Vec<Box<dyn Property>> {
    vec![Box::new(AminoAcid), Box::new(Alike(["yes".to_owned()]))]
}

pub(super) fn model() -> Model {
    let config = br#"{"model_type": "bert", "vocab_size": 30, "hidden_size": 8,
        "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 16}"#;
    Model::random(config, None, 1).unwrap()
}

/// So many proteins of up to 16 residues of four types, some with the same sequence.
pub(super) fn proteins(n: usize) -> Vec<Protein> {
    let protein = |number: usize| {
        let number = number % 11;
        let sequence: String = (0..9 + number % 8)
            .map(|i| char::from(b"AKLV"[(i * i + number * 7 + i * number) % 4]))
            .collect();
        Protein::new(format!("p{number}"), &sequence).unwrap()
    };
    (0..n).map(protein).collect()
}

pub(super) fn settings() -> Settings {
    let mut settings = Settings {
        bootstrap: 10,
        negative_rate: 0.5,
        ..Settings::default()
    };
    settings.contact.min_separation = 2;
    settings
}

/// Ends a run after so many records.
struct After(usize, AtomicUsize);

impl Watch for After {
    fn advance(&self, records: usize, _: usize) {
        self.1.fetch_add(records, Ordering::Relaxed);
    }

    fn is_ending(&self) -> bool {
        self.1.load(Ordering::Relaxed) >= self.0
    }
}

/// A run of 14 proteins to train on and 6 to judge by.
fn start(options: Options<'_>, storage: Storage) -> Result<Outcome<Probes, Settings>, Error> {
    let (model, properties, proteins) = (model(), properties(), proteins(20));
    let probing = Probing::new(&model, &properties).settings(settings());
    let (train, eval) = proteins.split_at(14);
    probing.options(options).storage(storage).start(train, eval)
}

fn one_thread<'a>() -> Options<'a> {
    Options::new().threads(NonZeroUsize::MIN)
}

/// All that was found, NaN being NaN.
fn shown(found: &Probes) -> String {
    let record = (
        &found.record.settings,
        &found.record.warnings,
        found.record.proteins,
    );
    format!(
        "{:?} {:?} {:?} {record:?}",
        found.rows, found.probes, found.results
    )
}

fn whole() -> Probes {
    start(one_thread(), Storage::default())
        .unwrap()
        .done()
        .unwrap()
}

#[test]
fn threads_and_features_on_disk_change_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let expected = whole();
    assert_eq!(expected.record.proteins, 20);
    // Three layers of hidden states for both, two layers of attention for pairs.
    let mut asked: Vec<(&str, usize)> = expected
        .rows
        .iter()
        .filter(|row| row.task == "alike" && row.score == "f1")
        .map(|row| (row.features.as_str(), row.layer))
        .collect();
    asked.dedup();
    let hidden = [("hidden", 0), ("hidden", 1), ("hidden", 2)];
    assert_eq!(
        asked,
        [&hidden[..], &[("attention", 1), ("attention", 2)]].concat()
    );
    // Four amino acids in three layers, and all of them.
    let probes = expected.probes.iter();
    assert_eq!(
        probes.filter(|probe| probe.task == "amino-acid").count(),
        5 * 3
    );
    for bytes in [0, 1 << 20] {
        let scratch = folder.path().to_owned();
        let storage = Storage::default().memory(bytes).scratch(scratch);
        let three = one_thread().threads(NonZeroUsize::new(3).unwrap());
        let found = start(three, storage).unwrap().done().unwrap();
        assert_eq!(shown(&found), shown(&expected));
    }
    let refused = start(one_thread(), Storage::default().memory(1000)).unwrap_err();
    assert!(matches!(refused, Error::Settings { .. }), "{refused}");
}

#[test]
fn a_run_that_ends_at_any_moment_goes_on_to_the_same() {
    let (expected, every) = (shown(&whole()), Duration::from_millis(1));
    // Six different sequences are short enough to come in one batch; there are three layers, and two.
    for end in [1, 21, 23] {
        let folder = tempfile::tempdir().unwrap();
        let saving = || Saving::new(folder.path()).every(every);
        let watch = After(end, AtomicUsize::new(0));
        let options = one_thread().watch(&watch).saving(saving());
        match start(options, Storage::default()) {
            Err(Error::Interrupted { saved, .. }) => assert!(saved),
            other => panic!("{other:?}"),
        }
        let options = || one_thread().saving(saving().resume(true));
        let found = start(options(), Storage::default())
            .unwrap()
            .done()
            .unwrap();
        assert_eq!(shown(&found), expected);
        found.record.write(folder.path(), &found.results).unwrap();
        run::remove_saved(folder.path()).unwrap();
        let again = start(options(), Storage::default()).unwrap();
        assert!(matches!(again, Outcome::Before(_)), "{again:?}");
    }
}

#[test]
fn shards_that_are_merged_are_one_run() {
    let folder = tempfile::tempdir().unwrap();
    let shard = |number: u32| {
        let path = folder.path().join(number.to_string());
        let options = one_thread().saving(Saving::new(&path));
        let options = options.shard(Shard::new(number, 3).unwrap());
        let done = start(options, Storage::default().memory(0)).unwrap();
        assert!(matches!(done, Outcome::Shard(_)), "{done:?}");
        path
    };
    let folders = [3, 1, 2].map(shard);
    let scratch = folder.path().join("scratch");
    let on_disk = Storage::default().memory(0).scratch(scratch);
    for storage in [Storage::default(), on_disk] {
        let (found, missing) = merge(&folders, None, &one_thread(), &storage).unwrap();
        assert_eq!((shown(&found), missing), (shown(&whole()), vec![]));
    }
    let little = Storage::default().memory(0);
    assert!(merge(&folders, None, &one_thread(), &little).is_err());
    let missing = merge(&folders[..2], None, &one_thread(), &Storage::default());
    assert!(matches!(missing, Err(Error::Merge { .. })));
    let partial = folder.path().join("partial");
    let storage = Storage::default();
    let (some, missing) = merge(&folders[..2], Some(&partial), &one_thread(), &storage).unwrap();
    assert_eq!(some.record.shards.unwrap().missing(), missing);
    assert_eq!(missing, [2]);
    let rest = [partial, folders[2].clone()];
    let (found, _) = merge(&rest, None, &one_thread(), &storage).unwrap();
    assert_eq!(shown(&found), shown(&whole()));
}

#[test]
fn a_run_of_other_labels_is_not_taken_up() {
    let folder = tempfile::tempdir().unwrap();
    let (model, properties, proteins) = (model(), properties(), proteins(20));
    let start = |properties, at: usize, resume| {
        let saving = Saving::new(folder.path()).resume(resume);
        let probing = Probing::new(&model, properties).settings(settings());
        let options = one_thread().saving(saving);
        probing
            .options(options)
            .start(&proteins[..at], &proteins[at..])
    };
    start(&properties, 14, false).unwrap();
    for (properties, at) in [(&properties[..1], 14), (&properties[..], 13)] {
        match start(properties, at, true) {
            Err(Error::OtherRun { differences, .. }) => {
                assert!(differences.join(" ").contains("settings.samples_hash"));
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn labels_that_cannot_be_had_are_skipped_with_the_reason() {
    let (model, properties) = (model(), properties());
    let mut train = proteins(6);
    train.push(Protein::new("failing", "GAKL").unwrap());
    train.push(Protein::new("panicking", "WAKL").unwrap());
    let probing = Probing::new(&model, &properties).settings(settings());
    let found = probing
        .options(one_thread())
        .run(&train, &proteins(3))
        .unwrap();
    let skipped: Vec<(&str, &str)> = found
        .record
        .skipped
        .iter()
        .map(|skipped| (skipped.record.as_str(), skipped.reason.as_str()))
        .collect();
    assert_eq!(skipped[0].0, "failing");
    assert!(skipped[0].1.ends_with("glycine is first"), "{skipped:?}");
    assert!(
        skipped[1].1.ends_with(": tryptophan is first"),
        "{skipped:?}"
    );
    assert_eq!(found.results.train_proteins, 8);
    // All three are trained on.
    let shared = "3 of 3 evaluation proteins have a sequence that is trained on too";
    assert!(found.record.warnings[0].starts_with(shared));
}
