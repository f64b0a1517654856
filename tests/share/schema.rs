//! The published schema of scenario files, against the reader.
//!
//! The schema is judged by a small validator of the keywords that it uses; one that it does
//! not know is an error, so nothing in the schema goes unread.

use glassraft_core::share::{Scenario, scenario};
use glassraft_tests::recordings::{self, Random};
use serde_json::{Map, Value, json};

const SCHEMA: &str = include_str!("../../docs/scenario.schema.json");

struct Schema(Value);

impl Schema {
    /// What a value breaks of the schema, with its path.
    fn complaint(&self, value: &Value) -> Option<String> {
        self.check(&self.0, value, "").err()
    }

    fn check(&self, schema: &Value, value: &Value, path: &str) -> Result<(), String> {
        let schema = schema.as_object().expect("a schema is an object");
        for (keyword, wanted) in schema {
            let ok = self.holds(schema, keyword, wanted, value, path)?;
            if !ok {
                return Err(format!("{path}: {keyword} {wanted}"));
            }
        }
        Ok(())
    }

    fn holds(
        &self,
        schema: &Map<String, Value>,
        keyword: &str,
        wanted: &Value,
        value: &Value,
        path: &str,
    ) -> Result<bool, String> {
        let number = |value: &Value| {
            let unsigned = value.as_u64().map(i128::from);
            unsigned.or(value.as_i64().map(i128::from))
        };
        let size = |limit: &Value, len: Option<usize>| {
            let limit = limit.as_u64().expect("a limit is a number");
            len.map(|len| (len as u64, limit))
        };
        Ok(match keyword {
            "$schema" | "$defs" | "title" | "description" | "default" => true,
            "$ref" => {
                let name = wanted
                    .as_str()
                    .and_then(|name| name.strip_prefix("#/$defs/"));
                let target = &self.0["$defs"][name.expect("a reference is to $defs")];
                self.check(target, value, path)?;
                true
            }
            "const" => wanted == value,
            "enum" => wanted.as_array().expect("a list").contains(value),
            "type" => match wanted {
                Value::Array(types) => types.iter().any(|name| is_of_type(name, value)),
                name => is_of_type(name, value),
            },
            "minimum" => number(value).is_none_or(|value| Some(value) >= number(wanted)),
            "maximum" => number(value).is_none_or(|value| Some(value) <= number(wanted)),
            "pattern" => value.as_str().is_none_or(|text| matches(wanted, text)),
            "maxItems" => {
                size(wanted, value.as_array().map(Vec::len)).is_none_or(|(len, most)| len <= most)
            }
            "maxLength" => size(wanted, value.as_str().map(|text| text.chars().count()))
                .is_none_or(|(len, most)| len <= most),
            "minProperties" => size(wanted, value.as_object().map(Map::len))
                .is_none_or(|(len, least)| len >= least),
            "maxProperties" => {
                size(wanted, value.as_object().map(Map::len)).is_none_or(|(len, most)| len <= most)
            }
            "items" => {
                for (place, item) in value.as_array().into_iter().flatten().enumerate() {
                    self.check(wanted, item, &format!("{path}[{place}]"))?;
                }
                true
            }
            "required" => {
                let names = wanted.as_array().expect("a list");
                value.as_object().is_none_or(|object| {
                    let mut names = names.iter().filter_map(Value::as_str);
                    names.all(|name| object.contains_key(name))
                })
            }
            "properties" => {
                for (name, schema) in wanted.as_object().expect("an object") {
                    if let Some(value) = value.get(name) {
                        self.check(schema, value, &format!("{path}.{name}"))?;
                    }
                }
                true
            }
            "additionalProperties" => {
                assert_eq!(wanted, &Value::Bool(false));
                let known = &schema["properties"];
                let mut names = value.as_object().into_iter().flat_map(Map::keys);
                names.all(|name| known.get(name).is_some())
            }
            "oneOf" => {
                let cases = wanted.as_array().expect("a list").iter();
                cases
                    .filter(|case| self.check(case, value, path).is_ok())
                    .count()
                    == 1
            }
            unknown => panic!("the schema has `{unknown}', which this test does not judge"),
        })
    }
}

fn is_of_type(name: &Value, value: &Value) -> bool {
    match name.as_str().expect("a type is a name") {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_u64() || value.is_i64(),
        "null" => value.is_null(),
        other => panic!("no type {other}"),
    }
}

