//! The alarms that are up (`etcdserver/api/v3alarm/alarms.go`). They are replicated, so
//! that every member refuses what one has no space for.

use std::sync::Arc;

use crate::etcd::{AlarmAction, AlarmMember, AlarmRequest, AlarmResponse, AlarmType};

use super::Catalog;

impl Catalog {
    /// The alarms that are up, by kind and member.
    #[must_use]
    pub fn alarms(&self) -> &[AlarmMember] {
        &self.beside.alarms
    }

    /// Whether an alarm of this kind is up, of whichever member.
    #[must_use]
    pub fn is_alarmed(&self, alarm: AlarmType) -> bool {
        let of_kind = |up: &AlarmMember| up.alarm == alarm as i32;
        self.beside.alarms.iter().any(of_kind)
    }

    /// Lists alarms, raises one, or takes one back. The answer has no header, as etcd's has
    /// none: the alarms of the kind that is asked for, of any kind where it is none, or the
    /// one that was raised or taken back, if it was.
    pub fn alarm(&mut self, request: &AlarmRequest) -> AlarmResponse {
        let meant = AlarmMember {
            member_id: request.member_id,
            alarm: request.alarm,
        };
        let is_asked_for =
            |up: &&AlarmMember| [AlarmType::None as i32, up.alarm].contains(&request.alarm);
        let alarms = match request.action() {
            AlarmAction::Get => {
                let up = self.beside.alarms.iter();
                up.filter(is_asked_for).cloned().collect()
            }
            AlarmAction::Activate => {
                self.raise(meant.clone());
                vec![meant]
            }
            AlarmAction::Deactivate => match self.place_of(&meant) {
                Ok(place) => vec![Arc::make_mut(&mut self.beside).alarms.remove(place)],
                Err(_) => Vec::new(),
            },
        };
        AlarmResponse {
            header: None,
            alarms,
        }
    }

    pub(super) fn raise(&mut self, alarm: AlarmMember) {
        if let Err(place) = self.place_of(&alarm) {
            let alarms = &mut Arc::make_mut(&mut self.beside).alarms;
            alarms.insert(place, alarm);
        }
    }

    fn place_of(&self, alarm: &AlarmMember) -> Result<usize, usize> {
        let order =
            |up: &AlarmMember| (up.alarm, up.member_id).cmp(&(alarm.alarm, alarm.member_id));
        self.beside.alarms.binary_search_by(order)
    }
}
