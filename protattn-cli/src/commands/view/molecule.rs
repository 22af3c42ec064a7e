//! The chains of a structure, and the residues of a view.

use std::ffi::OsString;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use protattn_io::compressed::Input;
use protattn_io::structure::{self, Format, Structure};
use protattn_io::{ContactRule, PairLabels, Protein, Track, contact_map, labels, source};
use protattn_viz::structure::{FileFormat, Residue, SecondaryStructure};

use crate::args::{Region, ViewArgs};
use crate::data;
use crate::output;
use crate::report::figures::file_name;
use crate::terminal::ending::Usage;

/// What a PDB chain without a name is called where a name is needed.
const NAMELESS: &str = "_";

/// The chains that are shown, and the file that they are from.
pub(super) struct Molecule {
    pub(super) path: PathBuf,
    /// The file's name without its endings: what the ids of its chains begin with.
    pub(super) stem: String,
    pub(super) format: FileFormat,
    pub(super) chains: Vec<Chain>,
    pub(super) warnings: Vec<String>,
}

/// One chain.
pub(super) struct Chain {
    /// As the authors call it, [`NAMELESS`] if they do not.
    pub(super) name: String,
    pub(super) protein: Protein,
    /// The place of its first residue among those of the view.
    pub(super) start: usize,
    contacts: Option<PairLabels>,
    rule: ContactRule,
}

impl Molecule {
    /// Reads the chains that are asked for, in the order in which they are asked for.
    pub(super) fn read(args: &ViewArgs) -> Result<Self> {
        let located = data::locate(&args.structure, args.offline)?;
        let path = file(&located)?;
        let asked = chains(&located, &path, &args.chain)?;
        let structure = read(&path, args, &asked)?;
        let name = |protein: Protein| {
            let chain = protein.id().strip_prefix(&structure.stem);
            let chain = chain.and_then(|chain| chain.strip_prefix('.'));
            (chain.unwrap_or(NAMELESS).to_owned(), protein)
        };
        let mut named: Vec<(String, Protein)> = structure.chains.into_iter().map(name).collect();
        let odd = |warning: &structure::Warning| format!("{}: {warning}", path.display());
        let mut molecule = Self {
            warnings: structure.warnings.iter().map(odd).collect(),
            path,
            stem: structure.stem,
            format: match structure.format {
                Format::Pdb => FileFormat::Pdb,
                Format::Mmcif => FileFormat::Mmcif,
            },
            chains: Vec::new(),
        };
        named.sort_by_key(|(name, _)| asked.iter().position(|asked| asked == name));
        let rule = args.contact.rule();
        for (name, protein) in named {
            molecule.add(name, protein, &rule);
        }
        Ok(molecule)
    }

    fn add(&mut self, name: String, protein: Protein, rule: &ContactRule) {
        let start = self.len();
        self.chains.push(Chain {
            name,
            start,
            contacts: contact_map(&protein, rule),
            rule: *rule,
            protein,
        });
    }

    /// Residues of all chains together.
    pub(super) fn len(&self) -> usize {
        self.chains
            .last()
            .map_or(0, |chain| chain.start + chain.protein.len())
    }

    /// The residues of the chains, one chain after another.
    pub(super) fn residues(&self) -> Vec<Residue> {
        let residues = |chain: &Chain| {
            let nameless = chain.name == NAMELESS && self.format == FileFormat::Pdb;
            let name = if nameless { "" } else { &chain.name };
            residues(name, &chain.protein)
        };
        self.chains.iter().flat_map(residues).collect()
    }

    /// The pairs in contact, as residues of the view, each once.
    pub(super) fn contacts(&self) -> Vec<(usize, usize)> {
        let mut pairs = Vec::new();
        for chain in &self.chains {
            let n = chain.contacts.as_ref().map_or(0, PairLabels::len);
            for i in 0..n {
                let touching = (i + 1..n).filter(|&j| chain.contact(i, j) == Some(true));
                pairs.extend(touching.map(|j| (chain.start + i, chain.start + j)));
            }
        }
        pairs
    }

    /// The residues of a region of the first chain, as residues of the view.
    pub(super) fn region(&self, region: &Region) -> Result<std::ops::Range<usize>> {
        let chain = self.chains.first().context("there are no chains")?;
        let numbers = chain.numbers();
        let from = numbers.iter().position(|number| *number == region.from);
        let to = numbers.iter().rposition(|number| *number == region.to);
        let (Some(from), Some(to)) = (from, to) else {
            let missing = if from.is_none() {
                region.from
            } else {
                region.to
            };
            bail!(Usage(format!(
                "--region {region}: residue {missing} is not in chain {} of {}, which goes from {} to {}",
                chain.name,
                self.path.display(),
                numbers[0],
                numbers[numbers.len() - 1],
            )));
        };
        if from > to {
            bail!(Usage(format!(
                "--region {region}: residue {} comes after {} in chain {}",
                region.from, region.to, chain.name
            )));
        }
        Ok(from..to + 1)
    }

    /// Whether the residues of every chain have the numbers that their authors gave them, by which other
    /// programs find them.
    pub(super) fn is_numbered(&self) -> bool {
        self.chains
            .iter()
            .all(|chain| chain.protein.numbering().is_some())
    }

