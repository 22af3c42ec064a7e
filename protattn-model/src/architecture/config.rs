//! Reading a configuration, and the checks that all families share.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::ops::RangeInclusive;

use serde::Deserialize;
use serde::de::Error as _;
use serde_json::Value;

use crate::blocks::BlockShape;
use crate::checkpoint::Checkpoint;
use crate::error::Error;
use crate::info::{Family, Info};
use crate::kernel::Activation;

/// Bounds that no published model comes near; beyond them a configuration is a mistake, and sizes
/// computed from it could overflow.
pub(super) const LAYERS: RangeInclusive<usize> = 1..=1024;
pub(super) const HEADS: RangeInclusive<usize> = 1..=1024;
pub(super) const WIDTH: RangeInclusive<usize> = 1..=1 << 16;
pub(super) const INTERMEDIATE: RangeInclusive<usize> = 1..=1 << 18;
pub(super) const TOKENS: RangeInclusive<usize> = 1..=1 << 20;
/// The epsilon of the published models, and the default of transformers, but in T5.
pub(super) const EPSILON: f64 = 1e-12;

/// The keys of `config.json`. Those that no one asks for do not matter: dropout and the like do
/// nothing outside training.
#[derive(Clone, Copy)]
pub(super) struct Keys<'a>(pub(super) &'a Value);

impl<'a> Keys<'a> {
    /// The value of a key, unless it is null or not there.
    pub(super) fn get<T: Deserialize<'a>>(self, key: &'static str) -> Result<Option<T>, Error> {
        let value = self.0.get(key).unwrap_or(&Value::Null);
        Option::deserialize(value).map_err(|error| syntax(format_args!("`{key}`: {error}")))
    }

    /// A number that must be there, in the range.
    pub(super) fn number(
        self,
        key: &'static str,
        range: RangeInclusive<usize>,
    ) -> Result<usize, Error> {
        let missing = || syntax(format_args!("missing field `{key}`"));
        within(key, self.get(key)?.ok_or_else(missing)?, range)
    }

    /// A number in the range, which the published models need not give.
    pub(super) fn number_or(
        self,
        key: &'static str,
        otherwise: usize,
        range: RangeInclusive<usize>,
    ) -> Result<usize, Error> {
        within(key, self.get(key)?.unwrap_or(otherwise), range)
    }

    /// The heads, if each gets the same width.
    pub(super) fn heads(self, key: &'static str, width: usize) -> Result<usize, Error> {
        let heads = self.number(key, HEADS)?;
        if width.is_multiple_of(heads) {
            return Ok(heads);
        }
        let expected = format!("a number that divides the width of {width}");
        Err(invalid(key, heads, &expected))
    }

    /// A number in single precision that is positive and finite there.
    pub(super) fn positive_or(self, key: &'static str, otherwise: f64) -> Result<f32, Error> {
        let value = self.get(key)?.unwrap_or(otherwise);
        let narrow = value as f32;
        if narrow.is_finite() && narrow > 0.0 {
            Ok(narrow)
        } else {
            Err(invalid(key, value, "a positive number"))
        }
    }

    /// A text.
    pub(super) fn text_or(
        self,
        key: &'static str,
        otherwise: &'static str,
    ) -> Result<&'a str, Error> {
        Ok(self.get(key)?.unwrap_or(otherwise))
    }

    /// The activation function that a key names.
    pub(super) fn activation_or(
        self,
        key: &'static str,
        otherwise: &'static str,
    ) -> Result<Activation, Error> {
        activation(key, self.text_or(key, otherwise)?)
    }

    /// Refuses a text other than the usual one; `why` goes on after it.
    pub(super) fn only_text(
        self,
        key: &'static str,
        usual: &'static str,
        why: &str,
    ) -> Result<(), Error> {
        match self.text_or(key, usual)? {
            found if found == usual => Ok(()),
            found => {
                let expected = format!("`{usual}`{why}");
                Err(invalid(key, format_args!("`{found}`"), &expected))
            }
        }
    }

    /// Refuses a number other than the one that does nothing.
    pub(super) fn only(self, key: &'static str, neutral: f64) -> Result<(), Error> {
        match self.get::<f64>(key)? {
            Some(found) if found != neutral => Err(invalid(key, found, &neutral.to_string())),
            _ => Ok(()),
        }
    }

    /// Refuses a switch that is on.
    pub(super) fn off(self, key: &'static str, why: &str) -> Result<(), Error> {
        match self.get(key)? {
            Some(true) => Err(invalid(key, true, &format!("false: {why}"))),
            _ => Ok(()),
        }
    }

    /// Refuses what any family's configuration can ask for and none computes: causal attention,
    /// attention to another sequence, heads that are left out.
    pub(super) fn refuse_variants(self) -> Result<(), Error> {
        for key in ["is_decoder", "is_encoder_decoder", "add_cross_attention"] {
            self.off(key, ONLY_ENCODERS)?;
        }
        self.no_pruned_heads()
    }

    /// Refuses heads that are left out.
    pub(super) fn no_pruned_heads(self) -> Result<(), Error> {
        let key = "pruned_heads";
        match self.get::<BTreeMap<String, Vec<usize>>>(key)? {
            Some(pruned) if !pruned.is_empty() => {
                let found = format!("set for {} layers", pruned.len());
                Err(invalid(key, found, "empty"))
            }
            _ => Ok(()),
        }
    }
}

/// Why a decoder is refused.
pub(super) const ONLY_ENCODERS: &str = "only encoders are read";

/// The sizes that every family has, checked.
#[derive(Clone, Copy)]
pub(super) struct Sizes {
    pub(super) family: Family,
    pub(super) layers: usize,
    pub(super) vocabulary: usize,
    pub(super) block: BlockShape,
}

impl Sizes {
    /// From the keys of BERT, its relatives and ESM.
    pub(super) fn of_bert(
        keys: Keys<'_>,
        family: Family,
        activation: Activation,
    ) -> Result<Self, Error> {
        let width = keys.number("hidden_size", WIDTH)?;
        let heads = keys.heads("num_attention_heads", width)?;
        Ok(Self {
            family,
            layers: keys.number("num_hidden_layers", LAYERS)?,
            vocabulary: keys.number("vocab_size", TOKENS)?,
            block: BlockShape {
                heads,
                width,
                head_width: width / heads,
                intermediate: keys.number("intermediate_size", INTERMEDIATE)?,
                activation,
                epsilon: keys.positive_or("layer_norm_eps", EPSILON)?,
            },
        })
    }

    /// What is known without the weights.
    pub(super) fn info(&self) -> Info {
        Info {
            name: self.family.to_string(),
            family: self.family,
            n_layers: self.layers,
            n_heads: self.block.heads,
            width: self.block.width,
            head_width: self.block.head_width,
            intermediate: self.block.intermediate,
            vocabulary: self.vocabulary,
            positions: None,
            parameters: 0,
            dtype: None,
        }
    }
}

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

/// The error for a value outside what can be computed.
pub(super) fn invalid(key: &'static str, found: impl Display, expected: &str) -> Error {
    Error::Config {
        key,
        found: found.to_string(),
        expected: expected.to_owned(),
    }
}

/// The error for a key that is missing or has a value of the wrong type.
fn syntax(problem: impl Display) -> Error {
    Error::ConfigSyntax(serde_json::Error::custom(problem))
}
