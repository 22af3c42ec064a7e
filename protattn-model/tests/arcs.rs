//! Arcs against the whole attention that they are part of, in every family and at any length.

use protattn_model::ndarray::ArrayView3;
use protattn_model::{
    AttentionArc, Error, Model, Output, Sink, SinkError, SpecialTokens, Tokens, Workspace,
};

use crate::common::{folder, tokens};

/// What one pass gives of each layer.
#[derive(Default)]
struct Found {
    min_attention: f32,
    maps: bool,
    /// Of whole layers, found here.
    expected: Vec<(usize, Vec<AttentionArc>)>,
    arcs: Vec<(usize, Vec<AttentionArc>)>,
}

impl Sink for Found {
    fn wants(&self, output: Output) -> bool {
        match output {
            Output::Attention { .. } => self.maps,
            Output::Arcs { .. } => true,
            Output::HiddenStates { .. } => false,
        }
    }

    fn min_attention(&self) -> f32 {
        self.min_attention
    }

    fn attention(&mut self, layer: usize, maps: ArrayView3<'_, f32>) -> Result<(), SinkError> {
        let arc = |((head, from, to), &weight)| AttentionArc {
            head,
            from,
            to,
            weight,
        };
        let all = maps.indexed_iter().map(arc);
        let over = all.filter(|arc| arc.weight >= self.min_attention);
        self.expected.push((layer, over.collect()));
        Ok(())
    }

    fn arcs(&mut self, layer: usize, arcs: &[AttentionArc]) -> Result<(), SinkError> {
        self.arcs.push((layer, arcs.to_vec()));
        Ok(())
    }
}

fn found(model: &Model, tokens: &Tokens, special: SpecialTokens, maps: bool, min: f32) -> Found {
    let mut found = Found {
        min_attention: min,
        maps,
        ..Found::default()
    };
    model
        .forward_with(tokens, special, &mut Workspace::new(), &mut found)
        .unwrap();
    found
}

#[test]
fn arcs_are_those_of_the_whole_attention_to_the_bit() {
    let families = ["bert", "albert", "electra", "esm1b", "esm2", "t5", "xlnet"];
    for name in families {
        let model = Model::load(folder(name)).unwrap();
        for residues in [1, 23, 49] {
            // Any tokens will do, cut by one on either side.
            let ids: Vec<u32> = (0..residues + 2).map(|i| 5 + (i * i) % 20).collect();
            let cut = 1..1 + residues as usize;
            let tokens = Tokens::new(ids, cut).unwrap();
            for special in [SpecialTokens::Cut, SpecialTokens::Keep] {
                // At the higher threshold many rows have no arc, at the lower one all are.
                for min in [0.3, 0.04, f32::MIN_POSITIVE] {
                    let whole = found(&model, &tokens, special, true, min);
                    assert_eq!(whole.expected.len(), model.info().n_layers);
                    assert_eq!(whole.arcs, whole.expected, "{name} {residues} {min}");
                    let alone = found(&model, &tokens, special, false, min);
                    assert_eq!(alone.arcs, whole.expected, "{name} {residues} {min}");
                }
            }
        }
    }
}

#[test]
fn a_threshold_that_is_an_arcs_own_weight_takes_it_in() {
    let model = Model::load(folder("esm2")).unwrap();
    let tokens = model.tokenizer().encode("MKTAYIAKQRQISFVK", None).unwrap();
    let all = found(&model, &tokens, SpecialTokens::Cut, true, 1e-6);
    let (layer, arcs) = &all.expected[1];
    let strongest = arcs.iter().map(|arc| arc.weight).fold(0.0, f32::max);
    let at = found(&model, &tokens, SpecialTokens::Cut, false, strongest);
    assert_eq!(at.arcs[*layer].1.len(), 1);
    let over = found(
        &model,
        &tokens,
        SpecialTokens::Cut,
        false,
        strongest.next_up(),
    );
    assert!(over.arcs[*layer].1.is_empty());
}

#[test]
fn a_threshold_that_is_none_is_refused() {
    let model = Model::load(folder("bert")).unwrap();
    for min_attention in [0.0, -0.1, 1.1, f32::NAN] {
        let mut sink = Found {
            min_attention,
            ..Found::default()
        };
        let result = model.forward(&tokens(&[2, 5, 3]), &mut Workspace::new(), &mut sink);
        assert!(matches!(result, Err(Error::MinAttention { .. })));
    }
}
