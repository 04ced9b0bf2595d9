//! TLS to a real PostgreSQL, a real Mosquitto and Python's server, and HTTPS to Python's client.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod city;
mod support;

use std::io::{BufRead, BufReader};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use city::postgres::Postgres;
use city::{City, PATIENCE, Scene, Sites, file};
use cloud_bridge::{Encoding, SiteKeys, TlsConfig, Update};
use support::{Authority, free_endpoint, traffic};

/// `[<part>.tls]` with what a client believes and shows.
fn client_tls(part: &str, tls: &TlsConfig) -> String {
    format!("[{part}.tls]\nroot_ca_file = {:?}\n[{part}.tls.certificate]\n{}", tls.root_ca_file, certificate(tls))
}

fn certificate(tls: &TlsConfig) -> String {
    let [certificate, key] = [&tls.certificate_file, &tls.private_key_file].map(|file| file.as_ref().unwrap());
    format!("certificate_file = {certificate:?}\nprivate_key_file = {key:?}\n")
}

/// Waits until a metric has grown to this; there is no event for it.
async fn until_metric(worker: &City, name: &str, least: f64) {
    let look = async {
        let mut ticks = tokio::time::interval(Duration::from_millis(20));
        while worker.metric(name).await < least {
            ticks.tick().await;
        }
    };
    tokio::time::timeout(PATIENCE, look).await.unwrap_or_else(|_| panic!("{name} of {least}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_database_is_spoken_to_in_tls_alone_and_another_authority_is_not_believed() {
    let (authority, other) = (Authority::new(), Authority::new());
    let postgres = Postgres::start_with_tls(&authority.issue("database")).await;
    let router_at = free_endpoint();
    let _router = City::router(&router_at, &[]);
    let deceived = client_tls("store", &other.issue("worker"));
    let deceived = City::worker(&[&router_at], &postgres.database(), &deceived);
    until_metric(&deceived, "lukou_city_store_errors_total", 2.0).await;
    let client = postgres.client().await;
    let connections =
        "SELECT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name LIKE 'lukou city%'";
    assert!(client.query(connections, &[]).await.unwrap().is_empty());
    assert_eq!(deceived.stop(), Some(0));

    let worker = City::worker(&[&router_at], &postgres.database(), &client_tls("store", &authority.issue("worker")));
    let site = SiteKeys::new("test", "s").unwrap();
    let sites = Sites::connect(&[&router_at], std::slice::from_ref(&site)).await;
    sites.deliver(&[(site, 0, traffic(1))], 1, Encoding::Json).await;
    // Those that write, that lease, and that read.
    assert_eq!(worker.json("/api/v1/sites").await["sites"][0]["site"], "s");
    let encrypted = client.query(connections, &[]).await.unwrap();
    let encrypted: Vec<bool> = encrypted.iter().map(|row| row.get(0)).collect();
    assert_eq!(encrypted, [true; 3]);
}

/// A Mosquitto that asks for a certificate on one port, and lets this machine read without on another.
struct Broker {
    process: Child,
    port: u16,
    port_of_readers: u16,
}

impl Broker {
    fn start(tls: &TlsConfig) -> Self {
        let [port, port_of_readers] =
            [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port());
        let [own, key] = [&tls.certificate_file, &tls.private_key_file].map(|file| file.as_ref().unwrap().display());
        let config = file("conf");
        let text = format!(
            "user root\nallow_anonymous true\nlistener {port_of_readers} 127.0.0.1\nlistener {port} 127.0.0.1\ncafile {}\n\
             certfile {own}\nkeyfile {key}\nrequire_certificate true\n",
            tls.root_ca_file.display()
        );
        std::fs::write(&config, text).unwrap();
        let mut broker = Command::new("/usr/sbin/mosquitto");
        let broker = broker.arg("-c").arg(config).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        Self { process: broker.expect("Debian's package mosquitto"), port, port_of_readers }
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_asks_for_a_certificate_is_told_what_is_stored() {
    use rumqttc::{AsyncClient, Event, MqttOptions, Packet, QoS};
    let authority = Authority::new();
    let broker = Broker::start(&authority.issue("broker"));
    let options = MqttOptions::new("reader", "127.0.0.1", broker.port_of_readers);
    let (client, mut events) = AsyncClient::new(options, 10);
    client.subscribe("V2X/RSU/#", QoS::AtLeastOnce).await.unwrap();
    let subscribed = async { while !matches!(events.poll().await, Ok(Event::Incoming(Packet::SubAck(_)))) {} };
    tokio::time::timeout(PATIENCE, subscribed).await.unwrap();
    let mqtt = format!("[mqtt]\nhost = \"127.0.0.1\"\nport = {}\n", broker.port);
    let scene = Scene::start(&format!("{mqtt}{}", client_tls("mqtt", &authority.issue("worker")))).await;
    until_metric(&scene.worker, &format!("lukou_city_mqtt_connected{{broker=\"127.0.0.1:{}\"}}", broker.port), 1.0)
        .await;
    let to_us = scene.postgres.now_us().await;
    let update = Update { from_us: to_us - 10_000_000, to_us, ..traffic(1) };
    scene.sites.deliver(&[(scene.site.clone(), 0, update)], 1, Encoding::Json).await;
    let told = async {
        loop {
            if let Ok(Event::Incoming(Packet::Publish(publish))) = events.poll().await {
                return publish.topic;
            }
        }
    };
    assert_eq!(tokio::time::timeout(PATIENCE, told).await.unwrap(), "V2X/RSU/test/s/FLOW/UP");
}

/// A context broker in Python that asks for a certificate and takes everything.
struct ContextBroker {
    process: Child,
    port: u16,
}

impl ContextBroker {
    fn start(tls: &TlsConfig) -> Self {
        const SERVE: &str = "import http.server, ssl, sys\n\
            class Broker(http.server.BaseHTTPRequestHandler):\n\
            \x20   def do_POST(self):\n\
            \x20       self.rfile.read(int(self.headers['content-length']))\n\
            \x20       self.send_response(204)\n\
            \x20       self.end_headers()\n\
            server = http.server.HTTPServer(('127.0.0.1', 0), Broker)\n\
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=sys.argv[1])\n\
            context.verify_mode = ssl.CERT_REQUIRED\n\
            context.load_cert_chain(sys.argv[2], sys.argv[3])\n\
            server.socket = context.wrap_socket(server.socket, server_side=True)\n\
            print(server.server_port, flush=True)\n\
            server.serve_forever()";
        let [own, key] = [&tls.certificate_file, &tls.private_key_file].map(|file| file.as_ref().unwrap());
        let mut python = Command::new("python3");
        let python = python.args(["-c", SERVE]).arg(&tls.root_ca_file).args([own, key]).stderr(Stdio::null());
        let mut process = python.stdout(Stdio::piped()).spawn().unwrap();
        let mut port = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut port).unwrap();
        Self { process, port: port.trim().parse().unwrap() }
    }
}

impl Drop for ContextBroker {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_context_broker_of_another_authority_is_told_nothing() {
    let (authority, other) = (Authority::new(), Authority::new());
    let broker = ContextBroker::start(&authority.issue("broker"));
    for (believed, told, failures) in [(&other, 0.0, 1.0), (&authority, 2.0, 0.0)] {
        let address = format!("[ngsi]\nbroker = \"https://127.0.0.1:{}\"\n", broker.port);
        let scene = Scene::start(&format!("{address}{}", client_tls("ngsi", &believed.issue("worker")))).await;
        scene.sites.deliver(&[(scene.site.clone(), 0, traffic(1))], 1, Encoding::Json).await;
        until_metric(&scene.worker, "lukou_city_ngsi_failures_total", failures).await;
        until_metric(&scene.worker, "lukou_city_ngsi_total{outcome=\"told\"}", told).await;
        assert_eq!(scene.worker.metric("lukou_city_ngsi_total{outcome=\"told\"}").await, told);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_interface_answers_over_https_also_while_a_handshake_dawdles() {
    const GET: &str = "import ssl, sys, urllib.request\n\
        context = ssl.create_default_context(cafile=sys.argv[1])\n\
        print(urllib.request.urlopen(sys.argv[2], context=context).read().decode(), end='')";
    let authority = Authority::new();
    let router_at = free_endpoint();
    let settings = format!("[api.tls]\n{}", certificate(&authority.issue("api")));
    // Neither a router nor a database is needed to answer.
    let worker = City::worker(&[&router_at], "host=127.0.0.1 port=1", &settings);
    assert!(worker.said.starts_with("https://"), "{}", worker.said);
    let host = worker.said.trim_start_matches("https://").trim_end_matches('/');
    let _dawdles = TcpStream::connect(host).unwrap();
    let get = |authority: &Authority| {
        let mut python = Command::new("python3");
        let ca = authority.dir.join("ca.pem");
        let said = python.args(["-c", GET]).arg(ca).arg(format!("{}healthz", worker.said)).output().unwrap();
        (said.status.success(), String::from_utf8(said.stdout).unwrap())
    };
    assert_eq!(get(&authority), (true, "ok\n".to_owned()));
    assert_eq!(get(&Authority::new()), (false, String::new()));
}
