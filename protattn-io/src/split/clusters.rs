//! Which proteins belong together.

use std::collections::HashMap;
use std::path::Path;

use super::SplitError;
use crate::Error;

/// Clusters of proteins by identifier.
///
/// Read from what the common programs write:
///
/// - lines of identifiers with blanks between them, each line (a part of) a cluster: the pairs of
///   MMseqs2 and Foldseek (`..._cluster.tsv`: representative, member) and the lists of the PDB;
///   lines that share an identifier are one cluster;
/// - the `.clstr` file of CD-HIT (run with `-d 0`: it cuts identifiers at 20 characters otherwise).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Clusters {
    /// From each member to its cluster's name: the smallest of its identifiers.
    names: HashMap<String, String>,
}

impl Clusters {
    /// Reads a file.
    ///
    /// # Errors
    ///
    /// If it cannot be read, or as [`parse`](Self::parse).
    pub fn read(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let text = std::fs::read_to_string(path).map_err(Error::io(path))?;
        Self::parse(&text).map_err(|error| Error::format(path, error.to_string()))
    }

    /// Reads the contents of a file.
    ///
    /// # Errors
    ///
    /// [`SplitError::Clusters`] for a line of a CD-HIT file that names no member.
    pub fn parse(text: &str) -> Result<Self, SplitError> {
        let mut lines = text.lines().filter(|line| !line.trim().is_empty());
        if lines
            .next()
            .is_some_and(|line| line.starts_with(">Cluster"))
        {
            return Self::of_cd_hit(text);
        }
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        Ok(Self::of_groups(lines.map(|line| line.split_whitespace())))
    }

    fn of_cd_hit(text: &str) -> Result<Self, SplitError> {
        let mut groups: Vec<Vec<&str>> = Vec::new();
        for (index, line) in text.lines().enumerate() {
            if line.starts_with(">Cluster") {
                groups.push(Vec::new());
            } else if !line.trim().is_empty() {
                let member = line
                    .split_once(", >")
                    .and_then(|(_, rest)| rest.split_once("..."));
                let (member, _) = member.ok_or_else(|| SplitError::Clusters {
                    line: index + 1,
                    message: format!("{line:?} names no member, as CD-HIT does by `, >ID...`"),
                })?;
                groups
                    .last_mut()
                    .into_iter()
                    .for_each(|group| group.push(member));
            }
        }
        Ok(Self::of_groups(groups))
    }

    /// Joins groups that share a member.
    fn of_groups<'a, G>(groups: impl IntoIterator<Item = G>) -> Self
    where
        G: IntoIterator<Item = &'a str>,
    {
        let mut forest = Forest::default();
        for group in groups {
            let mut members = group
                .into_iter()
                .map(|id| forest.node(id))
                .collect::<Vec<_>>();
            let first = members.pop();
            for member in members {
                first
                    .into_iter()
                    .for_each(|first| forest.join(first, member));
            }
        }
        forest.into_clusters()
    }

    /// The name of the cluster of a protein: its own identifier if it is in none.
    pub fn name<'a>(&'a self, id: &'a str) -> &'a str {
        self.names.get(id).map_or(id, String::as_str)
    }

    /// Whether a protein is in a cluster.
    pub fn contains(&self, id: &str) -> bool {
        self.names.contains_key(id)
    }
}

/// Disjoint sets (Tarjan 1975): each node points to another of its set, the root to itself.
#[derive(Default)]
struct Forest<'a> {
    ids: Vec<&'a str>,
    places: HashMap<&'a str, usize>,
    parents: Vec<usize>,
}

impl<'a> Forest<'a> {
    fn node(&mut self, id: &'a str) -> usize {
        let new = self.ids.len();
        let node = *self.places.entry(id).or_insert(new);
        if node == new {
            self.ids.push(id);
            self.parents.push(new);
        }
        node
    }

    fn root(&mut self, mut node: usize) -> usize {
        while self.parents[node] != node {
            // Halving the path keeps later walks short.
            self.parents[node] = self.parents[self.parents[node]];
            node = self.parents[node];
        }
        node
    }

    /// The root with the smaller identifier becomes the root of both.
    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        let (root, child) = if self.ids[a] <= self.ids[b] {
            (a, b)
        } else {
            (b, a)
        };
        self.parents[child] = root;
    }

    fn into_clusters(mut self) -> Clusters {
        let named = (0..self.ids.len()).map(|node| {
            let root = self.root(node);
            (self.ids[node].to_owned(), self.ids[root].to_owned())
        });
        Clusters {
            names: named.collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn pairs_and_lists_are_joined_by_what_they_share() {
        let clusters =
            Clusters::parse("# representative member\nb\tb\nb\tc\nx y\nz\na c\n").unwrap();
        for id in ["a", "b", "c"] {
            assert_eq!(clusters.name(id), "a");
        }
        assert_eq!((clusters.name("y"), clusters.name("z")), ("x", "z"));
        assert_eq!(clusters.name("unheard of"), "unheard of");
        assert!(clusters.contains("z") && !clusters.contains("unheard of"));
    }

    #[test]
    fn cd_hit_is_read() {
        let text = ">Cluster 0\n0\t141aa, >sp|P69905|HBA... *\n1\t140aa, >1a00.A... at 98.57%\n\
            >Cluster 1\n0\t76aa, >1ubq.A... *\n";
        let clusters = Clusters::parse(text).unwrap();
        assert_eq!(clusters.name("sp|P69905|HBA"), "1a00.A");
        assert_eq!(clusters.name("1ubq.A"), "1ubq.A");
        let error = Clusters::parse(">Cluster 0\n0 141aa 1ubq.A\n").unwrap_err();
        assert!(error.to_string().starts_with("line 2: "), "{error}");
    }

    #[test]
    fn no_clusters_are_clusters() {
        assert_eq!(Clusters::parse("\n\n").unwrap(), Clusters::default());
    }
}
