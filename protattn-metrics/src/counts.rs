//! How many arcs of each head fall in each class: the accumulator behind every table.

mod saved;

use protattn_io::Label;
use serde::{Deserialize, Serialize};

use crate::{AttentionArc, Error, Labels, Property};

/// The arcs of every layer and head, by the class that one [`Property`] gives them, and how common
/// each class is to begin with: the background.
///
/// For each protein of which the property knows something, call
/// [`observe_protein`](Self::observe_protein) once and then [`observe_arcs`](Self::observe_arcs)
/// once a layer, in any order of proteins and layers.
///
/// # Laws
///
/// Everything is an integer, so results do not depend on order or on how the work was divided:
/// - [`merge`](Self::merge) is associative and commutative, and fresh counts change nothing;
/// - proteins counted by two accumulators that are then merged give what one would have counted;
/// - permuting the heads of the attention permutes the counts of the heads and nothing else.
///
/// Serialised counts read back as the same counts; on the way in they are checked against
/// themselves. They do not hold the threshold of the arcs or how the labels were made: whoever
/// merges saved counts sees to it that these are the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct ArcCounts {
    property: String,
    classes: Vec<String>,
    /// Counted layers, ascending; a layer's *row* below is its index in this list.
    layers: Vec<usize>,
    n_heads: usize,
    proteins: u64,
    /// [class]
    background_in_class: Vec<u64>,
    background_eligible: u64,
    /// [row, head, class]
    arcs_in_class: Vec<u64>,
    /// [row, head]
    arcs_eligible: Vec<u64>,
    /// [row, head]
    arcs_total: Vec<u64>,
}

impl ArcCounts {
    /// Nothing counted yet.
    ///
    /// `layers` are the 0-based layers of the model that will be counted, ascending.
    ///
    /// # Errors
    ///
    /// [`Error::Classes`] if the property declares no classes or too many; [`Error::LayerOrder`] if
    /// `layers` do not ascend; [`Error::Overflow`] if there would be more counts than memory can
    /// address.
    pub fn new(property: &dyn Property, layers: Vec<usize>, n_heads: usize) -> Result<Self, Error> {
        let name = property.name().to_owned();
        let n_classes = property.classes().len();
        let n_rows = check_axes(&name, n_classes, &layers, n_heads)?;
        Ok(Self {
            property: name,
            classes: property.classes().to_vec(),
            layers,
            n_heads,
            proteins: 0,
            background_in_class: vec![0; n_classes],
            background_eligible: 0,
            arcs_in_class: vec![0; n_rows * n_classes],
            arcs_eligible: vec![0; n_rows],
            arcs_total: vec![0; n_rows],
        })
    }

    /// Counts a protein and its labels into the background.
    ///
    /// Only the first `n_read` residues count, those that the model read: their defined labels, or,
    /// for a property of pairs, the defined labels of the ordered pairs among them.
    ///
    /// # Errors
    ///
    /// [`Error::LabelCount`] if fewer residues have a label than were read; [`Error::ClassIndex`] if
    /// a label is of a class that the property does not declare. Nothing is counted then.
    pub fn observe_protein(&mut self, labels: &Labels, n_read: usize) -> Result<(), Error> {
        let found = labels.n_residues();
        if found < n_read {
            return Err(self.too_few_labels(n_read, found));
        }
        self.check_class(labels.largest_class_among_first(n_read))?;
        labels.for_each_among_first(n_read, |label| {
            self.background_eligible += u64::from(label.is_defined());
            if let Some(class) = label.class() {
                self.background_in_class[class] += 1;
            }
        });
        self.proteins += 1;
        Ok(())
    }

