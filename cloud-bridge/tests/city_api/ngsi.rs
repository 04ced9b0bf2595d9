//! NGSI-LD for whoever asks.

use serde_json::{Value, json};

use crate::city::Scene;
use crate::{PLACE, scene, told};

#[tokio::test(flavor = "multi_thread")]
async fn open_data_is_in_the_shapes_of_fiware() {
    let Scene { worker, sites: _sites, .. } = &scene(PLACE).await;
    let flows = worker.json("/ngsi-ld/v1/entities?type=TrafficFlowObserved&window_s=10").await;
    assert_eq!(flows[0]["id"], "urn:ngsi-ld:TrafficFlowObserved:test:s:n1");
    assert_eq!(flows[0]["dateObserved"]["value"]["@value"], "2026-03-01T12:35:00.000Z");
    assert_eq!(flows[0]["intensity"]["value"], 2880.0);
    let speed_kmh = flows[0]["averageVehicleSpeed"]["value"].as_f64().unwrap();
    assert!((speed_kmh - 8.3 * 3.6).abs() < 1e-9);
    assert_eq!(flows[1].get("averageVehicleSpeed"), None);
    assert_eq!(flows[0]["simulated"]["value"], true);
    let parkings = worker.json("/ngsi-ld/v1/entities?type=OffStreetParking").await;
    assert_eq!(parkings[0]["availableSpotNumber"]["value"], 1);
    assert_eq!(parkings[0]["location"]["value"]["coordinates"], json!([121.5, 31.25]));
    let spots = worker.json("/ngsi-ld/v1/entities?type=ParkingSpot&offset=1&limit=1").await;
    assert_eq!(spots.as_array().unwrap().len(), 1);
    for seen in [&parkings[0], &spots[0]] {
        assert_eq!(seen["simulated"]["value"], false);
    }
    assert_eq!(
        (&spots[0]["status"]["value"], &spots[0]["refParkingSite"]["object"]),
        (&json!("occupied"), &parkings[0]["id"])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_context_broker_gets_entities_in_the_forms_that_it_asks_for() {
    let context = "https://example.org/context.jsonld";
    let scene = Scene::start_with_api(&format!("ngsi_context = {context:?}"), PLACE).await;
    let Scene { worker, sites: _sites, .. } = &told(scene).await;
    let lots = worker.json("/ngsi-ld/v1/entities?type=OffStreetParking,ParkingSpot,ParkingSpot&count=true").await;
    let (lot, of_lots) = (&lots[0], lots.as_array().unwrap().len());
    assert_eq!(lot["@context"][0], context);
    let id = lot["id"].as_str().unwrap();
    let path = format!("/ngsi-ld/v1/entities/{id}");
    assert_eq!(&worker.json(&path).await, lot);
    let by_id = worker.json(&format!("/ngsi-ld/v1/entities?id={id},urn:ngsi-ld:ParkingSpot:none")).await;
    assert_eq!(by_id, json!([lot]));
    // Whoever has the attribute, with nothing else of it.
    let free = worker.json("/ngsi-ld/v1/entities?attrs=availableSpotNumber&options=keyValues").await;
    let values = json!({"id": id, "type": "OffStreetParking", "@context": lot["@context"], "availableSpotNumber": 1});
    assert_eq!(free, json!([values]));
    let (head, body) =
        worker.answer("GET", &format!("{path}?options=simplified"), "accept: application/json\r\n").await;
    assert!(
        head.contains("content-type: application/json") && head.contains(&format!("link: <{context}>; rel=")),
        "{head}"
    );
    let body: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!((body.get("@context"), &body["availableSpotNumber"]), (None, &json!(1)));
    let none = "/ngsi-ld/v1/entities?type=OffStreetParking,ParkingSpot&count=true&limit=0";
    let (head, body) = worker.answer("GET", none, "").await;
    assert!(head.contains(&format!("ngsild-results-count: {of_lots}")) && body == b"[]", "{head}");
}
