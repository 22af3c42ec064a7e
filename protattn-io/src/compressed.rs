//! Files that may be compressed with gzip.
//!
//! [`Input`] reads a file as it is or, if it begins as gzip files do, unpacks it while it is read
//! (feature `gzip`); its name does not matter. Every reader of text in this crate opens its files so.
//! Several gzip members after one another, as `bgzip` and `cat` make them, are one text.
//!
//! A small file can unpack to more than any disk holds. What comes out may therefore be no more than
//! [`MAX_EXPANSION`] times what went in (and [`FREE_BYTES`] in any case): then reading fails.
//!
//! ```
//! use std::io::{BufRead, Write};
//! use protattn_io::compressed::Input;
//!
//! let folder = tempfile::tempdir().expect("a writable folder");
//! let path = folder.path().join("a.fasta");
//! std::fs::write(&path, ">a\nACD\n").expect("writable");
//! let lines: Result<Vec<String>, _> = Input::open(&path)?.lines().collect();
//! assert_eq!(lines.expect("readable"), [">a", "ACD"]);
//! # #[cfg(feature = "gzip")] {
//! let packed = folder.path().join("a.fasta.gz");
//! let file = std::fs::File::create(&packed).expect("writable");
//! let mut encoder = flate2::write::GzEncoder::new(file, flate2::Compression::default());
//! encoder.write_all(b">a\nACD\n").and_then(|()| encoder.finish()).expect("writable");
//! let lines: Result<Vec<String>, _> = Input::open(&packed)?.lines().collect();
//! assert_eq!(lines.expect("readable"), [">a", "ACD"]);
//! # }
//! # Ok::<(), protattn_io::Error>(())
//! ```

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use crate::Error;

/// How many bytes may come out of one that went in. The formats that this crate reads pack 3 to 30
/// times smaller; gzip can do 1,032 times, with nothing but repeats.
pub const MAX_EXPANSION: u64 = 200;

/// So much may come out of a file of any size: 64 MiB.
pub const FREE_BYTES: u64 = 1 << 26;

/// What a gzip file begins with (RFC 1952, section 2.3.1).
const MAGIC: [u8; 2] = [0x1f, 0x8b];

/// A file that is read from its start, unpacked if it is compressed.
#[derive(Debug)]
pub struct Input(Kind);

#[derive(Debug)]
enum Kind {
    Plain(BufReader<File>),
    #[cfg(feature = "gzip")]
    Gzip(Box<BufReader<gzip::Unpacked>>),
}

impl Input {
    /// Opens a file.
    ///
    /// # Errors
    ///
    /// If the file cannot be opened or read, or is compressed and the feature `gzip` is off.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let io = Error::io(path);
        let mut file = BufReader::new(File::open(path).map_err(io)?);
        let is_packed = file.fill_buf().map_err(io)?.starts_with(&MAGIC);
        if !is_packed {
            return Ok(Self(Kind::Plain(file)));
        }
        #[cfg(feature = "gzip")]
        return Ok(Self(Kind::Gzip(Box::new(BufReader::new(
            gzip::Unpacked::new(file),
        )))));
        #[cfg(not(feature = "gzip"))]
        Err(Error::format(
            path,
            "it is compressed, and protattn-io was built without the feature `gzip`, which unpacks it",
        ))
    }

    fn inner(&mut self) -> &mut dyn BufRead {
        match &mut self.0 {
            Kind::Plain(file) => file,
            #[cfg(feature = "gzip")]
            Kind::Gzip(unpacked) => unpacked,
        }
    }
}

impl Read for Input {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.inner().read(buffer)
    }
}

impl BufRead for Input {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.inner().fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.inner().consume(amount);
    }
}

/// Reads a file, which may be compressed, up to a number of bytes.
pub(crate) fn read_up_to(path: &Path, n: u64) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    let mut input = Input::open(path)?.take(n);
    input.read_to_end(&mut bytes).map_err(Error::io(path))?;
    Ok(bytes)
}

