//! The passes of some tasks: the model's own, and those that null models need.

use ndarray::ArrayView3;
use protattn_io::Protein;
use protattn_model::run::{self, Error, Plan, Task};
use protattn_model::{Model, Output, Sink, SinkError, Tokens, Workspace};

use super::observation::{Observation, Subjected};
use super::tally::{Counted, Tally};
use super::{Null, Setup};
use crate::{AttentionArc, find_arcs};

/// What is counted, of what, by which models.
pub(super) struct Counting<'a> {
    pub(super) setup: Setup<'a>,
    pub(super) model: &'a Model,
    /// The model's architecture with random weights, if it is one of the null models.
    pub(super) twin: Option<Model>,
    pub(super) plan: &'a Plan<'a>,
    pub(super) proteins: &'a [Protein],
    pub(super) max_tokens: usize,
}

/// What is counted of one task: under no null model, and under each.
struct Observed<'a> {
    task: &'a Task,
    name: &'a str,
    own: Vec<Observation<'a>>,
    nulls: Vec<Vec<Observation<'a>>>,
}

/// A part of a pass: what is counted of the attention between some tokens.
type Job<'j, 'a> = run::Job<'j, Counter<'j, 'a>>;

impl<'a> Counting<'a> {
    /// Counts some tasks.
    pub(super) fn count(
        &self,
        tasks: &[&'a Task],
        workspace: &mut Workspace,
        counted: &mut Counted,
    ) -> Result<(), Error> {
        let mut observed = Vec::new();
        for task in tasks {
            let of_task = self.observed(task, counted);
            let name = self.plan.name_of(task);
            observed.extend(of_task.map_err(|error| Error::sequence(name, error))?);
        }
        self.own(&mut observed, workspace)?;
        for (place, null) in self.setup.nulls.models.iter().enumerate() {
            match null {
                // Rotated labels are compared with the same attention.
                Null::RotateLabels => {}
                Null::ShuffleSequence => self.shuffled(place, &mut observed, workspace)?,
                Null::RandomWeights => {
                    let twin = self.twin.as_ref();
                    let twin = twin.ok_or_else(|| Error::analysis("there is no random model"))?;
                    let jobs = observed.iter_mut().map(|task| {
                        let tokens = task.task.tokens();
                        self.job(task.name, tokens, task.nulls[place].iter_mut())
                    });
                    run::forward(twin, jobs, workspace)?;
                }
            }
        }
        for Observed {
            name, own, nulls, ..
        } in observed
        {
            let tallies = std::iter::once(&mut counted.observed).chain(&mut counted.nulls);
            let observations = std::iter::once(own).chain(nulls);
            for (tally, observations) in tallies.zip(observations) {
                for observation in observations {
                    let finished = observation.finish(tally, &mut counted.skipped);
                    finished.map_err(|error| Error::sequence(name, error))?;
                }
            }
        }
        Ok(())
    }

    /// What is to be counted of a task, if anything is.
    fn observed(
        &self,
        task: &'a Task,
        counted: &mut Counted,
    ) -> Result<Option<Observed<'a>>, crate::Error> {
        let mut own = Vec::new();
        for place in task.places() {
            let subject = Subjected {
                protein: &self.proteins[*place],
                name: self.plan.name(*place),
                n_read: task.n_read(),
            };
            let tally = &counted.observed;
            let found = Observation::new(&self.setup, subject, tally, &mut counted.skipped)?;
            counted.proteins += usize::from(found.has_labels());
            own.extend(found.is_needed(&self.setup).then_some(found));
        }
        if own.is_empty() {
            return Ok(None);
        }
        let under = |(null, tally): (&Null, &Tally)| -> Result<Vec<_>, crate::Error> {
            let under = own.iter().map(|own| own.under(&self.setup, *null, tally));
            under.collect()
        };
        let nulls = self.setup.nulls.models.iter().zip(&counted.nulls);
        let nulls = nulls.map(under).collect::<Result<_, _>>()?;
        let name = self.plan.name_of(task);
        Ok(Some(Observed {
            task,
            name,
            own,
            nulls,
        }))
    }

