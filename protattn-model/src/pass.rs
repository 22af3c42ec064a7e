//! One pass: which blocks run, and what the sink is handed.

use std::ops::Range;

use ndarray::{ArrayView2, ArrayView3, s};

use crate::architecture::Architecture;
use crate::error::Error;
use crate::info::Info;
use crate::kernel::{self, NotFinite, Wanted, WantedArcs};
use crate::sink::{Output, Sink};
use crate::tokenizer::Tokens;
use crate::workspace::Workspace;

/// How far a pass has to run.
#[derive(Debug, PartialEq, Eq)]
struct Plan {
    /// Whether the attention of each layer is wanted.
    attention: Vec<bool>,
    /// Whether the arcs of each layer are wanted.
    arcs: Vec<bool>,
    /// Whether the hidden states of each level are wanted.
    hidden: Vec<bool>,
    /// How many layers compute their attention.
    attending: usize,
    /// How many layers are computed to their end: as many as `attending`, or one fewer.
    complete: usize,
}

impl Plan {
    fn new(sink: &dyn Sink, n_layers: usize) -> Self {
        let attention: Vec<bool> = (0..n_layers)
            .map(|layer| sink.wants(Output::Attention { layer }))
            .collect();
        let arcs: Vec<bool> = (0..n_layers)
            .map(|layer| sink.wants(Output::Arcs { layer }))
            .collect();
        let hidden: Vec<bool> = (0..=n_layers)
            .map(|level| sink.wants(Output::HiddenStates { level }))
            .collect();
        let last_map = attention.iter().rposition(|&wanted| wanted);
        let last_attention = last_map.max(arcs.iter().rposition(|&wanted| wanted));
        let last_level = hidden.iter().rposition(|&wanted| wanted);
        let complete = last_attention.unwrap_or(0).max(last_level.unwrap_or(0));
        let attending = last_attention.map_or(0, |layer| layer + 1).max(complete);
        Self {
            attention,
            arcs,
            hidden,
            attending,
            complete,
        }
    }

    fn is_empty(&self) -> bool {
        self.attending == 0 && !self.hidden[0]
    }

    /// What a layer's attention is computed for.
    fn wanted(&self, layer: usize, arcs: &WantedArcs) -> Wanted {
        Wanted {
            values: layer < self.complete,
            maps: self.attention[layer],
            arcs: self.arcs[layer].then(|| arcs.clone()),
        }
    }
}

/// Runs the network over the tokens; the sink sees the tokens in `window`.
pub(crate) fn run(
    network: &dyn Architecture,
    info: &Info,
    tokens: &Tokens,
    window: Range<usize>,
    workspace: &mut Workspace,
    sink: &mut dyn Sink,
) -> Result<(), Error> {
    let plan = Plan::new(sink, info.n_layers);
    if plan.is_empty() {
        return Ok(());
    }
    let arcs = WantedArcs {
        min_attention: min_attention(&plan, sink)?,
        window: window.clone(),
    };
    let ids = tokens.ids();
    let maps = plan.attention.contains(&true);
    workspace.prepare(info, network.extra_room(), ids.len(), maps)?;
    workspace.segments.clear();
    workspace.segments.extend(tokens.segments().unwrap_or(&[]));
    network.embed(ids, workspace);
    let mut hand = Hand { info, window, sink };
    if plan.hidden[0] {
        hand.over_hidden_states(0, workspace)?;
    }
    for layer in 0..plan.attending {
        let wanted = plan.wanted(layer, &arcs);
        let attended = network.attend(layer, &wanted, workspace);
        attended.map_err(|NotFinite { head, from }| Error::NonFiniteAttention {
            layer,
            head,
            from,
        })?;
        if plan.attention[layer] {
            hand.over_attention(layer, workspace)?;
        }
        if plan.arcs[layer] {
            let taken = hand.sink.arcs(layer, &workspace.arcs);
            taken.map_err(Error::Sink)?;
        }
        if wanted.values {
            network.complete(layer, workspace);
            if kernel::first_non_finite(&workspace.hidden).is_some() {
                return Err(Error::NonFinite { layer });
            }
            if plan.hidden[layer + 1] {
                hand.over_hidden_states(layer + 1, workspace)?;
            }
        }
    }
    Ok(())
}

/// The sink's threshold of arcs, if it wants any.
fn min_attention(plan: &Plan, sink: &dyn Sink) -> Result<f32, Error> {
    let found = if plan.arcs.contains(&true) {
        sink.min_attention()
    } else {
        1.0
    };
    if found > 0.0 && found <= 1.0 {
        Ok(found)
    } else {
        Err(Error::MinAttention { found })
    }
}

