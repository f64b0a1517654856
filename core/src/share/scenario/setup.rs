//! What a run begins with, as it stands in a scenario file.

use crate::member::{Options, ReadMode};
use crate::world::{Disk, Latency, Network, Setup, Shape, Span};

use super::form::{Choice, Fields, Part, Structure, choice_parts};

/// A span before it is read.
pub(super) const ANY_SPAN: Span = Span {
    min_us: 0,
    max_us: 0,
};

/// A latency before it is read.
pub(super) const ANY_LATENCY: Latency = Latency {
    min_us: 0,
    max_us: 0,
    shape: Shape::Even,
};

impl Structure for Setup {
    fn fields(&mut self, fields: &mut Fields<'_, '_>) {
        let Self {
            nodes,
            network,
            disk,
            options,
        } = self;
        fields.given("nodes", nodes);
        fields.given("network", network);
        fields.given("disk", disk);
        fields.given("options", options);
    }
}

impl Structure for Network {
    fn fields(&mut self, fields: &mut Fields<'_, '_>) {
        let Self {
            latency,
            loss_ppm,
            duplicate_ppm,
            reorder_ppm,
            bandwidth_bytes_per_s,
        } = self;
        fields.given("latency", latency);
        fields.given("loss_ppm", loss_ppm);
        fields.given("duplicate_ppm", duplicate_ppm);
        fields.given("reorder_ppm", reorder_ppm);
        fields.given("bandwidth_bytes_per_s", bandwidth_bytes_per_s);
    }
}

impl Structure for Latency {
    fn fields(&mut self, fields: &mut Fields<'_, '_>) {
        let Self {
            min_us,
            max_us,
            shape,
        } = self;
        fields.needed("min_us", min_us);
        fields.needed("max_us", max_us);
        fields.given("shape", shape);
    }
}

impl Structure for Disk {
    fn fields(&mut self, fields: &mut Fields<'_, '_>) {
        let Self { sync } = self;
        fields.given("sync", sync);
    }
}

impl Structure for Span {
    fn fields(&mut self, fields: &mut Fields<'_, '_>) {
        let Self { min_us, max_us } = self;
        fields.needed("min_us", min_us);
        fields.needed("max_us", max_us);
    }
}

impl Structure for Options {
    fn fields(&mut self, fields: &mut Fields<'_, '_>) {
        let Self {
            tick_us,
            election_ticks,
            heartbeat_ticks,
            pre_vote,
            check_quorum,
            max_size_per_message_bytes,
            max_inflight_messages,
            quota_bytes,
            read_mode,
            snapshot_entries,
            catch_up_entries,
        } = self;
        fields.given("tick_us", tick_us);
        fields.given("election_ticks", election_ticks);
        fields.given("heartbeat_ticks", heartbeat_ticks);
        fields.given("pre_vote", pre_vote);
        fields.given("check_quorum", check_quorum);
        fields.given("max_size_per_message_bytes", max_size_per_message_bytes);
        fields.given("max_inflight_messages", max_inflight_messages);
        fields.given("quota_bytes", quota_bytes);
        fields.given("read_mode", read_mode);
        fields.given("snapshot_entries", snapshot_entries);
        fields.given("catch_up_entries", catch_up_entries);
    }
}

impl Choice for Shape {
    const NAMES: &'static [&'static str] = &["even", "bell", "long_tail"];

    fn name(&self) -> &'static str {
        match self {
            Self::Even => "even",
            Self::Bell => "bell",
            Self::LongTail => "long_tail",
        }
    }

    fn blank(name: &str) -> Option<Self> {
        Some(match name {
            "even" => Self::Even,
            "bell" => Self::Bell,
            "long_tail" => Self::LongTail,
            _ => return None,
        })
    }

    fn content(&mut self) -> Option<&mut dyn Part> {
        None
    }
}

impl Choice for ReadMode {
    const NAMES: &'static [&'static str] = &["read_index", "lease"];

    fn name(&self) -> &'static str {
        match self {
            Self::ReadIndex => "read_index",
            Self::Lease => "lease",
        }
    }

    fn blank(name: &str) -> Option<Self> {
        Some(match name {
            "read_index" => Self::ReadIndex,
            "lease" => Self::Lease,
            _ => return None,
        })
    }

    fn content(&mut self) -> Option<&mut dyn Part> {
        None
    }
}

choice_parts!(Shape, ReadMode);
