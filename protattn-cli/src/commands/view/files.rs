//! The files of a view.

use anyhow::Result;
use protattn_metrics::ArcSearch;
use protattn_viz::structure::{StructureFile, View};
use serde::Serialize;

use super::Attention;
use super::molecule::Molecule;
use crate::args::ViewArgs;
use crate::checkpoint::{self, Checkpoint};
use crate::terminal::ending::tell;
use crate::{output, report::figures};
use protattn_io::{DataRecord, ReadSettings};
use protattn_model::run::{ModelRecord, describe_data};

/// What the view was made with.
pub(super) const RECORD: &str = "view.json";
const PSEUDOBONDS: &str = "arcs.pb";
const CHIMERAX: &str = "view.cxc";
const PYMOL: &str = "view.pml";

/// The output folder, with a copy of the structure in it.
pub(super) struct Files<'a> {
    args: &'a ViewArgs,
    molecule: &'a Molecule,
    /// The name of the copy.
    structure: String,
    /// What it holds.
    text: Vec<u8>,
    written: Vec<String>,
}

impl<'a> Files<'a> {
    /// Writes the copy, and removes what an earlier view left that this one may not write.
    pub(super) fn new(args: &'a ViewArgs, molecule: &'a Molecule) -> Result<Self> {
        let (structure, text) = molecule.copy_to(&args.output, RECORD)?;
        for name in ["heads", "sequence"] {
            for extension in ["svg", "png", "pdf"] {
                output::remove(&args.output.join(name).with_extension(extension))?;
            }
        }
        for name in [CHIMERAX, PSEUDOBONDS, PYMOL] {
            output::remove(&args.output.join(name))?;
        }
        Ok(Self {
            args,
            molecule,
            structure,
            text,
            written: Vec::new(),
        })
    }

    /// Everything that shows the structure.
    pub(super) fn view(&mut self, view: &View<'_>) -> Result<()> {
        self.picture("view", &view.to_svg())?;
        self.text("view.html", &view.to_html())?;
        self.text("arcs.csv", &view.to_csv())?;
        // A page on the web cannot look for a file beside the one that it is given.
        let address = format!("data:text/plain;base64,{}", base64(&self.text));
        let format = self.molecule.format;
        let whole = StructureFile {
            location: &address,
            format,
        };
        self.text("view.mvsj", &view.to_mvsj(&whole))?;
        if !self.molecule.is_numbered() {
            tell(&format!(
                "{PYMOL} and {CHIMERAX} are not written: not all residues have numbers in the file, by \
                 which those programs would find them"
            ));
            return Ok(());
        }
        let structure = self.structure.clone();
        let file = StructureFile {
            location: &structure,
            format,
        };
        self.text(PYMOL, &view.to_pymol(&file))?;
        let pseudobonds = view.to_pseudobonds();
        let script = view.to_chimerax(&file, PSEUDOBONDS);
        match pseudobonds.and_then(|pseudobonds| Ok((pseudobonds, script?))) {
            Ok((pseudobonds, script)) => {
                self.text(PSEUDOBONDS, &pseudobonds)?;
                self.text(CHIMERAX, &script)
            }
            // The other files need not suffer for the names of one program.
            Err(error) => {
                tell(&format!("{CHIMERAX} is not written: {error}"));
                Ok(())
            }
        }
    }

    /// A picture, as SVG and in the formats that are asked for.
    pub(super) fn picture(&mut self, name: &str, svg: &str) -> Result<()> {
        figures::write(&self.args.output, name, svg, &self.args.figures.format)?;
        self.written.push(format!("{name}.svg"));
        Ok(())
    }

    /// With what the files were made.
    pub(super) fn record(
        &mut self,
        checkpoint: &Checkpoint,
        search: &ArcSearch,
        found: &Attention,
        line: Vec<String>,
    ) -> Result<()> {
        let (args, molecule) = (self.args, self.molecule);
        let from_one = |indices: &[usize]| indices.iter().map(|i| i + 1).collect();
        let path = &molecule.path;
        let record = Record {
            command: line,
            version: env!("CARGO_PKG_VERSION"),
            model: checkpoint::describe(checkpoint)?,
            structure: describe_data(&path.to_string_lossy(), path, molecule.chains.len())?,
            reading: args.read.settings(),
            chains: molecule.chains.iter().map(|chain| &*chain.name).collect(),
            layers: from_one(&search.layers),
            heads: from_one(&search.heads),
            directed: search.directed,
            min_attention: search.min_attention,
            over: found.over,
            max_tokens: args.max_tokens,
            contact_atom: args.contact.atom_name(),
            min_separation: args.contact.min_separation,
            contact_distance: args.contact.contact_distance,
            arcs: found.arcs.len(),
            notes: &found.notes,
            warnings: &molecule.warnings,
        };
        self.text(RECORD, &(serde_json::to_string_pretty(&record)? + "\n"))
    }

    /// The names of the files, in words.
    pub(super) fn written(&self) -> String {
        let (last, others) = match self.written.split_last() {
            Some((last, others)) => (last.as_str(), others),
            None => ("", &[][..]),
        };
        format!("{} and {last}", others.join(", "))
    }

    fn text(&mut self, name: &str, text: &str) -> Result<()> {
        output::write(&self.args.output.join(name), text.as_bytes())?;
        self.written.push(name.to_owned());
        Ok(())
    }
}

/// What `view.json` holds.
#[derive(Serialize)]
struct Record<'r> {
    /// The command line, program name first.
    command: Vec<String>,
    /// The version of protattn.
    version: &'r str,
    model: ModelRecord,
    structure: DataRecord,
    reading: ReadSettings,
    chains: Vec<&'r str>,
    /// From 1.
    layers: Vec<usize>,
    /// From 1, the same of each layer.
    heads: Vec<usize>,
    directed: bool,
    min_attention: f32,
    /// Attention that every arc is over, where those from `min_attention` on were too many.
    over: Option<f32>,
    max_tokens: usize,
    contact_atom: String,
    min_separation: usize,
    contact_distance: f64,
    arcs: usize,
    /// What is said in the other files too.
    notes: &'r [String],
    /// What is odd in the structure.
    warnings: &'r [String],
}

/// RFC 4648, section 4.
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |i: usize| u32::from(chunk.get(i).copied().unwrap_or_default());
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..4 {
            let digit = ALPHABET[(bits >> (18 - 6 * place) & 63) as usize];
            text.push(if place <= chunk.len() {
                char::from(digit)
            } else {
                '='
            });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_that_of_the_rfc() {
        // RFC 4648, section 10.
        for (text, expected) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64(text.as_bytes()), expected);
        }
        assert_eq!(base64(&[0xfb, 0xff, 0xbf]), "+/+/");
    }
}
