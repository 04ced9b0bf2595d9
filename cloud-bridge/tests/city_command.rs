//! Commands from a city to a site, over real sessions.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use cloud_bridge::{
    Ack, AckState, Bridge, BridgeConfig, Command, CommandEnd, CommandKind, LinkConfig, LinkMode, SigningKey, SiteKeys,
    checksum, is_whole, public_key, send_command, signing_key,
};
use support::city::{apart, zenoh_config};
use support::{PATIENCE, free_endpoint, link, site_config};
use zenoh::Wait;

fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed_unchecked(&[seed; 32]).unwrap()
}

fn now_us() -> i64 {
    let since = std::time::UNIX_EPOCH.elapsed().unwrap();
    i64::try_from(since.as_micros()).unwrap()
}

fn command(id: &str, kind: CommandKind) -> Command {
    let (city, site) = ("demo".to_owned(), "vtest".to_owned());
    let (issued_us, expires_us) = (now_us(), now_us() + 60_000_000);
    Command {
        id: id.to_owned(), city, site, kind, issued_us, expires_us, payload: serde_json::json!({"text": "路滑"})
    }
}

fn config(endpoint: &str) -> BridgeConfig {
    let public = public_key(&key(1));
    BridgeConfig {
        command_keys: BTreeMap::from([("city-1".to_owned(), public)]),
        executes: BTreeSet::from([CommandKind::Rsi, CommandKind::Plan]),
        allows: BTreeSet::from([CommandKind::Rsi]),
        ..site_config(endpoint)
    }
}

async fn send(by: &LinkConfig, bridge: &Bridge, id: &str, signed: &[u8], within: Duration) -> Result<Ack, String> {
    let sent = send_command(by.clone(), bridge.keys().clone(), id.to_owned(), signed.to_vec(), None, within).await;
    sent.map_err(|e| e.to_string())
}

#[tokio::test]
async fn a_command_is_done_once_and_answered_each_time_also_after_a_restart() {
    let endpoint = free_endpoint();
    let (config, by) = (config(&endpoint), link(LinkMode::Peer, &[], &[&endpoint]));
    let bridge = Bridge::open(config.clone()).await.unwrap();
    let mut commands = bridge.commands().unwrap();
    assert!(bridge.commands().is_none());
    let asked = command("c1", CommandKind::Rsi);
    let signed = asked.sign("city-1", &key(1)).unwrap();
    let (answer, ()) = tokio::join!(send(&by, &bridge, "c1", &signed, PATIENCE), async {
        let event = commands.recv().await.unwrap();
        assert_eq!((event.ack.state, event.key.as_deref()), (AckState::Accepted, Some("city-1")));
        assert_eq!(event.command, Some(asked));
        bridge.finish_command("c1", CommandEnd::failed("no_such_sign").with_detail("sign 7")).unwrap();
    });
    let answer = answer.unwrap();
    assert_eq!((answer.state, answer.reason.as_deref()), (AckState::Failed, Some("no_such_sign")));
    assert_eq!(answer.detail.as_deref(), Some("sign 7"));
    assert_eq!(send(&by, &bridge, "c1", &signed, PATIENCE).await.unwrap(), answer);

    // One that is under way when the service ends is not begun again.
    let under_way = command("c2", CommandKind::Rsi).sign("city-1", &key(1)).unwrap();
    let not_yet = send(&by, &bridge, "c2", &under_way, Duration::from_secs(1)).await.unwrap_err();
    assert_eq!(not_yet, "demo/vtest has accepted it, and has not said in time how it ended");
    bridge.close().await;
    let bridge = Bridge::open(config).await.unwrap();
    let mut commands = bridge.commands().unwrap();
    assert_eq!(send(&by, &bridge, "c1", &signed, PATIENCE).await.unwrap(), answer);
    let interrupted = send(&by, &bridge, "c2", &under_way, PATIENCE).await.unwrap();
    assert_eq!((interrupted.state, interrupted.reason.as_deref()), (AckState::Failed, Some("interrupted")));
    while let Ok(event) = commands.try_recv() {
        assert_eq!(event.command, None, "nothing is done again");
    }
}

