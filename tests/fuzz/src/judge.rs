//! What has to be so of every input.

use std::cell::RefCell;

use glassraft_core::share::{self, LinkError, Scenario, Start, limits, link, scenario, session};

use crate::MEMORY;

/// The most memory that reading an input may take, in bytes: 64 MiB.
pub const MAX_BYTES: usize = 64 * 1024 * 1024;

/// The longest message, in bytes. (What it quotes is cut.)
const MAX_MESSAGE: usize = 8_000;

thread_local! {
    static INPUT: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Has every panic print the input that led to it.
pub fn panic_with_input() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        before(panic);
        INPUT.with_borrow(|input| eprintln!("the input was:\n{input:?}"));
    }));
}

/// Reads an input and judges what comes of it. Returns whether it was a recording, and how
/// much memory that took, in bytes.
///
/// # Panics
/// Something is not as it has to be.
pub fn judge(input: &str) -> (bool, usize) {
    INPUT.with_borrow_mut(|kept| {
        kept.clear();
        kept.push_str(input);
    });
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    let read = share::read(input);
    let bytes = MEMORY.peak_usage().saturating_sub(before);
    assert!(bytes <= MAX_BYTES, "reading it took {bytes} bytes");
    let recording = match read {
        Ok(recording) => recording,
        Err(error) => {
            let message = error.to_string();
            assert!(!message.is_empty(), "an error says nothing");
            assert!(
                message.len() <= MAX_MESSAGE,
                "a message of {} bytes",
                message.len()
            );
            return (false, bytes);
        }
    };
    limits::check(&recording).expect("what is read is within the limits");
    match link::encode(&recording) {
        Ok(link) => assert_eq!(
            link::decode(&link, Start::default()).as_ref(),
            Ok(&recording),
            "it does not come back from {link}"
        ),
        // A file has room for more than a link.
        Err(LinkError::TooLong { .. } | LinkError::TooBig) => {}
        Err(error) => panic!("it becomes no link: {error}"),
    }
    let written = Scenario {
        title: None,
        description: None,
        recording,
    };
    let mut file = String::new();
    scenario::write(&mut file, &written).expect("a string takes all");
    if file.len() <= scenario::MAX_FILE_BYTES {
        assert_eq!(
            scenario::read(&file).as_ref(),
            Ok(&written),
            "it does not come back from {file}"
        );
    }
    judge_session(input);
    (true, bytes)
}

/// What is a recording is a session, too, of one branch or of several.
fn judge_session(input: &str) {
    let session = match share::read_session(input) {
        Ok(session) => session,
        // Its shown branch was fine; another is not.
        Err(error) => {
            assert!(error.to_string().len() <= MAX_MESSAGE);
            return;
        }
    };
    session::check(&session).expect("what is read can be kept");
    let mut file = String::new();
    session::write(&mut file, &session).expect("a string takes all");
    if file.len() <= scenario::MAX_FILE_BYTES {
        assert_eq!(
            session::read(&file).as_ref(),
            Ok(&session),
            "it does not come back from {file}"
        );
    }
    session.branches.rewind().expect("what was checked begins");
}
