//! The fields of the message that is pointed at.

use glassraft_core::world::{EventId, LossReason, Packet};
use yew::prelude::*;

use crate::session::{Store, use_store, use_view};
use crate::words::words;

use super::flights::Flag;

#[derive(PartialEq, Properties)]
pub(super) struct InspectorProps {
    /// The message.
    pub(super) message: Option<EventId>,
    /// Looks at another, or at none.
    pub(super) look_at: Callback<Option<EventId>>,
}

/// The fields, in a corner of the stage.
#[component]
pub(super) fn Inspector(props: &InspectorProps) -> Html {
    let store = use_store();
    let voice = use_view(|view| view.voice);
    let found = props.message.and_then(|message| find(&store, message));
    // A message that has arrived meanwhile is still told of: the pointer has not moved.
    let last = use_mut_ref(|| None);
    let shown = match props.message {
        None => None,
        Some(_) => found.or(*last.borrow()),
    };
    *last.borrow_mut() = shown;
    let card = shown.map(|(packet, flag, lost): Found| {
        let fields = (words().stage.message_fields)(&packet)
            .into_iter()
            .map(|(name, value)| {
                html! { <div key={name}><dt>{ name }</dt><dd>{ value }</dd></div> }
            });
        html! {
            <div class="inspector" role="tooltip">
                <strong>{ (words().stage.message)(voice, packet.kind) }</strong>
                <dl>{ for fields }</dl>
                <p class="flag-why">{ flag.map(words().stage.flag) }</p>
                <p class="lost-why">{ lost.map(words().stage.lost) }</p>
            </div>
        }
    });
    html! { <div class="inspector-place">{ card }</div> }
}

/// A message, what is particular about it, and why it was lost if it was.
type Found = (Packet, Option<Flag>, Option<LossReason>);

fn find(store: &Store, message: EventId) -> Option<Found> {
    let frame = &store.view().frame;
    if let Some(flight) = frame.flights.get(message) {
        return Some((flight.packet, Flag::of(frame, flight), None));
    }
    let loss = frame.losses.iter().find(|loss| loss.sent == message)?;
    Some((loss.packet, None, Some(loss.reason)))
}