/// Lends buffers to the sink, cut to the window.
struct Hand<'a> {
    info: &'a Info,
    window: Range<usize>,
    sink: &'a mut dyn Sink,
}

impl Hand<'_> {
    fn over_attention(&mut self, layer: usize, workspace: &Workspace) -> Result<(), Error> {
        let tokens = workspace.hidden.len() / self.info.width;
        let shape = (self.info.n_heads, tokens, tokens);
        let maps = ArrayView3::from_shape(shape, &workspace.maps)
            .expect("the workspace is sized for this pass");
        let view = maps.slice(s![.., self.window.clone(), self.window.clone()]);
        self.sink.attention(layer, view).map_err(Error::Sink)
    }

    fn over_hidden_states(&mut self, level: usize, workspace: &Workspace) -> Result<(), Error> {
        let tokens = workspace.hidden.len() / self.info.width;
        let hidden = ArrayView2::from_shape((tokens, self.info.width), &workspace.hidden)
            .expect("the workspace is sized for this pass");
        let view = hidden.slice(s![self.window.clone(), ..]);
        self.sink.hidden_states(level, view).map_err(Error::Sink)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sink::Arc;

    struct Wish(Vec<Output>);

    impl Sink for Wish {
        fn wants(&self, output: Output) -> bool {
            self.0.contains(&output)
        }
    }

    fn extent(wishes: &[Output]) -> (usize, usize) {
        let plan = Plan::new(&Wish(wishes.to_vec()), 4);
        (plan.attending, plan.complete)
    }

    #[test]
    fn the_plan_goes_no_further_than_the_last_wish() {
        let attention = |layer| Output::Attention { layer };
        let hidden = |level| Output::HiddenStates { level };
        assert_eq!(extent(&[]), (0, 0));
        assert_eq!(extent(&[hidden(0)]), (0, 0));
        assert_eq!(extent(&[attention(0)]), (1, 0));
        assert_eq!(extent(&[attention(2)]), (3, 2));
        assert_eq!(extent(&[hidden(2)]), (2, 2));
        assert_eq!(extent(&[attention(2), hidden(2)]), (3, 2));
        assert_eq!(extent(&[attention(2), hidden(3)]), (3, 3));
        assert_eq!(extent(&[attention(0), hidden(4)]), (4, 4));
        let arcs = |layer| Output::Arcs { layer };
        assert_eq!(extent(&[arcs(2)]), (3, 2));
        assert_eq!(extent(&[arcs(1), attention(2)]), (3, 2));
        assert_eq!(extent(&[arcs(3), attention(2), hidden(1)]), (4, 3));
    }

    #[test]
    fn only_an_empty_wish_needs_no_pass() {
        let none = Plan::new(&Wish(vec![]), 4);
        let embedding = Plan::new(&Wish(vec![Output::HiddenStates { level: 0 }]), 4);
        assert!(none.is_empty() && !embedding.is_empty());
    }

    /// The weights over a quarter more than even attention.
    struct Strong {
        even: f32,
        arcs: usize,
    }

    impl Sink for Strong {
        fn wants(&self, output: Output) -> bool {
            matches!(output, Output::Arcs { .. })
        }

        fn min_attention(&self) -> f32 {
            1.25 * self.even
        }

        fn arcs(&mut self, _: usize, arcs: &[Arc]) -> Result<(), crate::SinkError> {
            self.arcs += arcs.len();
            Ok(())
        }
    }

    #[test]
    fn no_maps_are_made_for_the_arcs_of_a_long_protein() {
        let config = br#"{"model_type": "esm", "vocab_size": 33, "hidden_size": 2,
            "num_hidden_layers": 2, "num_attention_heads": 1, "intermediate_size": 2,
            "position_embedding_type": "rotary", "pad_token_id": 1}"#;
        let model = crate::Model::random(config, None, 1).expect("a small model");
        let encoded = model.tokenizer().encode(&"MKTAYIAKQR".repeat(400), None);
        let mut workspace = Workspace::new();
        let mut sink = Strong {
            even: 1.0 / 4002.0,
            arcs: 0,
        };
        let tokens = encoded.expect("residues");
        let passed = model.forward(&tokens, &mut workspace, &mut sink);
        assert!(
            passed.is_ok() && sink.arcs == 0,
            "untrained attention is nearly even"
        );
        assert_eq!(workspace.maps.capacity(), 0);
        // A block of rows, not the 16 million values of a map.
        assert!(workspace.scratch.bytes() < 4 * 4002 * 64);
    }
}
