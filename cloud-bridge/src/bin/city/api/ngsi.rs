//! The newest states as NGSI-LD entities (ETSI GS CIM 009), in the shapes of FIWARE's smart data models.
//!
//! An attribute that the models ask for and that nobody has measured is left out.

use std::collections::BTreeSet;

use axum::extract::{Query, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::Shared;
use super::error::ApiError;
use super::geo::{Lot, lots, position};
use super::query::{DEFAULT_WINDOW_S, Parameters, window_id};
use crate::line::utc;

const CONTEXT: &str = "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context.jsonld";
const KMH_PER_MPS: f64 = 3.6;
/// The most entities of one answer (ETSI GS CIM 009, 5.5.9 lets a broker choose).
const MAX_LIMIT: usize = 1000;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    #[serde(rename = "type")]
    kind: String,
    limit: Option<usize>,
    #[serde(default)]
    offset: usize,
    /// Of traffic: windows of this length, seconds; default 60.
    window_s: Option<i64>,
}

/// `GET /ngsi-ld/v1/entities?type=…`
pub async fn entities(State(api): State<Shared>, wanted: Parameters<Wanted>) -> Result<impl IntoResponse, ApiError> {
    let Query(wanted) = wanted?;
    let limit = wanted.limit.unwrap_or(100);
    if !(1..=MAX_LIMIT).contains(&limit) {
        return Err(ApiError::BadRequest(format!("limit: {limit} is not between 1 and {MAX_LIMIT}")));
    }
    if wanted.window_s.is_some() && wanted.kind != "TrafficFlowObserved" {
        return Err(ApiError::BadRequest("window_s: is of TrafficFlowObserved only".to_owned()));
    }
    let all = match wanted.kind.as_str() {
        "TrafficFlowObserved" => traffic(&api, wanted.window_s.unwrap_or(DEFAULT_WINDOW_S)).await?,
        "OffStreetParking" => lots(&api).await?.iter().map(site_of).collect(),
        "ParkingSpot" => lots(&api).await?.iter().flat_map(spots_of).collect(),
        other => {
            let known = "TrafficFlowObserved, OffStreetParking or ParkingSpot";
            return Err(ApiError::BadRequest(format!("type: {other:?} is none of {known}")));
        }
    };
    let page: Vec<Value> = all.into_iter().skip(wanted.offset).take(limit).collect();
    Ok(([(CONTENT_TYPE, "application/ld+json")], Value::Array(page).to_string()))
}

/// An entity whose attributes were all observed at one time.
struct Entity {
    fields: Map<String, Value>,
    observed_at: String,
}

impl Entity {
    fn new(kind: &str, name: &[&str], observed_us: i64) -> Self {
        let mut fields = Map::new();
        fields.insert("id".to_owned(), urn(kind, name).into());
        fields.insert("type".to_owned(), kind.into());
        fields.insert("@context".to_owned(), CONTEXT.into());
        Self { fields, observed_at: utc(observed_us) }
    }

    /// A property; nothing when the value is not known.
    fn property(&mut self, name: &str, value: impl Into<Value>) -> &mut Self {
        let value = value.into();
        if !value.is_null() {
            let property = json!({"type": "Property", "value": value, "observedAt": self.observed_at});
            self.fields.insert(name.to_owned(), property);
        }
        self
    }

    fn time(&mut self, name: &str, us: i64) -> &mut Self {
        let value = json!({"type": "Property", "value": {"@type": "DateTime", "@value": utc(us)}});
        self.fields.insert(name.to_owned(), value);
        self
    }

    fn relationship(&mut self, name: &str, object: String) -> &mut Self {
        self.fields.insert(name.to_owned(), json!({"type": "Relationship", "object": object}));
        self
    }

    fn location(&mut self, position: Option<[f64; 2]>) -> &mut Self {
        if let Some(position) = position {
            let point = json!({"type": "GeoProperty", "value": {"type": "Point", "coordinates": position}});
            self.fields.insert("location".to_owned(), point);
        }
        self
    }

    fn done(&mut self) -> Value {
        Value::Object(std::mem::take(&mut self.fields))
    }
}

