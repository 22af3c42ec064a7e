"""Families of synthetic sequences on a fold: what covaries, what is conserved, and the sites.

A family is a fold plus three random choices of its own:

* a matching: residues in contact, paired off. A fold has a matching of its own (nearest first), of
  which each family keeps about four pairs in five and fills up with other contacts. The two
  residues of a pair are drawn together, from one table of complementary residues for all families,
  so that each tells of the other;
* a binding site: five of the fifteen residues nearest to a random one. Each member has one of four
  motifs there, of residues rare elsewhere, and its free positions lean to the residues that go with
  that motif;
* a consensus: at some of the free positions most members have one residue.

Free positions are also drawn by their secondary structure. Three residues in a hundred are mutated
at random, those of the sites excepted.
"""

from dataclasses import dataclass

import numpy as np

from folds import distances

ALPHABET = "ACDEFGHIKLMNPQRSTVWY"
COMMON = "ADEFGIKLMNPQRSTVY"
COMPLEMENTARY = ("KE", "RD", "LA", "MQ", "IV", "FT", "YS")
FORMERS = {"H": "KELAMQ", "E": "IVFTYS", "S": "GNPD", "-": "GNPSTK"}
FORMER_WEIGHT = 3.0
# The motifs of a site, in chain order, and the residues that go with each at the free positions.
# Those, like the formers above, are whole pairs of the table: what a sequence is rich in then
# hints at a residue and its complement alike, and covariation is not learned against the grain.
MOTIFS = ("CHCCD", "HHDHW", "DDWDH", "WCWHW")
COMPANIONS = ("KE", "RD", "LA", "YS")
COMPANION_WEIGHT = 3.0
SITE_SIZE, SITE_STRIDE = 5, 3
PAIRS_KEPT = 0.8
PAIRED_FRACTION = 0.7
CONSENSUS_FRACTION, CONSENSUS_KEPT = 0.1, 0.7
MUTATED = 0.03


@dataclass
class Family:
    """A fold with its matched pairs [(i, j)], its site (five indices) and its consensus."""

    fold: object
    pairs: list
    site: list
    consensus: dict


def index(letters):
    return [ALPHABET.index(letter) for letter in letters]


def by_structure(dssp):
    """The odds of each residue type [20] at a place of this secondary structure; they sum to 1."""
    odds = np.zeros(len(ALPHABET))
    odds[index(COMMON)] = 1.0
    odds[index(FORMERS[dssp])] *= FORMER_WEIGHT
    return odds / odds.sum()


def by_distance(fold):
    """The contacts of the fold, nearest first."""
    i, j = np.array(fold.contacts).T
    return [fold.contacts[k] for k in np.argsort(distances(fold.ca)[i, j], kind="stable")]


def paired_off(contacts, free):
    """Contacts in this order, each of two residues that are free and in no pair before it."""
    most, free, pairs = PAIRED_FRACTION * len(free), set(free), []
    for i, j in contacts:
        if i in free and j in free and 2 * len(pairs) < most:
            free -= {i, j}
            pairs.append((i, j))
    return pairs


def new_family(fold, rng):
    """A random family on this fold."""
    nearest = np.argsort(distances(fold.ca)[rng.integers(4, fold.length - 4)], kind="stable")
    site = sorted(nearest[: SITE_STRIDE * SITE_SIZE : SITE_STRIDE].tolist())
    common = paired_off(by_distance(fold), set(range(fold.length)))
    kept = [pair for pair in common if rng.random() < PAIRS_KEPT]
    others = [fold.contacts[k] for k in rng.permutation(len(fold.contacts))]
    free = set(range(fold.length)) - set(site)
    pairs = paired_off(kept + others, free)
    free -= {i for pair in pairs for i in pair}
    consensus = {
        i: int(rng.choice(len(ALPHABET), p=by_structure(fold.dssp[i])))
        for i in sorted(free)
        if rng.random() < CONSENSUS_FRACTION
    }
    return Family(fold, pairs, site, consensus)


def draw(odds, n, rng):
    """n draws from these odds."""
    return rng.choice(len(odds), size=n, p=odds / odds.sum())


def members(family, n, rng):
    """n sequences of this family, as an array of letters [member, residue]."""
    fold = family.fold
    motif = rng.integers(len(MOTIFS), size=n)
    codes = np.empty((n, fold.length), dtype=np.int64)
    for i in range(fold.length):
        for m, companions in enumerate(COMPANIONS):
            odds = by_structure(fold.dssp[i])
            odds[index(companions)] *= COMPANION_WEIGHT
            chosen = motif == m
            codes[chosen, i] = draw(odds, chosen.sum(), rng)
    for i, residue in family.consensus.items():
        codes[rng.random(n) < CONSENSUS_KEPT, i] = residue
    both_ways = np.array([index(pair) for pair in (*COMPLEMENTARY, *(pair[::-1] for pair in COMPLEMENTARY))])
    for i, j in family.pairs:
        codes[:, [i, j]] = both_ways[rng.integers(len(both_ways), size=n)]
    mutated = rng.random(codes.shape) < MUTATED
    codes[mutated] = draw(by_structure("-"), mutated.sum(), rng)
    codes[:, family.site] = np.array([index(m) for m in MOTIFS])[motif]
    return np.array(list(ALPHABET))[codes]
