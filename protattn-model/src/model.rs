//! A model, loaded and ready to run.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::architecture::{Built, Plan};
use crate::checkpoint::Checkpoint;
use crate::checkpoint::Folder;
use crate::contacts::ContactHead;
use crate::error::Error;
use crate::info::Info;
use crate::kernel::Precision;
use crate::pass::{self, Item};
use crate::sink::{Sink, SpecialTokens};
use crate::tokenizer::{Tokenizer, TokenizerFile, Tokens};
use crate::workspace::{self, ExtraRoom, Workspace};

/// A protein language model: its weights, its tokenizer and what is known of it.
///
/// It never changes after loading. One model serves any number of threads, each with its own
/// [`Workspace`]; results are the same to the bit on every one of them.
pub struct Model {
    built: Built,
    tokenizer: Tokenizer,
    /// The contents of `config.json`, of which twins are made too.
    config: Vec<u8>,
    precision: Precision,
    weights_paths: Vec<PathBuf>,
}

impl Model {
    /// Loads a folder in the layout of the Hugging Face hub: `config.json`, weights and the file of a
    /// tokenizer (see [`Tokenizer`]).
    ///
    /// The weights are the first there is of `model.safetensors`, `model.safetensors.index.json`,
    /// `pytorch_model.bin` and `pytorch_model.bin.index.json`, where an index names the files of
    /// the same folder that hold them; otherwise the only file that ends in `.safetensors`, or
    /// else in `.bin`. Their format is told by their content: safetensors or, under the feature
    /// `torch`, what `torch.save` writes since PyTorch 1.6 and what it wrote before. Pickles are
    /// read as data, no code in them is run. Likewise `config.json` can be the only file that
    /// ends in `-config.json`, as TAPE's does.
    ///
    /// A BERT of 30 tokens without any file of a tokenizer is taken for one of the TAPE models,
    /// whose alphabet is built in; so is that of an ESM of 33 tokens.
    ///
    /// Configuration and tokenizer are checked first. The weights are then mapped one tensor at a
    /// time, checked and laid out for the products; while that lasts, memory holds them once and
    /// at most a few tensors twice. Weights in half precision (F16, BF16) are widened, a tensor at a
    /// time, those in double precision (F64) rounded. Tensors are found with and without the family's prefix and
    /// the `module.` of PyTorch's `DataParallel`; those of task heads and decoders are passed over.
    ///
    /// The files of weights must not be changed while they are loaded.
    ///
    /// # Errors
    /// For a file that is missing, truncated or malformed, a configuration that cannot be
    /// computed, a tokenizer that is not one of the model's family, a tensor that is missing or has
    /// the wrong shape or format, or a weight that is not finite; see the variants of [`Error`].
    pub fn load(folder: impl AsRef<Path>) -> Result<Self, Error> {
        Self::load_in(folder, Precision::F32)
    }

