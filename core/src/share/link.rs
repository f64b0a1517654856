//! A recording as the fragment of an address.
//!
//! A run without actions on the default setup is `nodes=5&seed=42`. Any other is
//! `run=1.…`: the version of the form, and in base64url without padding the checksum of what
//! follows (CRC-32, big-endian) and the deflated bytes of the module `wire`.
//!
//! # What is promised
//! A link opens in a newer version to the same trace, or is refused with the reason. The
//! version of the form changes when the bytes do, and a reader of an old form stays. The
//! behaviour ([`BEHAVIOUR`]) changes when the same recording gives another trace. A short
//! link promises nothing of the kind: it begins a run as this version does.
//!
//! # What is refused
//! A link is of unknown origin. It is read in stages, each with a limit: characters, inflated
//! bytes, actions, what the actions ask for ([`super::limits`]). Nothing is played.

use std::fmt;

use base64::DecodeError;
use base64::engine::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use miniz_oxide::deflate::core::{
    CompressorOxide, TDEFLFlush, compress_to_output, create_comp_flags_from_zip_params,
};
use miniz_oxide::inflate::{TINFLStatus, decompress_to_vec_with_limit};

use crate::trace::Recording;

use super::limits::{self, Excess};
use super::start::{Start, StartError, quoted};
use super::wire::{self, Problem};

/// The course that runs take in this version. Raise it with every change after which some
/// recording gives another trace: an event more or less, another order, time, cause or
/// number. Then links and files made before are refused, rather than shown wrongly.
/// `tests/share/` holds links of this behaviour with the hashes of their traces.
pub const BEHAVIOUR: u32 = 1;

/// The most characters of a link. Browsers take more, what links pass through takes less.
pub const MAX_CHARS: usize = 262_144;

/// The most bytes that a link may inflate to: 1 MiB.
pub const MAX_INFLATED_BYTES: usize = 1024 * 1024;

/// The version of the form.
const FORM: &str = "1";

/// What the name of the parameter is.
const NAME: &str = "run";

/// Why a text is no link, or a recording becomes none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkError {
    /// It has more characters than [`MAX_CHARS`].
    TooLong {
        /// How many, or more.
        chars: usize,
    },
    /// It is a short link, and a wrong one.
    Start(StartError),
    /// The form is of another version.
    Form {
        /// Which.
        found: String,
    },
    /// A character that no link has.
    Character {
        /// Its place behind `run=1.`, from 0.
        place: usize,
    },
    /// It is cut off, or was changed on its way.
    Damaged,
    /// It inflates to more than [`MAX_INFLATED_BYTES`].
    TooBig,
    /// It does not inflate.
    NotDeflated,
    /// What it says is no recording for this version.
    Content(Problem),
}

impl fmt::Display for LinkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the link cannot be used: ")?;
        match self {
            Self::TooLong { chars } => write!(
                f,
                "it has {chars} characters, and at most {MAX_CHARS} are allowed; \
                 a file has room for more"
            ),
            Self::Start(error) => error.fmt(f),
            Self::Form { found } => write!(
                f,
                "its form is version `{found}', and this version of Glassraft reads version \
                 {FORM} only"
            ),
            Self::Character { place } => {
                write!(
                    f,
                    "no link has the character at place {place} behind `{NAME}={FORM}.'"
                )
            }
            Self::Damaged => {
                f.write_str("it is damaged: it was cut off or changed on its way, copy it again")
            }
            Self::TooBig => write!(
                f,
                "it unpacks to more than {MAX_INFLATED_BYTES} bytes; a file has room for more"
            ),
            Self::NotDeflated => f.write_str("it does not unpack"),
            Self::Content(problem) => problem.fmt(f),
        }
    }
}

impl std::error::Error for LinkError {}

impl From<Problem> for LinkError {
    fn from(problem: Problem) -> Self {
        Self::Content(problem)
    }
}

impl From<Excess> for LinkError {
    fn from(excess: Excess) -> Self {
        Self::Content(Problem::Excess(excess))
    }
}

