//! A safetensors file whose tensors are written as they are computed.
//!
//! The attention of one 512-residue protein can be half a gigabyte. The shapes are known before
//! the first layer is computed, so the header is written first and each layer goes to its place
//! in the file.

use std::fs::File;
use std::io::{BufWriter, Seek, SeekFrom, Write};

use anyhow::{Context, Result};
use serde_json::{Map, Value, json};

/// The element type of a tensor; both take four bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Dtype {
    F32,
    I32,
}

/// What the file will hold: names, types, shapes and places, in order.
#[derive(Default)]
pub(crate) struct Layout {
    header: Map<String, Value>,
    end: u64,
}

impl Layout {
    /// Adds a tensor after the others; its offset in the data, or nothing if the name is taken.
    pub(crate) fn add(&mut self, name: &str, dtype: Dtype, shape: &[usize]) -> Option<u64> {
        if self.header.contains_key(name) {
            return None;
        }
        let start = self.end;
        self.end += 4 * shape.iter().map(|n| *n as u64).product::<u64>();
        let dtype = format!("{dtype:?}");
        let entry = json!({ "dtype": dtype, "shape": shape, "data_offsets": [start, self.end] });
        self.header.insert(name.to_owned(), entry);
        Some(start)
    }

    /// Writes the header; the tensors follow through the writer that comes back.
    pub(crate) fn begin(self, file: &mut BufWriter<File>) -> Result<TensorWriter<'_>> {
        let mut header = serde_json::to_vec(&self.header)?;
        header.resize(header.len().next_multiple_of(8), b' ');
        file.write_all(&(header.len() as u64).to_le_bytes())?;
        file.write_all(&header)?;
        let data = 8 + header.len() as u64;
        file.get_ref()
            .set_len(data + self.end)
            .context("is the disk full?")?;
        Ok(TensorWriter { file, data })
    }
}

/// Writes values to their places.
pub(crate) struct TensorWriter<'a> {
    file: &'a mut BufWriter<File>,
    data: u64,
}

impl TensorWriter<'_> {
    /// Writes `values` from byte `offset` of the data on.
    pub(crate) fn write<const N: usize>(
        &mut self,
        offset: u64,
        values: impl IntoIterator<Item = [u8; N]>,
    ) -> Result<()> {
        self.file.seek(SeekFrom::Start(self.data + offset))?;
        for bytes in values {
            self.file.write_all(&bytes)?;
        }
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn tensors_written_out_of_order_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.safetensors");
        let mut layout = Layout::default();
        let ids = layout.add("ids", Dtype::I32, &[3]).unwrap();
        let maps = layout.add("maps", Dtype::F32, &[2, 2]).unwrap();
        assert_eq!(
            layout.add("ids", Dtype::I32, &[1]),
            None,
            "names are unique"
        );
        let mut file = BufWriter::new(File::create(&path).unwrap());
        let mut tensors = layout.begin(&mut file).unwrap();
        tensors
            .write(maps + 8, [3.0f32, 4.0].map(f32::to_le_bytes))
            .unwrap();
        tensors
            .write(ids, [7i32, 8, 9].map(i32::to_le_bytes))
            .unwrap();
        tensors
            .write(maps, [1.0f32, 2.0].map(f32::to_le_bytes))
            .unwrap();
        file.flush().unwrap();

        let bytes = std::fs::read(&path).unwrap();
        let read = safetensors::SafeTensors::deserialize(&bytes).unwrap();
        let values: Vec<u8> = [1.0f32, 2.0, 3.0, 4.0]
            .iter()
            .flat_map(|v| v.to_le_bytes())
            .collect();
        assert_eq!(read.tensor("maps").unwrap().data(), values);
        assert_eq!(read.tensor("ids").unwrap().shape(), [3]);
    }
}