#[tokio::test]
async fn what_is_not_to_be_believed_or_done_is_rejected_and_says_why() {
    let endpoint = free_endpoint();
    let bridge = Bridge::open(config(&endpoint)).await.unwrap();
    let by = link(LinkMode::Peer, &[], &[&endpoint]);
    let cases: [(&str, Vec<u8>, &str); 5] = [
        ("r1", b"\xff{".to_vec(), "malformed"),
        ("r2", command("r2", CommandKind::Rsi).sign("city-1", &key(2)).unwrap(), "bad_signature"),
        ("r3", command("r3", CommandKind::Software).sign("city-1", &key(1)).unwrap(), "not_supported"),
        ("r5", command("r5", CommandKind::Plan).sign("city-1", &key(1)).unwrap(), "not_allowed"),
        ("r4", command("r3", CommandKind::Rsi).sign("city-1", &key(1)).unwrap(), "wrong_address"),
    ];
    let mut commands = bridge.commands().unwrap();
    for (id, signed, why) in cases {
        let answer = send(&by, &bridge, id, &signed, PATIENCE).await.unwrap();
        assert_eq!((answer.state, answer.reason.as_deref()), (AckState::Rejected, Some(why)));
        assert_eq!(commands.recv().await.unwrap().ack, answer, "what is rejected is told too");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn an_answer_that_came_garbled_is_not_taken_and_comes_again() {
    // In the place of a site: its first answer says something else by the time it arrives.
    let endpoint = free_endpoint();
    let (by, listen) = (link(LinkMode::Peer, &[], &[&endpoint]), link(LinkMode::Peer, &[&endpoint], &[]));
    let session = apart(move || zenoh::open(zenoh_config(&listen)).wait().unwrap()).await;
    let (answering, asked) = (session.clone(), AtomicU32::new(0));
    let answer = move |_| {
        let of = |state: &str| format!(r#"{{"schema":"lukou.ack/1","id":"c1","state":"{state}"}}"#);
        let is_first = asked.fetch_add(1, Ordering::Relaxed) == 0;
        let payload = of(if is_first { "failed" } else { "done" });
        answering.put("lukou/demo/vtest/ack/c1", payload).attachment(checksum(of("done").as_bytes())).wait().unwrap();
    };
    session.declare_subscriber("lukou/demo/vtest/command/*").callback(answer).background().await.unwrap();
    let site = SiteKeys::new("demo", "vtest").unwrap();
    let answer = send_command(by, site, "c1".into(), b"{}".to_vec(), None, PATIENCE).await.unwrap();
    assert_eq!(answer.state, AckState::Done);
    apart(move || session.close().wait().unwrap()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_site_says_the_checksum_of_its_answer() {
    let endpoint = free_endpoint();
    let bridge = Bridge::open(config(&endpoint)).await.unwrap();
    let connect = zenoh_config(&link(LinkMode::Peer, &[], &[&endpoint]));
    let session = apart(move || zenoh::open(connect).wait().unwrap()).await;
    let answers = session.declare_subscriber("lukou/demo/vtest/ack/c1").await.unwrap();
    let answer = async {
        // Until both have found each other.
        loop {
            session.put("lukou/demo/vtest/command/c1", "{").await.unwrap();
            if let Ok(answer) = tokio::time::timeout(Duration::from_millis(200), answers.recv_async()).await {
                break answer.unwrap();
            }
        }
    };
    let answer = tokio::time::timeout(PATIENCE, answer).await.unwrap();
    assert!(answer.attachment().is_some() && is_whole(&answer), "{answer:?}");
    bridge.close().await;
    apart(move || session.close().wait().unwrap()).await;
}

#[test]
fn keys_are_read_as_openssl_writes_them() {
    // openssl genpkey -algorithm ed25519; openssl pkey -pubout -outform DER | tail -c 32 | base64
    let pem = "-----BEGIN PRIVATE KEY-----\n\
               MC4CAQAwBQYDK2VwBCIEIGqsQvsoe4dcLBa2VeQKpfvoW5tI631fpo6qYgsJLZMQ\n\
               -----END PRIVATE KEY-----\n";
    assert_eq!(public_key(&signing_key(pem).unwrap()), "bcN27viqCRMuFFESzALgs4mt1xZPavXTlMdkFes6wW4=");
    assert!(signing_key("-----BEGIN PRIVATE KEY-----\nAAAA\n").is_err());
}

#[tokio::test]
async fn keys_that_are_none_are_refused_by_name() {
    let mut config = config(&free_endpoint());
    config.command_keys.insert("city-2".to_owned(), "AAAA".to_owned());
    let error = Bridge::open(config).await.unwrap_err().to_string();
    assert_eq!(error, "command_keys: city-2: not an Ed25519 key (a public one: 32 octets in Base64)");
}
