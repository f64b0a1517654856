//! Faults: what a person does to nodes, disks, clocks, links and messages.

use crate::member::NodeId;

use super::setup::SPAN_ALLOWED;
use super::simulation::World;
use super::{
    Action, ActionError, ClockChange, DiskChange, EventId, LinkChange, MAX_NODES, Workload,
    workload,
};

/// How much faster than time a clock may go, in millionths.
const RATES_PPM: std::ops::RangeInclusive<i32> = -900_000..=9_000_000;

/// The most ticks that a clock jumps ahead.
const MAX_TICKS: u64 = 1_000;

/// The most groups of a partition, and the most nodes in one of them.
const MAX_GROUPS: usize = MAX_NODES as usize;

/// Chances are of a million.
const MAX_PPM: u32 = 1_000_000;

impl World {
    /// Whether a fault makes sense now.
    pub(super) fn check_disturbance(&self, action: &Action) -> Result<(), ActionError> {
        match action {
            Action::Pause { node } => {
                self.check_up(*node)?;
                is(!self.is_paused(*node), ActionError::AlreadyPaused(*node))
            }
            Action::Resume { node } => {
                self.check_exists(*node)?;
                is(self.is_paused(*node), ActionError::NotPaused(*node))
            }
            Action::Disk { node, change } => {
                self.check_exists(*node)?;
                match change {
                    DiskChange::Sync(span) => {
                        in_bounds(span.is_allowed(1), "disk.sync", SPAN_ALLOWED)
                    }
                    DiskChange::Full(_) | DiskChange::Lies(_) => Ok(()),
                }
            }
            Action::Clock { node, change } => self.check_clock(*node, *change),
            Action::Link { from, to, change } => {
                self.check_exists(*from)?;
                self.check_exists(*to)?;
                is(from != to, ActionError::LinkToItself(*from))?;
                check_link(*change)
            }
            Action::Partition { groups } => self.check_partition(groups),
            Action::Message { sent, fate } => self.check_fate(*sent, *fate),
            Action::Workload { workload } => workload::check(workload),
            _ => Ok(()),
        }
    }

    /// Carries a fault out.
    pub(super) fn disturb(&mut self, action: &Action) {
        match action {
            Action::Pause { node } => self.pause(*node),
            Action::Resume { node } => self.resume(*node),
            Action::Disk { node, change } => {
                let disk = &mut self.environment.site(*node).disk;
                match *change {
                    DiskChange::Sync(span) => disk.sync = span,
                    DiskChange::Full(full) => disk.full = full,
                    DiskChange::Lies(lies) => disk.lies = lies,
                }
            }
            Action::Clock { node, change } => self.change_clock(*node, *change),
            Action::Link { from, to, change } => {
                let now = self.environment.now;
                let links = &mut self.environment.network.links;
                links.change(now, *from, *to, *change);
            }
            Action::Partition { groups } => self.cut_where(|from, to| {
                let holds_both = |group: &Vec<_>| group.contains(&from) && group.contains(&to);
                !groups.iter().any(holds_both)
            }),
            Action::Heal => self.cut_where(|_, _| false),
            Action::Message { sent, fate } => self.decide_fate(*sent, *fate),
            Action::Workload { workload } => self.set_to_work(workload),
            _ => {}
        }
    }

    fn check_exists(&self, node: NodeId) -> Result<(), ActionError> {
        let exists = node.index() < self.members.len();
        is(exists, ActionError::NoSuchNode(node))
    }

    fn check_up(&self, node: NodeId) -> Result<(), ActionError> {
        self.check_exists(node)?;
        let is_up = self.members[node.index()].is_running();
        is(is_up, ActionError::Down(node))
    }