/// The fragment for a recording, without `#`.
///
/// # Errors
/// The recording goes beyond the limits of a link: it would not be read back.
pub fn encode(recording: &Recording) -> Result<String, LinkError> {
    if let Some(start) = Start::of(recording) {
        return Ok(start.to_fragment());
    }
    limits::check(recording)?;
    let pieces = wire::write(recording, BEHAVIOUR)?;
    if pieces.iter().map(Vec::len).sum::<usize>() > MAX_INFLATED_BYTES {
        return Err(LinkError::TooBig);
    }
    let deflated = deflate(&pieces);
    let mut bytes = checksum(&deflated).to_be_bytes().to_vec();
    bytes.extend(deflated);
    let link = format!("{NAME}={FORM}.{}", URL_SAFE_NO_PAD.encode(bytes));
    within(link.len())?;
    Ok(link)
}

/// The recording of a fragment, with `#` before it or without. What a short link leaves out
/// is taken from `default`.
///
/// # Errors
/// The first thing that is wrong with it.
pub fn decode(fragment: &str, default: Start) -> Result<Recording, LinkError> {
    within(fragment.len())?;
    let fragment = fragment.strip_prefix('#').unwrap_or(fragment);
    let Some(run) = fragment
        .strip_prefix(NAME)
        .and_then(|rest| rest.strip_prefix('='))
    else {
        let start = Start::parse(fragment, default).map_err(LinkError::Start)?;
        let setup = start.setup().map_err(Excess::Setup)?;
        return Ok(Recording {
            setup,
            seed: start.seed,
            actions: Vec::new(),
        });
    };
    let (form, text) = run.split_once('.').ok_or(LinkError::Damaged)?;
    if form != FORM {
        let found = quoted(form);
        return Err(LinkError::Form { found });
    }
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|error| match error {
        DecodeError::InvalidByte(place, _) => LinkError::Character { place },
        _ => LinkError::Damaged,
    })?;
    let (sum, deflated) = bytes.split_first_chunk().ok_or(LinkError::Damaged)?;
    if u32::from_be_bytes(*sum) != checksum(deflated) {
        return Err(LinkError::Damaged);
    }
    let inflated = inflate(deflated)?;
    Ok(wire::read(&inflated, BEHAVIOUR)?)
}

fn within(chars: usize) -> Result<(), LinkError> {
    if chars > MAX_CHARS {
        return Err(LinkError::TooLong { chars });
    }
    Ok(())
}

/// Deflates pieces, each with a code of its own.
fn deflate(pieces: &[Vec<u8>]) -> Vec<u8> {
    /// The most thorough; a link is made once and small.
    const LEVEL: i32 = 10;
    /// No zlib header: the link has its own checksum.
    const RAW: i32 = 0;
    let flags = create_comp_flags_from_zip_params(LEVEL, RAW, 0);
    let mut deflater = CompressorOxide::new(flags);
    let mut deflated = Vec::new();
    for (place, piece) in pieces.iter().enumerate() {
        let flush = if place + 1 == pieces.len() {
            TDEFLFlush::Finish
        } else {
            TDEFLFlush::NoSync
        };
        let _always_okay = compress_to_output(&mut deflater, piece, flush, |bytes| {
            deflated.extend_from_slice(bytes);
            true
        });
    }
    deflated
}

fn inflate(deflated: &[u8]) -> Result<Vec<u8>, LinkError> {
    decompress_to_vec_with_limit(deflated, MAX_INFLATED_BYTES).map_err(|error| match error.status {
        TINFLStatus::HasMoreOutput => LinkError::TooBig,
        _ => LinkError::NotDeflated,
    })
}

/// The CRC-32 of IEEE 802.3, bit by bit: links are short, and a table would be longer.
fn checksum(bytes: &[u8]) -> u32 {
    const POLYNOMIAL: u32 = 0xedb8_8320;
    let mut sum = u32::MAX;
    for byte in bytes {
        sum ^= u32::from(*byte);
        for _ in 0..8 {
            sum = (sum >> 1) ^ (POLYNOMIAL & (sum & 1).wrapping_neg());
        }
    }
    !sum
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The value that every description of CRC-32 gives.
    #[test]
    fn the_checksum_is_crc_32() {
        assert_eq!(checksum(b"123456789"), 0xcbf4_3926);
    }

    #[test]
    fn pieces_inflate_to_what_they_were() {
        let pieces = [
            b"aaaaaaaaab".to_vec(),
            Vec::new(),
            vec![7; 5_000],
            b"x".to_vec(),
        ];
        assert_eq!(inflate(&deflate(&pieces)), Ok(pieces.concat()));
    }
}