    /// Counts the arcs of one protein in one layer (0-based), as [`find_arcs`](crate::find_arcs)
    /// finds them. Arcs are directed, as attention is: i to j and j to i are two.
    ///
    /// # Errors
    ///
    /// [`Error::Layer`], [`Error::Head`], [`Error::LabelCount`] or [`Error::ClassIndex`] if the layer
    /// is not counted, or an arc has a head, residues or a class out of range. Nothing is counted
    /// then.
    pub fn observe_arcs(
        &mut self,
        layer: usize,
        arcs: &[AttentionArc],
        labels: &Labels,
    ) -> Result<(), Error> {
        let first = self.row(layer)? * self.n_heads;
        for arc in arcs {
            self.label(arc, labels)?;
        }
        for arc in arcs {
            let label = self.label(arc, labels)?;
            let cell = first + arc.head;
            self.arcs_total[cell] += 1;
            self.arcs_eligible[cell] += u64::from(label.is_defined());
            if let Some(class) = label.class() {
                self.arcs_in_class[cell * self.classes.len() + class] += 1;
            }
        }
        Ok(())
    }

    /// Adds the counts of other proteins.
    ///
    /// # Errors
    ///
    /// [`Error::Merge`] if the two are not of the same property, classes, layers and heads;
    /// [`Error::Overflow`] if a sum is too large. Nothing is added then.
    pub fn merge(&mut self, other: &Self) -> Result<(), Error> {
        self.check_mergeable(other)?;
        let fits = |(a, b): (&&[u64], &&[u64])| {
            let mut pairs = a.iter().zip(*b);
            pairs.all(|(a, b)| a.checked_add(*b).is_some())
        };
        if !self.numbers().iter().zip(&other.numbers()).all(fits) {
            let property = self.property.clone();
            return Err(Error::Overflow { property });
        }
        for (sums, numbers) in self.numbers_mut().into_iter().zip(other.numbers()) {
            sums.iter_mut().zip(numbers).for_each(|(sum, n)| *sum += n);
        }
        Ok(())
    }

    /// Counts nothing again.
    pub(crate) fn clear(&mut self) {
        self.numbers_mut()
            .into_iter()
            .for_each(|numbers| numbers.fill(0));
    }

    /// All that is counted, but for what it is counted of, in a fixed order.
    pub(crate) fn numbers(&self) -> [&[u64]; 6] {
        [
            std::slice::from_ref(&self.proteins),
            &self.background_in_class,
            std::slice::from_ref(&self.background_eligible),
            &self.arcs_in_class,
            &self.arcs_eligible,
            &self.arcs_total,
        ]
    }

    /// As [`numbers`](Self::numbers).
    pub(crate) fn numbers_mut(&mut self) -> [&mut [u64]; 6] {
        [
            std::slice::from_mut(&mut self.proteins),
            &mut self.background_in_class,
            std::slice::from_mut(&mut self.background_eligible),
            &mut self.arcs_in_class,
            &mut self.arcs_eligible,
            &mut self.arcs_total,
        ]
    }

    pub(crate) fn check_mergeable(&self, other: &Self) -> Result<(), Error> {
        let differs = |what, expected, found| {
            Err(Error::Merge {
                property: self.property.clone(),
                what,
                expected,
                found,
            })
        };
        if self.property != other.property {
            return differs(
                "the property",
                self.property.clone(),
                other.property.clone(),
            );
        }
        if self.classes != other.classes {
            return differs(
                "the list of classes",
                self.classes.join(" "),
                other.classes.join(" "),
            );
        }
        if self.layers != other.layers {
            let [expected, found] = [self, other].map(|counts| format!("{:?}", counts.layers));
            return differs("the list of layers (counted from 0)", expected, found);
        }
        if self.n_heads != other.n_heads {
            let [expected, found] = [self, other].map(|counts| counts.n_heads.to_string());
            return differs("the number of heads", expected, found);
        }
        Ok(())
    }

    /// The label of an arc, checked.
    #[inline]
    fn label(&self, arc: &AttentionArc, labels: &Labels) -> Result<Label, Error> {
        if arc.head >= self.n_heads {
            return Err(Error::Head {
                found: arc.head,
                n_heads: self.n_heads,
            });
        }
        let Some(label) = labels.of_arc(arc.from, arc.to) else {
            return Err(self.too_few_labels(arc.from.max(arc.to) + 1, labels.n_residues()));
        };
        self.check_class(label.class())?;
        Ok(label)
    }

