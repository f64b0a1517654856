//! Numbers as bytes, in the format of postcard (<https://postcard.jamesmunns.com/wire-format>).
//!
//! A byte stands for itself. A larger number is a varint: seven bits a byte, the lowest
//! first, the eighth bit says that more follow. A signed number is folded first, so that
//! small ones stay short whatever their sign (zigzag).

/// A number's type: how many bits it may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Width {
    /// At most 32.
    Bits32 = 32,
    /// At most 64.
    Bits64 = 64,
}

/// Puts a number behind bytes.
pub(super) fn put(bytes: &mut Vec<u8>, mut number: u64) {
    while number > 0x7f {
        bytes.push(number.to_le_bytes()[0] | 0x80);
        number >>= 7;
    }
    bytes.push(number.to_le_bytes()[0]);
}

/// Puts a number that may be below zero behind bytes.
pub(super) fn put_signed(bytes: &mut Vec<u8>, number: i64) {
    put(bytes, ((number << 1) ^ (number >> 63)).cast_unsigned());
}

/// Takes a byte from the front.
pub(super) fn take_byte(rest: &mut &[u8]) -> Option<u8> {
    rest.split_off_first().copied()
}

/// Takes a number from the front; `None` if there is none, or one that is too large.
pub(super) fn take(rest: &mut &[u8], width: Width) -> Option<u64> {
    let bits = width as u32;
    let mut number = 0;
    for shift in (0..bits).step_by(7) {
        let byte = take_byte(rest)?;
        let part = u64::from(byte & 0x7f);
        if part >> (bits - shift).min(7) != 0 {
            return None;
        }
        number |= part << shift;
        if byte < 0x80 {
            return Some(number);
        }
    }
    None
}

/// Takes a number that may be below zero from the front.
pub(super) fn take_signed(rest: &mut &[u8], width: Width) -> Option<i64> {
    let folded = take(rest, width)?;
    Some((folded >> 1).cast_signed() ^ -(folded & 1).cast_signed())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of the format's description, and its limits.
    #[test]
    fn numbers_are_those_of_postcard() {
        for (number, bytes) in [
            (0, &[0x00][..]),
            (127, &[0x7f]),
            (128, &[0x80, 0x01]),
            (16_383, &[0xff, 0x7f]),
            (16_384, &[0x80, 0x80, 0x01]),
            (65_535, &[0xff, 0xff, 0x03]),
        ] {
            let mut written = Vec::new();
            put(&mut written, number);
            assert_eq!(written, bytes);
            assert_eq!(take(&mut &*written, Width::Bits32), Some(number));
        }
        for number in [0, -1, 1, 63, -64, 64, i64::MAX, i64::MIN] {
            let mut written = Vec::new();
            put_signed(&mut written, number);
            assert_eq!(take_signed(&mut &*written, Width::Bits64), Some(number));
        }
        let mut written = Vec::new();
        put_signed(&mut written, -64);
        assert_eq!(written, [127]);
    }

    #[test]
    fn what_is_no_number_is_refused() {
        let full = [0xff, 0xff, 0xff, 0xff, 0x0f];
        assert_eq!(
            take(&mut &full[..], Width::Bits32),
            Some(u64::from(u32::MAX))
        );
        for bytes in [
            &[][..],
            &[0x80],
            &[0xff, 0xff, 0xff, 0xff, 0x10],
            &[0x80; 6],
        ] {
            assert_eq!(take(&mut { bytes }, Width::Bits32), None, "{bytes:?}");
        }
        assert_eq!(take(&mut &[0x80; 11][..], Width::Bits64), None);
        let long = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02];
        assert_eq!(take(&mut &long[..], Width::Bits64), None);
    }
}
