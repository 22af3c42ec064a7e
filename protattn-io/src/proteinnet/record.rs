//! One record, line by line.

use crate::{Point, Protein, secondary};

/// Numbers a residue has in each line of `[TERTIARY]`: N, Cα, C.
const ATOMS: usize = 3;
/// Which of them is the Cα.
const CA: usize = 1;
const PICOMETRES_PER_ANGSTROM: f64 = 100.0;

/// What has been read of a record.
#[derive(Debug, Default)]
pub(super) struct Record {
    section: Section,
    id: Option<String>,
    primary: Option<String>,
    secondary: Option<String>,
    /// One list for each line: x, y, z.
    tertiary: Vec<Vec<Axis>>,
    mask: Option<Vec<bool>>,
}

/// What the next line belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Section {
    #[default]
    Id,
    Primary,
    Secondary,
    Tertiary,
    Mask,
    /// Of a name that is not read.
    Other,
    /// A blank line has been read.
    Ended,
}

/// What a line of `[TERTIARY]` says of a residue.
#[derive(Clone, Copy, Debug)]
struct Axis {
    /// Of the Cα, in Å.
    ca: f32,
    /// Whether all three atoms are at 0.
    is_zero: bool,
}

impl Record {
    pub(super) fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// Takes one line after the `[ID]`. The error goes on after the number of the line.
    pub(super) fn read(&mut self, line: &[u8]) -> Result<(), String> {
        if line.is_empty() {
            self.section = Section::Ended;
            return Ok(());
        }
        if line.starts_with(b"[") {
            return self.begin(line);
        }
        let residues = self.primary.as_ref().map_or(0, String::len);
        match self.section {
            Section::Id => set(&mut self.id, text(line)?, "an id"),
            Section::Primary => set(&mut self.primary, text(line)?, "a sequence"),
            Section::Secondary => {
                let letters = checked(text(line)?, line.len(), residues, "letters")?;
                set(&mut self.secondary, letters, "secondary structure")
            }
            Section::Tertiary if self.tertiary.len() == 3 => {
                Err("is a fourth of `[TERTIARY]`, which has three".to_owned())
            }
            Section::Tertiary => {
                self.tertiary.push(axis(line, residues)?);
                Ok(())
            }
            Section::Mask => {
                let mask = checked(mask(line)?, line.len(), residues, "signs")?;
                set(&mut self.mask, mask, "a mask")
            }
            Section::Other => Ok(()),
            Section::Ended => Err("is in no section: a blank line ended the record".to_owned()),
        }
    }

    fn begin(&mut self, header: &[u8]) -> Result<(), String> {
        if self.section == Section::Ended {
            return Err("is no `[ID]`, and a blank line ended the record before".to_owned());
        }
        self.section = match header {
            b"[PRIMARY]" => Section::Primary,
            b"[SECONDARY]" => Section::Secondary,
            b"[TERTIARY]" => Section::Tertiary,
            b"[MASK]" => Section::Mask,
            _ => Section::Other,
        };
        let needs_sequence = matches!(
            self.section,
            Section::Secondary | Section::Tertiary | Section::Mask
        );
        if needs_sequence && self.primary.is_none() {
            return Err("comes before the sequence, `[PRIMARY]`".to_owned());
        }
        Ok(())
    }

    /// Whether a file that ends here has been cut: whole ones end with a blank line, and a mask is
    /// the last section.
    pub(super) fn is_cut(&self) -> Option<String> {
        let is_whole = self.section == Section::Ended || self.mask.is_some();
        (!is_whole).then(|| "the file ends within the record".to_owned())
    }

