//! `protattn attention`: the attention maps of some sequences, as tensors.

use std::path::Path;
use std::sync::Mutex;

use anyhow::{Context, Result, bail};
use ndarray::{ArrayView2, ArrayView3};
use protattn_io::{Protein, Skipped, fasta};
use protattn_model::run::{Engine, Plan, Task};
use protattn_model::{Model, Output, Sink, SinkError, SpecialTokens};

use crate::args::AttentionArgs;
use crate::commands::tensors::{Dtype, Layout, TensorWriter};
use crate::running::{self, Terminal};
use crate::terminal::ending::{Outcome, tell};
use crate::{checkpoint, output, terminal::interrupt};

/// Runs the command.
pub(crate) fn run(args: &AttentionArgs) -> Result<Outcome> {
    interrupt::listen(None);
    let model = checkpoint::of_args(&args.model, args.offline)?.model;
    let mut skipped = Vec::new();
    let proteins = read(args, &mut skipped)?;
    let records = proteins
        .iter()
        .map(|protein| (protein.id(), protein.sequence()));
    let plan = Plan::new(&model, records, args.max_tokens.unwrap_or(usize::MAX))?;
    let mut tensors = Tensors::new(&model, &plan, args.hidden_states);
    for (place, protein) in proteins.iter().enumerate() {
        let suffix = if proteins.len() > 1 {
            format!(".{}", protein.id())
        } else {
            String::new()
        };
        if let Err(error) = tensors.add(place, &suffix) {
            let (record, reason) = (protein.id().to_owned(), format!("{error:#}"));
            skipped.push(Skipped { record, reason });
        }
    }
    let n_added = tensors.places.iter().flatten().count();
    if let Some(first) = skipped.first().filter(|_| n_added == 0) {
        bail!(
            "no sequence can be used; the first problem: {}: {}",
            first.record,
            first.reason
        )
    }
    tensors.write(&args.output)?;
    for skipped in &skipped {
        tell(&format!("skipped {}: {}", skipped.record, skipped.reason));
    }
    tell(&format!(
        "{}: {n_added} of {} sequences",
        args.output.display(),
        n_added + skipped.len()
    ));
    Ok(running::ending(&skipped, args.strict))
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

/// The tensors of some sequences.
struct Tensors<'a> {
    model: &'a Model,
    plan: &'a Plan<'a>,
    hidden_states: bool,
    layout: Layout,
    /// Where those of each sequence go; none of one that is skipped.
    places: Vec<Option<Place>>,
}

/// Where the tensors of one sequence go.
struct Place {
    ids: u64,
    attentions: u64,
    hidden_states: Option<u64>,
}

impl<'a> Tensors<'a> {
    fn new(model: &'a Model, plan: &'a Plan<'a>, hidden_states: bool) -> Self {
        Self {
            model,
            plan,
            hidden_states,
            layout: Layout::default(),
            places: (0..plan.n_records()).map(|_| None).collect(),
        }
    }

    /// Adds those of the sequence of this place; their names end in `suffix`.
    fn add(&mut self, place: usize, suffix: &str) -> Result<()> {
        let mut untokenised = self.plan.untokenised().iter();
        if let Some((_, error)) = untokenised.find(|(other, _)| *other == place) {
            bail!(Skipped::record("", error).reason);
        }
        let mut tasks = self.plan.tasks().iter();
        let task = tasks.find(|task| task.places().contains(&place));
        let n = task.map_or(0, |task| task.tokens().ids().len());
        let mut add = |name: &str, dtype, shape: &[usize]| {
            let added = self.layout.add(&format!("{name}{suffix}"), dtype, shape);
            added.context("another sequence of this name was read before")
        };
        let info = self.model.info();
        let maps = [info.n_layers, info.n_heads, n, n];
        let states = self
            .hidden_states
            .then_some([info.n_layers + 1, n, info.width]);
        self.places[place] = Some(Place {
            ids: add("input_ids", Dtype::I32, &[n])?,
            attentions: add("attentions", Dtype::F32, &maps)?,
            hidden_states: states
                .map(|shape| add("hidden_states", Dtype::F32, &shape))
                .transpose()?,
        });
        Ok(())
    }

    /// Writes the file, each layer when it is computed.
    fn write(self, path: &Path) -> Result<()> {
        let (plan, places) = (self.plan, &self.places);
        output::write_with(path, |file| {
            let mut writer = self.layout.begin(file)?;
            for task in plan.tasks() {
                for place in of_task(places, task) {
                    let ids = task.tokens().ids().iter().map(|id| id.to_le_bytes());
                    writer.write(place.ids, ids)?;
                }
            }
            let writer = Mutex::new(writer);
            let terminal = Terminal::default();
            let engine = Engine::new(self.model).watch(&terminal);
            let engine = engine.special_tokens(SpecialTokens::Keep);
            engine.map(plan, |task| Dump {
                places: of_task(places, task).collect(),
                writer: &writer,
            })?;
            Ok(())
        })
    }
}

fn of_task<'p>(places: &'p [Option<Place>], task: &Task) -> impl Iterator<Item = &'p Place> {
    task.places()
        .iter()
        .filter_map(|place| places[*place].as_ref())
}

/// Sends each layer to its places in the file.
#[derive(Clone)]
struct Dump<'a, 'f> {
    places: Vec<&'a Place>,
    writer: &'a Mutex<TensorWriter<'f>>,
}

impl Dump<'_, '_> {
    fn write<'v>(
        &self,
        offset: u64,
        values: impl Iterator<Item = &'v f32>,
    ) -> Result<(), SinkError> {
        let mut writer = self.writer.lock().map_err(|_| "another thread failed")?;
        Ok(writer.write(offset, values.map(|value| value.to_le_bytes()))?)
    }
}

impl Sink for Dump<'_, '_> {
    fn wants(&self, output: Output) -> bool {
        let wants = |place: &&Place| match output {
            Output::Attention { .. } => true,
            Output::Arcs { .. } => false,
            Output::HiddenStates { .. } => place.hidden_states.is_some(),
        };
        self.places.iter().any(wants)
    }

    fn attention(&mut self, layer: usize, attention: ArrayView3<'_, f32>) -> Result<(), SinkError> {
        let before = (4 * attention.len() * layer) as u64;
        let mut places = self.places.iter();
        places.try_for_each(|place| self.write(place.attentions + before, attention.iter()))
    }

    fn hidden_states(
        &mut self,
        level: usize,
        hidden: ArrayView2<'_, f32>,
    ) -> Result<(), SinkError> {
        let before = (4 * hidden.len() * level) as u64;
        let mut places = self.places.iter().filter_map(|place| place.hidden_states);
        places.try_for_each(|start| self.write(start + before, hidden.iter()))
    }
}
