//! What a context broker is told that does not ask.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use cloud_bridge::{Encoding, SiteKeys, State as Told, Update};
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::city::postgres::Postgres;
use crate::city::{City, PATIENCE, Scene, Sites, file};
use crate::support::{free_endpoint, parking, traffic};
use crate::{PLACE, event, refusal, told, until_metric};

const FLOW: &str = "urn:ngsi-ld:TrafficFlowObserved:test:s:n1";
const LOT: &str = "urn:ngsi-ld:OffStreetParking:test:s:p1";

/// How it answers.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Mood {
    /// As ETSI GS CIM 009, 6.15.3.1 has it.
    Well,
    /// With this, and takes nothing.
    Only(StatusCode),
    /// Takes all but the entity of this id.
    Without(&'static str),
    /// Not before it is of another mood.
    Silent,
}

/// A context broker as far as batch upsert goes.
struct ContextBroker {
    address: String,
    mood: watch::Sender<Mood>,
    heard: Arc<Mutex<Heard>>,
}

#[derive(Default)]
struct Heard {
    /// What it took, in order.
    taken: Vec<Value>,
    /// The headers of all requests.
    headers: Vec<HeaderMap>,
}

impl Heard {
    fn entities(&self) -> BTreeMap<&str, &Value> {
        self.taken.iter().map(|entity| (entity["id"].as_str().unwrap(), entity)).collect()
    }
}

impl ContextBroker {
    async fn start(mood: Mood) -> Self {
        let (mood, moods) = watch::channel(mood);
        let heard = Arc::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/", listener.local_addr().unwrap());
        let routes = Router::new().route("/ngsi-ld/v1/entityOperations/upsert", post(upsert));
        let routes = routes.with_state((moods, Arc::clone(&heard)));
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { address, mood, heard }
    }

    fn settings(&self) -> String {
        format!("[ngsi]\nbroker = {:?}\n", self.address)
    }

    fn heard(&self) -> MutexGuard<'_, Heard> {
        self.heard.lock().unwrap()
    }

    /// Waits until it has an entity like this.
    async fn until(&self, id: &str, like: impl Fn(&Value) -> bool) {
        let look = async {
            let mut ticks = tokio::time::interval(Duration::from_millis(20));
            while !self.heard().entities().get(id).is_some_and(|entity| like(entity)) {
                ticks.tick().await;
            }
        };
        tokio::time::timeout(PATIENCE, look).await.unwrap_or_else(|_| panic!("{id}: {:?}", self.heard().taken));
    }
}

async fn upsert(
    State((mut mood, heard)): State<(watch::Receiver<Mood>, Arc<Mutex<Heard>>)>,
    headers: HeaderMap,
    Json(batch): Json<Vec<Value>>,
) -> Response {
    heard.lock().unwrap().headers.push(headers);
    // Never gone while the test goes on.
    let mood = *mood.wait_for(|mood| *mood != Mood::Silent).await.unwrap();
    let mut heard = heard.lock().unwrap();
    let (refused, taken): (Vec<Value>, Vec<Value>) =
        batch.into_iter().partition(|entity| matches!(mood, Mood::Without(id) if entity["id"] == id));
    let ids = |entities: &[Value]| entities.iter().map(|entity| entity["id"].clone()).collect::<Vec<_>>();
    if let Mood::Only(status) = mood {
        return (status, Json(json!({"type": "https://uri.etsi.org/ngsi-ld/errors/InternalError"}))).into_response();
    }
    let created: Vec<Value> =
        ids(&taken).into_iter().filter(|id| !heard.entities().contains_key(id.as_str().unwrap())).collect();
    let success = ids(&taken);
    heard.taken.extend(taken);
    if !refused.is_empty() {
        let problem = json!({"type": "https://uri.etsi.org/ngsi-ld/errors/BadRequestData", "title": "no"});
        let errors: Vec<Value> = ids(&refused).iter().map(|id| json!({"entityId": id, "error": problem})).collect();
        return (StatusCode::MULTI_STATUS, Json(json!({"success": success, "errors": errors}))).into_response();
    }
    match created.is_empty() {
        true => StatusCode::NO_CONTENT.into_response(),
        false => (StatusCode::CREATED, Json(created)).into_response(),
    }
}

