//! Each path of the description, and whether it answers so.

use std::collections::BTreeMap;

use cloud_bridge::{CommandKind, Encoding, SigningKey, State, Update, command_key};
use serde_json::{Value, json};

use crate::city::Scene;
use crate::support::traffic;
use crate::{PLACE, event, scene, until_metric};

#[tokio::test(flavor = "multi_thread")]
async fn every_path_answers_as_it_is_described() {
    let Scene { worker, site, sites, router: _router, postgres } = &scene(PLACE).await;
    let at = Update { to_us: postgres.now_us().await, ..traffic(0) };
    let told = Update { state: State::Event(event(&at, 0, "debris", 121.5)), ..at };
    sites.deliver(&[(site.clone(), 0, told)], 1, Encoding::Json).await;
    let asked = cloud_bridge::Command::issued_now(site, Some("c1".to_owned()), CommandKind::Rsi, 60, json!({}));
    let signed = asked.sign("city-1", &SigningKey::from_seed_unchecked(&[1; 32]).unwrap()).unwrap();
    sites.put_raw(&command_key(site, "c1").unwrap(), signed, Encoding::Json).await;
    until_metric(worker, "lukou_city_commands_kept_total{kind=\"rsi\",state=\"sent\"}", 1.0).await;
    let mut files = BTreeMap::new();
    for kind in cloud_bridge::Kind::ALL {
        let name = format!("schemas/{}", cloud_bridge::file_name(kind));
        let schema = worker.json(&format!("/api/v1/{name}")).await;
        files.insert(name, schema);
    }
    let described = worker.json("/api/v1/openapi.json").await;
    for (path, item) in described["paths"].as_object().unwrap() {
        assert_eq!(item.as_object().unwrap().keys().collect::<Vec<_>>(), ["get"], "{path}");
        let id = if path.starts_with("/ngsi-ld") { "urn:ngsi-ld:OffStreetParking:test:s:p1" } else { "c1" };
        let of = path.replace("{city}", "test").replace("{site}", "s").replace("{kind}", "traffic").replace("{id}", id);
        let queries: &[&str] = match of.rsplit('/').next().unwrap() {
            "stored" => &["?city=test"],
            "history" | "traffic" => &["?from_us=0"],
            table if table.ends_with(".csv") || table.ends_with(".parquet") => &["?from_us=0&to_us=1"],
            "entities" => &[
                "?attrs=location",
                "?type=ParkingSpot",
                "?type=OffStreetParking",
                "?type=TrafficFlowObserved&window_s=10",
            ],
            _ => &[""],
        };
        for query in queries {
            let asked = format!("{}{query}", of.replace("{file}", "event.1.schema.json"));
            let (status, body) = worker.ask("GET", &asked, "").await;
            assert_eq!(status, 200, "{path}: {}", String::from_utf8_lossy(&body));
            let content = item["get"]["responses"]["200"]["content"].as_object().unwrap();
            let (media, described_as) = content.iter().next().unwrap();
            if media.ends_with("json") {
                let answer = serde_json::from_slice(&body).unwrap();
                let schema = &described_as["schema"];
                check(&answer, schema, &described, &files).unwrap_or_else(|e| panic!("{path}{query}: {e}: {answer}"));
                let listed = ["sites", "latest", "messages", "events", "commands", "sent", "stored", "features"]
                    .iter()
                    .find_map(|list| answer[list].as_array());
                assert!(listed.is_none_or(|list| !list.is_empty()), "{path}{query}: nothing to compare");
            }
        }
        for status in item["get"]["responses"].as_object().unwrap().values() {
            assert!(status["$ref"].as_str().is_none_or(|at| described.pointer(&at[1..]).is_some()), "{path}: {status}");
        }
    }
}

/// Whether a value is of a JSON Schema, as far as the ones here go; `root` is the file that the schema stands in.
fn check(value: &Value, schema: &Value, root: &Value, files: &BTreeMap<String, Value>) -> Result<(), String> {
    if let Some(at) = schema["$ref"].as_str() {
        return match at.strip_prefix('#') {
            Some(pointer) => check(value, root.pointer(pointer).ok_or(at)?, root, files),
            None => check(value, files.get(at).ok_or(at)?, &files[at], files),
        };
    }
    let of_type = |name: &str| match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "null" => value.is_null(),
        other => panic!("type {other}"),
    };
    let types: Vec<&str> = match &schema["type"] {
        Value::String(name) => vec![name],
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    if !types.is_empty() && !types.iter().any(|name| of_type(name)) {
        return Err(format!("{value} is not of {types:?}"));
    }
    if schema.get("const").is_some_and(|only| only != value) {
        return Err(format!("{value} is not {}", schema["const"]));
    }
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        value.get(name).ok_or_else(|| format!("{name} is missing"))?;
    }
    for (name, of) in schema["properties"].as_object().into_iter().flatten() {
        let field = value.get(name).map_or(Ok(()), |value| check(value, of, root, files));
        field.map_err(|e| format!("{name}: {e}"))?;
    }
    for item in value.as_array().into_iter().flatten().filter(|_| schema.get("items").is_some()) {
        check(item, &schema["items"], root, files)?;
    }
    for of in schema["allOf"].as_array().into_iter().flatten() {
        check(value, of, root, files)?;
    }
    let choices = ["anyOf", "oneOf"].iter().find_map(|of| schema[of].as_array());
    if let Some(choices) = choices {
        let refused: Result<Vec<String>, ()> =
            choices.iter().map(|of| check(value, of, root, files).err().ok_or(())).collect();
        refused.map_or(Ok(()), |why| Err(why.join(" and ")))?;
    }
    Ok(())
}
