//! One pass: which blocks run, and what the sinks are handed.

use std::ops::Range;

use ndarray::{ArrayView2, ArrayView3, s};

use crate::architecture::Network;
use crate::error::Error;
use crate::info::Info;
use crate::kernel::{self, NotFinite, Wanted, WantedArcs};
use crate::sink::{Output, Sink};
use crate::tokenizer::Tokens;
use crate::workspace::{ExtraRoom, Workspace};

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
        let wanted = |count: usize, output: fn(usize) -> Output| -> Vec<bool> {
            (0..count)
                .map(|number| sink.wants(output(number)))
                .collect()
        };
        let attention = wanted(n_layers, |layer| Output::Attention { layer });
        let arcs = wanted(n_layers, |layer| Output::Arcs { layer });
        let hidden = wanted(n_layers + 1, |level| Output::HiddenStates { level });
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
}

/// One protein of a pass.
pub(crate) struct Item<'a> {
    pub(crate) tokens: &'a Tokens,
    /// The tokens that the sink sees.
    pub(crate) window: Range<usize>,
    pub(crate) sink: &'a mut dyn Sink,
}

/// An item while it is under way.
struct Running<'a> {
    item: Item<'a>,
    plan: Plan,
    arcs: WantedArcs,
    /// The first error: nothing more is handed over after it.
    result: Result<(), Error>,
}

impl<'a> Running<'a> {
    fn new(item: Item<'a>, n_layers: usize) -> Self {
        let plan = Plan::new(item.sink, n_layers);
        let (min_attention, result) = match min_attention(&plan, item.sink) {
            Ok(found) => (found, Ok(())),
            Err(error) => (1.0, Err(error)),
        };
        let arcs = WantedArcs {
            min_attention,
            window: item.window.clone(),
        };
        Self {
            item,
            plan,
            arcs,
            result,
        }
    }

    /// Whether anything is to be done for it up to the attention of this layer.
    fn attends(&self, layer: usize) -> bool {
        self.result.is_ok() && layer < self.plan.attending
    }

    /// What of a layer's attention is computed, if values are.
    fn wanted(&self, layer: usize, values: bool) -> Wanted {
        Wanted {
            values,
            maps: self.plan.attention[layer],
            arcs: self.plan.arcs[layer].then(|| self.arcs.clone()),
        }
    }
}

/// Runs the network over the tokens of all items at once; no item's result depends on the others.
pub(crate) fn run(
    network: &Network,
    info: &Info,
    extra: ExtraRoom,
    items: Vec<Item<'_>>,
    workspace: &mut Workspace,
) -> Vec<Result<(), Error>> {
    let items = items.into_iter();
    let mut running: Vec<Running<'_>> = items
        .map(|item| Running::new(item, info.n_layers))
        .collect();
    let mut under_way: Vec<&mut Running<'_>> = running
        .iter_mut()
        .filter(|item| item.result.is_ok() && !item.plan.is_empty())
        .collect();
    if !under_way.is_empty() {
        run_together(network, info, extra, &mut under_way, workspace);
    }
    running.into_iter().map(|item| item.result).collect()
}

