//! Bytes as base64 (RFC 4648, sections 4 and 5): as JSON holds them, and links.
//!
//! The crate `base64` reads them back, and its errors are told. Its writer has one loop for each
//! alphabet, unrolled, which would be 1 kB of the page.

/// Bytes as base64, with its padding.
pub(crate) fn base64(bytes: &[u8]) -> String {
    let mut text = digits(bytes, *b"+/");
    while !text.len().is_multiple_of(4) {
        text.push('=');
    }
    text
}

/// Bytes as base64 that may stand in an address, without padding.
pub(crate) fn base64_url(bytes: &[u8]) -> String {
    digits(bytes, *b"-_")
}

/// Six bits a digit; the alphabets differ in the last two digits.
fn digits(bytes: &[u8], last: [u8; 2]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let mut bits = [0; 4];
        bits[1..=group.len()].copy_from_slice(group);
        let bits = u32::from_be_bytes(bits);
        for place in 0..=group.len() {
            let [.., six] = (bits >> (18 - 6 * place)).to_be_bytes();
            let digit = match six & 63 {
                value @ ..26 => b'A' + value,
                value @ 26..52 => b'a' + (value - 26),
                value @ 52..62 => b'0' + (value - 52),
                62 => last[0],
                _ => last[1],
            };
            text.push(char::from(digit));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use base64::engine::Engine as _;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

    #[test]
    fn it_is_what_the_crate_writes() {
        let bytes: Vec<u8> = (0..=255).rev().chain(0..=255).collect();
        for end in 0..bytes.len() {
            let bytes = &bytes[..end];
            assert_eq!(super::base64(bytes), STANDARD.encode(bytes));
            assert_eq!(super::base64_url(bytes), URL_SAFE_NO_PAD.encode(bytes));
        }
    }
}