    fn check_class(&self, class: Option<usize>) -> Result<(), Error> {
        match class.filter(|&class| class >= self.classes.len()) {
            None => Ok(()),
            Some(found) => Err(Error::ClassIndex {
                property: self.property.clone(),
                found,
                n_classes: self.classes.len(),
            }),
        }
    }

    fn too_few_labels(&self, expected: usize, found: usize) -> Error {
        Error::LabelCount {
            property: self.property.clone(),
            expected,
            found,
        }
    }

    /// The row of a layer.
    pub(crate) fn row(&self, layer: usize) -> Result<usize, Error> {
        self.layers.binary_search(&layer).map_err(|_| Error::Layer {
            found: layer,
            counted: self.layers.clone(),
        })
    }
}

/// What has been counted.
impl ArcCounts {
    /// The name of the property.
    pub fn property(&self) -> &str {
        &self.property
    }

    /// The classes of the property, in its order.
    pub fn classes(&self) -> &[String] {
        &self.classes
    }

    /// The 0-based layers counted, ascending.
    pub fn layers(&self) -> &[usize] {
        &self.layers
    }

    /// The number of heads of each layer.
    pub fn n_heads(&self) -> usize {
        self.n_heads
    }

    /// The number of proteins of which the property knew something.
    pub fn proteins(&self) -> u64 {
        self.proteins
    }

    /// The residues (for a property of pairs, ordered pairs) of a class (0-based), among
    /// [`background_eligible`](Self::background_eligible) ones.
    ///
    /// # Panics
    ///
    /// If there is no such class.
    pub fn background_in_class(&self, class: usize) -> u64 {
        self.background_in_class[class]
    }

    /// The residues, or ordered pairs, whose label is defined.
    pub fn background_eligible(&self) -> u64 {
        self.background_eligible
    }

    /// The counts of one head: of arcs in `class` (0-based), of arcs whose label is defined, and of
    /// all arcs. `layer` and `head` are 0-based.
    ///
    /// # Errors
    ///
    /// [`Error::ClassIndex`], [`Error::Layer`] or [`Error::Head`] if there is no such class, layer or
    /// head.
    pub fn head(&self, class: usize, layer: usize, head: usize) -> Result<HeadCounts, Error> {
        self.check_class(Some(class))?;
        if head >= self.n_heads {
            return Err(Error::Head {
                found: head,
                n_heads: self.n_heads,
            });
        }
        Ok(self.cell(class, self.row(layer)?, head))
    }

    pub(crate) fn cell(&self, class: usize, row: usize, head: usize) -> HeadCounts {
        let cell = row * self.n_heads + head;
        HeadCounts {
            arcs_in_class: self.arcs_in_class[cell * self.classes.len() + class],
            arcs_eligible: self.arcs_eligible[cell],
            arcs_total: self.arcs_total[cell],
        }
    }
}

/// The arcs of one head, for one class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HeadCounts {
    /// Arcs in the class.
    pub arcs_in_class: u64,
    /// Arcs whose label is defined, whatever it is.
    pub arcs_eligible: u64,
    /// All arcs.
    pub arcs_total: u64,
}

/// The number of rows times heads, if labels and memory can hold all cells of these axes.
fn check_axes(
    property: &str,
    n_classes: usize,
    layers: &[usize],
    n_heads: usize,
) -> Result<usize, Error> {
    if n_classes == 0 || n_classes > Label::MAX_CLASSES {
        let max = Label::MAX_CLASSES;
        return Err(Error::Classes {
            property: property.to_owned(),
            found: n_classes,
            max,
        });
    }
    if let Some(pair) = layers.windows(2).find(|pair| pair[0] >= pair[1]) {
        return Err(Error::LayerOrder {
            previous: pair[0],
            found: pair[1],
        });
    }
    let n_rows = layers.len().checked_mul(n_heads);
    let n_bytes = n_rows.and_then(|n| n.checked_mul(n_classes * size_of::<u64>()));
    n_rows
        .filter(|_| n_bytes.is_some_and(|n| n <= isize::MAX as usize))
        .ok_or_else(|| Error::Overflow {
            property: property.to_owned(),
        })
}