fn run_together(
    network: &Network,
    info: &Info,
    extra: ExtraRoom,
    items: &mut [&mut Running<'_>],
    workspace: &mut Workspace,
) {
    let maps = items.iter().any(|item| item.plan.attention.contains(&true));
    let ids = items.iter().map(|item| item.item.tokens.ids());
    let prepared = workspace.prepare(info, extra, ids, maps);
    if prepared.is_none() {
        let tokens = workspace.ids.len();
        for item in items {
            item.result = Err(Error::Memory { tokens });
        }
        return;
    }
    set_segments(items, workspace);
    network.embed(workspace);
    over_hidden_states(info, 0, items, workspace);
    let attending = items.iter().map(|item| item.plan.attending).max();
    for layer in 0..attending.unwrap_or(0) {
        let values = items
            .iter()
            .any(|item| item.result.is_ok() && layer < item.plan.complete);
        if !values && !items.iter().any(|item| item.attends(layer)) {
            break;
        }
        network.block(layer).project(values, workspace);
        for (protein, item) in items.iter_mut().enumerate() {
            if item.attends(layer) {
                item.result = attend(network, info, (layer, values), protein, item, workspace);
            }
        }
        if values {
            network.complete(layer, workspace);
            check_finite(info, layer, items, workspace);
            over_hidden_states(info, layer + 1, items, workspace);
        }
    }
}

/// The segment of each token, if any protein has several.
fn set_segments(items: &[&mut Running<'_>], workspace: &mut Workspace) {
    workspace.segments.clear();
    if items
        .iter()
        .all(|item| item.item.tokens.segments().is_none())
    {
        return;
    }
    for item in items {
        let end = workspace.segments.len() + item.item.tokens.ids().len();
        let own = item.item.tokens.segments().unwrap_or(&[]);
        workspace.segments.extend(own);
        workspace.segments.resize(end, 0);
    }
}

/// Computes one protein's attention, and hands over what is wanted of it.
fn attend(
    network: &Network,
    info: &Info,
    (layer, values): (usize, bool),
    protein: usize,
    item: &mut Running<'_>,
    workspace: &mut Workspace,
) -> Result<(), Error> {
    let wanted = item.wanted(layer, values);
    let attention = &network.block(layer).attention;
    let attended = attention.attend(protein, &wanted, workspace);
    attended.map_err(|NotFinite { head, from }| Error::NonFiniteAttention { layer, head, from })?;
    let sink = &mut item.item.sink;
    if wanted.maps {
        let tokens = workspace.proteins[protein].len();
        let shape = (info.n_heads, tokens, tokens);
        let maps = &workspace.maps[..info.n_heads * tokens * tokens];
        let maps =
            ArrayView3::from_shape(shape, maps).expect("the workspace is sized for this pass");
        let window = item.item.window.clone();
        let view = maps.slice(s![.., window.clone(), window]);
        sink.attention(layer, view).map_err(Error::Sink)?;
    }
    if wanted.arcs.is_some() {
        sink.arcs(layer, &workspace.arcs).map_err(Error::Sink)?;
    }
    Ok(())
}

/// Ends those whose states are not finite.
fn check_finite(info: &Info, layer: usize, items: &mut [&mut Running<'_>], workspace: &Workspace) {
    for (item, protein) in items.iter_mut().zip(&workspace.proteins) {
        let rows = protein.start * info.width..protein.end * info.width;
        if item.result.is_ok()
            && layer < item.plan.complete
            && kernel::first_non_finite(&workspace.hidden[rows]).is_some()
        {
            item.result = Err(Error::NonFinite { layer });
        }
    }
}

/// Lends the states of a level to the sinks that want them, cut to their windows.
fn over_hidden_states(
    info: &Info,
    level: usize,
    items: &mut [&mut Running<'_>],
    workspace: &Workspace,
) {
    let shape = (workspace.ids.len(), info.width);
    let hidden = ArrayView2::from_shape(shape, &workspace.hidden)
        .expect("the workspace is sized for this pass");
    for (item, protein) in items.iter_mut().zip(&workspace.proteins) {
        if item.result.is_ok() && item.plan.hidden[level] {
            let Range { start, end } = item.item.window;
            let view = hidden.slice(s![protein.start + start..protein.start + end, ..]);
            item.result = item
                .item
                .sink
                .hidden_states(level, view)
                .map_err(Error::Sink);
        }
    }
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

#[cfg(test)]
mod tests {
    use protattn_io::AttentionArc;

    use super::*;

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

        fn arcs(&mut self, _: usize, arcs: &[AttentionArc]) -> Result<(), crate::SinkError> {
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
        // A block of rows, and values in panels of up to 64, not the 16 million values of a map.
        assert!(workspace.scratches[0].bytes() < 4 * 4002 * 128);
    }
}
