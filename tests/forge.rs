//! Links made by hand: any bytes in the envelope of a link, with a checksum that is right.
//!
//! It shares nothing with the code that it tests but the crates for base64 and deflate.

use base64::engine::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use miniz_oxide::deflate::compress_to_vec;
use miniz_oxide::inflate::decompress_to_vec;

const BEFORE: &str = "run=1.";

/// The link around bytes that are deflated already.
#[must_use]
pub fn seal_deflated(deflated: &[u8]) -> String {
    let mut bytes = crc32(deflated).to_be_bytes().to_vec();
    bytes.extend_from_slice(deflated);
    format!("{BEFORE}{}", URL_SAFE_NO_PAD.encode(bytes))
}

/// The link around bytes.
#[must_use]
pub fn seal(bytes: &[u8]) -> String {
    seal_deflated(&compress_to_vec(bytes, 6))
}

/// The bytes in a link that is right.
#[must_use]
pub fn open(link: &str) -> Option<Vec<u8>> {
    let bytes = URL_SAFE_NO_PAD.decode(link.strip_prefix(BEFORE)?).ok()?;
    decompress_to_vec(bytes.get(4..)?).ok()
}

/// CRC-32 with a table.
fn crc32(bytes: &[u8]) -> u32 {
    let mut table = [0_u32; 256];
    for (byte, entry) in (0_u32..).zip(&mut table) {
        *entry = (0..8).fold(byte, |sum, _| {
            if sum & 1 == 1 {
                0xedb8_8320 ^ (sum >> 1)
            } else {
                sum >> 1
            }
        });
    }
    !bytes.iter().fold(!0_u32, |sum, byte| {
        let place = (sum & 0xff) ^ u32::from(*byte);
        table[usize::try_from(place).unwrap_or(0)] ^ (sum >> 8)
    })
}

/// A number as postcard writes it.
#[must_use]
pub fn varint(mut number: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let low = number.to_le_bytes()[0] & 0x7f;
        number >>= 7;
        if number == 0 {
            bytes.push(low);
            return bytes;
        }
        bytes.push(low | 0x80);
    }
}

/// A stream that inflates to so many MiB of zeros: one MiB, again and again.
#[must_use]
pub fn bomb(mebibytes: usize) -> Vec<u8> {
    use miniz_oxide::deflate::core::{
        CompressorOxide, TDEFLFlush, compress_to_output, create_comp_flags_from_zip_params,
    };
    let mut deflater = CompressorOxide::new(create_comp_flags_from_zip_params(9, 0, 0));
    let mut piece = Vec::new();
    let zeros = vec![0; 1024 * 1024];
    let _always_okay = compress_to_output(&mut deflater, &zeros, TDEFLFlush::Full, |bytes| {
        piece.extend_from_slice(bytes);
        true
    });
    // An empty last block, stored.
    let end = [1, 0, 0, 0xff, 0xff];
    let mut stream = piece.repeat(mebibytes);
    stream.extend_from_slice(&end);
    stream
}
