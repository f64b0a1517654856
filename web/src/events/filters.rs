//! Which events are listed: by node, by kind, and by type of message.

use glassraft_core::member::NodeId;
use glassraft_core::trace::{EventClass, EventFilter};
use glassraft_core::world::MessageKind;
use web_sys::HtmlSelectElement;
use yew::prelude::*;

use crate::words::words;

/// In the order in which they are offered.
const CLASSES: [EventClass; 7] = [
    EventClass::Message,
    EventClass::Role,
    EventClass::Commit,
    EventClass::Request,
    EventClass::Fault,
    EventClass::Timer,
    EventClass::Log,
];

/// The types of messages that there can be.
const TYPES: [MessageKind; 16] = [
    MessageKind::Append,
    MessageKind::AppendAnswer,
    MessageKind::Heartbeat,
    MessageKind::HeartbeatAnswer,
    MessageKind::VoteRequest,
    MessageKind::Vote,
    MessageKind::PreVoteRequest,
    MessageKind::PreVote,
    MessageKind::Proposal,
    MessageKind::ReadIndex,
    MessageKind::ReadIndexAnswer,
    MessageKind::LeaseQuestion,
    MessageKind::LeaseAnswer,
    MessageKind::Snapshot,
    MessageKind::TimeoutNow,
    MessageKind::TransferLeader,
];

/// Three choices in a row, in a cluster of so many nodes.
pub(super) fn filters(nodes: u8, filter: EventFilter, on_choose: &Callback<EventFilter>) -> Html {
    let words = &words().time;
    let nodes: Vec<NodeId> = NodeId::first(nodes).collect();
    let names = nodes.iter().map(NodeId::to_string).collect();
    let node = nodes.iter().position(|node| Some(*node) == filter.node);
    let on_node = on_choose.reform(move |place: Option<usize>| EventFilter {
        node: place.and_then(|place| nodes.get(place).copied()),
        ..filter
    });
    let kinds = CLASSES
        .map(|class| (words.class)(class).1.to_owned())
        .to_vec();
    let kind = CLASSES
        .iter()
        .position(|class| Some(*class) == filter.class);
    let on_kind = on_choose.reform(move |place: Option<usize>| {
        let class = place.map(|place| CLASSES[place]);
        // Only of messages, and of faults, is there a type.
        let message = match class {
            None | Some(EventClass::Message | EventClass::Fault) => filter.message,
            Some(_) => None,
        };
        EventFilter {
            class,
            message,
            ..filter
        }
    });
    let types = TYPES.map(|kind| kind.name().to_owned()).to_vec();
    let message = TYPES.iter().position(|kind| Some(*kind) == filter.message);
    let on_message = on_choose.reform(move |place: Option<usize>| EventFilter {
        message: place.map(|place| TYPES[place]),
        ..filter
    });
    let has_type = matches!(
        filter.class,
        None | Some(EventClass::Message | EventClass::Fault)
    );
    html! {
        <div class="filters">
            { choice("filter-node", words.filter_node, words.all_nodes, names, node, on_node, true) }
            { choice("filter-kind", words.filter_kind, words.all_kinds, kinds, kind, on_kind, true) }
            { choice("filter-type", words.filter_type, words.all_types, types, message, on_message, has_type) }
        </div>
    }
}

/// A selection with `all` before the names; `chosen` is the place of one of them.
fn choice(
    test_id: &'static str,
    label: &'static str,
    all: &'static str,
    names: Vec<String>,
    chosen: Option<usize>,
    on_choose: Callback<Option<usize>>,
    enabled: bool,
) -> Html {
    let onchange = Callback::from(move |event: Event| {
        let select = event.target_dyn_into::<HtmlSelectElement>();
        let place = select.and_then(|select| usize::try_from(select.selected_index()).ok());
        on_choose.emit(place.and_then(|place| place.checked_sub(1)));
    });
    let options = names.into_iter().enumerate().map(|(place, name)| {
        html! { <option key={place} selected={Some(place) == chosen}>{ name }</option> }
    });
    html! {
        <select data-testid={test_id} aria-label={label} title={label} disabled={!enabled} {onchange}>
            <option selected={chosen.is_none()}>{ all }</option>
            { for options }
        </select>
    }
}
