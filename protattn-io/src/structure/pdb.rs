//! PDB: one record a line, told apart by its first six columns.

mod annotation;
mod atom;
mod missing;

use std::collections::{HashMap, HashSet};

use super::Problem;
use super::assembly::{Assembly, Monomer, Origin};
use super::warning::Warning;
use crate::ResidueNumber;

/// Reads the atoms and the sequences up to END.
pub(super) fn read<'a>(text: &'a str, assembly: &mut Assembly<'a>) -> Result<(), Problem> {
    let mut reader = Reader::new(assembly);
    for (index, line) in text.split('\n').enumerate() {
        let line = line.strip_suffix('\r').unwrap_or(line);
        reader.record(line, index + 1).map_err(|message| Problem {
            line: index + 1,
            message,
        })?;
    }
    reader.finish();
    Ok(())
}

/// The characters from `first` to `last`, columns counted from 1 as in the format's description,
/// without the blanks around them; empty where the line is too short.
fn columns(line: &str, first: usize, last: usize) -> &str {
    line.get(first - 1..last.min(line.len()))
        .unwrap_or_default()
        .trim()
}

/// The chain in one column; a blank one is `_`.
fn chain_at(line: &str, column: usize) -> &str {
    match columns(line, column, column) {
        "" => "_",
        chain => chain,
    }
}

/// A residue number in four columns and the insertion code after them; numbers of five digits run
/// into that column.
fn residue_number(line: &str, first: usize) -> Result<ResidueNumber, String> {
    let code = columns(line, first + 4, first + 4).chars().next();
    let last = if code.is_some_and(|code| code.is_ascii_digit()) {
        first + 4
    } else {
        first + 3
    };
    let text = columns(line, first, last);
    let number = text
        .parse()
        .map_err(|_| format!("the residue number is {text:?} (columns {first} to {last})"))?;
    Ok(ResidueNumber {
        number,
        insertion: code.filter(|code| !code.is_ascii_digit()),
    })
}

/// What has been read so far.
struct Reader<'r, 'a> {
    assembly: &'r mut Assembly<'a>,
    model: i32,
    /// The chain of the last atom, which TER ends.
    last_chain: Option<&'a str>,
    ended: HashSet<&'a str>,
    continued: HashSet<&'a str>,
    has_end: bool,
    after_end: usize,
    sequences: HashMap<&'a str, Vec<Monomer<'a>>>,
    missing: HashMap<&'a str, Vec<Monomer<'a>>>,
}

impl<'r, 'a> Reader<'r, 'a> {
    fn new(assembly: &'r mut Assembly<'a>) -> Self {
        Self {
            assembly,
            model: 1,
            last_chain: None,
            ended: HashSet::new(),
            continued: HashSet::new(),
            has_end: false,
            after_end: 0,
            sequences: HashMap::new(),
            missing: HashMap::new(),
        }
    }

    fn record(&mut self, line: &'a str, number: usize) -> Result<(), String> {
        match columns(line, 1, 6) {
            "ATOM" => self.atom(line, Origin::Polymer)?,
            "HETATM" => self.atom(line, Origin::Hetero)?,
            "TER" => self.ended.extend(self.last_chain),
            "MODEL" => self.open_model(line),
            "END" => self.has_end = true,
            "SEQRES" => self.sequence(line),
            "REMARK" => self.missing(line),
            _ => self.annotation(line, number),
        }
        Ok(())
    }

    /// Keeps what the line says of single residues, if it says any.
    fn annotation(&mut self, line: &'a str, number: usize) {
        let Some((name, contents)) = annotation::parse(line) else {
            return;
        };
        if name == "MODRES" {
            let (modified, parent) = (columns(line, 13, 15), columns(line, 25, 27));
            self.assembly.parents.insert(modified, parent);
        }
        for content in contents {
            self.assembly.annotate(name, number, content);
        }
    }

    fn atom(&mut self, line: &'a str, origin: Origin) -> Result<(), String> {
        if self.has_end {
            self.after_end += 1;
            return Ok(());
        }
        if !self.assembly.wants_model(self.model) {
            return Ok(());
        }
        let Some(mut atom) = atom::parse(line, origin)? else {
            return Ok(());
        };
        self.last_chain = Some(atom.chain);
        if self.ended.contains(atom.chain) {
            // What follows TER is ligands, as HETATM; programs that end each segment go on as ATOM.
            if origin == Origin::Hetero {
                atom.origin = Origin::Outside;
            } else {
                self.continued.insert(atom.chain);
            }
        }
        self.assembly.add(&atom);
        Ok(())
    }

    fn open_model(&mut self, line: &str) {
        // A model without a number is the one after the last.
        self.model = columns(line, 7, 80)
            .parse()
            .unwrap_or(self.model.saturating_add(1));
        self.ended.clear();
    }

    fn sequence(&mut self, line: &'a str) {
        let monomer = |name| Monomer {
            name,
            ..Monomer::default()
        };
        let names = columns(line, 20, 70).split_whitespace();
        self.sequences
            .entry(chain_at(line, 12))
            .or_default()
            .extend(names.map(monomer));
    }

    fn missing(&mut self, line: &'a str) {
        if let Some(missing) = missing::parse(line)
            && missing
                .model
                .is_none_or(|model| self.assembly.model().is_none_or(|wanted| wanted == model))
        {
            self.missing
                .entry(missing.chain)
                .or_default()
                .push(missing.monomer);
        }
    }

    fn finish(self) {
        for (id, sequence) in self.sequences {
            if let Some(chain) = self.assembly.existing_chain(id) {
                chain.sequence = sequence;
            }
        }
        for (id, missing) in self.missing {
            if let Some(chain) = self.assembly.existing_chain(id) {
                chain.missing = missing;
            }
        }
        for id in self.continued {
            if let Some(chain) = self.assembly.existing_chain(id) {
                chain.warnings.push(Warning::ResiduesAfterTer {
                    chain: id.to_owned(),
                });
            }
        }
        if !self.has_end {
            self.assembly.warnings.push(Warning::NoEnd);
        }
        if self.after_end > 0 {
            self.assembly.warnings.push(Warning::AtomsAfterEnd {
                ignored: self.after_end,
            });
        }
    }
}