    /// The pass of the model over the sequences as they are.
    fn own(&self, observed: &mut [Observed<'a>], workspace: &mut Workspace) -> Result<(), Error> {
        let mut nulls = self.setup.nulls.models.iter();
        let rotated = nulls.position(|null| *null == Null::RotateLabels);
        let jobs = observed.iter_mut().map(|task| {
            let rotated = rotated.map(|place| &mut task.nulls[place]);
            let all = task.own.iter_mut().chain(rotated.into_iter().flatten());
            self.job(task.name, task.task.tokens(), all)
        });
        run::forward(self.model, jobs, workspace)?;
        Ok(())
    }

    /// The passes over the shuffled sequences of tasks; `place` is that of this null model.
    fn shuffled(
        &self,
        place: usize,
        observed: &mut [Observed<'a>],
        workspace: &mut Workspace,
    ) -> Result<(), Error> {
        let tokenizer = self.model.tokenizer();
        let encode = |shuffled: String| tokenizer.encode(&shuffled, Some(self.max_tokens));
        let shuffles = |task: &Observed<'_>| {
            let shuffles = self.setup.nulls.shuffles(self.plan.read(task.task));
            shuffles.map(encode).collect::<Vec<_>>()
        };
        let encoded: Vec<Vec<_>> = observed.iter().map(shuffles).collect();
        let draws = encoded.iter().map(Vec::len).max().unwrap_or(0);
        for draw in 0..draws {
            let mut jobs = Vec::new();
            for (task, encoded) in observed.iter_mut().zip(&encoded) {
                let observations = task.nulls[place].iter_mut();
                match &encoded[draw] {
                    Ok(tokens) => jobs.push(self.job(task.name, tokens, observations)),
                    // A tokenizer that joins unknown residues may join others once they are shuffled.
                    Err(error) => observations.for_each(|observation| observation.fail(error)),
                }
            }
            run::forward(self.model, jobs, workspace)?;
        }
        Ok(())
    }

    fn job<'j>(
        &'j self,
        name: &'j str,
        tokens: &'j Tokens,
        observations: impl Iterator<Item = &'j mut Observation<'a>>,
    ) -> Job<'j, 'a> {
        let sink = Counter {
            setup: &self.setup,
            observations: observations.collect(),
            arcs: Vec::new(),
        };
        Job { name, tokens, sink }
    }
}

/// Finds the arcs of each layer once, and gives them and the maps to every observation.
struct Counter<'j, 'a> {
    setup: &'j Setup<'a>,
    observations: Vec<&'j mut Observation<'a>>,
    arcs: Vec<AttentionArc>,
}

impl Sink for Counter<'_, '_> {
    fn wants(&self, output: Output) -> bool {
        let maps = !self.setup.metrics.is_empty();
        match output {
            Output::Attention { layer } => maps && self.setup.layers.contains(&layer),
            // Without metrics no one looks at whole maps, and none are made.
            Output::Arcs { layer } => !maps && self.setup.layers.contains(&layer),
            Output::HiddenStates { .. } => false,
        }
    }

    fn min_attention(&self) -> f32 {
        self.setup.min_attention
    }

    fn arcs(&mut self, layer: usize, arcs: &[AttentionArc]) -> Result<(), SinkError> {
        for observation in &mut self.observations {
            observation.observe(self.setup, layer, arcs, None)?;
        }
        Ok(())
    }

    fn attention(&mut self, layer: usize, attention: ArrayView3<'_, f32>) -> Result<(), SinkError> {
        find_arcs(attention, self.setup.min_attention, &mut self.arcs)
            .map_err(|error| format!("layer {}: {error}", layer + 1))?;
        for observation in &mut self.observations {
            observation.observe(self.setup, layer, &self.arcs, Some(attention))?;
        }
        Ok(())
    }
}
