//! How parts of a file are read and written: what stands in an object is said once, for both.
//!
//! A [`Part`] is anything that stands in a file. A [`Structure`] is a part that is an object:
//! it names its fields in their order, and whoever goes over them reads or writes them. A
//! [`Choice`] is one of several things that have a name each.

use std::borrow::Cow;

use crate::json::{Kind, Value, Writer};

use super::wrong::Wrong;

/// Anything that stands in a file.
pub(in crate::share) trait Part {
    /// Becomes what a value says.
    fn read(&mut self, value: Value<'_>) -> Result<(), Wrong>;

    /// Writes itself as a value.
    fn write(&mut self, out: &mut Writer);
}

/// A part as JSON.
pub(in crate::share) fn json(part: &mut dyn Part) -> String {
    let mut out = Writer::default();
    part.write(&mut out);
    out.into_text()
}

/// A part that is an object.
pub(in crate::share) trait Structure {
    /// Hands every field over, in the order in which they are written.
    fn fields(&mut self, fields: &mut Fields<'_, '_>);
}

impl<T: Structure> Part for T {
    fn read(&mut self, value: Value<'_>) -> Result<(), Wrong> {
        let mut object = Object::of(value)?;
        self.fields(&mut Fields::Read(&mut object));
        object.close()
    }

    fn write(&mut self, out: &mut Writer) {
        out.open_object();
        self.fields(&mut Fields::Write(out));
        out.close_object();
    }
}

/// What is done with the fields of a structure.
pub(in crate::share) enum Fields<'f, 'a> {
    /// They become what the members of an object say.
    Read(&'f mut Object<'a>),
    /// They are written.
    Write(&'f mut Writer),
}

impl Fields<'_, '_> {
    /// A field that has to be there.
    pub(super) fn needed(&mut self, name: &'static str, part: &mut dyn Part) {
        match self {
            Self::Read(object) => object.needed(name, part),
            Self::Write(out) => write_field(out, name, part),
        }
    }

    /// A field that has a default, and is always written.
    pub(super) fn given(&mut self, name: &'static str, part: &mut dyn Part) {
        match self {
            Self::Read(object) => object.optional(name, part),
            Self::Write(out) => write_field(out, name, part),
        }
    }

    /// A field that is not written while it has its default.
    pub(super) fn unusual<T: Part + PartialEq>(
        &mut self,
        name: &'static str,
        part: &mut T,
        default: &T,
    ) {
        match self {
            Self::Read(object) => object.optional(name, part),
            Self::Write(_) if part == default => {}
            Self::Write(out) => write_field(out, name, part),
        }
    }
}

fn write_field(out: &mut Writer, name: &str, part: &mut dyn Part) {
    out.name(name);
    part.write(out);
}

/// The members of an object while they are read.
pub(in crate::share) struct Object<'a> {
    value: Value<'a>,
    /// Those that nobody asked for yet.
    left: Vec<(Cow<'a, str>, Value<'a>)>,
    /// What was asked for.
    known: Vec<&'static str>,
    /// What was asked for first and is not there.
    missing: Option<&'static str>,
    /// What was wrong first.
    wrong: Option<Wrong>,
}

/// The most members of an object that are looked at. No structure has as many fields, so
/// among them is one too many.
const MAX_MEMBERS: usize = 64;

impl<'a> Object<'a> {
    /// The members of a value.
    pub(in crate::share) fn of(value: Value<'a>) -> Result<Self, Wrong> {
        let Kind::Object(members) = value.kind() else {
            return Err(Wrong::of_type(value, "an object"));
        };
        let mut left: Vec<(Cow<'a, str>, Value<'a>)> = Vec::new();
        for (name, member) in members.take(MAX_MEMBERS) {
            if left.iter().any(|(known, _)| *known == name) {
                return Err(twice(member, &name));
            }
            left.push((name, member));
        }
        Ok(Self {
            value,
            left,
            known: Vec::new(),
            missing: None,
            wrong: None,
        })
    }

