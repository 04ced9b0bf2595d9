//! Where things are: sites, lots and events as GeoJSON (RFC 7946).

use axum::extract::{Query, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};
use tokio_postgres::Row;

use super::Shared;
use super::error::ApiError;
use super::events::Newest;
use super::query::{Parameters, all_sites};

/// West, south, east and north, degrees (RFC 7946, 5); the west is greater than the east where the 180th meridian is crossed.
#[derive(Clone, Copy, Debug)]
pub struct Bbox(pub [f64; 4]);

impl Default for Bbox {
    /// The whole Earth.
    fn default() -> Self {
        Self([-180.0, -90.0, 180.0, 90.0])
    }
}

impl<'de> Deserialize<'de> for Bbox {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bad = || serde::de::Error::custom(format!("bbox: {text:?} is not west,south,east,north in degrees"));
        let numbers: Result<Vec<f64>, _> = text.split(',').map(str::parse).collect();
        let bbox: [f64; 4] = numbers.map_err(|_| bad())?.try_into().map_err(|_| bad())?;
        if bbox[1] <= bbox[3] && bbox.iter().all(|degrees| degrees.is_finite()) { Ok(Self(bbox)) } else { Err(bad()) }
    }
}

impl Bbox {
    fn holds(&self, [longitude_deg, latitude_deg]: [f64; 2]) -> bool {
        let [west, south, east, north] = self.0;
        let in_longitude = if west <= east {
            (west..=east).contains(&longitude_deg)
        } else {
            longitude_deg >= west || longitude_deg <= east
        };
        in_longitude && (south..=north).contains(&latitude_deg)
    }
}

/// Which features.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Within {
    bbox: Option<Bbox>,
}

impl Within {
    /// Without a box also what has no place.
    fn holds(&self, position: Option<[f64; 2]>) -> bool {
        self.bbox.is_none_or(|bbox| position.is_some_and(|position| bbox.holds(position)))
    }
}

/// Where a message, or a part of one, says it is (longitude and latitude, degrees): in itself or in its `position`.
pub fn position(of: &Value) -> Option<[f64; 2]> {
    let named = |of: &Value, longitude: &str, latitude: &str| Some([of[longitude].as_f64()?, of[latitude].as_f64()?]);
    let at = |of: &Value| named(of, "lon_deg", "lat_deg").or_else(|| named(of, "longitude_deg", "latitude_deg"));
    at(of).or_else(|| at(&of["position"]))
}

fn feature(position: Option<[f64; 2]>, properties: Value) -> Value {
    let point = position.map(|position| json!({"type": "Point", "coordinates": position}));
    json!({"type": "Feature", "geometry": point, "properties": properties})
}

fn collection(features: Vec<Value>) -> impl IntoResponse {
    let body = json!({"type": "FeatureCollection", "features": features}).to_string();
    ([(CONTENT_TYPE, "application/geo+json")], body)
}

/// `GET /api/v1/sites.geojson`
pub async fn sites(State(api): State<Shared>, within: Parameters<Within>) -> Result<impl IntoResponse, ApiError> {
    let Query(within) = within?;
    let sites = all_sites(&api).await?.into_iter().map(|site| (position(&site), site));
    Ok(collection(sites.filter(|(at, _)| within.holds(*at)).map(|(at, site)| feature(at, site)).collect()))
}

/// `GET /api/v1/events.geojson`: each event as it last stood.
pub async fn events(State(api): State<Shared>, newest: Parameters<Newest>) -> Result<impl IntoResponse, ApiError> {
    let Query(newest) = newest?;
    let event = |row: &Row| {
        let mut message: Value = row.get(1);
        message["city"] = row.get::<_, String>(0).into();
        feature(position(&message), message)
    };
    Ok(collection(newest.rows(&api).await?.iter().map(event).collect()))
}

/// A lot as the newest message has it, and where that says it is, or else where its site is.
pub struct Lot {
    pub city: String,
    pub site: String,
    pub message: Value,
    /// Longitude and latitude, degrees.
    pub position: Option<[f64; 2]>,
}

/// The newest state of each lot, of these sites only if any are named.
pub async fn lots(api: &Shared, sites: Option<&[i32]>) -> Result<Vec<Lot>, ApiError> {
    let sql = "SELECT s.city, s.site, l.payload, h.payload FROM latest l JOIN site s USING (site_id) \
         LEFT JOIN latest h ON h.site_id = l.site_id AND h.kind = 'health' WHERE l.kind = 'parking' \
         AND ($1::int[] IS NULL OR l.site_id = ANY($1)) ORDER BY s.city, s.site, l.id";
    let rows = api.readers.query(sql, &[&sites]).await?;
    let lot = |row: &Row| {
        let (city, site, message): (String, String, Value) = (row.get(0), row.get(1), row.get(2));
        let health: Option<Value> = row.get(3);
        let position = position(&message).or_else(|| api.place(&city, &site, health.as_ref()));
        Lot { city, site, message, position }
    };
    Ok(rows.iter().map(lot).collect())
}

/// `GET /api/v1/parking.geojson`
pub async fn parking(State(api): State<Shared>, within: Parameters<Within>) -> Result<impl IntoResponse, ApiError> {
    let Query(within) = within?;
    let lot = |lot: Lot| {
        let of = |name: &str| lot.message[name].clone();
        let properties = json!({
            "city": lot.city, "site": lot.site, "lot": of("lot"), "name": of("name"), "total": of("total"),
            "free": of("free"), "occupied": of("occupied"), "unknown": of("unknown"), "at_us": of("to_us"),
            "simulated": lot.message["simulated"].as_bool().unwrap_or_default(),
        });
        feature(lot.position, properties)
    };
    Ok(collection(lots(&api, None).await?.into_iter().filter(|lot| within.holds(lot.position)).map(lot).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_box_may_cross_the_meridian_opposite_to_greenwich() {
        let bbox = |text: &str| Bbox::deserialize(serde_json::json!(text));
        let fiji = bbox("177,-20,-178,-15").unwrap();
        assert!(fiji.holds([178.4, -18.1]) && fiji.holds([-179.9, -16.0]));
        assert!(!fiji.holds([0.0, -18.0]) && !fiji.holds([178.4, 18.1]));
        for wrong in ["1,2,3", "1,2,3,4,5", "1,4,3,2", "a,b,c,d", "0,0,NaN,1", ""] {
            assert!(bbox(wrong).unwrap_err().to_string().contains("west,south,east,north"), "{wrong}");
        }
    }
}
