//! Histories made up event by event.

use std::rc::Rc;
use std::sync::Arc;

use glassraft_core::catalog::{Catalog, Changes, Version};
use glassraft_core::check::{Checks, Evidence, Promise, Verdict};
use glassraft_core::etcd::{DeleteRangeRequest, InternalRaftRequest, KeyValue, Operation, Request};
use glassraft_core::member::{
    Configuration, Entries, Halt, LogEntry, NodeId, Note, Remains, Restored, Role,
};
use glassraft_core::world::{Action, Event, EventId, EventKind, MessageKind, Packet};
use glassraft_tests::{n, put};
use prost::Message as _;

/// Observers who are told a history.
#[derive(Clone, Default)]
pub(crate) struct Tale {
    pub(crate) checks: Checks,
    events: u64,
}

impl Tale {
    fn tell(&mut self, kind: EventKind) -> EventId {
        let id = EventId(self.events);
        self.events += 1;
        self.checks.observe(id, &Event::new(id.0, None, kind));
        id
    }

    pub(crate) fn note(&mut self, node: u8, note: Note) -> EventId {
        let node = n(node);
        self.tell(EventKind::Node { node, note })
    }

    pub(crate) fn acts(&mut self, action: Action) -> EventId {
        self.tell(EventKind::Acted {
            node: action.node(),
            action: Rc::new(action),
        })
    }

    /// A heartbeat gets from a node to another one.
    pub(crate) fn delivers(&mut self, from: u8, to: u8) -> EventId {
        let packet = Packet {
            kind: MessageKind::Heartbeat,
            from: n(from),
            to: n(to),
            reject: false,
            term: 0,
            index: 0,
            log_term: 0,
            commit: 0,
            entries: 0,
        };
        let sent = self.tell(EventKind::Sent {
            packet,
            arrives_at: 0,
            slot: 0,
        });
        self.tell(EventKind::Delivered {
            sent,
            packet,
            slot: 0,
        })
    }

    pub(crate) fn becomes(&mut self, node: u8, role: Role, term: u64) -> EventId {
        let leader = (role == Role::Leader).then(|| n(node));
        self.note(node, Note::Became { role, term, leader })
    }

    pub(crate) fn leads(&mut self, node: u8, term: u64) -> EventId {
        self.becomes(node, Role::Leader, term)
    }

    pub(crate) fn follows(&mut self, node: u8, term: u64) -> EventId {
        self.becomes(node, Role::Follower, term)
    }

    pub(crate) fn appends(&mut self, node: u8, entries: &[&LogEntry]) -> EventId {
        let entries = entries.iter().map(|entry| (*entry).clone()).collect();
        self.note(node, Note::Appended { entries })
    }

    pub(crate) fn commits(&mut self, node: u8, index: u64) -> EventId {
        self.note(node, Note::Committed { index })
    }

    pub(crate) fn applies(&mut self, node: u8, index: u64, changes: &[Version]) -> EventId {
        let changes = changes.iter().cloned().map(Arc::new).collect::<Changes>();
        self.note(node, Note::Applied { index, changes })
    }

    /// A node crashes, and from an index on its disk holds these entries alone.
    pub(crate) fn crashes(
        &mut self,
        node: u8,
        term: u64,
        from: u64,
        restored: &[&LogEntry],
    ) -> EventId {
        let restored: Entries = restored.iter().map(|entry| (*entry).clone()).collect();
        let remains = Remains {
            first: 1,
            snapshot: 0,
            term,
            vote: None,
            commit: 0,
            from,
            restored,
        };
        self.note(node, Note::Crashed(Box::new(remains)))
    }

    pub(crate) fn starts(&mut self, node: u8, term: u64) -> EventId {
        let (vote, commit) = (None, 0);
        self.note(node, Note::Started { term, vote, commit })
    }

    pub(crate) fn halts(&mut self, node: u8) -> EventId {
        let reason = Halt::Removed;
        self.note(node, Note::Halted { reason })
    }

    pub(crate) fn restores(
        &mut self,
        node: u8,
        index: u64,
        term: u64,
        catalog: Catalog,
    ) -> EventId {
        let configuration = Configuration::default();
        self.note(
            node,
            Note::Restored(Rc::new(Restored {
                index,
                term,
                catalog,
                configuration,
            })),
        )
    }

    /// One promise was broken first by this event; the others hold.
    #[track_caller]
    pub(crate) fn breaks_only(&self, promise: Promise, event: EventId) -> &Evidence {
        for (other, verdict) in self.checks.verdicts() {
            assert!(other == promise || verdict.is_held(), "{verdict:?}");
        }
        self.breaks(promise, event)
    }

    /// One promise was broken first by this event.
    #[track_caller]
    pub(crate) fn breaks(&self, promise: Promise, event: EventId) -> &Evidence {
        let Verdict::Broken { at, evidence, .. } = self.checks.verdict(promise) else {
            panic!("{} holds", promise.name());
        };
        assert_eq!(*at, event, "{evidence}");
        evidence
    }

    #[track_caller]
    pub(crate) fn breaks_nothing(&self) {
        for (promise, verdict) in self.checks.verdicts() {
            assert!(verdict.is_held(), "{}: {verdict:?}", promise.name());
        }
    }
}

/// The put of a key, with an empty value, as an entry.
pub(crate) fn entry(index: u64, term: u64, key: &str) -> LogEntry {
    let put = Operation::of(put(key, "")).expect("a put is a write");
    let write = InternalRaftRequest::new(index, put);
    LogEntry::normal(index, term, write.encode_to_vec().into())
}

/// What the first put of a key changes.
pub(crate) fn change(revision: i64, key: &str, value: &str) -> Version {
    let kv = KeyValue {
        key: key.to_owned().into(),
        value: value.to_owned().into(),
        create_revision: revision,
        mod_revision: revision,
        version: 1,
        lease: 0,
    };
    let (sub, deleted) = (0, false);
    Version { kv, sub, deleted }
}

/// A catalog after some puts; one without a value is a deletion.
pub(crate) fn catalog(puts: &[(&str, &str)]) -> Catalog {
    let mut catalog = Catalog::new();
    for (key, value) in puts {
        let mut txn = catalog.write();
        match put(key, value) {
            Request::Put(put) if !value.is_empty() => drop(txn.put(&put)),
            _ => drop(txn.delete_range(&DeleteRangeRequest {
                key: (*key).to_owned().into(),
                ..DeleteRangeRequest::default()
            })),
        }
        let _changes = txn.end();
    }
    catalog
}

/// The node with this number; for what compares with evidence.
pub(crate) fn node(number: u8) -> NodeId {
    n(number)
}
