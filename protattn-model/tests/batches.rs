//! Passes over several proteins at once, and on several threads, against those over one on one.

use std::num::NonZeroUsize;

use protattn_model::ndarray::{Array2, Array3, ArrayView2, ArrayView3};
use protattn_model::{
    AttentionArc, Error, Model, Output, Sink, SinkError, SpecialTokens, Tokens, Workspace,
};

use crate::common::{folder, tokens};

const FAMILIES: [&str; 7] = ["bert", "albert", "electra", "esm1b", "esm2", "t5", "xlnet"];

/// Keeps all that is wanted.
#[derive(Clone, Debug, PartialEq)]
struct All {
    /// Nothing is wanted of later layers.
    layers: usize,
    maps: bool,
    refused: bool,
    attention: Vec<Array3<f32>>,
    arcs: Vec<Vec<AttentionArc>>,
    hidden: Vec<Array2<f32>>,
}

impl All {
    fn new(layers: usize, maps: bool) -> Self {
        Self {
            layers,
            maps,
            refused: false,
            attention: vec![],
            arcs: vec![],
            hidden: vec![],
        }
    }
}

impl Sink for All {
    fn wants(&self, output: Output) -> bool {
        match output {
            Output::Attention { layer } => self.maps && layer < self.layers,
            Output::Arcs { layer } => layer < self.layers,
            Output::HiddenStates { level } => self.maps && level < self.layers,
        }
    }

    fn min_attention(&self) -> f32 {
        0.05
    }

    fn attention(&mut self, _: usize, map: ArrayView3<'_, f32>) -> Result<(), SinkError> {
        self.attention.push(map.to_owned());
        Ok(())
    }

    fn arcs(&mut self, _: usize, arcs: &[AttentionArc]) -> Result<(), SinkError> {
        self.arcs.push(arcs.to_vec());
        if self.refused {
            Err("enough".into())
        } else {
            Ok(())
        }
    }

    fn hidden_states(&mut self, _: usize, states: ArrayView2<'_, f32>) -> Result<(), SinkError> {
        self.hidden.push(states.to_owned());
        Ok(())
    }
}

/// Any tokens, cut by one on either side.
fn protein(residues: u32, seed: u32) -> Tokens {
    let ids = (0..residues + 2).map(|i| 5 + (i * i + seed) % 20).collect();
    Tokens::new(ids, 1..1 + residues as usize).unwrap()
}

fn alone(model: &Model, tokens: &Tokens, sink: &All, threads: usize) -> All {
    let mut sink = sink.clone();
    let mut workspace = Workspace::with_threads(NonZeroUsize::new(threads).unwrap());
    model.forward(tokens, &mut workspace, &mut sink).unwrap();
    sink
}

fn together(
    model: &Model,
    proteins: &[Tokens],
    sinks: &mut [All],
    workspace: &mut Workspace,
) -> Vec<Result<(), Error>> {
    let pairs = proteins.iter().zip(sinks);
    let mut batch: Vec<(&Tokens, &mut dyn Sink)> = pairs
        .map(|(tokens, sink)| (tokens, sink as &mut dyn Sink))
        .collect();
    model.forward_batch(&mut batch, SpecialTokens::Cut, workspace)
}

#[test]
fn a_batch_gives_each_protein_what_a_pass_of_its_own_gives() {
    let proteins: Vec<Tokens> = [(7, 0), (31, 1), (1, 2), (31, 3), (50, 4)]
        .map(|(residues, seed)| protein(residues, seed))
        .into();
    for name in FAMILIES {
        let model = Model::load(folder(name)).unwrap();
        let layers = model.info().n_layers;
        // Some want less than others, and one nothing.
        let sinks = [
            All::new(layers, true),
            All::new(layers, false),
            All::new(1, true),
            All::new(0, false),
            All::new(layers - 1, true),
        ];
        let mut workspace = Workspace::new();
        for _ in 0..2 {
            let mut found = sinks.clone();
            let results = together(&model, &proteins, &mut found, &mut workspace);
            assert!(results.iter().all(Result::is_ok));
            for ((found, tokens), sink) in found.iter().zip(&proteins).zip(&sinks) {
                assert!(*found == alone(&model, tokens, sink, 1), "{name}");
                assert_eq!(found.arcs.len(), sink.layers, "{name}");
            }
        }
    }
}

#[test]
fn segments_of_one_protein_are_nothing_to_another() {
    let model = Model::load(folder("xlnet")).unwrap();
    let in_segments = |residues: u32| {
        let segments = (0..residues + 2).map(|i| i / 5).collect();
        let tokens = protein(residues, residues).with_segments(segments);
        tokens.unwrap()
    };
    let proteins = [in_segments(14), protein(20, 1), in_segments(9)];
    let sinks = [All::new(9, true), All::new(9, true), All::new(9, true)];
    let mut found = sinks.clone();
    together(&model, &proteins, &mut found, &mut Workspace::new());
    for ((found, tokens), sink) in found.iter().zip(&proteins).zip(&sinks) {
        assert!(*found == alone(&model, tokens, sink, 1));
    }
}

#[test]
fn one_that_fails_does_not_end_the_others() {
    let model = Model::load(folder("bert")).unwrap();
    let layers = model.info().n_layers;
    let proteins = [
        protein(9, 0),
        tokens(&[2, 999, 3]),
        protein(12, 1),
        protein(5, 2),
    ];
    let mut sinks: Vec<All> = proteins.iter().map(|_| All::new(layers, false)).collect();
    sinks[2].refused = true;
    let results = together(&model, &proteins, &mut sinks, &mut Workspace::new());
    assert!(results[0].is_ok() && results[3].is_ok());
    assert!(matches!(results[1], Err(Error::Token { id: 999, .. })));
    assert!(matches!(results[2], Err(Error::Sink(_))));
    assert_eq!(sinks[2].arcs.len(), 1, "nothing after the refusal");
    for place in [0, 3] {
        let expected = alone(&model, &proteins[place], &All::new(layers, false), 1);
        assert!(sinks[place] == expected);
    }
    let none = together(&model, &[], &mut [], &mut Workspace::new());
    assert!(none.is_empty());
}

#[test]
fn threads_make_no_difference_to_a_long_protein() {
    let long = protein(398, 3);
    // Each with something of its own between queries and keys; the others have tables of positions
    // that end before.
    for name in ["esm2", "t5", "xlnet"] {
        let model = Model::load(folder(name)).unwrap();
        let info = model.info();
        // Enough for attention to be shared out, whose square of tokens counts most.
        assert!(
            2 * 400 * 400 * info.n_heads * info.head_width >= 2 << 22,
            "{name}"
        );
        let sink = All::new(info.n_layers, true);
        let expected = alone(&model, &long, &sink, 1);
        for threads in [2, 3, 7] {
            assert!(
                alone(&model, &long, &sink, threads) == expected,
                "{name} {threads}"
            );
        }
    }
}
