//! The message inspector: its answers, what it does with hostile ones, and the dialog in a browser.

use std::io::{Read, Write};
use std::net::TcpStream;

use asn1::Dialect;
use asn1::transport::{dsmp, wsmp};
use perception::time::UtcMicros;
use rsu::api::MAX_FRAME_TEXT;
use rsu::cli::codec::{hex, unhex};
use rsu::console::SentMessages;
use rsu::radios::{MessageKind, MessageSet, Transmission};
use serde_json::{Value, json};

use super::browser::Browser;
use super::server::Server;

/// A line each of every message type: `{"dialect":…,"hex":…,"jer":…}`.
const VECTORS: &str = include_str!("../codec_cli/vectors.jsonl");
const CN: &str = "cn-gbt31024-2019";
const US: &str = "us-j2735-2024";

fn vectors() -> impl Iterator<Item = (String, String, Value)> {
    VECTORS.lines().map(|line| {
        let value: Value = serde_json::from_str(line).unwrap();
        let text = |key: &str| value[key].as_str().unwrap().to_owned();
        (text("dialect"), text("hex").to_lowercase(), value["jer"].clone())
    })
}

/// A message of the China set by its frame's name.
fn cn(frame: &str) -> (String, Value) {
    let found = vectors().find(|(dialect, _, jer)| dialect == CN && !jer[frame].is_null());
    found.map(|(_, hex, jer)| (hex, jer)).unwrap()
}

fn send(sent: &SentMessages, at_us: i64, set: MessageSet, kind: MessageKind, hex: &str) {
    let payload = unhex(hex.as_bytes()).unwrap().into();
    let (captured_at, arrived_at, valid_until) = (None, None, UtcMicros(at_us));
    let message =
        Transmission { set, kind, payload, application_id: 1, priority: 0, captured_at, arrived_at, valid_until };
    sent.keep(UtcMicros(at_us), &message);
}

#[test]
fn the_newest_of_every_message_is_told() {
    let server = Server::start();
    let empty = server.get("/api/v1/messages").json();
    assert_eq!(empty["messages"], json!([]));
    assert_eq!(empty["dialects"], json!(Dialect::ALL.map(Dialect::name)));
    let missing = server.get("/api/v1/messages/cn/SPAT");
    assert_eq!((missing.status, missing.body.as_str()), (404, "No SPAT of the set cn has been sent.\n"));

    let (spat, said) = cn("spatFrame");
    let (us_spat, us_said) = vectors()
        .find_map(|(dialect, hex, jer)| (dialect == US && jer["messageId"] == 19).then_some((hex, jer)))
        .unwrap();
    send(&server.sent, 7, MessageSet::Cn, MessageKind::Map, &cn("mapFrame").0);
    send(&server.sent, 8, MessageSet::Cn, MessageKind::Spat, "00");
    send(&server.sent, 9, MessageSet::Cn, MessageKind::Spat, &spat);
    send(&server.sent, 10, MessageSet::Us, MessageKind::Spat, &us_spat);
    let list = server.get("/api/v1/messages").json();
    assert_eq!(list["schema"], "lukou.messages/1");
    assert_eq!(
        list["messages"][0],
        json!({"set": "cn", "dialect": CN, "message": "SPAT", "sent_us": 9, "octets": spat.len() / 2})
    );
    assert_eq!(list["messages"].as_array().unwrap().len(), 3);

    let answer = server.get("/api/v1/messages/cn/SPAT");
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/json"));
    assert_eq!(
        answer.json(),
        json!({
            "schema": "lukou.message/1", "dialect": CN, "message": "SPAT", "sent_us": 9, "layer": null,
            "octets": spat.len() / 2, "hex": spat, "json": said,
        })
    );
    assert_eq!(server.get("/api/v1/messages/us/SPAT").json()["json"], us_said);
    for path in ["cn/SDSM", "us/RSM", "cn/spat", "eu/SPAT", "cn", "cn/SPAT/x", "cn/..%2f..", "%00/SPAT"] {
        assert_eq!(server.get(&format!("/api/v1/messages/{path}")).status, 404, "{path}");
    }
    assert_eq!(server.get("/api/v1/messages/%ff/SPAT").status, 400, "no text at all");
}

