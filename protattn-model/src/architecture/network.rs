//! A network, of any family: what makes states of tokens, and the blocks that they go through.

use super::config::{Sizes, no_more_layers};
use crate::blocks::{Block, Norm};
use crate::checkpoint::Checkpoint;
use crate::contacts::ContactHead;
use crate::error::Error;
use crate::workspace::{ExtraRoom, Workspace};

/// A network, driven by [`pass`](crate::pass): one `embed`, then for each layer `project` of its
/// block, `attend` for each protein and, unless the pass ends there, one `complete`. All but `attend`
/// work on the rows of all proteins at once; none makes the rows of one depend on those of another.
/// `workspace.ids`, `workspace.proteins` and the sizes of all buffers are set beforehand.
pub(crate) struct Network {
    pub(super) embed: Embed,
    pub(super) blocks: Vec<Block>,
    /// The block of each layer; several may share one.
    pub(super) layers: Vec<usize>,
    /// A last norm, after the last layer.
    pub(super) norm: Option<Norm>,
    /// The buffers it needs that not every network needs.
    pub(crate) extra_room: ExtraRoom,
    /// The longest pass in tokens, where a table of positions ends.
    pub(crate) positions: Option<usize>,
    /// The regression from its attention to contacts, if it came with one.
    pub(crate) contact_head: Option<ContactHead>,
    /// Whether it can take tokens in segments, which then stand in `workspace.segments`.
    pub(crate) takes_segments: bool,
}

/// Writes what enters the first block to `hidden`. The ids are inside the vocabulary and, of each
/// protein, no more than the positions.
pub(super) type Embed = Box<dyn Fn(&mut Workspace) + Send + Sync>;

impl Network {
    /// One whose layers have blocks of their own, and nothing that not every network has.
    pub(super) fn new(
        embed: impl Fn(&mut Workspace) + Send + Sync + 'static,
        blocks: Vec<Block>,
    ) -> Self {
        Self {
            embed: Box::new(embed),
            layers: (0..blocks.len()).collect(),
            blocks,
            norm: None,
            extra_room: ExtraRoom::default(),
            positions: None,
            contact_head: None,
            takes_segments: false,
        }
    }

    /// Writes what enters the first block to `workspace.hidden`.
    pub(crate) fn embed(&self, workspace: &mut Workspace) {
        (self.embed)(workspace);
    }

    /// Finishes the layer: `workspace.hidden` becomes what leaves it.
    pub(crate) fn complete(&self, layer: usize, workspace: &mut Workspace) {
        self.block(layer).complete(workspace);
        if let Some(norm) = &self.norm
            && layer + 1 == self.layers.len()
        {
            norm.apply(&mut workspace.hidden);
        }
    }

    /// The block of a layer.
    pub(crate) fn block(&self, layer: usize) -> &Block {
        &self.blocks[self.layers[layer]]
    }
}

/// Reads the block of each layer, and sees that the weights hold no more of them than `key` says:
/// none whose name begins with the stem of the next and ends in `tensor`.
pub(super) fn load_blocks(
    checkpoint: &mut Checkpoint<'_>,
    sizes: &Sizes,
    (key, tensor): (&'static str, &str),
    stem: impl Fn(usize) -> String,
    load: impl Fn(&mut Checkpoint<'_>, &str) -> Result<Block, Error>,
) -> Result<Vec<Block>, Error> {
    let next = format!("{}{tensor}", stem(sizes.layers));
    no_more_layers(checkpoint, key, sizes.layers, next)?;
    let stems = (0..sizes.layers).map(stem);
    stems.map(|stem| load(checkpoint, &stem)).collect()
}