    /// Writes the file, unpacked, into a folder, and gives its name there and its bytes. It is left alone
    /// if it is the file itself, and another file of the name is not written over, unless the folder
    /// is that of an earlier view, which `ours` is there to tell.
    pub(super) fn copy_to(&self, folder: &Path, ours: &str) -> Result<(String, Vec<u8>)> {
        let name = self.path.file_name().unwrap_or_default().to_string_lossy();
        let name = file_name(name.strip_suffix(".gz").unwrap_or(&name));
        let mut text = Vec::new();
        Input::open(&self.path)?
            .read_to_end(&mut text)
            .with_context(|| format!("{}: cannot be read again", self.path.display()))?;
        let copy = folder.join(&name);
        let same = |path: &Path| fs::canonicalize(path).ok();
        if same(&copy).is_some_and(|copy| same(&self.path) == Some(copy)) {
            return Ok((name, text));
        }
        let known = fs::read(&copy).ok().filter(|_| !folder.join(ours).exists());
        if known.is_some_and(|known| known != text) {
            bail!(Usage(format!(
                "{}: there is another file of that name, which the copy of {} would replace; choose \
                 another folder with --output",
                copy.display(),
                self.path.display()
            )));
        }
        output::write(&copy, &text)?;
        Ok((name, text))
    }
}

impl Chain {
    /// Whether two residues of the chain are in contact; `None` where that is undefined.
    pub(super) fn contact(&self, i: usize, j: usize) -> Option<bool> {
        let label = self.contacts.as_ref()?.get(i, j);
        label.is_defined().then(|| label.class() == Some(0))
    }

    /// Their distance in Å, between the atoms that contacts are measured between.
    pub(super) fn distance(&self, i: usize, j: usize) -> Option<f32> {
        let distance = self.rule.distance_between(&self.protein, i, j);
        distance.map(|distance| distance as f32)
    }

    /// The author numbers or, where the file has none, positions from 1.
    fn numbers(&self) -> Vec<protattn_io::ResidueNumber> {
        let positions = || (1..=self.protein.len()).map(|position| (position as i32).into());
        self.protein
            .numbering()
            .map_or_else(|| positions().collect(), <[_]>::to_vec)
    }
}

/// The one file that a name stands for, without the chain after it.
fn file(located: &Path) -> Result<PathBuf> {
    let mut files = source::files(located)?;
    match (files.pop(), files.as_slice()) {
        (Some(file), []) if !located.is_dir() => Ok(file),
        _ => bail!(Usage(format!(
            "{}: one structure is shown at a time: a PDB or mmCIF file",
            located.display()
        ))),
    }
}

/// The chains that are asked for, after the name of the file or with `--chain`.
fn chains(located: &Path, path: &Path, asked: &[String]) -> Result<Vec<String>> {
    let mut begin = OsString::from(path);
    begin.push(":");
    let named = located.to_string_lossy();
    let named = named.strip_prefix(&*begin.to_string_lossy());
    match (named, asked) {
        (None, asked) => Ok(asked.to_vec()),
        (Some(chain), []) => Ok(vec![chain.to_owned()]),
        (Some(chain), [asked]) if asked == chain => Ok(vec![chain.to_owned()]),
        (Some(chain), asked) => bail!(Usage(format!(
            "--structure asks for chain {chain}, and --chain for {}",
            asked.join(",")
        ))),
    }
}

fn read(path: &Path, args: &ViewArgs, asked: &[String]) -> Result<Structure> {
    let every = args.read.options();
    let options = structure::Options {
        chains: (!asked.is_empty()).then(|| asked.to_vec()),
        ..every.clone()
    };
    structure::read(path, &options).map_err(|error| {
        // A file that can be read lacks what was asked for.
        if !asked.is_empty() && structure::read(path, &every).is_ok() {
            Usage(error.to_string()).into()
        } else {
            error.into()
        }
    })
}

fn residues(chain: &str, protein: &Protein) -> Vec<Residue> {
    let secondary_structure = classes(protein, labels::SECONDARY_STRUCTURE_3);
    let binding_site = flags(protein, labels::BINDING_SITE);
    let modified = flags(protein, labels::MODIFICATION);
    let numbers = protein.numbering();
    let residue = |(i, letter): (usize, char)| {
        let number = numbers.map_or_else(|| (i as i32 + 1).into(), |numbers| numbers[i]);
        let kind = secondary_structure.and_then(|classes| classes[i].as_deref());
        let has = |flags: Option<&[Option<bool>]>| flags.is_some_and(|f| f[i] == Some(true));
        Residue {
            insertion: number.insertion,
            ca: protein.ca().and_then(|ca| ca[i]),
            secondary_structure: kind.map(|kind| match kind {
                "helix" => SecondaryStructure::Helix,
                "strand" => SecondaryStructure::Strand,
                _ => SecondaryStructure::Other,
            }),
            binding_site: has(binding_site),
            modified: has(modified),
            ..Residue::new(chain, number.number, letter)
        }
    };
    protein
        .sequence()
        .chars()
        .enumerate()
        .map(residue)
        .collect()
}

fn flags<'p>(protein: &'p Protein, name: &str) -> Option<&'p [Option<bool>]> {
    match protein.track(name)? {
        Track::Flags(flags) => Some(flags),
        Track::Classes(_) => None,
    }
}

fn classes<'p>(protein: &'p Protein, name: &str) -> Option<&'p [Option<String>]> {
    match protein.track(name)? {
        Track::Classes(classes) => Some(classes),
        Track::Flags(_) => None,
    }
}