/// The same, a second later for each number.
fn later(update: Update, seconds: i64) -> Update {
    let us = seconds * 1_000_000;
    Update { from_us: update.from_us + us, to_us: update.to_us + us, ..update }
}

fn observed(entity: &Value) -> &Value {
    &entity["dateObserved"]["value"]["@value"]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_context_broker_is_told_what_can_be_asked_and_only_what_is_new() {
    let broker = ContextBroker::start(Mood::Well).await;
    let token = file("token");
    std::fs::write(&token, "of-the-broker\n").unwrap();
    let settings = format!("{}token_file = {token:?}\n{PLACE}", broker.settings());
    let context = "https://example.org/context.jsonld";
    let scene = told(Scene::start_with_api(&format!("ngsi_context = {context:?}"), &settings).await).await;
    let Scene { worker, site, sites, .. } = &scene;
    let asked = worker.json("/ngsi-ld/v1/entities?attrs=location").await;
    let ids: Vec<&str> = asked.as_array().unwrap().iter().map(|entity| entity["id"].as_str().unwrap()).collect();
    assert!(ids.contains(&FLOW) && ids.contains(&LOT), "{ids:?}");
    for id in &ids {
        // Whole, and its context is in the header.
        let mut entity = worker.json(&format!("/ngsi-ld/v1/entities/{id}")).await;
        entity.as_object_mut().unwrap().remove("@context");
        broker.until(id, |told| *told == entity).await;
    }
    for headers in &broker.heard().headers {
        assert_eq!(headers["content-type"], "application/json");
        assert_eq!(headers["authorization"], "Bearer of-the-broker");
        assert!(headers["link"].to_str().unwrap().starts_with(&format!("<{context}>; rel=")), "{headers:?}");
    }
    assert_eq!(broker.heard().entities().len(), ids.len());

    // A new state of the lot, and of the lanes one that no entity tells.
    let before = broker.heard().taken.len();
    let debris = Update { state: Told::Event(event(&traffic(0), 0, "debris", 121.5)), ..traffic(0) };
    sites.deliver(&[(site.clone(), 0, debris), (site.clone(), 1, later(parking("p1"), 1))], 1, Encoding::Json).await;
    broker.until(LOT, |lot| lot["availableSpotNumber"]["observedAt"] == "2026-03-01T12:35:01.000Z").await;
    let taken = broker.heard().taken.clone();
    assert!(taken[before..].iter().all(|entity| entity["type"] != "TrafficFlowObserved"), "{taken:?}");
    until_metric(worker, "lukou_city_ngsi_total{outcome=\"told\"}", taken.len() as f64).await;
    until_metric(worker, "lukou_city_ngsi_waiting", 0.0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_context_broker_that_is_away_holds_up_nothing_and_is_told_the_newest() {
    let broker = ContextBroker::start(Mood::Only(StatusCode::SERVICE_UNAVAILABLE)).await;
    let Scene { worker, site, sites, router: _router, postgres: _postgres } = &Scene::start(&broker.settings()).await;
    let say = async |n: i64| {
        let message = (site.clone(), n.unsigned_abs(), later(traffic(1), n));
        sites.deliver(&[message], 1, Encoding::Json).await;
    };
    let asked = async |wanted: usize| {
        let look = async {
            let mut ticks = tokio::time::interval(Duration::from_millis(20));
            while broker.heard().headers.len() < wanted {
                ticks.tick().await;
            }
        };
        tokio::time::timeout(PATIENCE, look).await.expect("it is asked again");
    };
    say(0).await;
    asked(2).await;
    broker.mood.send_replace(Mood::Silent);
    let so_far = broker.heard().headers.len();
    asked(so_far + 1).await;
    // Stored, and receipts are there, while nobody has answered.
    say(1).await;
    say(2).await;
    assert!(worker.metric("lukou_city_ngsi_failures_total").await >= 1.0);
    broker.mood.send_replace(Mood::Only(StatusCode::TOO_MANY_REQUESTS));
    let so_far = broker.heard().headers.len();
    asked(so_far + 1).await;
    broker.mood.send_replace(Mood::Well);
    broker.until(FLOW, |flow| observed(flow) == "2026-03-01T12:35:02.000Z").await;
    let heard = broker.heard();
    let flows = heard.taken.iter().filter(|entity| entity["id"] == FLOW);
    assert!(flows.clone().all(|flow| observed(flow) == "2026-03-01T12:35:02.000Z"), "{:?}", heard.taken);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_context_broker_refuses_is_said_again_when_it_has_changed() {
    let broker = ContextBroker::start(Mood::Without(LOT)).await;
    let Scene { worker, site, sites, router: _router, postgres: _postgres } = &Scene::start(&broker.settings()).await;
    let refused = "lukou_city_ngsi_total{outcome=\"refused\"}";
    let say = async |n: i64| {
        let message = (site.clone(), n.unsigned_abs(), later(parking("p1"), n));
        sites.deliver(&[message], 1, Encoding::Json).await;
    };
    say(0).await;
    until_metric(worker, refused, 1.0).await;
    let taken = broker.heard().taken.len();
    assert!(taken > 0, "the bays are taken");
    // All of a batch.
    broker.mood.send_replace(Mood::Only(StatusCode::BAD_REQUEST));
    say(1).await;
    until_metric(worker, refused, 1.0 + 1.0 + taken as f64).await;
    assert_eq!(broker.heard().taken.len(), taken);
    broker.mood.send_replace(Mood::Well);
    say(2).await;
    broker.until(LOT, |lot| lot["availableSpotNumber"]["observedAt"] == "2026-03-01T12:35:02.000Z").await;
    until_metric(worker, "lukou_city_ngsi_total{outcome=\"told\"}", (taken + taken + 1) as f64).await;
    assert_eq!(worker.metric(refused).await, 2.0 + taken as f64);
    assert_eq!(worker.metric("lukou_city_ngsi_failures_total").await, 0.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_takes_a_site_over_tells_what_the_other_could_not() {
    let broker = ContextBroker::start(Mood::Only(StatusCode::SERVICE_UNAVAILABLE)).await;
    let (postgres, router_at) = (Postgres::start().await, free_endpoint());
    let _router = City::router(&router_at, &[]);
    let worker = || City::worker(&[&router_at], &postgres.database(), &broker.settings());
    let mut first = worker();
    let site = SiteKeys::new("test", "s").unwrap();
    let sites = Sites::connect(&[&router_at], std::slice::from_ref(&site)).await;
    sites.deliver(&[(site.clone(), 0, traffic(1))], 1, Encoding::Json).await;
    first.kill();
    sites.session.close().await.unwrap();
    broker.mood.send_replace(Mood::Well);
    let _second = worker();
    broker.until(FLOW, |flow| observed(flow) == "2026-03-01T12:35:00.000Z").await;
}

#[test]
fn an_address_that_is_none_of_a_broker_is_refused_at_the_start() {
    for (settings, said) in [
        ("broker = \"ftp://broker\"", "ngsi.broker: \"ftp://broker\" is no address of a broker"),
        ("broker = \"http://broker/?x=1\"", "ngsi.broker"),
        ("broker = \"http://name:password@broker\"", "ngsi.broker"),
        ("broker = \"https://broker\"", "ngsi.tls: https://broker/ needs it"),
        ("broker = \"http://broker\"\ntls = { root_ca_file = \"ca.pem\" }", "ngsi.tls: http://broker/ is not https"),
        ("broker = \"http://127.0.0.1:9\"\ntoken_file = \"/nowhere\"", "ngsi.token_file: /nowhere"),
    ] {
        let stderr = refusal("", &format!("[ngsi]\n{settings}\n"));
        assert!(stderr.contains(said), "{stderr}");
    }
}
