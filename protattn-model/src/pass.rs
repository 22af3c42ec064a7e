//! One pass: which blocks run, and what the sink is handed.

use std::ops::Range;

use ndarray::{ArrayView2, ArrayView3, s};

use crate::architecture::Architecture;
use crate::error::Error;
use crate::info::Info;
use crate::kernel;
use crate::sink::{Output, Sink};
use crate::tokenizer::Tokens;
use crate::workspace::Workspace;

/// How far a pass has to run.
#[derive(Debug, PartialEq, Eq)]
struct Plan {
    /// Whether the attention of each layer is wanted.
    attention: Vec<bool>,
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
        let hidden: Vec<bool> = (0..=n_layers)
            .map(|level| sink.wants(Output::HiddenStates { level }))
            .collect();
        let last_attention = attention.iter().rposition(|&wanted| wanted);
        let last_level = hidden.iter().rposition(|&wanted| wanted);
        let complete = last_attention.unwrap_or(0).max(last_level.unwrap_or(0));
        let attending = last_attention.map_or(0, |layer| layer + 1).max(complete);
        Self {
            attention,
            hidden,
            attending,
            complete,
        }
    }

    fn is_empty(&self) -> bool {
        self.attending == 0 && !self.hidden[0]
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
    let ids = tokens.ids();
    workspace.prepare(info, network.extra_room(), ids.len())?;
    workspace.segments.clear();
    workspace.segments.extend(tokens.segments().unwrap_or(&[]));
    network.embed(ids, workspace);
    let mut hand = Hand { info, window, sink };
    if plan.hidden[0] {
        hand.over_hidden_states(0, workspace)?;
    }
    for layer in 0..plan.attending {
        let complete = layer < plan.complete;
        network.attend(layer, complete, workspace);
        check_maps(&workspace.maps, ids.len(), layer)?;
        if plan.attention[layer] {
            hand.over_attention(layer, workspace)?;
        }
        if complete {
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

/// A softmax row is divided by its own sum, so where one value is NaN all are: the first of each
/// row speaks for it.
fn check_maps(maps: &[f32], tokens: usize, layer: usize) -> Result<(), Error> {
    let mut rows = maps.iter().step_by(tokens);
    match rows.position(|value| !value.is_finite()) {
        None => Ok(()),
        Some(row) => Err(Error::NonFiniteAttention {
            layer,
            head: row / tokens,
            from: row % tokens,
        }),
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
    }

    #[test]
    fn only_an_empty_wish_needs_no_pass() {
        let none = Plan::new(&Wish(vec![]), 4);
        let embedding = Plan::new(&Wish(vec![Output::HiddenStates { level: 0 }]), 4);
        assert!(none.is_empty() && !embedding.is_empty());
    }

    #[test]
    fn a_row_that_is_not_a_number_names_its_layer_and_head() {
        let mut maps = vec![0.5; 2 * 3 * 3];
        assert!(check_maps(&maps, 3, 4).is_ok());
        maps[12..15].fill(f32::NAN);
        let error = check_maps(&maps, 3, 4).map_err(|error| error.to_string());
        assert_eq!(
            error.expect_err("a value is NaN"),
            "layer 5, head 2 gives attention that is not finite, from token 2"
        );
    }
}
