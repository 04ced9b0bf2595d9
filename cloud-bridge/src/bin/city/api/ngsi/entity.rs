//! An NGSI-LD entity, and the forms in which it is given.

use serde_json::{Map, Value, json};

use crate::line::utc;

/// What is no attribute of an entity.
const MEMBERS: [&str; 3] = ["id", "type", "@context"];

/// An entity whose attributes were all observed at one time.
#[derive(Clone, Debug)]
pub struct Entity {
    fields: Map<String, Value>,
    observed_at: String,
}

impl Entity {
    pub fn new(kind: &str, name: &[&str], observed_us: i64) -> Self {
        let mut fields = Map::new();
        fields.insert("id".to_owned(), urn(kind, name).into());
        fields.insert("type".to_owned(), kind.into());
        Self { fields, observed_at: utc(observed_us) }
    }

    /// A property; nothing when the value is not known.
    pub fn property(mut self, name: &str, value: impl Into<Value>) -> Self {
        let value = value.into();
        if !value.is_null() {
            let property = json!({"type": "Property", "value": value, "observedAt": self.observed_at});
            self.fields.insert(name.to_owned(), property);
        }
        self
    }

    pub fn time(mut self, name: &str, us: i64) -> Self {
        let value = json!({"type": "Property", "value": {"@type": "DateTime", "@value": utc(us)}});
        self.fields.insert(name.to_owned(), value);
        self
    }

    pub fn relationship(mut self, name: &str, object: String) -> Self {
        self.fields.insert(name.to_owned(), json!({"type": "Relationship", "object": object}));
        self
    }

    pub fn location(mut self, position: Option<[f64; 2]>) -> Self {
        if let Some(position) = position {
            let point = json!({"type": "GeoProperty", "value": {"type": "Point", "coordinates": position}});
            self.fields.insert("location".to_owned(), point);
        }
        self
    }

    pub fn id(&self) -> &str {
        self.fields["id"].as_str().unwrap_or_default()
    }

    /// With only these of its attributes; `None`: it has none of them.
    pub fn with_only(mut self, attributes: &[&str]) -> Option<Self> {
        self.fields.retain(|name, _| MEMBERS.contains(&name.as_str()) || attributes.contains(&name.as_str()));
        (self.fields.len() > MEMBERS.len() - 1).then_some(self)
    }

    /// Each attribute as its value alone (the simplified representation), or whole; with a context, or for one that goes beside it.
    pub fn into_json(self, simplified: bool, context: Option<&Value>) -> Value {
        let value = |name: &str, mut attribute: Value| {
            let part = ["value", "object"].into_iter().find(|part| attribute.get(part).is_some());
            match part.filter(|_| simplified && !MEMBERS.contains(&name)) {
                Some(part) => attribute[part].take(),
                None => attribute,
            }
        };
        let mut fields: Map<String, Value> =
            self.fields.into_iter().map(|(name, attribute)| (name.clone(), value(&name, attribute))).collect();
        if let Some(context) = context {
            fields.insert("@context".to_owned(), context.clone());
        }
        Value::Object(fields)
    }
}

/// `urn:ngsi-ld:<type>:<names>`; what a URN can't hold (RFC 8141) is percent-encoded.
pub fn urn(kind: &str, names: &[&str]) -> String {
    let mut text = format!("urn:ngsi-ld:{kind}");
    for name in names {
        text.push(':');
        for byte in name.bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => text.push(char::from(byte)),
                other => text.push_str(&format!("%{other:02X}")),
            }
        }
    }
    text
}

/// The city and the site that an id names: the first two names of [`urn`].
pub fn site_of(id: &str) -> Option<(String, String)> {
    let mut names = id.strip_prefix("urn:ngsi-ld:")?.split(':').skip(1);
    Some((decoded(names.next()?)?, decoded(names.next()?)?))
}

fn decoded(name: &str) -> Option<String> {
    let (mut bytes, mut rest) = (Vec::new(), name.bytes());
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let digits = [rest.next()?, rest.next()?];
                u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
            }
            other => other,
        });
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_names_its_site() {
        let id = urn("ParkingSpot", &["城:1", "a/b c", "p", "1"]);
        assert_eq!(site_of(&id), Some(("城:1".to_owned(), "a/b c".to_owned())));
        for other in [
            "urn:ngsi-ld:ParkingSpot",
            "urn:ngsi-ld:ParkingSpot:c",
            "urn:x:c:s",
            "urn:ngsi-ld:P:c:%f",
            "urn:ngsi-ld:P:%ff:s",
        ] {
            assert_eq!(site_of(other), None, "{other}");
        }
    }

    #[test]
    fn an_entity_is_given_whole_in_part_or_by_its_values_alone() {
        let entity =
            Entity::new("ParkingSpot", &["c", "p/1"], 0).property("status", "free").property("name", Value::Null);
        let entity = entity.relationship("refParkingSite", "urn:x".to_owned()).location(Some([1.0, 2.0]));
        let context = json!("https://example.org/context");
        let whole = entity.clone().into_json(false, Some(&context));
        assert_eq!(whole["id"], "urn:ngsi-ld:ParkingSpot:c:p%2F1");
        assert_eq!(whole["@context"], context);
        let status = json!({"type": "Property", "value": "free", "observedAt": "1970-01-01T00:00:00.000Z"});
        assert_eq!((&whole["status"], whole.get("name")), (&status, None));
        let values = json!({
            "id": "urn:ngsi-ld:ParkingSpot:c:p%2F1", "type": "ParkingSpot", "status": "free", "refParkingSite": "urn:x",
            "location": {"type": "Point", "coordinates": [1.0, 2.0]},
        });
        assert_eq!(entity.clone().into_json(true, None), values);
        let part = entity.clone().with_only(&["status", "name"]).expect("it has a status").into_json(true, None);
        assert_eq!(part, json!({"id": values["id"], "type": "ParkingSpot", "status": "free"}));
        assert!(entity.with_only(&["name"]).is_none());
    }
}
