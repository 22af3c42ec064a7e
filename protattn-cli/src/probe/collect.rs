//! The features of every layer and task, from one pass over the proteins.

use std::collections::HashSet;
use std::fs::OpenOptions;
use std::io::Write;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Mutex;

use anyhow::{Context, Result, bail};
use ndarray::{Array2, ArrayView2, ArrayView3};
use protattn_io::Protein;
use protattn_model::{Model, Output, Sink, SinkError};
use protattn_probe::{PairAttention, attention_features};

use super::samples::Task;
use super::store::{Part, starts};
use crate::args::Kind;
use crate::forward::{self, Group};
use crate::text;

/// Proteins whose features are in the scratch folder, a line each.
pub(super) const DONE: &str = "done.txt";

/// What is collected: which layers (0 the embedding), and for which tasks.
pub(super) struct Plan<'a> {
    pub(super) model: &'a Model,
    pub(super) proteins: &'a [Protein],
    pub(super) groups: &'a [Group],
    pub(super) tasks: &'a [Task],
    pub(super) layers: &'a [usize],
    pub(super) features: &'a [Kind],
    pub(super) memory: u64,
    pub(super) scratch: Option<&'a Path>,
    pub(super) resume: bool,
    pub(super) threads: NonZeroUsize,
}

/// Features of all proteins.
pub(super) struct Features {
    /// With their layer.
    pub(super) hidden: Vec<(usize, Part)>,
    /// With the place of their task, and their layer.
    pub(super) attention: Vec<(usize, usize, Part)>,
}

impl Plan<'_> {
    /// Runs the model, and gives the features.
    pub(super) fn collect(&self) -> Result<Features> {
        self.check_memory()?;
        let done = self.done()?;
        let features = self.empty()?;
        let log = match self.scratch {
            None => None,
            Some(folder) => {
                let path = folder.join(DONE);
                let mut options = OpenOptions::new();
                let file = options.append(true).create(true).open(&path);
                Some(Mutex::new(
                    file.with_context(|| path.display().to_string())?,
                ))
            }
        };
        let missing = |group: &&Group| group.proteins.iter().any(|place| !done.contains(place));
        let groups: Vec<&Group> = self.groups.iter().filter(missing).collect();
        forward::each(
            self.model,
            &groups,
            self.proteins,
            self.threads,
            |group, workspace| {
                let mut sink = Collecting {
                    plan: self,
                    group,
                    features: &features,
                };
                self.model.forward(&group.tokens, workspace, &mut sink)?;
                let Some(log) = &log else { return Ok(()) };
                let lines: String = group.proteins.iter().map(|p| format!("{p}\n")).collect();
                let mut log = log
                    .lock()
                    .map_err(|_| anyhow::anyhow!("another thread failed"))?;
                Ok(log.write_all(lines.as_bytes())?)
            },
        )?;
        Ok(features)
    }

    /// Proteins whose features an earlier run left.
    fn done(&self) -> Result<HashSet<usize>> {
        let Some(folder) = self.scratch else {
            return Ok(HashSet::new());
        };
        let path = folder.join(DONE);
        match std::fs::read_to_string(&path) {
            // A line that is not whole is of a protein that is not either.
            Ok(text) => Ok(text
                .split_inclusive('\n')
                .filter_map(|line| line.strip_suffix('\n')?.parse().ok())
                .collect()),
            Err(_) => Ok(HashSet::new()),
        }
    }

    /// The rows of each protein, of a task or of hidden states.
    fn rows(&self, task: Option<&Task>) -> Vec<usize> {
        match task {
            Some(task) => starts(task.samples.iter().map(|samples| samples.places.len())),
            None => {
                let mut rows = vec![0; self.proteins.len()];
                for group in self.groups {
                    for place in &group.proteins {
                        rows[*place] = group.n_read();
                    }
                }
                starts(rows.into_iter())
            }
        }
    }

    fn of_attention(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        let wanted = self.features.contains(&Kind::Attention);
        let tasks = self.tasks.iter().enumerate();
        let pairs = tasks.filter(move |(_, task)| wanted && task.pairs);
        pairs.flat_map(|(task, _)| {
            let layers = self.layers.iter().filter(|layer| **layer > 0);
            layers.map(move |layer| (task, *layer))
        })
    }

    fn of_hidden(&self) -> impl Iterator<Item = usize> + '_ {
        let wanted = self.features.contains(&Kind::Hidden);
        self.layers.iter().copied().filter(move |_| wanted)
    }

    fn empty(&self) -> Result<Features> {
        let keep = self.resume
            && self
                .scratch
                .is_some_and(|folder| folder.join(DONE).exists());
        let info = self.model.info();
        let of_residues = self.rows(None);
        let hidden = self.of_hidden().map(|layer| {
            let name = format!("hidden-{layer:02}");
            let part = Part::new(name, info.width, of_residues.clone(), self.scratch, keep)?;
            Ok((layer, part))
        });
        let attention = self.of_attention().map(|(task, layer)| {
            let name = format!("attention-{layer:02}.task-{task}");
            let rows = self.rows(Some(&self.tasks[task]));
            let part = Part::new(name, info.n_heads, rows, self.scratch, keep)?;
            Ok((task, layer, part))
        });
        Ok(Features {
            hidden: hidden.collect::<Result<_>>()?,
            attention: attention.collect::<Result<_>>()?,
        })
    }

    /// Refuses what does not fit, before any of it is computed.
    fn check_memory(&self) -> Result<()> {
        if self.scratch.is_some() {
            return Ok(());
        }
        let info = self.model.info();
        let last = |rows: Vec<usize>| rows.last().copied().unwrap_or(0) as u64;
        let hidden = last(self.rows(None)) * info.width as u64 * self.of_hidden().count() as u64;
        let attention: u64 = self
            .of_attention()
            .map(|(task, _)| last(self.rows(Some(&self.tasks[task]))) * info.n_heads as u64)
            .sum();
        let bytes = 4 * (hidden + attention);
        if bytes > self.memory {
            bail!(
                "the features take {}, more than --memory {}: keep them on disk with --scratch, give \
                 more --memory, or take fewer --layers or records (--limit)",
                text::bytes(bytes),
                text::bytes(self.memory)
            );
        }
        Ok(())
    }
}