#[test]
fn what_is_sent_and_cannot_be_read_is_shown_as_it_is() {
    let server = Server::start();
    send(&server.sent, 1, MessageSet::Us, MessageKind::Map, "0012ff");
    let answer = server.get("/api/v1/messages/us/MAP");
    assert_eq!((answer.status, &answer.json()["hex"]), (422, &"0012ff".into()), "{}", answer.body);
}

#[test]
fn a_pasted_frame_is_decoded_in_every_dialect_and_layer() {
    let server = Server::start();
    for (dialect, hex, jer) in vectors() {
        let answer = server.get(&format!("/api/v1/decode?dialect={dialect}&hex={}", hex.to_uppercase()));
        assert_eq!(answer.status, 200, "{}", answer.body);
        let read = answer.json();
        assert_eq!((&read["json"], &read["hex"]), (&jer, &Value::from(hex)));
        assert!(read["message"].is_string() && read["sent_us"].is_null() && read["layer"].is_null(), "{read}");
    }
    let (spat, said) = cn("spatFrame");
    let octets = unhex(spat.as_bytes()).unwrap();
    let text = format!("Version%3D0.7%0AType%3DSPAT%0APSID%3D0x8002%0APayload%3D{spat}%0A");
    for (pasted, layer) in [
        (hex(&dsmp::Frame::new(dsmp::AID_SPAT, &octets).encode().unwrap()), json!({"name": "dsmp", "aid": 3619})),
        (hex(&wsmp::Frame::new(wsmp::PSID_SPAT, &octets).encode().unwrap()), json!({"name": "wsmp", "psid": 0x82})),
        (text, json!({"name": "immediate_forward", "message_type": "SPAT", "psid_p_encoded": 0x8002})),
        (format!("{}+%0A{}", &spat[..10], &spat[10..]), Value::Null),
    ] {
        let read = server.get(&format!("/api/v1/decode?dialect={CN}&hex={pasted}")).json();
        assert_eq!((&read["layer"], &read["json"], &read["hex"]), (&layer, &said, &Value::from(&*spat)));
    }
}

#[test]
fn what_is_no_frame_is_refused_with_its_place() {
    let server = Server::start();
    let ask = |query: &str| server.get(&format!("/api/v1/decode{query}"));
    let (spat, _) = cn("spatFrame");
    let cut = ask(&format!("?dialect={CN}&hex={}", &spat[..40]));
    assert_eq!((cut.status, cut.header("content-type")), (422, "application/json"));
    let wrong = cut.json();
    let expected = asn1::decode_to_json(Dialect::CnGbt31024_2019, &unhex(&spat.as_bytes()[..40]).unwrap()).unwrap_err();
    assert_eq!(
        wrong,
        json!({
            "error": expected.message, "at": expected.at, "bit": expected.bit, "layer": null, "hex": &spat[..40],
        })
    );
    assert!(expected.at.starts_with("spatFrame.") && expected.bit.is_some(), "{expected}");
    let layer = ask(&format!("?dialect={CN}&hex=04008da3001d378a")).json();
    assert_eq!((&layer["at"], &layer["bit"]), (&"DSMP".into(), &48.into()));
    let not_hex = ask(&format!("?dialect={CN}&hex=37zz"));
    assert_eq!((not_hex.status, &not_hex.json()["bit"], &not_hex.json()["hex"]), (422, &Value::Null, &"".into()));

    for (query, sentence) in [
        ("", "Ask for /api/v1/decode?dialect=…&hex=…, each once.\n"),
        ("?hex=00", "Ask for /api/v1/decode?dialect=…&hex=…, each once.\n"),
        ("?dialect=us-j2735-2024&hex=00&hex=01", "Ask for /api/v1/decode?dialect=…&hex=…, each once.\n"),
        (
            "?dialect=eu&hex=00",
            "\"eu\" is no dialect; there are cn-gbt31024-2019, cn-n4, cn-csae157 and us-j2735-2024.\n",
        ),
    ] {
        let answer = ask(query);
        assert_eq!((answer.status, answer.body.as_str()), (400, sentence), "{query}");
    }
}

