//! JSON Schema files, made from the types.

use serde_json::Value;

use crate::schema::{Health, Kind, Parking, Signal, Traffic, Wire};

/// The file's name: `traffic.1.schema.json`, kind and major version.
pub fn file_name(kind: Kind) -> String {
    format!("{}.schema.json", kind.schema().trim_start_matches("lukou.").replace('/', "."))
}

/// The JSON Schema (draft 2020-12) of a kind's messages, as the text of its file: keys sorted, a newline at the end.
pub fn json_schema(kind: Kind) -> String {
    let schema = match kind {
        Kind::Traffic => schemars::schema_for!(Wire<Traffic>),
        Kind::Parking => schemars::schema_for!(Wire<Parking>),
        Kind::Health => schemars::schema_for!(Wire<Health>),
        Kind::Signal => schemars::schema_for!(Wire<Signal>),
    };
    let mut schema = schema.to_value();
    schema["title"] = kind.schema().into();
    schema["$id"] = format!("urn:lukou:schema:{}", kind.schema().trim_start_matches("lukou.").replace('/', ":")).into();
    schema["properties"]["schema"]["const"] = kind.schema().into();
    // Sorted here, since the map's own order depends on what features other crates ask of serde_json.
    format!("{:#}\n", sorted(schema))
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
