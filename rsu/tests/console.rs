//! The console as a browser and as a program sees it: the real router, a real Chromium, a hand-made junction.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeSet;
use std::io::{BufRead, ErrorKind, Read, Write};
use std::net::TcpStream;

use rsu::api::MAX_STREAMS;
use rsu::console::{ASSETS, ConsoleState};
use rsu::health::{Level, TICK_TIMEOUT_S};

#[path = "console/browser.rs"]
mod browser;
#[path = "console/inspector.rs"]
mod inspector;
#[path = "console/server.rs"]
mod server;
#[path = "console/world.rs"]
mod world;

use browser::Browser;
use server::{Answer, IN_VAIN, Server};

/// The next event of a stream: its name and its data. The chunks' lengths in between are passed over.
fn next_event(stream: &mut impl BufRead) -> (String, serde_json::Value) {
    let (mut name, mut line) = (String::new(), String::new());
    loop {
        line.clear();
        assert_ne!(stream.read_line(&mut line).unwrap(), 0, "the stream ended");
        if let Some(event) = line.strip_prefix("event: ") {
            event.trim_end().clone_into(&mut name);
        } else if let Some(data) = line.strip_prefix("data: ") {
            return (name, serde_json::from_str(data.trim_end()).unwrap());
        }
    }
}

#[test]
fn every_answer_has_its_type_and_is_locked_up() {
    let server = Server::start();
    server.feed.publish(&world::state(1)).unwrap();
    let api = ["/api/v1/state", "/api/v1/map", "/api/v1/messages", "/readyz"].map(|path| (path, "application/json"));
    let text = [("/metrics", "text/plain; version=0.0.4; charset=utf-8"), ("/healthz", "text/plain; charset=utf-8")];
    let files = ASSETS.iter().map(|asset| (asset.path, asset.content_type));
    for (path, content_type) in files.chain(api).chain(text).chain([("/nothing", "text/plain; charset=utf-8")]) {
        let answer = server.get(path);
        assert_eq!(answer.header("content-type"), content_type, "{path}");
        assert!(
            answer.header("content-security-policy").starts_with("default-src 'none'; script-src 'self'"),
            "{path}"
        );
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("cross-origin-resource-policy"), "same-origin", "{path}");
        assert_eq!(answer.header("access-control-allow-origin"), "", "{path}");
        let is_file = ASSETS.iter().any(|asset| asset.path == path);
        assert_eq!(answer.header("cache-control"), if is_file { "no-cache" } else { "no-store" }, "{path}");
        assert!(!answer.body.is_empty(), "{path}");
    }
}

#[test]
fn state_and_map_are_what_was_put_in() {
    let server = Server::start();
    let nothing_yet = server.get("/api/v1/state");
    assert_eq!(
        (nothing_yet.status, nothing_yet.body.as_str()),
        (503, "The pipeline has not published anything yet.\n")
    );
    let state = world::state(1_785_412_800_000_000);
    server.feed.publish(&state).unwrap();
    let answer = server.get("/api/v1/state");
    assert_eq!(answer.status, 200);
    assert_eq!(answer.body, serde_json::to_string(&state).unwrap());
    let read: ConsoleState = serde_json::from_str(&answer.body).unwrap();
    assert_eq!((read.schema.as_str(), read.t_us), ("lukou.console/1", 1_785_412_800_000_000));
    let map = server.get("/api/v1/map");
    assert_eq!(map.body, serde_json::to_string(&world::map()).unwrap());
    assert_eq!(map.json()["lanes"][0]["id"], "n-in/1");
}

#[test]
fn it_is_read_only_and_shows_no_picture() {
    let server = Server::start();
    for path in ["/", "/api/v1/state", "/api/v1/stream", "/api/v1/messages", "/api/v1/decode", "/metrics"] {
        let answer = server.ask("POST", path);
        assert_eq!((answer.status, answer.header("allow")), (405, "GET,HEAD"), "{path}");
    }
    for path in ["/nothing", "/api/v1/cameras/cam-sw/snapshot.jpg", "/assets/../Cargo.toml", "/assets/"] {
        assert_eq!(server.get(path).status, 404, "{path}");
    }
    assert_eq!(server.get("/nothing?here").body, "There is nothing at /nothing.\n");
}

