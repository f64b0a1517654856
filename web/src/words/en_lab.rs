//! English: what is done to the cluster.

use glassraft_core::console::presets::Split;
use glassraft_core::console::typed;
use glassraft_core::member::Micros;

use crate::lab::Step;
use crate::menu::{Deed, Target};

use crate::session::Export;

use super::lab::{Lab, Share};
use super::numbers::grouped;

pub(super) const ENGLISH: Lab = Lab {
    more: "What can be done to it",
    menu: |target| match target {
        Target::Node(node) => format!("Node {node}"),
        Target::LinksOf(node) => format!("Links of {node}"),
        Target::HandOver(node) => format!("{node} hands over"),
        Target::Form(subject) => super::en_form::title(subject),
        Target::Link(a, b) => format!("Link {a} – {b}"),
        Target::Message(_) => "Message".to_owned(),
    },
    nothing: "Nothing can be done to it now",
    deed,
    link: |a, b, cut| match cut {
        [false, false] => format!("Link {a} – {b}; click to change it"),
        [true, true] => format!("Link {a} – {b} is cut; click to change it"),
        [true, false] => format!("{a} → {b} is cut; click to change it"),
        [false, true] => format!("{b} → {a} is cut; click to change it"),
    },
    partitions: "Partitions",
    partitions_note: "Cuts the links between the groups; a node in two of them is a bridge. For one link, click its line; for one node, its ⋯.",
    split: |split| match split {
        Split::LeaderAlone => "Leader alone",
        Split::Minority => "Leader in the minority",
        Split::Bridge => "Two sides and a bridge",
        Split::Thirds => "Three groups",
    },
    heal: "Heal all",
    network: "Every link",
    network_note: "For one link alone, click its line.",
    disks: "Every disk",
    disks_note: "For one disk alone, the ⋯ of its node.",
    clients: "Clients",
    clients_note: "Each sends a request, waits for its end, thinks, and sends the next, with etcd’s retries.",
    members: "Members",
    members_note: "As etcd does it, with its checks. The console shows each command.",
    member: |step| match step {
        Step::Add(node, false) => format!("Add {node}"),
        Step::Add(node, true) => format!("Add {node} as a learner"),
        Step::Promote(node) => format!("Promote {node}"),
        Step::Remove(node) => format!("Remove {node}"),
    },
    address_of: "Where the others reach",
    options: "Settings of the nodes",
    options_note: "They hold from each node’s next start on, as etcd’s flags do.",
};

/// From so many to so many µs.
pub(super) fn span(min_us: Micros, max_us: Micros) -> String {
    match min_us == max_us {
        true => typed::time(min_us),
        false => format!("{} to {}", typed::time(min_us), typed::time(max_us)),
    }
}

pub(super) const SHARE: Share = Share {
    link: "Link",
    copy: "Copy the link",
    copied: "Copied",
    length: |chars| format!("{chars} characters"),
    link_note: "It holds setup, seed and everything that was done: whoever opens it sees the same run, from its beginning.",
    link_too_long: "More was done than fits into a link. Save a file: it has room for more.",
    files: "File",
    save: "Save the run",
    open: "Open a run …",
    files_note: "Readable JSON with setup, seed and all that was done.",
    console_files: "Files of the console",
    console_files_note: "What “etcdctl snapshot save” writes is here, and “snapshot status” and “restore” read it. It is gone with the page.",
    put_file: "Bring a file",
    download_hint: "Download",
    bytes: |bytes| format!("{} bytes", grouped(bytes as u64)),
    exports: "Events",
    export: |export| match export {
        Export::Text => "Trace as text",
        Export::JsonLines => "JSON lines",
        Export::ShiViz => "ShiViz",
        Export::Perfetto => "Perfetto",
    },
    exports_note: "Of the events that are kept.",
};

fn deed(deed: &Deed) -> String {
    let text = match deed {
        Deed::Crash => "Crash it",
        Deed::Restart => "Restart it",
        Deed::Wipe => "Empty its disk",
        Deed::Pause => "Pause its process",
        Deed::Resume => "Let it go on",
        Deed::Campaign => "Stand for election now",
        Deed::Lead => "Take over from the leader",
        Deed::CutOff => "Cut it off from all others",
        Deed::Reconnect => "Heal all its links",
        Deed::Links => "One of its links …",
        Deed::LinkTo(node) => return format!("to {node} …"),
        Deed::HandOver => "Hand its leadership over …",
        Deed::LeadBy(node) => return format!("to {node}"),
        Deed::Timeout => "Its election timeout …",
        Deed::Ask => "Ask it as a client …",
        Deed::DiskSlow => "Disk: slow (0.4 to 0.8 s)",
        Deed::DiskUsual => "Disk: as fast as before",
        Deed::DiskFull(true) => "Disk: full",
        Deed::DiskFull(false) => "Disk: has room again",
        Deed::Disk => "Disk: more …",
        Deed::ClockFast => "Clock: twice as fast",
        Deed::ClockRight => "Clock: right again",
        Deed::Clock => "Clock: more …",
        Deed::Options => "Settings at its next start …",
        Deed::Cut(true) => "Cut it",
        Deed::Cut(false) => "Heal it",
        Deed::CutOneWay(from, to, true) => return format!("Cut {from} → {to} alone"),
        Deed::CutOneWay(from, to, false) => return format!("Heal {from} → {to} alone"),
        Deed::LinkSlow => "Slow: 0.5 to 1 s",
        Deed::LinkFast => "As fast as before",
        Deed::LinkLossy(true) => "Lose 30 % of its messages",
        Deed::LinkLossy(false) => "Lose no more than before",
        Deed::LinkForm => "Settings both ways …",
        Deed::WayForm(from, to) => return format!("Settings of {from} → {to} …"),
        Deed::Deliver => "Deliver it now",
        Deed::Drop => "Drop it",
        Deed::Duplicate => "Duplicate it",
        Deed::Delay => "Delay it …",
        Deed::Hold => "Hold it",
        Deed::Release => "Release it",
    };
    text.to_owned()
}
