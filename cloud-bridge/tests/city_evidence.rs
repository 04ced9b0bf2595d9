//! A recording from a site to its city, through a router with the settings of `deploy/zenoh/`: to who has signed for it, whole, and
//! to nobody else.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use cloud_bridge::{
    Ack, AckState, Bridge, BridgeConfig, CHUNK_BYTES, Command, CommandEnd, CommandKind, EvidenceError, FetchError,
    FileSum, LinkConfig, LinkMode, SigningKey, fetch_evidence, public_key,
};
use support::city::{apart, zenoh_config};
use support::router::{Router, router};
use support::{Authority, PATIENCE, free_endpoint_of, link, site_config, state_dir, until_connected};
use zenoh::Wait;
use zenoh::query::ConsolidationMode;
use zenoh::sample::Locality;

fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed_unchecked(&[seed; 32]).unwrap()
}

/// A router, and a site behind it that gives whoever has signed for it a file of three chunks and a bit.
struct Street {
    endpoint: String,
    authority: Authority,
    router: Router,
    bridge: Arc<Bridge>,
    folder: PathBuf,
    contents: Vec<u8>,
}

impl Street {
    async fn new() -> Self {
        let (endpoint, authority) = (free_endpoint_of("tls"), Authority::new());
        let router = router(&endpoint, &authority).await;
        let config = BridgeConfig {
            link: client(&authority, &endpoint, "vtest.demo"),
            command_keys: BTreeMap::from([("city-1".to_owned(), public_key(&key(1)))]),
            executes: BTreeSet::from([CommandKind::Evidence]),
            allows: BTreeSet::from([CommandKind::Evidence]),
            ..site_config(&endpoint)
        };
        let bridge = Arc::new(Bridge::open(config).await.unwrap());
        until_connected(&bridge, true).await;
        let folder = state_dir();
        std::fs::create_dir_all(&folder).unwrap();
        let contents: Vec<u8> = (0..3 * CHUNK_BYTES + 1000).map(|n| (n / 7 % 251) as u8).collect();
        let file = folder.join("1-1.mcap");
        std::fs::write(&file, &contents).unwrap();
        let (mut commands, giving) = (bridge.commands().unwrap(), Arc::clone(&bridge));
        tokio::spawn(async move {
            while let Some(event) = commands.recv().await {
                let Some(command) = event.command else { continue };
                let end = CommandEnd::done().with_file(giving.offer(&file).unwrap());
                giving.finish_command(&command.id, end).unwrap();
            }
        });
        Self { endpoint, authority, router, bridge, folder, contents }
    }

    fn file(&self) -> PathBuf {
        self.folder.join("1-1.mcap")
    }

    /// What `city evidence` does, with this key.
    async fn fetch(&self, seed: u8, into: &Path, patience: Duration) -> Result<Ack, EvidenceError> {
        let site = self.bridge.keys().clone();
        let command = Command::issued_now(&site, None, CommandKind::Evidence, 60, serde_json::json!({"event": "1-1"}));
        let signed = command.sign("city-1", &key(seed)).unwrap();
        let link = client(&self.authority, &self.endpoint, "city.demo");
        fetch_evidence(link, site, command.id, signed, into.to_owned(), patience).await
    }

    /// How many bytes somebody gets who asks for this; whom the router does not let ask waits in vain.
    async fn asked(&self, name: &str, chunk: &str) -> Vec<usize> {
        let (link, key) = (client(&self.authority, &self.endpoint, name), format!("lukou/demo/vtest/evidence/{chunk}"));
        let within = if name == "city.demo" { PATIENCE } else { Duration::from_secs(2) };
        apart(move || {
            let session = zenoh::open(zenoh_config(&link)).wait().unwrap();
            let get = session.get(key).consolidation(ConsolidationMode::None).allowed_destination(Locality::Remote);
            let replies: Vec<_> = get.timeout(within).wait().unwrap().into_iter().collect();
            session.close().wait().unwrap();
            replies.into_iter().filter_map(|reply| Some(reply.result().ok()?.payload().len())).collect()
        })
        .await
    }

    async fn close(self) {
        self.bridge.close().await;
        self.router.close().await;
    }
}

fn client(authority: &Authority, endpoint: &str, name: &str) -> LinkConfig {
    LinkConfig { tls: Some(authority.issue(name)), ..link(LinkMode::Client, &[], &[endpoint]) }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_recording_goes_to_who_has_signed_for_it_and_to_nobody_else() {
    let street = Street::new().await;
    let sum = FileSum::of(&street.file()).unwrap();
    let into = street.folder.join("incoming");
    let first = format!("{}/0", sum.sha256);
    assert_eq!(street.asked("city.demo", &first).await, [0; 0], "nobody has asked for it with a signature");
    let refused = street.fetch(2, &into, PATIENCE).await.unwrap();
    assert_eq!((refused.state, refused.reason.as_deref()), (AckState::Rejected, Some("bad_signature")));
    assert!(refused.file.is_none() && !into.exists());
    assert_eq!(street.asked("city.demo", &first).await, [0; 0]);

    let ack = street.fetch(1, &into, PATIENCE).await.unwrap();
    assert_eq!((ack.state, ack.file.as_ref()), (AckState::Done, Some(&sum)));
    assert_eq!(std::fs::read(&into).unwrap(), street.contents);

    // It lies ready for the city, who knows what it is. For another site it does not.
    assert_eq!(street.asked("city.demo", &format!("{first}?from=5;bytes=100")).await, [100]);
    assert_eq!(street.asked("south.demo", &first).await, [0; 0]);
    for guess in ["**", "*/0", &format!("{}/*", sum.sha256), &format!("{}/4", sum.sha256), "../1-1.mcap/0"] {
        assert_eq!(street.asked("city.demo", guess).await, [0; 0], "{guess}");
    }
    street.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_file_that_is_another_by_now_is_not_taken_and_what_came_before_is_kept() {
    let street = Street::new().await;
    let into = street.folder.join("incoming");
    let mut other = street.contents.clone();
    other[2 * CHUNK_BYTES] ^= 1;
    // Changed just after it was summed up: nobody has asked for a piece yet.
    let site_file = street.file();
    let changing = async {
        let mut ticks = tokio::time::interval(Duration::from_millis(5));
        while !into.exists() {
            ticks.tick().await;
        }
        std::fs::write(&site_file, &other).unwrap();
    };
    let (end, ()) = tokio::join!(street.fetch(1, &into, PATIENCE), changing);
    assert!(matches!(end, Err(EvidenceError::Fetch(FetchError::Refused(2)))), "{end:?}");
    assert_eq!(std::fs::read(&into).unwrap(), street.contents[..2 * CHUNK_BYTES]);

    // Gone, and there again.
    std::fs::remove_file(&site_file).unwrap();
    std::fs::write(&site_file, &street.contents).unwrap();
    street.fetch(1, &into, PATIENCE).await.unwrap();
    assert_eq!(std::fs::read(&into).unwrap(), street.contents);
    street.close().await;
}
