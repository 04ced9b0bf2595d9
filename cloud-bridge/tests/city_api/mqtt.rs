//! What a Mosquitto is told.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use cloud_bridge::{Encoding, Update};
use serde_json::Value;

use crate::city::{PATIENCE, Scene, file};
use crate::support::{parking, traffic};
use crate::until_metric;

/// A Mosquitto of the test's own.
struct Broker {
    process: Child,
    port: u16,
    log: PathBuf,
}

impl Broker {
    fn start() -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let (config, log) = (file("conf"), file("log"));
        let text = format!("listener {port} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\n");
        std::fs::write(&config, text).unwrap();
        let mut broker = Command::new("/usr/sbin/mosquitto");
        let broker = broker.arg("-c").arg(config).stdout(Stdio::null()).stderr(std::fs::File::create(&log).unwrap());
        Self { process: broker.spawn().expect("Debian's package mosquitto"), port, log }
    }

    /// What it has said of who came.
    fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The next message that the broker passes on.
async fn heard(events: &mut rumqttc::EventLoop) -> (String, Value) {
    use rumqttc::{Event, Packet};
    let hear = async {
        loop {
            if let Ok(Event::Incoming(Packet::Publish(publish))) = events.poll().await {
                return (publish.topic, serde_json::from_slice(&publish.payload).unwrap());
            }
        }
    };
    tokio::time::timeout(PATIENCE, hear).await.expect("the broker passes something on")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_is_told_what_is_new_and_no_history() {
    use rumqttc::{AsyncClient, Event, MqttOptions, Packet, QoS};
    let broker = Broker::start();
    let (client, mut events) = AsyncClient::new(MqttOptions::new("reader", "127.0.0.1", broker.port), 10);
    client.subscribe("V2X/RSU/#", QoS::AtLeastOnce).await.unwrap();
    // Refused until the broker listens, then connected, and subscribed before the city speaks.
    let subscribed = async { while !matches!(events.poll().await, Ok(Event::Incoming(Packet::SubAck(_)))) {} };
    tokio::time::timeout(PATIENCE, subscribed).await.unwrap();
    let settings = format!("[mqtt]\nhost = \"127.0.0.1\"\nport = {}\n", broker.port);
    let Scene { worker, site, sites, router: _router, postgres } = &Scene::start(&settings).await;
    let connected = format!("lukou_city_mqtt_connected{{broker=\"127.0.0.1:{}\"}}", broker.port);
    until_metric(worker, &connected, 1.0).await;
    until_metric(worker, "lukou_city_shards", 64.0).await;
    // A worker's name is its own also where its process has the number of another's, as in two containers.
    let name: String = postgres.client().await.query_one("SELECT name FROM worker", &[]).await.unwrap().get(0);
    assert!(broker.log().contains(&format!(" as lukou{} ", &name[..18])), "{}", broker.log());

    let now_us = postgres.now_us().await;
    let at = |ago_s: i64, update: Update| {
        let to_us = now_us - ago_s * 1_000_000;
        Update { from_us: to_us - (update.to_us - update.from_us), to_us, ..update }
    };
    // A backlog of a site that was cut off: one by one the newest that is there, and yet no news.
    let backlog: Vec<_> =
        [7200, 3600].into_iter().zip(0..).map(|(ago_s, seq)| (site.clone(), seq, at(ago_s, traffic(1)))).collect();
    for message in &backlog {
        sites.deliver(std::slice::from_ref(message), 1, Encoding::Json).await;
    }
    let news = [
        (2, at(20, traffic(7)), "FLOW", 1),
        (0, at(20, parking("p1")), "PARKING", 2),
        (4, at(0, traffic(8)), "FLOW", 1),
    ];
    for (seq, update, topic, copies) in news {
        sites.deliver(&[(site.clone(), seq, update.clone())], copies, Encoding::Json).await;
        let (told, message) = heard(&mut events).await;
        assert_eq!((told, message["seq"].as_u64()), (format!("V2X/RSU/test/s/{topic}/UP"), Some(seq)));
    }
    // One of the last minute that was overtaken, and a copy.
    sites.deliver(&[(site.clone(), 3, at(10, traffic(9)))], 2, Encoding::Json).await;
    sites.deliver(&[(site.clone(), 5, at(-1, traffic(10)))], 1, Encoding::Json).await;
    assert_eq!(heard(&mut events).await.1["seq"], 5);
    assert_eq!(worker.metric("lukou_city_mqtt_total{outcome=\"stale\"}").await, 2.0);
    assert_eq!(worker.metric("lukou_city_mqtt_total{outcome=\"queued\"}").await, 4.0);
    drop(broker);
    until_metric(worker, &connected, 0.0).await;
    sites.deliver(&[(site.clone(), 6, at(-2, traffic(11)))], 1, Encoding::Json).await;
    until_metric(worker, "lukou_city_mqtt_total{outcome=\"not_connected\"}", 1.0).await;
}
