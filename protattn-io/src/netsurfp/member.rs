//! An entry of a zip archive that is being read, stored or deflated.

use std::fmt;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom, Take};
use std::path::Path;

use flate2::CrcReader;
use flate2::bufread::DeflateDecoder;

use crate::zip::Entry;

const STORED: u16 = 0;
const DEFLATED: u16 = 8;

pub(super) struct Member {
    input: Take<CrcReader<Box<dyn Read + Send>>>,
    expected_crc: u32,
}

impl Member {
    /// Starts to read an entry of the archive at this path.
    pub(super) fn open(path: &Path, entry: Entry) -> io::Result<Self> {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(entry.offset))?;
        let packed = BufReader::with_capacity(1 << 16, file.take(entry.packed));
        let input: Box<dyn Read + Send> = match entry.method {
            STORED => Box::new(packed),
            DEFLATED => Box::new(DeflateDecoder::new(packed)),
            other => {
                let message = format!("compressed by method {other}, neither stored nor deflated");
                return Err(io::Error::other(message));
            }
        };
        Ok(Self {
            input: CrcReader::new(input).take(entry.size),
            expected_crc: entry.crc,
        })
    }

    /// The bytes that are still to be read.
    pub(super) fn left(&self) -> u64 {
        self.input.limit()
    }

    pub(super) fn read_exact(&mut self, bytes: &mut [u8]) -> Result<(), String> {
        let read = self.input.read_exact(bytes);
        read.map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => "the file ends too early".to_owned(),
            _ => error.to_string(),
        })
    }

    /// Whether all that was read is what was written. All of it must have been read.
    pub(super) fn finish(&self) -> Result<(), String> {
        if self.left() == 0 && self.input.get_ref().crc().sum() != self.expected_crc {
            return Err("the checksum of an array is wrong: the file is damaged".to_owned());
        }
        Ok(())
    }
}

impl fmt::Debug for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Member")
            .field("left", &self.left())
            .finish_non_exhaustive()
    }
}