#[test]
fn hostile_frames_are_bounded_and_delay_nobody() {
    let server = Server::start();
    let longest = ask_of(&server, &"0".repeat(MAX_FRAME_TEXT));
    assert_eq!(longest.status, 422, "the longest is still looked at");
    let longer = ask_of(&server, &"0".repeat(MAX_FRAME_TEXT + 1));
    assert_eq!(longer.status, 414);
    assert!(longer.body.starts_with("The frame is too long: 12289 characters"), "{}", longer.body);
    // Longer than any head may be: refused before it is read to its end, so the answer may be lost in the cut.
    let mut stream = TcpStream::connect(server.address).unwrap();
    let _ = write!(stream, "GET /api/v1/decode?hex={} HTTP/1.1\r\nHost: here\r\n\r\n", "0".repeat(64 * 1024));
    let mut said = Vec::new();
    let _ = stream.read_to_end(&mut said);
    assert!(said.is_empty() || said.starts_with(b"HTTP/1.1 431 "), "{}", String::from_utf8_lossy(&said));

    // Every message with each of its octets spoilt in turn, some with much behind them: an answer each, never a crash.
    let mut answers = [0; 2];
    for (dialect, hex, _) in vectors().step_by(3) {
        for at in (0..hex.len()).step_by(16) {
            for spoilt in ["ff", "80", "7f"] {
                let mut frame = hex.clone();
                frame.replace_range(at..at + 2, spoilt);
                if spoilt == "80" {
                    frame.push_str(&"ff".repeat(at));
                }
                let answer = server.get(&format!("/api/v1/decode?dialect={dialect}&hex={frame}"));
                assert!([200, 422].contains(&answer.status), "{dialect} {frame}: {}", answer.body);
                assert!(answer.body.len() < 4 << 20, "{} octets about {frame}", answer.body.len());
                answers[usize::from(answer.status == 422)] += 1;
            }
        }
    }
    assert!(answers[0] > 0 && answers[1] > 100, "{answers:?}");

    // Many at once wait for each other; nobody else waits for them.
    let frame = "ff".repeat(MAX_FRAME_TEXT / 2);
    let asked: Vec<_> =
        (0..64).map(|_| server.open("GET", &format!("/api/v1/decode?dialect={US}&hex={frame}"), "close")).collect();
    assert_eq!(server.get("/api/v1/map").status, 200);
    for mut stream in asked {
        assert_eq!(super::Answer::head(&mut stream).status, 422);
    }
}

fn ask_of(server: &Server, frame: &str) -> super::Answer {
    server.get(&format!("/api/v1/decode?dialect={US}&hex={frame}"))
}

/// The page with its junction live, and real messages behind it.
fn browser(server: &Server) -> Browser {
    send(&server.sent, server.clock.now().0, MessageSet::Cn, MessageKind::Spat, &cn("spatFrame").0);
    send(&server.sent, server.clock.now().0, MessageSet::Cn, MessageKind::Map, &cn("mapFrame").0);
    let mut browser = Browser::start();
    browser.open(&format!("http://{}/", server.address));
    browser.wait_for("document.querySelectorAll('#messages tr').length === 3");
    browser
}

const PHASE: &str = "#inspector-tree > li > details > ul > li:nth-child(1)";

