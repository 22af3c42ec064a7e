//! The substitution matrix BLOSUM62.

/// The order of the rows and columns.
const LETTERS: &str = "ARNDCQEGHILKMFPSTWYV";

/// The scores of each letter with those up to itself.
#[rustfmt::skip]
const SCORES: [&[i8]; 20] = [
    &[ 4],
    &[-1,  5],
    &[-2,  0,  6],
    &[-2, -2,  1,  6],
    &[ 0, -3, -3, -3,  9],
    &[-1,  1,  0,  0, -3,  5],
    &[-1,  0,  0,  2, -4,  2,  5],
    &[ 0, -2,  0, -1, -3, -2, -2,  6],
    &[-2,  0,  1, -1, -3,  0,  0, -2,  8],
    &[-1, -3, -3, -3, -1, -3, -3, -4, -3,  4],
    &[-1, -2, -3, -4, -1, -2, -3, -4, -3,  2,  4],
    &[-1,  2,  0, -1, -3,  1,  1, -2, -1, -3, -2,  5],
    &[-1, -1, -2, -3, -1,  0, -2, -3, -2,  1,  2, -1,  5],
    &[-2, -3, -3, -3, -2, -3, -3, -3, -1,  0,  0, -3,  0,  6],
    &[-1, -2, -2, -1, -3, -1, -1, -2, -2, -3, -3, -1, -2, -4,  7],
    &[ 1, -1,  1,  0, -1,  0,  0,  0, -1, -2, -2,  0, -1, -2, -1,  4],
    &[ 0, -1,  0, -1, -1, -1, -1, -2, -2, -1, -1, -1, -1, -2, -1,  1,  5],
    &[-3, -3, -4, -4, -2, -2, -3, -2, -2, -3, -2, -3, -1,  1, -4, -3, -2, 11],
    &[-2, -2, -2, -3, -2, -1, -2, -3,  2, -1, -1, -2, -1,  3, -3, -2, -2,  2,  7],
    &[ 0, -3, -3, -3, -1, -2, -2, -3, -3,  3,  1, -2,  1, -1, -2, -2,  0, -3, -1,  4],
];

/// How readily two amino acids stand for each other in related proteins: the score of BLOSUM62, in
/// half bits, from -4 to 11; the same in either order.
///
/// It is twice the logarithm, to base 2 and rounded, of how often the two are aligned in blocks of
/// related proteins over how often chance would align them (Henikoff and Henikoff 1992,
/// doi 10.1073/pnas.89.22.10915). Letters are the 20 standard amino acids in upper case; None if
/// either is another.
///
/// ```
/// use protattn_metrics::blosum62;
///
/// assert_eq!(blosum62('I', 'V'), Some(3));
/// assert_eq!(blosum62('W', 'W'), Some(11));
/// assert_eq!(blosum62('X', 'A'), None);
/// ```
pub fn blosum62(a: char, b: char) -> Option<i32> {
    let (a, b) = (LETTERS.find(a)?, LETTERS.find(b)?);
    Some(i32::from(SCORES[a.max(b)][a.min(b)]))
}
