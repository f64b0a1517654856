//! The actions of a scenario file, one a line.

use std::fmt;

use serde::de::value::StringDeserializer;
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error as _, IntoDeserializer as _, MapAccess,
    SeqAccess, VariantAccess, Visitor,
};
use serde::{Deserialize, Serialize, forward_to_deserialize_any};

use crate::member::Micros;
use crate::share::limits::{MAX_ACTIONS, Toll};
use crate::trace::Stamped;

use super::deed::Deed;
use super::objects::Inside;

/// An action with its stamp, as it is written.
#[derive(Debug, Serialize)]
pub(super) struct Line {
    step: u64,
    at_us: Micros,
    #[serde(flatten)]
    deed: Deed,
}

impl Line {
    pub(super) fn new(stamped: &Stamped) -> Self {
        Self {
            step: stamped.step,
            at_us: stamped.at,
            deed: Deed::from(&stamped.action),
        }
    }
}

/// The actions of a file, bounded in number and in size while they are read.
#[derive(Debug, Default)]
pub(super) struct Lines(pub(super) Vec<Stamped>);

impl<'de> Deserialize<'de> for Lines {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct List;
        impl<'de> Visitor<'de> for List {
            type Value = Lines;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "a list of at most {MAX_ACTIONS} actions")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Lines, A::Error> {
                // The setup may come later: the jumps of clocks are counted in the end.
                let mut toll = Toll::new(Micros::MAX);
                let mut actions = Vec::new();
                while let Some(stamped) = seq.next_element_seed(Counted(&mut toll))? {
                    if actions.len() == MAX_ACTIONS {
                        return Err(A::Error::invalid_length(MAX_ACTIONS + 1, &self));
                    }
                    actions.push(stamped);
                }
                Ok(Lines(actions))
            }
        }
        deserializer.deserialize_seq(List)
    }
}

/// Reads an action, and counts it.
struct Counted<'a>(&'a mut Toll);

impl<'de> DeserializeSeed<'de> for Counted<'_> {
    type Value = Stamped;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Stamped, D::Error> {
        let stamped = deserializer.deserialize_map(OneLine)?;
        self.0
            .take(&stamped)
            .map_err(|(what, allowed)| D::Error::custom(format!("{what} has to be {allowed}")))?;
        Ok(stamped)
    }
}

/// Reads one action: step, time, and one field whose name says what was done.
struct OneLine;

impl<'de> Visitor<'de> for OneLine {
    type Value = Stamped;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an action: {\"step\": …, \"at_us\": …, \"NAME\": {…}}")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Stamped, A::Error> {
        let (mut step, mut at, mut deed) = (None, None, None);
        while let Some(name) = map.next_key::<String>()? {
            match name.as_str() {
                "step" if step.is_none() => step = Some(map.next_value()?),
                "at_us" if at.is_none() => at = Some(map.next_value()?),
                "step" => return Err(A::Error::duplicate_field("step")),
                "at_us" => return Err(A::Error::duplicate_field("at_us")),
                _ if deed.is_some() => {
                    return Err(A::Error::custom(format!(
                        "`{name}' is one thing too many: an action has step, at_us and one name"
                    )));
                }
                _ => {
                    let map = &mut map;
                    deed = Some(Deed::deserialize(Field { name, map })?);
                }
            }
        }
        let deed = deed.ok_or_else(|| A::Error::custom("it does not say what was done"))?;
        Ok(Stamped {
            step: step.ok_or_else(|| A::Error::missing_field("step"))?,
            at: at.ok_or_else(|| A::Error::missing_field("at_us"))?,
            action: deed.into(),
        })
    }
}

/// One field of a map, seen as an enum: its name is the variant.
struct Field<'a, A> {
    name: String,
    map: &'a mut A,
}

impl<'de, A: MapAccess<'de>> Deserializer<'de> for Field<'_, A> {
    type Error = A::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, A::Error> {
        visitor.visit_enum(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

impl<'a, 'de, A: MapAccess<'de>> EnumAccess<'de> for Field<'a, A> {
    type Error = A::Error;
    type Variant = Value<'a, A>;

    fn variant_seed<S: DeserializeSeed<'de>>(
        self,
        seed: S,
    ) -> Result<(S::Value, Self::Variant), A::Error> {
        let name: StringDeserializer<A::Error> = self.name.into_deserializer();
        Ok((seed.deserialize(name)?, Value { map: self.map }))
    }
}

/// The value of that field.
struct Value<'a, A> {
    map: &'a mut A,
}

impl<'de, A: MapAccess<'de>> VariantAccess<'de> for Value<'_, A> {
    type Error = A::Error;

    fn unit_variant(self) -> Result<(), A::Error> {
        self.map.next_value()
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, A::Error> {
        self.map.next_value_seed(Inside(seed))
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, A::Error> {
        self.map.next_value_seed(Tuple { len, visitor })
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        self.map.next_value_seed(Inside(Struct { fields, visitor }))
    }
}

struct Tuple<V> {
    len: usize,
    visitor: V,
}

impl<'de, V: Visitor<'de>> DeserializeSeed<'de> for Tuple<V> {
    type Value = V::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        deserializer.deserialize_tuple(self.len, self.visitor)
    }
}

struct Struct<V> {
    fields: &'static [&'static str],
    visitor: V,
}

impl<'de, V: Visitor<'de>> DeserializeSeed<'de> for Struct<V> {
    type Value = V::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        deserializer.deserialize_struct("", self.fields, self.visitor)
    }
}