#[test]
fn the_inspector_shows_what_is_said_now() {
    let server = Server::start();
    let publishing = server.publish();
    let mut browser = browser(&server);
    // By keyboard, as by a click on the row.
    browser.evaluate("document.querySelector('#messages button').focus()");
    browser.press("Enter");
    browser.wait_for("document.getElementById('inspector').open");
    browser
        .wait_for("document.getElementById('inspector-facts').textContent === 'SPAT · cn-gbt31024-2019 · 29 octets'");
    assert!(browser.text(PHASE).starts_with("intersections"), "{}", browser.text(PHASE));
    let counter = "[...document.querySelectorAll('#inspector-tree .leaf')].find((leaf) => \
                   leaf.firstChild.textContent === 'msgCnt').lastChild.textContent";
    assert_eq!(browser.evaluate(counter), "69");
    assert!(browser.text("#inspector-tree").contains("light unavailable"), "{}", browser.text("#inspector-tree"));
    assert_eq!(browser.evaluate("document.getElementById('inspector-hex').textContent"), cn("spatFrame").0);
    assert_eq!(browser.text("#inspector-choices [aria-pressed=true]"), "SPAT cn");

    // What a person closes stays closed when the next message comes; what they hold stays as it is.
    browser.evaluate("document.querySelector('#inspector-tree details details').open = false");
    let other = vectors().filter(|(dialect, _, jer)| dialect == CN && !jer["spatFrame"].is_null()).nth(1).unwrap();
    send(&server.sent, server.clock.now().0, MessageSet::Cn, MessageKind::Spat, &other.1);
    browser.wait_for(&format!("{counter} === '127'"));
    assert_eq!(browser.evaluate("document.querySelector('#inspector-tree details details').open"), false);
    assert!(
        browser.text("#inspector-tree details details .preview").starts_with("[{"),
        "closed, it shows a line of what is in it"
    );
    browser.evaluate("document.getElementById('inspector-hold').click()");
    send(&server.sent, server.clock.now().0 - 60_000_000, MessageSet::Cn, MessageKind::Spat, &cn("spatFrame").0);
    let age = "document.getElementById('inspector-age').innerText";
    browser.wait_for(&format!("{age}.endsWith(' s ago')"));
    assert_eq!(browser.evaluate(counter), "127", "it grows old and stays");
    browser.evaluate("document.getElementById('inspector-hold').click()");
    browser.wait_for(&format!("{counter} === '69'"));
    browser.wait_for(&format!(
        "{age}.startsWith('sent ') && document.getElementById('inspector-age').className === 'old'"
    ));

    // The next message by its button, one that is shown but was never sent, and out again.
    browser.evaluate("document.querySelector('#inspector-choices [data-key=\"cn/MAP\"]').click()");
    browser.wait_for("document.getElementById('inspector-facts').textContent.startsWith('MAP · ')");
    browser.evaluate("document.querySelector('#inspector-choices [data-key=\"cn/RSM\"]').click()");
    browser.wait_for("!document.getElementById('inspector-wrong').hidden");
    assert_eq!(browser.text("#wrong-what"), "The unit has not sent this message since its start.");
    assert_eq!(browser.evaluate("document.querySelectorAll('#inspector-tree li').length"), 0);
    browser.press("Escape");
    browser.wait_for("!document.getElementById('inspector').open");
    assert_eq!(browser.evaluate("document.activeElement === document.querySelector('#messages button')"), true);
    // The browser logs the 404; nothing else went wrong.
    assert!(browser.errors().iter().all(|error| error.contains("/api/v1/messages/cn/RSM")), "{:?}", browser.errors());
    publishing.abort();
}