    /// A member's value, if it is there.
    pub(in crate::share) fn take(&mut self, name: &'static str) -> Option<Value<'a>> {
        self.known.push(name);
        let place = self.left.iter().position(|(left, _)| left == name)?;
        Some(self.left.remove(place).1)
    }

    /// The value of a member that has to be there; what is missing is told in the end.
    pub(in crate::share) fn take_needed(&mut self, name: &'static str) -> Option<Value<'a>> {
        let value = self.take(name);
        if value.is_none() {
            self.missing = self.missing.or(Some(name));
        }
        value
    }

    /// A member that has to be there.
    pub(in crate::share) fn needed(&mut self, name: &'static str, part: &mut dyn Part) {
        if let Some(value) = self.take_needed(name) {
            self.read(name, value, part);
        }
    }

    /// A member that may be there.
    pub(in crate::share) fn optional(&mut self, name: &'static str, part: &mut dyn Part) {
        if let Some(value) = self.take(name) {
            self.read(name, value, part);
        }
    }

    fn read(&mut self, name: &str, value: Value<'_>, part: &mut dyn Part) {
        if self.wrong.is_none() {
            self.wrong = part.read(value).err().map(|wrong| wrong.inside(name));
        }
    }

    /// What was wrong, if anything was; members that nobody asked for may be there.
    pub(in crate::share) fn close_open(self) -> Result<(), Wrong> {
        match (self.wrong, self.missing) {
            (Some(wrong), _) => Err(wrong),
            (None, Some(name)) => Err(missing(self.value, name)),
            (None, None) => Ok(()),
        }
    }

    /// What was wrong, if anything was.
    pub(in crate::share) fn close(self) -> Result<(), Wrong> {
        if let (None, Some((name, value))) = (&self.wrong, self.left.first()) {
            return Err(Wrong::of_name(*value, "field", name, &self.known).inside(name));
        }
        self.close_open()
    }
}

/// A member is there twice.
pub(super) fn twice(value: Value<'_>, name: &str) -> Wrong {
    Wrong::at(value, &format!("duplicate field `{name}`"))
}

/// A member is not there.
pub(super) fn missing(value: Value<'_>, name: &str) -> Wrong {
    Wrong::at(value, &format!("missing field `{name}`"))
}

/// One of several things, each with a name: `{"NAME": …}`, or `"NAME"` where no more is said.
pub(in crate::share) trait Choice: Sized {
    /// All names.
    const NAMES: &'static [&'static str];

    /// Its name.
    fn name(&self) -> &'static str;

    /// What has that name, before its content is read.
    fn blank(name: &str) -> Option<Self>;

    /// What more is said.
    fn content(&mut self) -> Option<&mut dyn Part>;
}

/// Becomes what a value says.
pub(super) fn read_choice<T: Choice>(choice: &mut T, value: Value<'_>) -> Result<(), Wrong> {
    let (name, inner) = named(value)?;
    *choice = T::blank(&name).ok_or_else(|| Wrong::of_name(value, "variant", &name, T::NAMES))?;
    match (choice.content(), inner) {
        (Some(part), Some(inner)) => part.read(inner).map_err(|wrong| wrong.inside(&name)),
        (None, None) => Ok(()),
        (Some(_), None) => Err(Wrong::of_type(value, "an object with one field")),
        (None, Some(_)) => Err(Wrong::of_type(value, "a text").inside(&name)),
    }
}

/// The name of a choice, and what more is said.
fn named(value: Value<'_>) -> Result<(Cow<'_, str>, Option<Value<'_>>), Wrong> {
    match value.kind() {
        Kind::Text(name) => Ok((name, None)),
        Kind::Object(mut members) => match (members.next(), members.next()) {
            (Some((name, inner)), None) => Ok((name, Some(inner))),
            _ => Err(Wrong::at(value, "one field is expected here")),
        },
        _ => Err(Wrong::of_type(value, "a name, or an object with one field")),
    }
}

/// Writes a choice.
pub(super) fn write_choice<T: Choice>(choice: &mut T, out: &mut Writer) {
    let name = choice.name();
    match choice.content() {
        None => out.string(name),
        Some(part) => {
            out.open_object();
            write_field(out, name, part);
            out.close_object();
        }
    }
}

/// These choices are parts.
macro_rules! choice_parts {
    ($($type:ty),*) => {
        $(impl $crate::share::scenario::form::Part for $type {
            fn read(
                &mut self,
                value: $crate::json::Value<'_>,
            ) -> Result<(), $crate::share::scenario::wrong::Wrong> {
                $crate::share::scenario::form::read_choice(self, value)
            }

            fn write(&mut self, out: &mut $crate::json::Writer) {
                $crate::share::scenario::form::write_choice(self, out);
            }
        })*
    };
}

pub(super) use choice_parts;