#[test]
fn an_endless_request_is_cut_off() {
    let server = Server::start();
    let mut stream = TcpStream::connect(server.address).unwrap();
    stream.set_read_timeout(Some(IN_VAIN)).unwrap();
    stream.write_all(b"GET /healthz HTTP/1.1\r\nX-Long: ").unwrap();
    // The service answers 431 and closes: some write after that fails, whatever the sizes of the buffers in between.
    let sent_all = (0..10_000).all(|_| stream.write_all(&[b'a'; 1000]).is_ok());
    assert!(!sent_all, "ten million octets of header were taken");
    assert_eq!(server.get("/nothing").status, 404, "others are served as before");
}

#[test]
fn health_and_readiness_say_what_is_wrong() {
    let server = Server::start();
    assert_eq!(server.get("/healthz").status, 503);
    server.health.expect("cam-sw");
    let answer = server.get("/readyz");
    assert_eq!(answer.status, 503);
    assert_eq!(
        answer.json()["reasons"],
        serde_json::json!([
            "the pipeline has not started",
            "nothing has been broadcast yet",
            "cam-sw has failed: not heard from yet"
        ])
    );

    // A tick from the future stays fresh however slow this machine is.
    server.health.tick(server.clock.uptime_s() + 1e6);
    server.health.broadcast_went_out();
    server.health.set("cam-sw", Level::Degraded, "4 of 10 frames a second");
    assert_eq!((server.get("/healthz").status, server.get("/healthz").body.as_str()), (200, "ok\n"));
    let answer = server.get("/readyz");
    assert_eq!((answer.status, &answer.json()["overall"]), (200, &"degraded".into()));
    assert_eq!(answer.json()["components"][0]["reason"], "4 of 10 frames a second");

    server.health.tick(server.clock.uptime_s() - TICK_TIMEOUT_S - 60.0);
    let answer = server.get("/healthz");
    assert_eq!(answer.status, 503);
    assert!(answer.body.starts_with("The pipeline has not gone round for 6"), "{}", answer.body);
}

#[test]
fn metrics_are_in_the_text_format() {
    let server = Server::start();
    server.metrics.count_drop("align", "too_late", 3);
    let body = server.get("/metrics").body;
    assert!(body.contains("lukou_dropped_total{reason=\"too_late\",where=\"align\"} 3\n"), "{body}");
}

#[test]
fn every_metric_is_documented_and_every_documented_one_is_there() {
    let names = |text: &'static str, before: &str| -> BTreeSet<&'static str> {
        let after = text.match_indices(before).map(|(at, _)| &text[at + before.len()..]);
        let name = |rest: &'static str| &rest[..rest.find(|c: char| !c.is_ascii_lowercase() && c != '_').unwrap()];
        after.map(name).filter(|name| name.starts_with("lukou_")).collect()
    };
    let documented = names(include_str!("../../docs/ref/metrics.md"), "\n| `");
    let registered = names(include_str!("../src/metrics.rs"), "\"");
    assert_eq!(documented, registered);
    assert!(registered.contains("lukou_capture_to_radio_seconds"), "{registered:?}");
}

#[test]
fn the_stream_tells_the_time_and_then_each_newer_state() {
    let server = Server::start();
    server.feed.publish(&world::state(1)).unwrap();
    let mut stream = server.open("GET", "/api/v1/stream", "keep-alive");
    let head = Answer::head(&mut stream);
    assert_eq!((head.status, head.header("content-type")), (200, "text/event-stream"));
    let (name, data) = next_event(&mut stream);
    assert_eq!(name, "clock");
    assert!(data["now_us"].as_i64().unwrap() > 1_700_000_000_000_000, "{data}");
    let (name, data) = next_event(&mut stream);
    assert_eq!((name.as_str(), &data["t_us"]), ("state", &1.into()));
    // Faster than anybody reads: the newest comes through, whatever is skipped on the way to it.
    for t_us in 2..=500 {
        server.feed.publish(&world::state(t_us)).unwrap();
    }
    let mut last_us = 1;
    let mut states = 0;
    while last_us < 500 {
        let (name, data) = next_event(&mut stream);
        if name == "state" {
            assert!(data["t_us"].as_i64().unwrap() > last_us, "states come in order");
            last_us = data["t_us"].as_i64().unwrap();
            states += 1;
        }
    }
    assert!(states < 400, "{states} of 499 states were sent: nothing held the stream back");
}