    fn check_clock(&self, node: NodeId, change: ClockChange) -> Result<(), ActionError> {
        self.check_exists(node)?;
        match change {
            ClockChange::Rate(ppm) => in_bounds(
                RATES_PPM.contains(&ppm),
                "a clock's rate",
                "-900000 to 9000000 millionths",
            ),
            ClockChange::Jump(us) => {
                self.check_up(node)?;
                let tick_us = self.environment.sites[node.index()].clock.tick_us();
                in_bounds(
                    (1..=MAX_TICKS).contains(&(us / tick_us)),
                    "a clock's jump",
                    "1 to 1000 ticks",
                )
            }
        }
    }

    fn check_partition(&self, groups: &[Vec<NodeId>]) -> Result<(), ActionError> {
        let fits = |length: usize| length <= MAX_GROUPS;
        let fit = fits(groups.len()) && groups.iter().all(|group| fits(group.len()));
        in_bounds(fit, "a partition", "at most 15 groups of at most 15 nodes")?;
        let mut nodes = groups.iter().flatten();
        nodes.try_for_each(|node| self.check_exists(*node))
    }

    fn change_clock(&mut self, node: NodeId, change: ClockChange) {
        let environment = &mut self.environment;
        let site = environment.site(node);
        match change {
            ClockChange::Rate(ppm) => {
                site.clock.set_rate(ppm);
                self.show_timer(node);
            }
            ClockChange::Jump(us) => {
                let ticks = us / site.clock.tick_us();
                self.members[node.index()].jump_clock(us);
                if let Some(backlog) = &mut site.backlog {
                    backlog.tick();
                    return;
                }
                let action = environment.cause;
                for _ in 0..ticks {
                    self.environment.begin_step(action);
                    self.tick_member(node, action);
                    self.stop_who_cannot_go_on();
                }
                self.show_timer(node);
            }
        }
    }

    /// Lets a node say when its timer runs out by its clock, if that is another time now: a
    /// tick came that was not due, or its clock goes differently.
    pub(super) fn show_timer(&mut self, node: NodeId) {
        let environment = &mut self.environment;
        let clock = environment.site(node).clock;
        let now = environment.now;
        self.members[node.index()].set_clock(now, clock, &mut environment.at(node));
    }

    /// Cuts the links of which that is to be so, and heals every other.
    fn cut_where(&mut self, is_cut: impl Fn(NodeId, NodeId) -> bool) {
        let count = u8::try_from(self.members.len()).unwrap_or(MAX_NODES);
        let now = self.environment.now;
        for from in NodeId::first(count) {
            for to in NodeId::first(count).filter(|to| *to != from) {
                let links = &mut self.environment.network.links;
                links.cut(now, from, to, is_cut(from, to));
            }
        }
    }

    fn set_to_work(&mut self, workload: &Workload) {
        let environment = &mut self.environment;
        let action = environment.cause.unwrap_or(EventId(0));
        for (client, think_us) in environment.workload.begin(workload, action) {
            environment.after(think_us, super::queue::Due::Think { client });
        }
    }
}

fn check_link(change: LinkChange) -> Result<(), ActionError> {
    let chance = |ppm: u32, what| in_bounds(ppm <= MAX_PPM, what, "0 to 1000000");
    match change {
        LinkChange::Latency(latency) => {
            in_bounds(latency.span().is_allowed(1), "link.latency", SPAN_ALLOWED)
        }
        LinkChange::Loss(ppm) => chance(ppm, "link.loss_ppm"),
        LinkChange::Duplicate(ppm) => chance(ppm, "link.duplicate_ppm"),
        LinkChange::Reorder(ppm) => chance(ppm, "link.reorder_ppm"),
        LinkChange::Cut(_) | LinkChange::Bandwidth(_) => Ok(()),
    }
}

fn is(ok: bool, error: ActionError) -> Result<(), ActionError> {
    if ok { Ok(()) } else { Err(error) }
}

fn in_bounds(ok: bool, what: &'static str, allowed: &'static str) -> Result<(), ActionError> {
    is(ok, ActionError::OutOfBounds { what, allowed })
}