#[test]
fn a_pasted_frame_is_shown_or_where_it_breaks() {
    let server = Server::start();
    let publishing = server.publish();
    let mut browser = browser(&server);
    browser.evaluate("document.getElementById('decode-open').click()");
    browser.wait_for("document.getElementById('paste-dialect').options.length === 4");
    assert_eq!(browser.evaluate("document.activeElement.id"), "paste-text");
    assert_eq!(browser.evaluate("document.getElementById('paste-dialect').value"), CN);
    let paste = |browser: &mut Browser, dialect: &str, text: &str| {
        browser.evaluate(&format!(
            "document.getElementById('paste-text').value = {text:?};
             document.getElementById('paste-dialect').value = {dialect:?};
             document.querySelector('#paste button').click()"
        ));
    };

    let (spat, _) = cn("spatFrame");
    let framed = dsmp::Frame::new(dsmp::AID_SPAT, &unhex(spat.as_bytes()).unwrap()).encode().unwrap();
    let spaced: String = framed.iter().map(|octet| format!("{octet:02X} ")).collect();
    paste(&mut browser, CN, &spaced);
    browser.wait_for("document.getElementById('inspector-facts').textContent === 'SPAT · cn-gbt31024-2019 · 29 octets · was in DSMP, AID 3619'");
    assert!(browser.text("#inspector-tree").contains("ckbySa9"), "{}", browser.text("#inspector-tree"));
    assert_eq!(browser.evaluate("document.getElementById('inspector-age').textContent"), "");

    let text = format!("Type=SPAT\nPSID=0x8002\nPayload={spat}\n");
    paste(&mut browser, CN, &text);
    browser.wait_for(
        "document.getElementById('inspector-facts').textContent.endsWith('was in Immediate Forward, PSID 0x8002')",
    );

    paste(&mut browser, CN, &spat[..40]);
    browser.wait_for("!document.getElementById('inspector-wrong').hidden");
    let expected = asn1::decode_to_json(Dialect::CnGbt31024_2019, &unhex(&spat.as_bytes()[..40]).unwrap()).unwrap_err();
    let bit = expected.bit.unwrap();
    assert_eq!((browser.text("#wrong-what"), browser.text("#wrong-at")), (expected.message, expected.at));
    assert_eq!((bit, browser.text("#wrong-bit")), (160, "behind the last octet (bit 160, from 0)".into()));
    assert_eq!(browser.evaluate("document.querySelectorAll('#inspector-hex mark.end').length"), 1);
    assert_eq!(browser.evaluate("document.getElementById('inspector-hex').textContent"), spat[..40]);
    assert_eq!(browser.evaluate("document.querySelectorAll('#inspector-tree li').length"), 0);

    // A message of phase 2, which this dialect does not have.
    paste(&mut browser, CN, "800800000502006aaec0");
    browser.wait_for("document.getElementById('wrong-at').textContent === 'msgFrameExt'");
    assert_eq!(browser.text("#wrong-bit"), "bit 1, octet 0 (from 0)");
    assert_eq!(browser.text("#inspector-hex mark"), "80");

    // A message of a number that nobody knows is shown as octets.
    paste(&mut browser, US, "7fff0100");
    browser.wait_for("document.getElementById('inspector-facts').textContent === 'unknown · us-j2735-2024 · 4 octets'");
    assert!(browser.text("#inspector-tree").contains("32767"), "{}", browser.text("#inspector-tree"));

    paste(&mut browser, US, "garbage <img src=/evil>");
    browser.wait_for("document.getElementById('wrong-what').textContent.startsWith('not hex')");
    paste(&mut browser, US, &"00".repeat(MAX_FRAME_TEXT));
    browser.wait_for("document.getElementById('wrong-what').textContent.startsWith('The frame is too long: 24576')");

    browser.evaluate("document.getElementById('inspector-close').click(); document.getElementById('language').click()");
    browser.evaluate("document.getElementById('decode-open').click()");
    assert_eq!(browser.text("#paste button"), "解码");
    browser.resize(390, 844);
    browser.wait_for("window.innerWidth === 390");
    paste(&mut browser, CN, &spat);
    browser.wait_for("document.getElementById('inspector-facts').textContent === 'SPAT · cn-gbt31024-2019 · 29 字节'");
    assert_eq!(browser.evaluate("document.documentElement.scrollWidth"), 390, "a phone must not scroll sideways");
    // The browser logs every 422.
    assert!(browser.errors().iter().all(|error| error.contains("/api/v1/decode?")), "{:?}", browser.errors());
    assert!(!browser.requests().iter().any(|url| url.contains("evil") && !url.contains("/decode?")));
    publishing.abort();
}

#[test]
fn a_message_cannot_bring_in_markup() {
    let server = Server::start();
    let publishing = server.publish();
    let mut browser = browser(&server);
    let name = "<img src=/evil>";
    // A name in a SPAT of the China set is text of the sender's choice.
    let mut said = cn("spatFrame").1;
    said["spatFrame"]["name"] = name.into();
    let octets = asn1::encode_from_json(Dialect::CnGbt31024_2019, &said).unwrap();
    send(&server.sent, 1, MessageSet::Cn, MessageKind::Spat, &hex(&octets));
    browser.evaluate("document.querySelector('#messages tr').click()");
    browser.wait_for(&format!("document.getElementById('inspector-tree').textContent.includes({name:?})"));
    assert_eq!(browser.evaluate("document.querySelectorAll('img').length"), 1, "the mark in the header, no other");
    assert!(!browser.requests().iter().any(|url| url.contains("evil")));
    publishing.abort();
}
