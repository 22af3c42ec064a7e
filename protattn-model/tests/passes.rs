//! The contract of a pass with its sink, and properties of every pass.

use std::sync::LazyLock;

use proptest::prelude::*;
use protattn_model::ndarray::{ArrayView2, ArrayView3, Axis};
use protattn_model::{
    AttentionArc, Error, Model, Output, Sink, SinkError, SpecialTokens, Workspace,
};

use crate::common::{Keep, folder};

static MODEL: LazyLock<Model> = LazyLock::new(|| Model::load(folder("bert")).unwrap());

/// Writes down what it is given, and refuses one of the outputs.
#[derive(Default)]
struct Log {
    calls: Vec<Output>,
    refused: Option<Output>,
}

impl Log {
    fn take(&mut self, output: Output) -> Result<(), SinkError> {
        self.calls.push(output);
        match self.refused {
            Some(refused) if refused == output => Err("enough".into()),
            _ => Ok(()),
        }
    }
}

impl Sink for Log {
    fn wants(&self, output: Output) -> bool {
        output != (Output::Attention { layer: 1 })
    }

    fn attention(&mut self, layer: usize, _: ArrayView3<'_, f32>) -> Result<(), SinkError> {
        self.take(Output::Attention { layer })
    }

    fn arcs(&mut self, layer: usize, _: &[AttentionArc]) -> Result<(), SinkError> {
        self.take(Output::Arcs { layer })
    }

    fn hidden_states(&mut self, level: usize, _: ArrayView2<'_, f32>) -> Result<(), SinkError> {
        self.take(Output::HiddenStates { level })
    }
}

fn log(refused: Option<Output>) -> (Vec<Output>, Result<(), Error>) {
    let tokens = MODEL.tokenizer().encode("MKTAYIAK", None).unwrap();
    let mut log = Log {
        refused,
        ..Log::default()
    };
    let result = MODEL.forward(&tokens, &mut Workspace::new(), &mut log);
    (log.calls, result)
}

#[test]
fn outputs_come_in_the_order_of_the_pass_and_only_if_wanted() {
    let (calls, result) = log(None);
    assert!(result.is_ok());
    assert_eq!(
        calls,
        [
            Output::HiddenStates { level: 0 },
            Output::Attention { layer: 0 },
            Output::Arcs { layer: 0 },
            Output::HiddenStates { level: 1 },
            Output::Arcs { layer: 1 },
            Output::HiddenStates { level: 2 },
            Output::Attention { layer: 2 },
            Output::Arcs { layer: 2 },
            Output::HiddenStates { level: 3 },
        ]
    );
}

#[test]
fn a_refusal_ends_the_pass_and_comes_back() {
    for (refused, calls) in [
        (Output::Attention { layer: 0 }, 2),
        (Output::Arcs { layer: 0 }, 3),
        (Output::HiddenStates { level: 2 }, 6),
    ] {
        let (made, result) = log(Some(refused));
        assert_eq!(made.len(), calls);
        assert!(matches!(result, Err(Error::Sink(source)) if source.to_string() == "enough"));
    }
}

/// Wants everything and takes nothing: the methods that have defaults are enough for it.
struct Indifferent;

impl Sink for Indifferent {
    fn wants(&self, _: Output) -> bool {
        true
    }
}

#[test]
fn the_default_methods_take_everything() {
    let tokens = MODEL.tokenizer().encode("MKT", None).unwrap();
    assert!(
        MODEL
            .forward(&tokens, &mut Workspace::new(), &mut Indifferent)
            .is_ok()
    );
}

#[test]
fn a_short_pass_gives_the_same_bits_as_a_whole_one() {
    // With its special tokens the long one is 128: no padding in any panel of the products.
    let long = "MKTAYIAKQ".repeat(14);
    for sequence in ["M", "MKTAYIAKQRQISFVKSHFSRQ", &long] {
        let whole = Keep::new(|_| true).run(&MODEL, sequence, SpecialTokens::Cut);
        let part = |wanted| {
            Keep::new(move |output| output == wanted).run(&MODEL, sequence, SpecialTokens::Cut)
        };
        for layer in 0..3 {
            let part = part(Output::Attention { layer });
            assert_eq!((part.attention.len(), part.hidden.len()), (1, 0));
            assert_eq!(part.attention[&layer], whole.attention[&layer]);
        }
        for level in 0..=3 {
            let part = part(Output::HiddenStates { level });
            assert_eq!((part.attention.len(), part.hidden.len()), (0, 1));
            assert_eq!(part.hidden[&level], whole.hidden[&level]);
        }
    }
}

#[test]
fn every_thread_computes_the_same_bits() {
    let run = || Keep::new(|_| true).run(&MODEL, "MKTAYIAKQRQISFVK", SpecialTokens::Keep);
    let expected = run();
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..3).map(|_| scope.spawn(run)).collect();
        for worker in workers {
            let found = worker.join().unwrap();
            assert_eq!(found.attention, expected.attention);
            assert_eq!(found.hidden, expected.hidden);
        }
    });
}

fn sequences() -> impl Strategy<Value = Vec<String>> {
    proptest::collection::vec("[ACDEFGHIKLMNPQRSTVWYX]{1,60}", 1..4)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn rows_of_attention_sum_to_one(sequences in sequences()) {
        for sequence in &sequences {
            let keep = Keep::new(|_| true).run(&MODEL, sequence, SpecialTokens::Keep);
            for map in keep.attention.values() {
                prop_assert_eq!(map.dim(), (4, sequence.len() + 2, sequence.len() + 2));
                prop_assert!(map.iter().all(|value| (0.0..=1.0).contains(value)));
                for sum in &map.sum_axis(Axis(2)) {
                    prop_assert!((sum - 1.0).abs() < 1e-5, "{}", sum);
                }
            }
        }
    }

    #[test]
    fn a_used_workspace_gives_the_same_bits_as_a_fresh_one(sequences in sequences()) {
        let mut workspace = Workspace::new();
        for sequence in &sequences {
            let fresh = Keep::new(|_| true).run(&MODEL, sequence, SpecialTokens::Cut);
            let mut used = Keep::new(|_| true);
            let tokens = MODEL.tokenizer().encode(sequence, None).unwrap();
            MODEL.forward(&tokens, &mut workspace, &mut used).unwrap();
            prop_assert_eq!(&used.attention, &fresh.attention);
            prop_assert_eq!(&used.hidden, &fresh.hidden);
        }
    }
}
