//! English: events, branches, conditions.

use glassraft_core::member::Micros;
use glassraft_core::trace::EventClass;

use crate::conditions::Preset;
use crate::session::Ended;

use super::numbers::{grouped, seconds};
use super::time::Time;

pub(super) const TIME: Time = Time {
    events: "Events",
    events_hint: "Events: click one or use the arrow keys to go there; Enter comes back to the shown one",
    number: "#",
    when: "time, s",
    kind: "kind",
    at_node: "node",
    what: "what happened",
    none: "No event that is kept is like that.",
    class: |class| match class {
        EventClass::Message => ("✉", "messages"),
        EventClass::Role => ("♛", "roles"),
        EventClass::Commit => ("✓", "commits"),
        EventClass::Request => ("⇄", "requests"),
        EventClass::Fault => ("✕", "faults and actions"),
        EventClass::Timer => ("◷", "timers"),
        EventClass::Log => ("▤", "logs and disks"),
    },
    broke: |promise| format!("broke {}:", promise.name()),
    seconds: |at| seconds(at, 6),
    filter_node: "Events at this node; of messages, those from or to it",
    filter_kind: "Events of this kind",
    filter_type: "Messages of this type",
    all_nodes: "all nodes",
    all_kinds: "all kinds",
    all_types: "all messages",
    detail: "The shown event",
    playing: "Pause to see all of an event: its parts, why it happened, what it led to.",
    no_event: "Nothing has happened yet.",
    event: |number, word| format!("Event {}: {word}", grouped(number)),
    causes: "Because of",
    effects: "Led to",
    no_effects: "Nothing that is recorded.",
    more_effects: "… and more.",
    go_there: "Go to this event",

    until: "Until …",
    until_hint: "Run until a condition holds (U)",
    until_title: "Run until",
    preset: "What",
    preset_name: |preset| match preset {
        Preset::LeaderChanges => "the leader changes",
        Preset::Commit => "a commit index is reached",
        Preset::Term => "a term is passed",
        Preset::Broken => "a promise is broken",
        Preset::Answered => "a request is answered",
        Preset::Event => "an event is reached",
        Preset::Time => "a time is reached (s)",
    },
    preset_node: "On",
    any_node: "any node",
    preset_number: "Number",
    condition: "Condition",
    condition_note: "As behind “until” in the console; “help until” lists all conditions. Tab completes. It ends after 60 s of virtual time, or what stands behind “within”.",
    run: "Run",
    place: "Go to …",
    place_hint: "Go to an event or a time (G)",
    place_title: "Go to",
    place_label: "Number of an event, or time",
    place_example: "1204 or 8.4s",
    place_note: "The number of an event, or a time with its unit. What has not happened yet is run to, for at most a day of virtual time; a link and a kept session hold a run of 4 000 000 steps.",
    go: "Go",
    waits: |condition, passed, limit| {
        format!(
            "until {condition}: {} of {}",
            short(passed, 1),
            short(limit, 0)
        )
    },
    ended: |ended: &Ended| match &ended.in_vain {
        None => format!(
            "{}: so at {}, event {}",
            ended.condition,
            short(ended.at, 3),
            grouped(ended.events.saturating_sub(1))
        ),
        Some(why) => format!("Time is up: {why}."),
    },
    passes: |node, line| format!("passing time for “{line}” at {node} …"),
    stands: |node, line| format!("“{line}” at {node} waits: time stands still"),
    serve: "Let time pass",
    serve_hint: "Let time pass until no command waits any more",
    stop: "Stop",

    branches: "Branches …",
    branches_hint: "Branches of this run: compare, rename, delete (B)",
    branches_title: "Branches",
    branches_note: "Acting in the past begins a branch. The branches that depart from one that is deleted stay, and depart from its parent then.",
    branch_name: "Name",
    branch_from: "Departs from",
    branch_events: "Events",
    branch_hash: "Trace hash",
    branch_deeds: "What can be done",
    departs: |branch, parent| {
        let last = branch.departure.events.checked_sub(1);
        let after = last.map_or("its beginning".to_owned(), |last| {
            format!("event {}", grouped(last))
        });
        format!("{parent}, after {after}")
    },
    first: "the beginning",
    shown: "shown",
    switch: "Show",
    delete: "Delete",
    delete_hint: "Forget this branch; it can be brought back until another is deleted",
    delete_shown: "This branch is shown; show another one first",
    deleted: |name| format!("“{name}” was deleted."),
    undo: "Undo",
    rename: |name| format!("Name of {name}; Enter renames it"),
    compare: "Compare",
    compare_with: "with",
    compare_button: "Find where they part",
    compare_one: "There is one branch. Step back and do something else there: that begins another.",
    same: |events| {
        format!(
            "As far as both have come, for {} events, they are the same.",
            grouped(events)
        )
    },
    differ: |event| format!("The first event where they differ is {}:", grouped(event)),
    visit: |name| format!("Go there in {name}"),
    there: "Right after that event",
    ends: "Where each has come",
    part: "branch",

    hash: "Trace hash",
    take_hash: "Take the hash",
    copy_hash: "Copy the hash",
    hash_of: |events| format!("of {} events:", grouped(events)),
    hash_note: "One number that stands for the shown branch up to its newest event, the same on every machine. With the saved file or the link, this prints it:",
    working: "working …",
};

/// A span of time.
fn short(us: Micros, digits: usize) -> String {
    let text = seconds(us, digits);
    format!("{} s", text.trim_end_matches('.'))
}
