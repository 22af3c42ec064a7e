//! Files made by hand, to be made wrong.

/// A pickle (of protocol 0, but for its persistent id) of a dict with one tensor of single
/// precision, over a storage `0` of this many elements.
pub(super) fn state_dict(name: &str, elements: u64, shape: &[u64], strides: &[u64]) -> Vec<u8> {
    let tuple = |items: &[u64]| {
        let items: String = items.iter().map(|item| format!("I{item}\n")).collect();
        format!("({items}t")
    };
    let storage = format!("(Vstorage\nctorch\nFloatStorage\nV0\nVcpu\nI{elements}\ntQ");
    let (shape, strides) = (tuple(shape), tuple(strides));
    let tensor = format!(
        "ctorch._utils\n_rebuild_tensor_v2\n({storage}I0\n{shape}{strides}I00\n\
         ccollections\nOrderedDict\n(tRtR"
    );
    format!("(V{name}\n{tensor}d.").into_bytes()
}

/// A zip archive as PyTorch writes them, without the padding.
#[derive(Default)]
pub(super) struct Zip {
    entries: Vec<Entry>,
    is_long: bool,
}

/// An entry, with what the directory says of it.
pub(super) struct Entry {
    name: String,
    content: Vec<u8>,
    pub(super) flags: u16,
    pub(super) method: u16,
    pub(super) compressed: u32,
    pub(super) length: u32,
    /// Added to where it is.
    pub(super) shift: u32,
}

impl Zip {
    /// One whose directory ends in 64 bits.
    pub(super) fn long() -> Self {
        Self {
            is_long: true,
            ..Self::default()
        }
    }

    pub(super) fn entry(self, name: &str, content: &[u8]) -> Self {
        self.changed(name, content, |_| ())
    }

    /// An entry of which the directory says something else.
    pub(super) fn changed(
        mut self,
        name: &str,
        content: &[u8],
        change: impl Fn(&mut Entry),
    ) -> Self {
        let mut entry = Entry {
            name: name.to_owned(),
            content: content.to_vec(),
            flags: 0x808,
            method: 0,
            compressed: content.len() as u32,
            length: content.len() as u32,
            shift: 0,
        };
        change(&mut entry);
        self.entries.push(entry);
        self
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        let (mut bytes, mut directory) = (Vec::new(), Vec::new());
        for entry in &self.entries {
            let offset = bytes.len() as u32 + entry.shift;
            let name_length = entry.name.len() as u16;
            bytes.extend(b"PK\x03\x04");
            bytes.extend([0; 22]);
            bytes.extend(name_length.to_le_bytes());
            bytes.extend([0; 2]);
            bytes.extend(entry.name.as_bytes());
            bytes.extend(&entry.content);

            directory.extend(b"PK\x01\x02\0\0\0\0");
            directory.extend(entry.flags.to_le_bytes());
            directory.extend(entry.method.to_le_bytes());
            directory.extend([0; 8]);
            directory.extend(entry.compressed.to_le_bytes());
            directory.extend(entry.length.to_le_bytes());
            directory.extend(name_length.to_le_bytes());
            directory.extend([0; 12]);
            directory.extend(offset.to_le_bytes());
            directory.extend(entry.name.as_bytes());
        }
        let offset = bytes.len() as u64;
        bytes.extend(&directory);
        bytes.extend(self.end(offset, directory.len() as u64));
        bytes
    }

    /// The end of the directory that begins at this offset.
    fn end(&self, offset: u64, length: u64) -> Vec<u8> {
        end_of_directory(self.entries.len() as u64, length, offset, self.is_long)
    }
}

/// The end of a directory, in 64 bits if it is to be.
pub(super) fn end_of_directory(entries: u64, length: u64, offset: u64, is_long: bool) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut short = (entries as u16, length as u32, offset as u32);
    if is_long {
        bytes.extend(b"PK\x06\x06");
        bytes.extend(44_u64.to_le_bytes());
        bytes.extend([0; 12]);
        for number in [entries, entries, length, offset] {
            bytes.extend(number.to_le_bytes());
        }
        bytes.extend(b"PK\x06\x07\0\0\0\0");
        bytes.extend((offset + length).to_le_bytes());
        bytes.extend(1_u32.to_le_bytes());
        short = (u16::MAX, u32::MAX, u32::MAX);
    }
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend([short.0.to_le_bytes(), short.0.to_le_bytes()].concat());
    bytes.extend(short.1.to_le_bytes());
    bytes.extend(short.2.to_le_bytes());
    bytes.extend([0; 2]);
    bytes
}