fn matches(pattern: &Value, text: &str) -> bool {
    match pattern.as_str().expect("a pattern is a text") {
        "^n([1-9]|1[0-5])$" => (1..=15).any(|number| text == format!("n{number}")),
        "^[0-9]+$" => !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()),
        other => panic!("no pattern {other}"),
    }
}

/// A file with every kind of action in it.
fn any_file(seed: u64) -> Value {
    let mut random = Random::new(seed);
    let recording = recordings::any(&mut random, 40);
    let mut text = String::new();
    let scenario = Scenario {
        title: Some("any".to_owned()),
        description: Some("of all".to_owned()),
        recording,
    };
    scenario::write(&mut text, &scenario).expect("a string takes all");
    serde_json::from_str(&text).expect("a scenario is JSON")
}

fn is_read(value: &Value) -> Result<(), String> {
    scenario::read(&value.to_string())
        .map(drop)
        .map_err(|error| error.to_string())
}

/// Whatever is written follows the schema.
#[test]
fn what_is_written_follows_the_schema() {
    let schema = Schema(serde_json::from_str(SCHEMA).expect("the schema is JSON"));
    let mut seen = std::collections::BTreeSet::new();
    for seed in 0..60 {
        let file = any_file(seed);
        assert_eq!(schema.complaint(&file), None, "seed {seed}");
        for action in file["actions"].as_array().expect("a list") {
            seen.extend(action.as_object().expect("an object").keys().cloned());
        }
    }
    let known = schema.0["$defs"]["action"]["properties"]
        .as_object()
        .expect("an object");
    let known: std::collections::BTreeSet<String> = known.keys().cloned().collect();
    assert_eq!(seen, known, "every action of the schema was written");
}

/// Every place in a value, as a JSON pointer.
fn places(value: &Value, at: String, found: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                places(value, format!("{at}/{name}"), found);
            }
        }
        Value::Array(list) => {
            for (place, value) in list.iter().enumerate() {
                places(value, format!("{at}/{place}"), found);
            }
        }
        _ => {}
    }
    found.push(at);
}

/// Where one thing of a file is changed, the reader takes nothing that the schema refuses; and
/// the schema refuses every unknown name that is its own.
#[test]
fn the_reader_takes_nothing_that_the_schema_refuses() {
    let schema = Schema(serde_json::from_str(SCHEMA).expect("the schema is JSON"));
    let (mut refused, mut taken) = (0, 0);
    for seed in 0..4 {
        let mut random = Random::new(1_000 + seed);
        let file = any_file(seed);
        let mut all = Vec::new();
        places(&file, String::new(), &mut all);
        for _ in 0..150 {
            let place = &all[random.place(all.len())];
            let mut changed = file.clone();
            let target = changed.pointer_mut(place).expect("the place is there");
            let is_new_name = random.chance(30) && target.is_object();
            if let (true, Some(object)) = (is_new_name, target.as_object_mut()) {
                object.insert("novel".to_owned(), json!(1));
            } else {
                let values = [
                    json!(null),
                    json!(-1),
                    json!(3),
                    json!(1.5),
                    json!("n1"),
                    json!("x"),
                    json!([]),
                    json!({}),
                    json!(true),
                    json!(1_u64 << 40),
                    json!(u64::MAX),
                ];
                *target = values[random.place(values.len())].clone();
            }
            let complaint = schema.complaint(&changed);
            let read = is_read(&changed);
            // The schema leaves etcd's messages to etcd; the reader knows their fields.
            let is_message = ["/call/", "/open/", "/say/"]
                .iter()
                .any(|action| place.contains(&format!("{action}message")));
            let is_known = is_message && read.is_err();
            assert!(
                !is_new_name || complaint.is_some() || is_known,
                "seed {seed}: a new name at {place}"
            );
            match (complaint, read) {
                (Some(_), Err(_)) => refused += 1,
                (None, Ok(())) => taken += 1,
                // A span that is turned round, steps out of order and the like.
                (None, Err(_)) => {}
                (Some(complaint), Ok(())) => {
                    panic!("seed {seed}: {place} was taken against the schema: {complaint}")
                }
            }
        }
    }
    assert!(
        refused > 200 && taken > 10,
        "{refused} refused, {taken} taken"
    );
}