#[test]
fn streams_are_bounded_and_end_with_the_service() {
    let mut server = Server::start();
    let mut streams = Vec::new();
    for _ in 0..MAX_STREAMS {
        let mut stream = server.open("GET", "/api/v1/stream", "keep-alive");
        assert_eq!(Answer::head(&mut stream).status, 200);
        streams.push(stream);
    }
    let refused = server.get("/api/v1/stream");
    assert_eq!((refused.status, refused.header("retry-after")), (503, "5"));
    assert_eq!(server.get("/metrics").status, 200, "others are served as before");
    server.stop();
    for mut stream in streams {
        // Closed in the middle of a chunked answer, or reset: either way it is over.
        if let Err(error) = stream.read_to_end(&mut Vec::new()) {
            assert_eq!(error.kind(), ErrorKind::ConnectionReset, "the stream goes on");
        }
    }
}

#[test]
fn the_page_shows_the_junction() {
    let server = Server::start();
    let publishing = server.publish();
    let base = format!("http://{}/", server.address);
    let mut browser = Browser::start();
    browser.open(&base);
    browser.wait_for("document.documentElement.dataset.live === 'live'");
    browser.wait_for("document.getElementById('map').dataset.tracks === '10' && document.getElementById('map').dataset.lanes === '16'");
    assert_eq!(browser.text("#track-count"), "10");
    assert_eq!(browser.text("#site"), "demo-junction");
    assert_eq!(browser.text("#signals [data-light=green]").replace('\n', " "), "Group 1 Green 13");
    assert_eq!(browser.text("#signals [data-light=red]").replace('\n', " "), "Group 2 Red 21");
    assert_eq!(browser.text("#signals [data-light=flashing_yellow]").replace('\n', " "), "Group 4 Flashing yellow");
    let held = browser.text("#signals [data-light=unavailable]").replace('\n', " ");
    assert_eq!(held, "Group 5 Unknown No yellow", "why nothing is said of it");
    assert_eq!(browser.text("#held tr").replace('\t', " "), "SPAT No yellow 52");
    assert_eq!(browser.text("#parking .counts .free b"), "3");
    assert_eq!(browser.evaluate("document.querySelectorAll('.bay[data-status=occupied]').length"), 1);
    assert_eq!(browser.text("#sensors [data-key=radar-n] .chip"), "simulated 模拟");
    assert_eq!(browser.evaluate("document.querySelector('#sensors [data-key=cam-sw] .chip').hidden"), true);
    assert_eq!(browser.text("#sensors [data-key=cam-ne] .level"), "Failed");
    assert!(browser.text("#sensors [data-key=cam-ne] .detail").contains("connection refused"));
    assert_eq!(browser.text("#links [data-key=city] .level"), "Degraded");
    assert_eq!(
        (browser.text("#p50"), browser.text("#p99"), browser.text("#fps")),
        ("43".into(), "72".into(), "10.0".into())
    );
    assert_eq!(browser.text("#messages tr").replace('\t', " "), "SPAT cn 10.0 88");
    assert_eq!(browser.text("#lanes tr").replace('\t', " "), "n-in/1 420 30 31 % 3");
    assert_eq!(browser.evaluate("document.getElementById('simulated-note').hidden"), false);

    browser.evaluate("document.querySelector('details').open = true");
    browser.wait_for("document.querySelectorAll('#tracks tr').length === 10");
    browser.evaluate("document.getElementById('language').click()");
    assert_eq!(browser.text("#signals [data-light=red]").replace('\n', " "), "相位 2 红灯 21");
    assert_eq!(browser.text("#held tr").replace('\t', " "), "SPAT 缺少黄灯 52");
    assert_eq!(browser.evaluate("document.documentElement.lang"), "zh-CN");
    assert_eq!(browser.evaluate("[...document.querySelectorAll('[data-t]')].filter((e) => !e.textContent).length"), 0);

    browser.resize(390, 844);
    browser.wait_for("window.innerWidth === 390");
    assert_eq!(browser.evaluate("document.documentElement.scrollWidth"), 390, "a phone must not scroll sideways");

    assert_eq!(browser.errors(), [""; 0]);
    let requests = browser.requests();
    assert!(requests.len() >= ASSETS.len(), "{requests:?}");
    assert_eq!(requests.iter().filter(|url| !url.starts_with(&base)).collect::<Vec<_>>(), [""; 0]);
    publishing.abort();
}

