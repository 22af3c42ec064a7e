//! `protattn attention`: the attention maps of some sequences, as tensors.

use anyhow::{Context, Result, bail};
use ndarray::{ArrayView2, ArrayView3};
use protattn_io::{Protein, fasta};
use protattn_model::{Model, Output, Sink, SinkError, SpecialTokens, Tokens, Workspace};

use crate::args::AttentionArgs;
use crate::ending::{Outcome, tell};
use crate::parallel;
use crate::record::Skipped;
use crate::tensors::{Dtype, Layout, TensorWriter};
use crate::{checkpoint, output};

/// Runs the command.
pub(crate) fn run(args: &AttentionArgs) -> Result<Outcome> {
    let model = checkpoint::of_args(&args.model, args.offline)?.model;
    let mut skipped = Vec::new();
    let proteins = read(args, &mut skipped)?;
    let mut layout = Layout::default();
    let mut jobs: Vec<Job> = Vec::new();
    let suffixed = proteins.len() > 1;
    for protein in &proteins {
        let planned = plan(&model, protein, args, suffixed, &mut layout);
        match planned {
            Ok(job) => jobs.push(job),
            Err(error) => skipped.push(Skipped {
                record: protein.id().to_owned(),
                reason: format!("{error:#}"),
            }),
        }
    }
    let Some(first) = skipped.first().filter(|_| jobs.is_empty()) else {
        return write(&model, args, layout, &jobs, &skipped);
    };
    bail!(
        "no sequence can be used; the first problem: {}: {}",
        first.record,
        first.reason
    )
}

fn read(args: &AttentionArgs, skipped: &mut Vec<Skipped>) -> Result<Vec<Protein>> {
    if let Some(sequence) = &args.sequence {
        return Ok(vec![Protein::new("--sequence", sequence)?]);
    }
    let path = args
        .fasta
        .as_ref()
        .context("neither --sequence nor --fasta is given")?;
    let mut proteins = Vec::new();
    for record in fasta::Reader::open(path)? {
        match record {
            Ok(protein) => proteins.push(protein),
            Err(error) => skipped.push(Skipped::record(&path.to_string_lossy(), &error)),
        }
    }
    Ok(proteins)
}

/// One sequence, and where its tensors go.
struct Job {
    tokens: Tokens,
    ids: u64,
    attentions: u64,
    hidden_states: Option<u64>,
}

fn plan(
    model: &Model,
    protein: &Protein,
    args: &AttentionArgs,
    suffixed: bool,
    layout: &mut Layout,
) -> Result<Job> {
    let info = model.info();
    let tokens = model
        .tokenizer()
        .encode(protein.sequence(), args.max_tokens)?;
    let n = tokens.ids().len();
    let mut add = |name: &str, dtype, shape: &[usize]| {
        let name = if suffixed {
            format!("{name}.{}", protein.id())
        } else {
            name.to_owned()
        };
        layout
            .add(&name, dtype, shape)
            .context("another sequence of this name was read before")
    };
    let hidden_states = args
        .hidden_states
        .then_some([info.n_layers + 1, n, info.width]);
    Ok(Job {
        ids: add("input_ids", Dtype::I32, &[n])?,
        attentions: add(
            "attentions",
            Dtype::F32,
            &[info.n_layers, info.n_heads, n, n],
        )?,
        hidden_states: hidden_states
            .map(|shape| add("hidden_states", Dtype::F32, &shape))
            .transpose()?,
        tokens,
    })
}

fn write(
    model: &Model,
    args: &AttentionArgs,
    layout: Layout,
    jobs: &[Job],
    skipped: &[Skipped],
) -> Result<Outcome> {
    let mut workspace = Workspace::with_threads(parallel::threads(None));
    output::write_with(&args.output, |file| {
        let mut tensors = layout.begin(file)?;
        for job in jobs {
            let ids = job.tokens.ids().iter().map(|id| id.to_le_bytes());
            tensors.write(job.ids, ids)?;
            let mut dump = Dump {
                job,
                tensors: &mut tensors,
            };
            model.forward_with(&job.tokens, SpecialTokens::Keep, &mut workspace, &mut dump)?;
        }
        Ok(())
    })?;
    for skipped in skipped {
        tell(&format!("skipped {}: {}", skipped.record, skipped.reason));
    }
    tell(&format!(
        "{}: {} of {} sequences",
        args.output.display(),
        jobs.len(),
        jobs.len() + skipped.len()
    ));
    Ok(if args.strict && !skipped.is_empty() {
        Outcome::Skipped
    } else {
        Outcome::Done
    })
}

/// Sends each layer to its place in the file.
struct Dump<'a, 'f> {
    job: &'a Job,
    tensors: &'a mut TensorWriter<'f>,
}

impl Sink for Dump<'_, '_> {
    fn wants(&self, output: Output) -> bool {
        match output {
            Output::Attention { .. } => true,
            Output::Arcs { .. } => false,
            Output::HiddenStates { .. } => self.job.hidden_states.is_some(),
        }
    }

    fn attention(&mut self, layer: usize, attention: ArrayView3<'_, f32>) -> Result<(), SinkError> {
        let offset = self.job.attentions + (4 * attention.len() * layer) as u64;
        Ok(self
            .tensors
            .write(offset, attention.iter().map(|value| value.to_le_bytes()))?)
    }

    fn hidden_states(
        &mut self,
        level: usize,
        hidden: ArrayView2<'_, f32>,
    ) -> Result<(), SinkError> {
        let start = self.job.hidden_states.unwrap_or_default();
        let offset = start + (4 * hidden.len() * level) as u64;
        Ok(self
            .tensors
            .write(offset, hidden.iter().map(|value| value.to_le_bytes()))?)
    }
}
