//! What a person does to a message under way.

use super::links::Passage;
use super::network::MAX_MESSAGES;
use super::setup::MAX_SPAN_US;
use super::simulation::World;
use super::{ActionError, EventId, EventKind, Fate, LossReason, Slot};

impl World {
    /// Whether a message can have this fate now.
    pub(super) fn check_fate(&self, sent: EventId, fate: Fate) -> Result<(), ActionError> {
        let network = &self.environment.network;
        let (_, flight) = network.find(sent).ok_or(ActionError::NoSuchMessage(sent))?;
        match fate {
            Fate::Release if !flight.is_held() => Err(ActionError::NotHeld(sent)),
            Fate::Hold | Fate::Delay(_) | Fate::Duplicate if flight.is_held() => {
                Err(ActionError::Held(sent))
            }
            Fate::Delay(us) if !(1..=MAX_SPAN_US).contains(&us) => Err(ActionError::OutOfBounds {
                what: "a delay",
                allowed: "1 µs to 1 h",
            }),
            Fate::Duplicate if !network.next_slot().1 => {
                Err(ActionError::TooManyMessages(MAX_MESSAGES))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn decide_fate(&mut self, sent: EventId, fate: Fate) {
        let environment = &mut self.environment;
        let Some((slot, &flight)) = environment.network.find(sent) else {
            return;
        };
        match fate {
            Fate::Deliver | Fate::Release => {
                let action = environment.cause;
                environment.begin_step(action);
                self.receive(flight.packet.to, slot);
            }
            Fate::Drop => environment.lose(slot, LossReason::Dropped),
            Fate::Duplicate => {
                if let Some(mut copy) = environment.network.copy(slot) {
                    let passage = Passage::whole(flight.arrives_at);
                    environment.take_off(flight.packet, &passage, &mut copy);
                }
            }
            Fate::Delay(us) => self.reroute(slot, Some(flight.arrives_at.saturating_add(us))),
            Fate::Hold => self.reroute(slot, None),
        }
    }

    fn reroute(&mut self, slot: Slot, arrives_at: Option<u64>) {
        let environment = &mut self.environment;
        let Some(flight) = environment.network.reroute(slot, arrives_at) else {
            return;
        };
        let (sent, to) = (flight.sent, flight.packet.to);
        let (due_at, due) = flight.due(slot);
        if arrives_at.is_some() {
            environment.queue.push(due_at, due);
        }
        environment.emit(EventKind::Rerouted {
            sent,
            slot,
            to,
            arrives_at,
        });
    }
}