/// Takes what is wanted of a pass.
struct Collecting<'a> {
    plan: &'a Plan<'a>,
    group: &'a Group,
    features: &'a Features,
}

impl Sink for Collecting<'_> {
    fn wants(&self, output: Output) -> bool {
        match output {
            Output::HiddenStates { level } => self
                .features
                .hidden
                .iter()
                .any(|(layer, _)| *layer == level),
            Output::Arcs { .. } => false,
            Output::Attention { layer } => {
                let mut parts = self.features.attention.iter();
                parts.any(|(_, of, _)| *of == layer + 1)
            }
        }
    }

    fn attention(&mut self, layer: usize, attention: ArrayView3<'_, f32>) -> Result<(), SinkError> {
        for (task, of, part) in &self.features.attention {
            if *of != layer + 1 {
                continue;
            }
            for place in &self.group.proteins {
                let pairs = &self.plan.tasks[*task].samples[*place].places;
                let mut found = Array2::zeros((pairs.len(), attention.dim().0));
                attention_features(attention, pairs, PairAttention::Mean, found.view_mut())?;
                part.put(*place, found.into_raw_vec_and_offset().0)?;
            }
        }
        Ok(())
    }

    fn hidden_states(
        &mut self,
        level: usize,
        hidden: ArrayView2<'_, f32>,
    ) -> Result<(), SinkError> {
        for (_, part) in self
            .features
            .hidden
            .iter()
            .filter(|(layer, _)| *layer == level)
        {
            for place in &self.group.proteins {
                part.put(*place, hidden.iter().copied().collect())?;
            }
        }
        Ok(())
    }
}
