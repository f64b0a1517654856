//! What the page costs for each frame, with five nodes at real pace.
//!
//! The browser's own trace says when each frame's callback began and how long each piece
//! of script ran; the page need not help, and what it does in microtasks, where Yew
//! renders, is counted too. A frame lasts from one callback to the next.

use crate::screenshots::HAS_LEADER;
use crate::ui::say;
use anyhow::{Context, Result, ensure};
use glassraft_webdriver::{Browser, Session};
use serde_json::{Value, json};
use std::time::Duration;

/// A leader is there after some seconds of simulated time at real pace.
const LEADER_LIMIT: Duration = Duration::from_secs(30);

/// Frames over which the page is measured.
const FRAMES: u32 = 300;

/// The event at which a frame begins: its first callback.
const FRAME: &str = "FireAnimationFrame";

/// The events that are script, of which the outermost count.
const SCRIPT: [&str; 6] = [
    FRAME,
    "FunctionCall",
    "EvaluateScript",
    "EventDispatch",
    "RunMicrotasks",
    "TimerFire",
];

/// The events of drawing what script has changed.
const DRAWING: [&str; 5] = [
    "UpdateLayoutTree",
    "Layout",
    "PrePaint",
    "Paint",
    "Layerize",
];

/// An event of the trace, in microseconds.
#[derive(Clone, Debug, PartialEq)]
struct Span {
    name: String,
    /// The process and its thread.
    thread: (u64, u64),
    start: f64,
    length: f64,
}

/// Milliseconds of each frame.
#[derive(Debug, PartialEq)]
struct Frame {
    script: f64,
    drawing: f64,
}

/// Measures and prints.
pub(crate) fn measure(browser: &Browser) -> Result<()> {
    say(format_args!(
        "the page in the browser, over {FRAMES} frames"
    ));
    let session = &browser.session;
    session.go(&browser.url("#nodes=5&seed=7"))?;
    session.wait_for("a leader", LEADER_LIMIT, HAS_LEADER)?;
    let seconds = pass_frames(session)?;
    let frames = frames(&spans(&session.take_trace()?));
    ensure!(
        frames.len() >= 10,
        "the browser's trace has only {} frames",
        frames.len()
    );
    print("script", frames.iter().map(|frame| frame.script));
    print(
        "style, layout and paint",
        frames.iter().map(|frame| frame.drawing),
    );
    println!("  {:>6.1} frames a second", f64::from(FRAMES) / seconds);
    Ok(())
}

/// Lets the frames pass; returns how long they took.
fn pass_frames(session: &Session) -> Result<f64> {
    let script = "let frames = arguments[0];
        const start = performance.now();
        await new Promise(done => {
            const frame = () => frames-- > 0 ? requestAnimationFrame(frame) : done();
            frame();
        });
        return (performance.now() - start) / 1000;";
    session
        .run(script, &[json!(FRAMES)])?
        .as_f64()
        .context("a duration")
}

fn print(what: &str, values: impl Iterator<Item = f64>) {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let at = |percent: usize| values[(values.len() - 1) * percent / 100];
    println!(
        "  {:>6.2} ms a frame in the median, {:.2} at the 99th percentile: {what}",
        at(50),
        at(99)
    );
}

fn spans(trace: &[Value]) -> Vec<Span> {
    let read = |event: &Value| {
        Some(Span {
            name: event["name"].as_str()?.to_owned(),
            thread: (event["pid"].as_u64()?, event["tid"].as_u64()?),
            start: event["ts"].as_f64()?,
            length: event["dur"].as_f64()?,
        })
    };
    trace.iter().filter_map(read).collect()
}

/// The whole frames of a trace, on the thread that runs the page.
fn frames(spans: &[Span]) -> Vec<Frame> {
    let Some(thread) = spans
        .iter()
        .find(|span| span.name == FRAME)
        .map(|span| span.thread)
    else {
        return Vec::new();
    };
    let mut here: Vec<_> = spans.iter().filter(|span| span.thread == thread).collect();
    // Of two that begin together, the longer one is around the other.
    here.sort_by(|one, other| {
        one.start
            .total_cmp(&other.start)
            .then(other.length.total_cmp(&one.length))
    });
    let mut starts = Vec::new();
    for span in here.iter().filter(|span| span.name == FRAME) {
        // Several callbacks of one frame follow each other at once.
        if starts.last().is_none_or(|last| span.start > last + 4_000.0) {
            starts.push(span.start);
        }
    }
    let sum = |names: &[&str], from: f64, to: f64| {
        let (mut end, mut total) = (0.0, 0.0);
        for span in here.iter().filter(|span| (from..to).contains(&span.start)) {
            if names.contains(&span.name.as_str()) && span.start >= end {
                end = span.start + span.length;
                total += span.length;
            }
        }
        total / 1000.0
    };
    let frame = |pair: &[f64]| Frame {
        script: sum(&SCRIPT, pair[0], pair[1]),
        drawing: sum(&DRAWING, pair[0], pair[1]),
    };
    starts.windows(2).map(frame).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nested_script_counts_once_and_other_threads_not() {
        let span = |name: &str, tid, start, length| Span {
            name: name.to_owned(),
            thread: (7, tid),
            start,
            length,
        };
        let spans = [
            span(FRAME, 1, 0.0, 2_000.0),
            span("FunctionCall", 1, 100.0, 1_000.0),
            span("RunMicrotasks", 1, 2_000.0, 500.0),
            span("FunctionCall", 2, 2_100.0, 9_000.0),
            span("Paint", 1, 3_000.0, 250.0),
            span(FRAME, 1, 16_000.0, 1_000.0),
        ];
        assert_eq!(
            frames(&spans),
            [Frame {
                script: 2.5,
                drawing: 0.25
            }]
        );
    }
}
