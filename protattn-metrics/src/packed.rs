//! Lists of small counts, most of them zero, in few bytes.

/// Packs counts: each that is not 0 in base 128, the lowest digit first and the high bit set on all
/// but the last (LEB128); a run of zeros as a byte 0 and its length. No count that is not 0 begins
/// with a byte 0.
pub(crate) fn pack<'a>(lists: impl IntoIterator<Item = &'a [u64]>) -> Box<[u8]> {
    let mut bytes = Vec::new();
    let mut zeros = 0;
    for &count in lists.into_iter().flatten() {
        if count == 0 {
            zeros += 1;
            continue;
        }
        push_run(&mut bytes, &mut zeros);
        push(&mut bytes, count);
    }
    push_run(&mut bytes, &mut zeros);
    bytes.into_boxed_slice()
}

fn push_run(bytes: &mut Vec<u8>, zeros: &mut u64) {
    if *zeros > 0 {
        bytes.push(0);
        push(bytes, *zeros);
        *zeros = 0;
    }
}

fn push(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// Unpacks counts into `lists`, which together are as long as those packed; `None` if the bytes are
/// not of that many.
pub(crate) fn unpack<'a>(
    bytes: &[u8],
    lists: impl IntoIterator<Item = &'a mut [u64]>,
) -> Option<()> {
    let mut bytes = bytes.iter();
    let mut zeros = 0;
    for count in lists.into_iter().flatten() {
        if zeros == 0 {
            match read(&mut bytes)? {
                0 => zeros = read(&mut bytes).filter(|zeros| *zeros > 0)?,
                number => {
                    *count = number;
                    continue;
                }
            }
        }
        *count = 0;
        zeros -= 1;
    }
    (zeros == 0 && bytes.next().is_none()).then_some(())
}

fn read<'a>(bytes: &mut impl Iterator<Item = &'a u8>) -> Option<u64> {
    let mut number = 0_u64;
    for shift in (0..64).step_by(7) {
        let byte = *bytes.next()?;
        let digit = u64::from(byte & 0x7f);
        if shift == 63 && digit > 1 {
            return None;
        }
        number |= digit << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn again(counts: &[u64], cut: usize) -> Option<Vec<u64>> {
        let mut read = vec![9; counts.len()];
        let (first, rest) = read.split_at_mut(cut);
        unpack(&pack([counts]), [first, rest])?;
        Some(read)
    }

    #[test]
    fn small_counts_and_zeros_take_few_bytes() {
        let mut counts = vec![0; 1_000];
        counts[500] = 127;
        assert_eq!(*pack([&counts[..]]), [0, 0xf4, 3, 127, 0, 0xf3, 3]);
        assert_eq!(
            *pack([&[128, u64::MAX][..]]).first_chunk().expect("3"),
            [0x80, 1, 0xff]
        );
        assert!(pack([]).is_empty());
    }

    proptest! {
        #[test]
        fn what_is_packed_is_unpacked(
            counts in prop::collection::vec(prop_oneof![Just(0), 0..300_u64, any::<u64>()], 0..60),
            cut in 0..60_usize,
        ) {
            let cut = cut.min(counts.len());
            prop_assert_eq!(again(&counts, cut), Some(counts));
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes: Vec<u8>, n in 0..40_usize) {
            let mut read = vec![0; n];
            if unpack(&bytes, [&mut read[..]]).is_some() {
                let mut same = vec![0; n];
                prop_assert!(unpack(&pack([&read[..]]), [&mut same[..]]).is_some());
                prop_assert_eq!(read, same);
            }
        }
    }
}
