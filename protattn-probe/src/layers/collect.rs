//! The features of proteins, from a pass.

use ndarray::{Array2, ArrayView2, ArrayView3};
use protattn_model::{Output, Sink, SinkError};

use super::FeatureKind;
use super::features::{Layout, ReadProtein};
use crate::{PairAttention, attention_features};

/// Takes the features of proteins with the same tokens.
pub(super) struct Collecting<'a> {
    layout: &'a Layout,
    pub(super) proteins: Vec<ReadProtein>,
}

impl<'a> Collecting<'a> {
    pub(super) fn new(layout: &'a Layout, mut proteins: Vec<ReadProtein>) -> Self {
        for protein in &mut proteins {
            protein.values = vec![Vec::new(); layout.blocks.len()];
        }
        Self { layout, proteins }
    }
}

impl Sink for Collecting<'_> {
    fn wants(&self, output: Output) -> bool {
        let (kind, layer) = match output {
            Output::HiddenStates { level } => (FeatureKind::Hidden, level),
            Output::Attention { layer } => (FeatureKind::Attention, layer + 1),
            Output::Arcs { .. } => return false,
        };
        self.layout.of_layer(kind, layer).next().is_some()
    }

    fn attention(&mut self, layer: usize, attention: ArrayView3<'_, f32>) -> Result<(), SinkError> {
        for (number, block) in self.layout.of_layer(FeatureKind::Attention, layer + 1) {
            let Some(task) = block.task else { continue };
            for protein in &mut self.proteins {
                let pairs = &protein.samples[task].places;
                let mut found = Array2::zeros((pairs.len(), attention.dim().0));
                attention_features(attention, pairs, PairAttention::Mean, found.view_mut())?;
                protein.values[number] = found.into_raw_vec_and_offset().0;
            }
        }
        Ok(())
    }

    fn hidden_states(
        &mut self,
        level: usize,
        hidden: ArrayView2<'_, f32>,
    ) -> Result<(), SinkError> {
        for (number, _) in self.layout.of_layer(FeatureKind::Hidden, level) {
            for protein in &mut self.proteins {
                protein.values[number] = hidden.iter().copied().collect();
            }
        }
        Ok(())
    }
}
