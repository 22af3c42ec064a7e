//! Checks that configurations of all families share.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use serde::Deserialize;
use serde_json::Value;

use crate::checkpoint::Checkpoint;
use crate::error::Error;
use crate::kernel::Activation;

/// Bounds that no published model comes near; beyond them a configuration is a mistake, and sizes
/// computed from it could overflow.
pub(super) const LAYERS: RangeInclusive<usize> = 1..=1024;
pub(super) const HEADS: RangeInclusive<usize> = 1..=1024;
pub(super) const WIDTH: RangeInclusive<usize> = 1..=1 << 16;
pub(super) const INTERMEDIATE: RangeInclusive<usize> = 1..=1 << 18;
pub(super) const TOKENS: RangeInclusive<usize> = 1..=1 << 20;

/// The value, if it is in the range.
pub(super) fn within(
    key: &'static str,
    value: usize,
    range: RangeInclusive<usize>,
) -> Result<usize, Error> {
    if range.contains(&value) {
        Ok(value)
    } else {
        let expected = format!("a number from {} to {}", range.start(), range.end());
        Err(invalid(key, value, &expected))
    }
}

/// The heads, if each gets the same width.
pub(super) fn heads(key: &'static str, heads: usize, width: usize) -> Result<usize, Error> {
    if width.is_multiple_of(within(key, heads, HEADS)?) {
        Ok(heads)
    } else {
        let expected = format!("a number that divides the width of {width}");
        Err(invalid(key, heads, &expected))
    }
}

/// The activation function of this name, as transformers names them.
pub(super) fn activation(key: &'static str, name: &str) -> Result<Activation, Error> {
    match name {
        "gelu" | "gelu_python" => Ok(Activation::Gelu),
        "gelu_new" | "gelu_fast" | "gelu_accurate" | "gelu_pytorch_tanh" | "gelu_python_tanh" => {
            Ok(Activation::GeluTanh)
        }
        "relu" => Ok(Activation::Relu),
        "silu" | "swish" => Ok(Activation::Silu),
        _ => Err(invalid(
            key,
            format_args!("`{name}`"),
            "gelu, gelu_new, gelu_fast, gelu_pytorch_tanh, relu, silu or swish",
        )),
    }
}

/// The value in single precision, if it is positive and finite there.
pub(super) fn positive(key: &'static str, value: f64) -> Result<f32, Error> {
    let narrow = value as f32;
    if narrow.is_finite() && narrow > 0.0 {
        Ok(narrow)
    } else {
        Err(invalid(key, value, "a positive number"))
    }
}

/// Refuses what any family's configuration can ask for and none computes: causal attention,
/// attention to another sequence, heads that are left out.
pub(super) fn refuse_variants(config: &Value) -> Result<(), Error> {
    #[derive(Deserialize)]
    struct Keys {
        is_decoder: Option<bool>,
        is_encoder_decoder: Option<bool>,
        add_cross_attention: Option<bool>,
        pruned_heads: Option<PrunedHeads>,
    }
    let keys = Keys::deserialize(config).map_err(Error::ConfigSyntax)?;
    off("is_decoder", keys.is_decoder)?;
    off("is_encoder_decoder", keys.is_encoder_decoder)?;
    off("add_cross_attention", keys.add_cross_attention)?;
    no_pruned_heads(keys.pruned_heads.as_ref())
}

/// Refuses a number other than the one that does nothing.
pub(super) fn only(key: &'static str, value: Option<f64>, neutral: f64) -> Result<(), Error> {
    match value {
        Some(found) if found != neutral => Err(invalid(key, found, &neutral.to_string())),
        _ => Ok(()),
    }
}

/// Refuses weights that hold `tensor`, which is of the layer (or group of layers) after the last.
pub(super) fn no_more_layers(
    checkpoint: &mut Checkpoint<'_>,
    key: &'static str,
    layers: usize,
    tensor: String,
) -> Result<(), Error> {
    match checkpoint.shape(&tensor) {
        None => Ok(()),
        Some(_) => Err(Error::ExtraLayer {
            key,
            layers,
            tensor,
        }),
    }
}

/// Heads that are left out, by layer.
pub(super) type PrunedHeads = BTreeMap<String, Vec<usize>>;

/// Refuses heads that are left out.
pub(super) fn no_pruned_heads(pruned: Option<&PrunedHeads>) -> Result<(), Error> {
    match pruned {
        Some(pruned) if !pruned.is_empty() => {
            let found = format!("set for {} layers", pruned.len());
            Err(invalid("pruned_heads", found, "empty"))
        }
        _ => Ok(()),
    }
}

/// Refuses a switch that is on.
pub(super) fn off(key: &'static str, value: Option<bool>) -> Result<(), Error> {
    match value {
        Some(true) => Err(invalid(key, true, "false: only encoders are read")),
        Some(false) | None => Ok(()),
    }
}

/// The error for a value outside what can be computed.
pub(super) fn invalid(key: &'static str, found: impl std::fmt::Display, expected: &str) -> Error {
    Error::Config {
        key,
        found: found.to_string(),
        expected: expected.to_owned(),
    }
}
