//! The newest states in the shapes of FIWARE's smart data models.
//!
//! An attribute that the models ask for and that nobody has measured is left out. One is ours: `simulated`, since no model has a way to
//! say that what was seen is a simulation.

use std::collections::BTreeSet;

use serde_json::Value;

use super::entity::{Entity, urn};
use super::{LOT, SPOT, TRAFFIC};
use crate::api::Shared;
use crate::api::error::ApiError;
use crate::api::geo::{Lot, lots, position};
use crate::api::query::window_id;

const KMH_PER_MPS: f64 = 3.6;

/// The entities of these types at these sites; traffic over windows of this length, or else of each site's usual one.
pub async fn entities(
    api: &Shared,
    kinds: &[&str],
    sites: &[i32],
    window_s: Option<i64>,
) -> Result<Vec<Entity>, ApiError> {
    let [of_traffic, of_lots, of_spots] = [TRAFFIC, LOT, SPOT].map(|kind| kinds.contains(&kind));
    let mut all = if of_traffic { traffic(api, sites, window_s).await? } else { Vec::new() };
    if of_lots || of_spots {
        let lots = lots(api, Some(sites)).await?;
        all.extend(lots.iter().filter(|_| of_lots).map(lot));
        all.extend(lots.iter().filter(|_| of_spots).flat_map(spots));
    }
    Ok(all)
}

/// One entity a lane.
async fn traffic(api: &Shared, sites: &[i32], window_s: Option<i64>) -> Result<Vec<Entity>, ApiError> {
    let sql = "SELECT s.city, s.site, l.from_us, l.to_us, l.payload -> 'lanes', l.site_id, h.payload, l.simulated \
         FROM latest l JOIN site s USING (site_id) LEFT JOIN latest h ON h.site_id = l.site_id AND h.kind = 'health' \
         WHERE l.kind = 'traffic' AND l.site_id = ANY($1) AND CASE WHEN $3::bigint IS NULL \
         THEN (l.site_id, l.id) IN (SELECT site_id, id FROM usual_window WHERE site_id = ANY($1)) \
         ELSE l.id = $2 AND window_s(l.payload, l.from_us, l.to_us) = $3 END ORDER BY s.city, s.site";
    let congested = congested_lanes(api, sites).await?;
    let mut entities = Vec::new();
    for row in api.readers.query(sql, &[&sites, &window_s.map(window_id), &window_s]).await? {
        let (city, site): (&str, &str) = (row.get(0), row.get(1));
        let (from_us, to_us): (i64, i64) = (row.get(2), row.get(3));
        let lanes: Option<Value> = row.get(4);
        let health: Option<Value> = row.get(6);
        let place = api.place(city, site, health.as_ref());
        for lane in lanes.iter().filter_map(Value::as_array).flatten() {
            let name = lane["lane"].as_str().unwrap_or_default();
            let speed_kmh = lane["mean_speed_mps"].as_f64().map(|speed_mps| speed_mps * KMH_PER_MPS);
            let entity = Entity::new(TRAFFIC, &[city, site, name], to_us)
                .property("name", name)
                .property("simulated", row.get::<_, bool>(7))
                .property("laneId", lane_number(name))
                .time("dateObserved", to_us)
                .time("dateObservedFrom", from_us)
                .time("dateObservedTo", to_us)
                .property("intensity", lane["flow_per_h"].clone())
                .property("occupancy", lane["occupancy"].clone())
                .property("averageVehicleSpeed", speed_kmh)
                .property("averageHeadwayTime", lane["headway_mean_s"].clone())
                .property("congested", congested.contains(&(row.get(5), name.to_owned())).then_some(true))
                .location(position(lane).or(place));
            entities.push(entity);
        }
    }
    Ok(entities)
}

/// Lanes on which a congestion lasts, with their sites. Of the others nobody says that they are free: a site may not look.
async fn congested_lanes(api: &Shared, sites: &[i32]) -> Result<BTreeSet<(i32, String)>, ApiError> {
    let sql = "SELECT site_id, payload ->> 'lane' FROM latest WHERE kind = 'event' AND site_id = ANY($1) \
         AND payload ->> 'kind' = 'congestion' AND payload ? 'lane' AND NOT payload ? 'ended_at_us'";
    Ok(api.readers.query(sql, &[&sites]).await?.iter().map(|row| (row.get(0), row.get(1))).collect())
}

/// The lane's number on its link, where its name says one (`n-in/2`).
fn lane_number(name: &str) -> Option<u32> {
    name.rsplit_once('/')?.1.parse().ok()
}

fn observed_us(lot: &Lot) -> i64 {
    lot.message["to_us"].as_i64().unwrap_or_default()
}

fn simulated(lot: &Lot) -> bool {
    lot.message["simulated"].as_bool().unwrap_or_default()
}

fn lot_name(lot: &Lot) -> &str {
    lot.message["lot"].as_str().unwrap_or_default()
}

fn lot(lot: &Lot) -> Entity {
    Entity::new(LOT, &[&lot.city, &lot.site, lot_name(lot)], observed_us(lot))
        .property("name", lot.message["name"].clone())
        .property("simulated", simulated(lot))
        .property("totalSpotNumber", lot.message["total"].clone())
        .property("availableSpotNumber", lot.message["free"].clone())
        .location(lot.position)
}

fn spots(lot: &Lot) -> Vec<Entity> {
    let site = urn(LOT, &[&lot.city, &lot.site, lot_name(lot)]);
    let spot = |bay: &Value| {
        let name = bay["bay"].as_str().unwrap_or_default();
        // A status of a later version says no more than that it is not known.
        let status = bay["status"].as_str().filter(|status| ["free", "occupied"].contains(status)).unwrap_or("unknown");
        Entity::new(SPOT, &[&lot.city, &lot.site, lot_name(lot), name], observed_us(lot))
            .property("name", name)
            .property("simulated", simulated(lot))
            .property("status", status)
            .relationship("refParkingSite", site.clone())
            .location(position(bay).or(lot.position))
    };
    lot.message["bays"].as_array().into_iter().flatten().map(spot).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_not_known_is_left_out() {
        let message = json!({
            "lot": "p/1", "name": "P1", "total": 2, "free": 1, "to_us": 0,
            "bays": [{"bay": "a", "status": "free"}, {"bay": "路", "status": "towed", "latitude_deg": 2.0, "longitude_deg": 1.0}],
        });
        let lot = Lot { city: "c".into(), site: "s".into(), message, position: None };
        let spots: Vec<Value> = spots(&lot).into_iter().map(|spot| spot.into_json(false, None)).collect();
        assert_eq!(spots[0]["status"]["value"], "free");
        assert_eq!(spots[0].get("location"), None);
        assert_eq!(spots[1]["id"], "urn:ngsi-ld:ParkingSpot:c:s:p%2F1:%E8%B7%AF");
        assert_eq!(spots[1]["status"]["value"], "unknown");
        assert_eq!(spots[1]["location"]["value"]["coordinates"], json!([1.0, 2.0]));
        assert_eq!(spots[1]["refParkingSite"]["object"], super::lot(&lot).id());
        let observed = json!({"type": "Property", "value": 1, "observedAt": "1970-01-01T00:00:00.000Z"});
        assert_eq!(super::lot(&lot).into_json(false, None)["availableSpotNumber"], observed);
    }
}