    pub(super) fn protein(mut self) -> Result<Protein, String> {
        let id = self.id.take().ok_or("there is no id after `[ID]`")?;
        let primary = self.primary.take();
        let primary = primary.ok_or("there is no sequence: no `[PRIMARY]`")?;
        let mut protein = Protein::new(id, &primary).map_err(|e| e.to_string())?;
        let points = self.points()?;
        let observed: Vec<bool> = match (&self.mask, &points) {
            (Some(mask), _) => mask.clone(),
            (None, Some(points)) => points.iter().map(|(_, is_zero)| !is_zero).collect(),
            (None, None) => vec![true; primary.len()],
        };
        if let Some(points) = points {
            let points = points.iter().zip(&observed);
            let points = points.map(|((point, _), observed)| observed.then_some(*point));
            protein
                .set_ca(points.collect())
                .map_err(|e| e.to_string())?;
        }
        if let Some(letters) = self.secondary {
            let letters = letters.chars().zip(&observed);
            let letters = letters.map(|(letter, observed)| match letter {
                'L' => observed.then_some('-'),
                letter => observed.then_some(letter),
            });
            secondary::set(&mut protein, &letters.collect::<Vec<_>>())?;
        }
        Ok(protein)
    }

    /// Each Cα, and whether the three atoms of its residue are at the origin.
    fn points(&self) -> Result<Option<Vec<(Point, bool)>>, String> {
        let [x, y, z] = match self.tertiary.as_slice() {
            [] => return Ok(None),
            [x, y, z] => [x, y, z],
            lines => return Err(format!("`[TERTIARY]` has {} lines, not three", lines.len())),
        };
        let residues = x.iter().zip(y).zip(z);
        let point = |((x, y), z): ((&Axis, &Axis), &Axis)| {
            ([x.ca, y.ca, z.ca], x.is_zero && y.is_zero && z.is_zero)
        };
        Ok(Some(residues.map(point).collect()))
    }
}

fn set<T>(field: &mut Option<T>, value: T, what: &str) -> Result<(), String> {
    if field.is_some() {
        return Err(format!("is a second line with {what}"));
    }
    *field = Some(value);
    Ok(())
}

fn checked<T>(value: T, found: usize, residues: usize, what: &str) -> Result<T, String> {
    if found == residues {
        return Ok(value);
    }
    Err(format!("has {found} {what} for {residues} residues"))
}

fn text(line: &[u8]) -> Result<String, String> {
    let text = std::str::from_utf8(line).map_err(|_| "is not UTF-8".to_owned())?;
    Ok(text.to_owned())
}

fn mask(line: &[u8]) -> Result<Vec<bool>, String> {
    let observed = |(index, sign): (usize, &u8)| match sign {
        b'+' => Ok(true),
        b'-' => Ok(false),
        _ => Err(format!(
            "has a sign at position {} that is neither + nor -",
            index + 1
        )),
    };
    line.iter().enumerate().map(observed).collect()
}

/// The coordinates along one axis; of N and C only whether they are 0 is looked at.
fn axis(line: &[u8], residues: usize) -> Result<Vec<Axis>, String> {
    let line = std::str::from_utf8(line).map_err(|_| "is not UTF-8".to_owned())?;
    // A number has at least one sign and a space: a short line cannot ask for much memory.
    let mut axes = Vec::with_capacity(residues.min(line.len() / 2));
    let mut count = 0;
    let mut is_zero = true;
    let mut ca = 0.0;
    for number in line.split_ascii_whitespace() {
        is_zero = is_zero && number.bytes().all(|b| matches!(b, b'0' | b'.' | b'-'));
        match count % ATOMS {
            0 => {}
            CA => ca = angstrom(number)?,
            _ => {
                axes.push(Axis { ca, is_zero });
                is_zero = true;
            }
        }
        count += 1;
    }
    if count != ATOMS * residues {
        return Err(format!(
            "has {count} numbers, not {}: three for each of {residues} residues",
            ATOMS * residues
        ));
    }
    Ok(axes)
}

fn angstrom(number: &str) -> Result<f32, String> {
    let picometres: f64 = number
        .parse()
        .map_err(|_| format!("has {number:?}, not a number"))?;
    Ok((picometres / PICOMETRES_PER_ANGSTROM) as f32)
}