/// `urn:ngsi-ld:<type>:<names>`; what a URN can't hold (RFC 8141) is percent-encoded.
fn urn(kind: &str, names: &[&str]) -> String {
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

/// One entity a lane, of its newest window of this length.
async fn traffic(api: &Shared, window_s: i64) -> Result<Vec<Value>, ApiError> {
    let sql = "SELECT s.city, s.site, l.from_us, l.to_us, l.payload -> 'lanes', l.site_id FROM latest l \
         JOIN site s USING (site_id) WHERE l.kind = 'traffic' AND l.id = $1 \
         AND window_s(l.payload, l.from_us, l.to_us) = $2 ORDER BY s.city, s.site";
    let congested = congested_lanes(api).await?;
    let mut entities = Vec::new();
    for row in api.readers.query(sql, &[&window_id(window_s), &window_s]).await? {
        let (city, site): (&str, &str) = (row.get(0), row.get(1));
        let (from_us, to_us): (i64, i64) = (row.get(2), row.get(3));
        let lanes: Option<Value> = row.get(4);
        let place = api.place(city, site).map(|place| [place.longitude_deg, place.latitude_deg]);
        for lane in lanes.iter().filter_map(Value::as_array).flatten() {
            let name = lane["lane"].as_str().unwrap_or_default();
            let speed_kmh = lane["mean_speed_mps"].as_f64().map(|speed_mps| speed_mps * KMH_PER_MPS);
            let entity = Entity::new("TrafficFlowObserved", &[city, site, name], to_us)
                .property("name", name)
                .property("laneId", lane_number(name))
                .time("dateObserved", to_us)
                .time("dateObservedFrom", from_us)
                .time("dateObservedTo", to_us)
                .property("intensity", lane["flow_per_h"].clone())
                .property("occupancy", lane["occupancy"].clone())
                .property("averageVehicleSpeed", speed_kmh)
                .property("averageHeadwayTime", lane["headway_mean_s"].clone())
                .property("congested", congested.contains(&(row.get(5), name.to_owned())).then_some(true))
                .location(position(lane).or(place))
                .done();
            entities.push(entity);
        }
    }
    Ok(entities)
}

/// Lanes on which a congestion lasts, with their sites. Of the others nobody says that they are free: a site may not look.
async fn congested_lanes(api: &Shared) -> Result<BTreeSet<(i32, String)>, ApiError> {
    let sql = "SELECT site_id, payload ->> 'lane' FROM latest WHERE kind = 'event' AND payload ->> 'kind' = 'congestion' \
         AND payload ? 'lane' AND NOT payload ? 'ended_at_us'";
    Ok(api.readers.query(sql, &[]).await?.iter().map(|row| (row.get(0), row.get(1))).collect())
}

/// The lane's number on its link, where its name says one (`n-in/2`).
fn lane_number(name: &str) -> Option<u32> {
    name.rsplit_once('/')?.1.parse().ok()
}

fn observed_us(lot: &Lot) -> i64 {
    lot.message["to_us"].as_i64().unwrap_or_default()
}

fn lot_name(lot: &Lot) -> &str {
    lot.message["lot"].as_str().unwrap_or_default()
}

fn site_of(lot: &Lot) -> Value {
    Entity::new("OffStreetParking", &[&lot.city, &lot.site, lot_name(lot)], observed_us(lot))
        .property("name", lot.message["name"].clone())
        .property("totalSpotNumber", lot.message["total"].clone())
        .property("availableSpotNumber", lot.message["free"].clone())
        .location(lot.position)
        .done()
}

fn spots_of(lot: &Lot) -> Vec<Value> {
    let site = urn("OffStreetParking", &[&lot.city, &lot.site, lot_name(lot)]);
    let spot = |bay: &Value| {
        let name = bay["bay"].as_str().unwrap_or_default();
        // A status of a later version says no more than that it is not known.
        let status = bay["status"].as_str().filter(|status| ["free", "occupied"].contains(status)).unwrap_or("unknown");
        Entity::new("ParkingSpot", &[&lot.city, &lot.site, lot_name(lot), name], observed_us(lot))
            .property("name", name)
            .property("status", status)
            .relationship("refParkingSite", site.clone())
            .location(position(bay).or(lot.position))
            .done()
    };
    lot.message["bays"].as_array().into_iter().flatten().map(spot).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_is_left_out() {
        let message = json!({
            "lot": "p/1", "name": "P1", "total": 2, "free": 1, "to_us": 0,
            "bays": [{"bay": "a", "status": "free"}, {"bay": "路", "status": "towed", "latitude_deg": 2.0, "longitude_deg": 1.0}],
        });
        let lot = Lot { city: "c".into(), site: "s".into(), message, position: None };
        let spots = spots_of(&lot);
        assert_eq!(spots[0]["status"]["value"], "free");
        assert_eq!(spots[0].get("location"), None);
        assert_eq!(spots[1]["id"], "urn:ngsi-ld:ParkingSpot:c:s:p%2F1:%E8%B7%AF");
        assert_eq!(spots[1]["status"]["value"], "unknown");
        assert_eq!(spots[1]["location"]["value"]["coordinates"], json!([1.0, 2.0]));
        assert_eq!(spots[1]["refParkingSite"]["object"], site_of(&lot)["id"]);
        let observed = json!({"type": "Property", "value": 1, "observedAt": "1970-01-01T00:00:00.000Z"});
        assert_eq!(site_of(&lot)["availableSpotNumber"], observed);
    }
}