#[cfg(feature = "gzip")]
mod gzip {
    use super::{BufRead, BufReader, FREE_BYTES, File, MAX_EXPANSION, Read, io};
    use crate::limits::raised;
    use flate2::bufread::MultiGzDecoder;

    /// What comes out of a gzip file, up to the limit.
    #[derive(Debug)]
    pub(super) struct Unpacked {
        decoder: MultiGzDecoder<Counted>,
        n_out: u64,
    }

    impl Unpacked {
        pub(super) fn new(file: BufReader<File>) -> Self {
            Self {
                decoder: MultiGzDecoder::new(Counted { file, n_in: 0 }),
                n_out: 0,
            }
        }
    }

    impl Read for Unpacked {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let n = self.decoder.read(buffer).map_err(explained)?;
            self.n_out += n as u64;
            let n_in = self.decoder.get_ref().n_in;
            let expansion = raised(MAX_EXPANSION);
            if self.n_out > FREE_BYTES.max(n_in.saturating_mul(expansion)) {
                return Err(io::Error::other(format!(
                    "the first {n_in} bytes of the compressed file unpack to over {expansion} times as many; \
                     unpack it first if that is what it should hold"
                )));
            }
            Ok(n)
        }
    }

    /// Says of which file it is that the data are damaged.
    fn explained(error: io::Error) -> io::Error {
        let what = match error.kind() {
            io::ErrorKind::UnexpectedEof => {
                "the compressed data stop too soon; the file may be cut short"
            }
            io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => {
                "the compressed data are damaged"
            }
            _ => return error,
        };
        io::Error::new(error.kind(), what)
    }

    /// A file, and how many of its bytes have been used.
    #[derive(Debug)]
    struct Counted {
        file: BufReader<File>,
        n_in: u64,
    }

    impl Read for Counted {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let n = self.file.read(buffer)?;
            self.n_in += n as u64;
            Ok(n)
        }
    }

    impl BufRead for Counted {
        fn fill_buf(&mut self) -> io::Result<&[u8]> {
            self.file.fill_buf()
        }

        fn consume(&mut self, amount: usize) {
            self.n_in += amount as u64;
            self.file.consume(amount);
        }
    }
}

#[cfg(all(test, feature = "gzip"))]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn packed(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn read(bytes: &[u8]) -> Result<Vec<u8>, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        std::fs::write(&path, bytes).unwrap();
        let mut text = Vec::new();
        let result = Input::open(&path).unwrap().read_to_end(&mut text);
        result.map(|_| text).map_err(|error| error.to_string())
    }

    #[test]
    fn members_follow_one_another() {
        let both = [packed(b">a\nAC\n"), packed(b">b\nAC\n")].concat();
        assert_eq!(read(&both).unwrap(), b">a\nAC\n>b\nAC\n");
        assert_eq!(read(b"plain").unwrap(), b"plain");
        assert_eq!(read(b"").unwrap(), b"");
    }

    #[test]
    fn what_is_cut_or_damaged_is_an_error() {
        let whole = packed(b">a\nACDEFGHIKLMNPQRSTVWY\n");
        for end in 2..whole.len() {
            let error = read(&whole[..end]).unwrap_err();
            assert!(error.contains("cut short"), "{end}: {error}");
        }
        let mut damaged = whole.clone();
        *damaged.last_mut().unwrap() ^= 1;
        assert_eq!(
            read(&damaged).unwrap_err(),
            "the compressed data are damaged"
        );
    }

    #[test]
    fn a_bomb_is_refused() {
        let n = FREE_BYTES as usize;
        assert_eq!(read(&packed(&vec![b'A'; n])).unwrap().len(), n);
        let error = read(&packed(&vec![b'A'; n + 1])).unwrap_err();
        assert!(error.contains("unpack to over 200 times"), "{error}");
    }
}