    /// The same, with weights kept in memory in this precision. In [`Precision::Bf16`] a model takes
    /// half the memory; there is no copy of all weights in single precision at any time.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub fn load_in(folder: impl AsRef<Path>, precision: Precision) -> Result<Self, Error> {
        let folder = Folder::open(folder.as_ref())?;
        let checkpoint = Checkpoint::open(&folder.weights)?.with_precision(precision);
        let weights_paths = checkpoint.paths();
        let tokenizer = folder.tokenizer.as_ref();
        let tokenizer = tokenizer.map(|(file, contents)| (*file, contents.as_slice()));
        let model = Self::build(folder.config, checkpoint, tokenizer)?;
        Ok(Self {
            weights_paths,
            ..model.named(folder.name)
        })
    }

    /// Loads a model from the contents of `config.json`, of one file of weights and of the file of a
    /// tokenizer; which one it is (see [`Tokenizer`]), its first bytes tell.
    ///
    /// Without such a file, a BERT of 30 tokens gets the TAPE alphabet and an ESM of 33 its own.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub fn from_bytes(
        config: &[u8],
        weights: &[u8],
        tokenizer: Option<&[u8]>,
    ) -> Result<Self, Error> {
        let tokenizer = tokenizer.map(recognised);
        Self::build(config.to_vec(), Checkpoint::from_bytes(weights)?, tokenizer)
    }

    /// A model of the shape that `config` (the contents of a `config.json`) gives, with weights
    /// drawn at random, as the models of its family are initialised before training: biases 0
    /// (but XLNet's of attention) and the scales of norms 1, all else from the normal distribution N(0, 0.02²), also where
    /// `initializer_range` says otherwise. T5 has a deviation for each kind of matrix, as
    /// its scores are not scaled (those of transformers 5.23, `T5PreTrainedModel`, with an
    /// `initializer_factor` of 1). It is the null model of any claim about a trained one.
    ///
    /// The same seed gives the same weights on the same platform, in whatever order they are
    /// drawn.
    ///
    /// # Errors
    /// As [`load`](Self::load), for the configuration and the tokenizer.
    pub fn random(config: &[u8], tokenizer: Option<&[u8]>, seed: u64) -> Result<Self, Error> {
        let tokenizer = tokenizer.map(recognised);
        Self::build(config.to_vec(), Checkpoint::random(seed), tokenizer)
    }

    /// A model of the same architecture and name, with the same tokenizer, and weights drawn as
    /// [`random`](Self::random) draws them: this model before training. What this one shows and its
    /// twin does not, it has learned.
    ///
    /// All that [`info`](Self::info) says is equal, but that there is no number format in which
    /// the weights are stored. Numbers that are not trained, such as the frequencies of rotary
    /// positions, are this model's; a contact head, which is trained, is not taken over. The twin
    /// takes as much memory for its weights as this model.
    ///
    /// Its weights are kept in the same precision. The same seed gives the same weights, and where the configuration says all there is to know
    /// of the architecture, these are the ones that [`random`](Self::random) gives.
    ///
    /// ```
    /// # let config = br#"{"model_type": "bert", "hidden_size": 16, "num_hidden_layers": 2,
    /// #   "num_attention_heads": 2, "intermediate_size": 32, "vocab_size": 30}"#;
    /// # let model = protattn_model::Model::random(config, None, 1)?;
    /// let untrained = model.random_twin(1)?.named("untrained");
    /// assert_eq!(untrained.info().n_heads, model.info().n_heads);
    /// # Ok::<(), protattn_model::Error>(())
    /// ```
    ///
    /// # Errors
    /// Any that [`random`](Self::random) gives for a configuration; as this model has been built
    /// from the same, none is expected.
    pub fn random_twin(&self, seed: u64) -> Result<Self, Error> {
        let checkpoint = Checkpoint::random_like(self.built.layout.clone(), seed);
        let checkpoint = checkpoint.with_precision(self.precision);
        let plan = Plan::read(&self.config)?;
        let twin = Self::assemble(
            self.config.clone(),
            plan,
            checkpoint,
            self.tokenizer.clone(),
        )?;
        Ok(twin.named(&self.built.info.name))
    }

    fn build(
        config: Vec<u8>,
        checkpoint: Checkpoint<'_>,
        tokenizer: Option<(TokenizerFile, &[u8])>,
    ) -> Result<Self, Error> {
        // The tokenizer first: what is wrong with it should not wait for gigabytes of weights.
        let plan = Plan::read(&config)?;
        let tokenizer = Tokenizer::load(tokenizer, plan.info.family, plan.info.vocabulary)?;
        Self::assemble(config, plan, checkpoint, tokenizer)
    }

    fn assemble(
        config: Vec<u8>,
        plan: Plan,
        checkpoint: Checkpoint<'_>,
        tokenizer: Tokenizer,
    ) -> Result<Self, Error> {
        let precision = checkpoint.precision();
        let built = plan.build(checkpoint)?;
        Ok(Self {
            tokenizer: tokenizer.limited_to(built.info.positions),
            built,
            config,
            precision,
            weights_paths: Vec::new(),
        })
    }

    /// Gives the model another name.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.built.info.name = name.into();
        self
    }

    /// What the model is.
    #[must_use]
    pub fn info(&self) -> &Info {
        &self.built.info
    }

    /// What turns a sequence into this model's tokens.
    #[must_use]
    pub fn tokenizer(&self) -> &Tokenizer {
        &self.tokenizer
    }

    /// The regression from attention to contacts that the checkpoint came with: that of ESM-1b and
    /// ESM-2 (`contact_head.regression`), where it is there. [`Contacts`](crate::Contacts) applies
    /// it.
    ///
    /// Its weights are not among [`Info::parameters`].
    #[must_use]
    pub fn contact_head(&self) -> Option<&ContactHead> {
        self.built.network.contact_head.as_ref()
    }

    /// The bytes that the weights take in memory, and those of one worker's [`Workspace`] for a pass
    /// over so many tokens, special ones included; `None` if these cannot be counted.
    ///
    /// Both are in single precision, whatever the weights are stored in, but for those of linear
    /// maps in a model that was loaded in [`Precision::Bf16`]. The pass is one that hands
    /// over attention; one that gives only arcs or hidden states needs no room for maps, which are
    /// 4 bytes for each head and pair of tokens. What a sink keeps is not counted.
    #[must_use]
    pub fn memory(&self, tokens: usize) -> Option<(u64, u64)> {
        let worker = workspace::bytes(&self.built.info, self.extra_room(), tokens)?;
        Some((self.built.bytes, worker))
    }

    fn extra_room(&self) -> ExtraRoom {
        ExtraRoom {
            pairs: self.rounds_inputs(),
            ..self.built.network.extra_room
        }
    }

    /// How the weights of linear maps are kept in memory and multiplied.
    #[must_use]
    pub fn precision(&self) -> Precision {
        self.precision
    }

    /// Whether the inputs of linear maps are rounded to bfloat16 as the weights are: those of a model
    /// in [`Precision::Bf16`], on a processor that multiplies such numbers (AVX-512 BF16). The
    /// attention then differs a little from that on other processors.
    #[must_use]
    pub fn rounds_inputs(&self) -> bool {
        self.precision.is_paired()
    }

    /// The files that the weights were read from, without an index of such files; none if they were
    /// not read from files.
    #[must_use]
    pub fn weights_paths(&self) -> &[PathBuf] {
        &self.weights_paths
    }

    /// Runs one pass and hands each wanted output to the sink, per residue.
    ///
    /// The same as [`forward_with`](Self::forward_with) and [`SpecialTokens::Cut`].
    ///
    /// # Errors
    /// As [`forward_with`](Self::forward_with).
    pub fn forward(
        &self,
        tokens: &Tokens,
        workspace: &mut Workspace,
        sink: &mut dyn Sink,
    ) -> Result<(), Error> {
        self.forward_with(tokens, SpecialTokens::Cut, workspace, sink)
    }

    /// Runs one pass and hands each wanted output to the sink, with or without the rows and
    /// columns of the special tokens.
    ///
    /// The pass ends with the last layer that the sink wants anything of; if all it wants of that
    /// layer is attention, only queries and keys are computed there.
    ///
    /// # Errors
    /// [`Error::Sink`] if the sink refuses an output; [`Error::NonFinite`] or
    /// [`Error::NonFiniteAttention`] if a layer gives values that are not finite; [`Error::Memory`] if the buffers for this many tokens cannot
    /// be had; [`Error::TooLong`], [`Error::Token`] or [`Error::Segments`] if the tokens are those
    /// of another model.
    pub fn forward_with(
        &self,
        tokens: &Tokens,
        special_tokens: SpecialTokens,
        workspace: &mut Workspace,
        sink: &mut dyn Sink,
    ) -> Result<(), Error> {
        let mut batch = [(tokens, sink)];
        let mut results = self.forward_batch(&mut batch, special_tokens, workspace);
        results.swap_remove(0)
    }

    /// Runs one pass over several proteins at once, each with a sink of its own, and gives the result
    /// of each in their order. One that fails does not end the others.
    ///
    /// Every sink gets what [`forward_with`](Self::forward_with) would give it, to the bit. The linear
    /// maps take the rows of all proteins in one product, so that the weights are read once and not
    /// once a protein, which is what short proteins spend their time on: some tens of tokens in all
    /// are worth putting together, and over some hundreds nothing more is gained. The memory is that
    /// of all tokens together, but for attention, of which one protein's is in memory at a time.
    ///
    /// ```
    /// use protattn_model::{AttentionArc, Model, Output, Sink, SinkError, SpecialTokens, Workspace};
    ///
    /// /// The number of arcs in all layers.
    /// #[derive(Default)]
    /// struct Count(usize);
    ///
    /// impl Sink for Count {
    ///     fn wants(&self, output: Output) -> bool {
    ///         matches!(output, Output::Arcs { .. })
    ///     }
    ///
    ///     fn min_attention(&self) -> f32 {
    ///         0.01
    ///     }
    ///
    ///     fn arcs(&mut self, _: usize, arcs: &[AttentionArc]) -> Result<(), SinkError> {
    ///         self.0 += arcs.len();
    ///         Ok(())
    ///     }
    /// }
    ///
    /// # let config = br#"{"model_type": "bert", "vocab_size": 30, "hidden_size": 16,
    /// #   "num_hidden_layers": 3, "num_attention_heads": 2, "intermediate_size": 32}"#;
    /// let model = Model::random(config, None, 1)?;
    /// let tokens = ["MKTAYIAK", "GVS"].map(|sequence| model.tokenizer().encode(sequence, None));
    /// let [first, second] = tokens;
    /// let (first, second) = (first?, second?);
    /// let mut batch = [(&first, Count::default()), (&second, Count::default())];
    /// for result in model.forward_batch(&mut batch, SpecialTokens::Cut, &mut Workspace::new()) {
    ///     result?;
    /// }
    /// // All pairs of residues, as untrained attention is nearly even: 3 layers, 2 heads.
    /// assert_eq!(batch.map(|(_, count)| count.0), [6 * 8 * 8, 6 * 3 * 3]);
    /// # Ok::<(), protattn_model::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`forward_with`](Self::forward_with), of each protein; [`Error::Memory`] of all of them.
    pub fn forward_batch<S: Sink>(
        &self,
        batch: &mut [(&Tokens, S)],
        special_tokens: SpecialTokens,
        workspace: &mut Workspace,
    ) -> Vec<Result<(), Error>> {
        let mut results: Vec<Result<(), Error>> =
            batch.iter().map(|(tokens, _)| self.check(tokens)).collect();
        let sound = batch
            .iter_mut()
            .zip(&results)
            .filter(|(_, result)| result.is_ok());
        let items = sound.map(|((tokens, sink), _)| Item {
            tokens,
            window: match special_tokens {
                SpecialTokens::Cut => tokens.residues(),
                SpecialTokens::Keep => 0..tokens.ids().len(),
            },
            sink,
        });
        let items = items.collect();
        let run = pass::run(
            &self.built.network,
            &self.built.info,
            self.extra_room(),
            items,
            workspace,
        );
        let sound = results.iter_mut().filter(|result| result.is_ok());
        sound.zip(run).for_each(|(result, run)| *result = run);
        results
    }

    fn check(&self, tokens: &Tokens) -> Result<(), Error> {
        if tokens.segments().is_some() && !self.built.network.takes_segments {
            let family = self.built.info.family;
            return Err(Error::Segments { family });
        }
        let ids = tokens.ids();
        Error::check_length(ids.len(), self.built.info.positions)?;
        let vocabulary = self.built.info.vocabulary;
        match ids.iter().find(|&&id| id as usize >= vocabulary) {
            None => Ok(()),
            Some(&id) => Err(Error::Token { id, vocabulary }),
        }
    }
}

fn recognised(tokenizer: &[u8]) -> (TokenizerFile, &[u8]) {
    (TokenizerFile::recognise(tokenizer), tokenizer)
}

impl fmt::Debug for Model {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Model")
            .field("info", &self.built.info)
            .finish_non_exhaustive()
    }
}