#[test]
fn keys_and_wheel_move_the_map() {
    let server = Server::start();
    let publishing = server.publish();
    let mut browser = Browser::start();
    browser.open(&format!("http://{}/", server.address));
    browser.wait_for("document.getElementById('map').dataset.lanes === '16'");
    let picture = "document.getElementById('map').toDataURL()";
    publishing.abort();
    // The world stands still now: only the gestures change the picture.
    browser.wait_for("document.documentElement.dataset.live === 'stale'");
    // The banner took some height from the map: two pictures later it has its new size.
    browser.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
    let home = browser.evaluate(picture);
    for gesture in ["new KeyboardEvent('keydown', {key: 'ArrowLeft'})", "new WheelEvent('wheel', {deltaY: -300})"] {
        browser
            .evaluate(&format!("window.before = {picture}; document.getElementById('map').dispatchEvent({gesture})"));
        browser.wait_for(&format!("{picture} !== window.before"));
    }
    browser.evaluate("document.getElementById('fit').click()");
    browser.wait_for(&format!("{picture} === {home}"));
}

#[test]
fn names_cannot_bring_in_markup() {
    let server = Server::start();
    let evil = "<img src=/evil onerror=\"document.title='taken'\">";
    let mut state = world::state(server.clock.now().0);
    state.site = evil.into();
    state.sensors[0].id = evil.into();
    state.sensors[0].kind = evil.into();
    state.sensors[0].detail = evil.into();
    state.links[0].detail = evil.into();
    state.parking[0].name = evil.into();
    state.messages[0].message = evil.into();
    state.lanes[0].lane = evil.into();
    state.tracks[0].sources = vec![evil.into()];
    server.feed.publish(&state).unwrap();
    let mut browser = Browser::start();
    browser.open(&format!("http://{}/", server.address));
    browser.wait_for("document.querySelector('#sensors .id').textContent.startsWith('<img')");
    browser.evaluate("document.querySelector('details').open = true");
    assert_eq!(browser.text("#site"), evil);
    assert_eq!(browser.evaluate("document.querySelectorAll('img').length"), 1, "the mark in the header, no other");
    assert_eq!(browser.evaluate("document.title"), "Lukou 路口");
    assert!(!browser.requests().iter().any(|url| url.contains("evil")), "{:?}", browser.requests());
}

#[test]
fn old_data_is_never_called_live() {
    let mut server = Server::start();
    let mut browser = Browser::start();
    browser.open(&format!("http://{}/", server.address));
    browser
        .wait_for("document.getElementById('banner').innerText.startsWith('Connected. The service has not published')");

    // A state that was old when it came is not live for being new to this page.
    server.feed.publish(&world::state(server.clock.now().0 - 60_000_000)).unwrap();
    browser.wait_for("document.documentElement.dataset.live === 'stale'");
    assert_eq!(browser.text("#banner-text"), "No fresh data. What you see is old and not live.");
    assert_eq!(browser.text("#track-count"), "10");

    let publishing = server.publish();
    browser.wait_for("document.documentElement.dataset.live === 'live' && document.getElementById('banner').hidden");
    publishing.abort();
    browser.wait_for("document.documentElement.dataset.live === 'stale' && !document.getElementById('banner').hidden");

    server.stop();
    browser.wait_for(
        "document.getElementById('banner-text').innerText === 'Connection to the roadside unit lost. Trying again.'",
    );
    let back = Server::start_at(server.address);
    let publishing = back.publish();
    browser.wait_for("document.documentElement.dataset.live === 'live' && document.getElementById('banner').hidden");
    browser.wait_for("document.getElementById('announce').textContent === 'The page is live again.'");
    publishing.abort();
}
