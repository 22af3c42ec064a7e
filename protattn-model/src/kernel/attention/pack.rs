//! One head's keys and values as operands of products.

use super::Head;
use crate::kernel::product::Rows;

/// Packs one head's keys as [panel of keys][i][key].
pub(in crate::kernel) fn pack_keys(head: Head<'_>, keys: Rows<'_>, panels: &mut Vec<f32>) {
    let (width, inputs) = (head.isa.panel(), head.shape.head_width);
    reset(panels, keys.count.div_ceil(width) * width * inputs);
    let rows = keys.values.chunks(keys.stride).take(keys.count);
    for (index, key) in rows.enumerate() {
        let panel = &mut panels[index / width * width * inputs..];
        let column = panel[index % width..].iter_mut().step_by(width);
        column
            .zip(&key[..inputs])
            .for_each(|(cell, value)| *cell = *value);
    }
}

/// Packs one head's values as [panel of i][token][i].
pub(super) fn pack_values(head: Head<'_>, values: &[f32], stride: usize, panels: &mut Vec<f32>) {
    let (width, shape) = (head.isa.panel(), head.shape);
    let values = head.of(values, stride, shape.tokens);
    let columns = shape.head_width.div_ceil(width) * width;
    reset(panels, columns * shape.tokens);
    for (token, value) in values.values.chunks(stride).enumerate() {
        for (panel, part) in value[..shape.head_width].chunks(width).enumerate() {
            panels[(panel * shape.tokens + token) * width..][..part.len()].copy_from_slice(part);
        }
    }
}

pub(in crate::kernel) fn reset(panels: &mut Vec<f32>, len: usize) {
    panels.clear();
    panels.resize(len, 0.0);
}
