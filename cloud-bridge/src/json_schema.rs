//! JSON Schema files, made from the types.

use schemars::JsonSchema;
use serde_json::Value;

use crate::schema::{Event, Health, Kind, Parking, Signal, Traffic, Wire};

/// The file's name: `traffic.1.schema.json`, kind and major version.
pub fn file_name(kind: Kind) -> String {
    format!("{}.schema.json", kind.schema().trim_start_matches("lukou.").replace('/', "."))
}

/// The JSON Schema (draft 2020-12) of a kind's messages, as the text of its file: keys sorted, a newline at the end.
pub fn json_schema(kind: Kind) -> String {
    let mut schema = match kind {
        Kind::Traffic => of_message::<Traffic>(),
        Kind::Parking => of_message::<Parking>(),
        Kind::Health => of_message::<Health>(),
        Kind::Signal => of_message::<Signal>(),
        Kind::Event => of_message::<Event>(),
    };
    schema["title"] = kind.schema().into();
    schema["$id"] = format!("urn:lukou:schema:{}", kind.schema().trim_start_matches("lukou.").replace('/', ":")).into();
    schema["properties"]["schema"]["const"] = kind.schema().into();
    // Sorted here, since the map's own order depends on what features other crates ask of serde_json.
    format!("{:#}\n", sorted(schema))
}

/// The schema of the whole message, with the description of what is in it.
fn of_message<B: JsonSchema>() -> Value {
    let mut schema = schemars::schema_for!(Wire<B>).to_value();
    schema["description"] = schemars::schema_for!(B).to_value()["description"].take();
    schema
}

fn sorted(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let mut entries: Vec<(String, Value)> = map.into_iter().map(|(key, value)| (key, sorted(value))).collect();
            entries.sort_by(|a, b| a.0.cmp(&b.0));
            Value::Object(entries.into_iter().collect())
        }
        Value::Array(values) => Value::Array(values.into_iter().map(sorted).collect()),
        other => other,
    }
}
