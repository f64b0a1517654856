//! The actions of a scenario file, one a line.

use crate::json::{Kind, Value, Writer};
use crate::member::Micros;
use crate::share::limits::{MAX_ACTIONS, Toll};
use crate::trace::Stamped;
use crate::world::Action;

use super::deed::write_member;
use super::form::{Choice, Part, missing, twice};
use super::wrong::Wrong;

/// An action with its stamp, as a line of the file.
pub(super) fn line(stamped: &Stamped) -> String {
    let mut out = Writer::default();
    out.open_object();
    out.number_at("step", stamped.step);
    out.number_at("at_us", stamped.at);
    write_member(&mut out, &stamped.action);
    out.close_object();
    out.into_text()
}

/// The actions of a file, bounded in number and in size while they are read.
pub(super) fn read_lines(value: Value<'_>) -> Result<Vec<Stamped>, Wrong> {
    let Kind::List(items) = value.kind() else {
        let expected = format!("a list of at most {MAX_ACTIONS} actions");
        return Err(Wrong::of_type(value, &expected));
    };
    // The setup may come later: the jumps of clocks are counted in the end.
    let mut toll = Toll::new(Micros::MAX);
    let mut actions = Vec::new();
    for (place, item) in items.enumerate() {
        if place == MAX_ACTIONS {
            return Err(Wrong::of_length(value, MAX_ACTIONS, "actions"));
        }
        let counted = read_line(item).and_then(|stamped| {
            toll.take(&stamped).map_err(|(what, allowed)| {
                Wrong::at(item, &format!("{what} has to be {allowed}"))
            })?;
            Ok(stamped)
        });
        actions.push(counted.map_err(|wrong| wrong.in_list(place))?);
    }
    Ok(actions)
}

/// Reads one action: step, time, and one field whose name says what was done.
fn read_line(value: Value<'_>) -> Result<Stamped, Wrong> {
    let Kind::Object(members) = value.kind() else {
        let expected = "an action: {\"step\": …, \"at_us\": …, \"NAME\": {…}}";
        return Err(Wrong::of_type(value, expected));
    };
    let (mut step, mut at, mut action) = (None, None, None);
    for (name, member) in members {
        match &*name {
            "step" => stamp(&mut step, &name, member)?,
            "at_us" => stamp(&mut at, &name, member)?,
            _ if action.is_some() => {
                let what = format!(
                    "`{name}' is one thing too many: an action has step, at_us and one name"
                );
                return Err(Wrong::at(member, &what));
            }
            _ => action = Some(read_action(&name, member)?),
        }
    }
    let action = action.ok_or_else(|| Wrong::at(value, "it does not say what was done"))?;
    Ok(Stamped {
        step: step.ok_or_else(|| missing(value, "step"))?,
        at: at.ok_or_else(|| missing(value, "at_us"))?,
        action,
    })
}

fn stamp(number: &mut Option<u64>, name: &str, value: Value<'_>) -> Result<(), Wrong> {
    if number.is_some() {
        return Err(twice(value, name));
    }
    let mut read = 0_u64;
    read.read(value).map_err(|wrong| wrong.inside(name))?;
    *number = Some(read);
    Ok(())
}

fn read_action(name: &str, value: Value<'_>) -> Result<Action, Wrong> {
    let mut action =
        Action::blank(name).ok_or_else(|| Wrong::of_name(value, "variant", name, Action::NAMES))?;
    action.read(value).map_err(|wrong| wrong.inside(name))?;
    Ok(action)
}
