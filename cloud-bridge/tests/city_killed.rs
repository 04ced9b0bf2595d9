//! A site that is killed at any moment loses nothing that it had saved. `make soak` kills it many times as often.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use cloud_bridge::{Bridge, BridgeConfig, Kind, LinkMode};
use support::child::{self, Child, Habit, Saved, newest_lot};
use support::city::{City, Habits};
use support::{free_endpoint, link, soak, state_dir, until_confirmed};

#[tokio::test]
#[ignore = "runs in a process of its own"]
async fn child_site() {
    child::run().await;
}

/// Kills children one after the other, each a random moment after one of the first `most_lines` that it says, and returns what they
/// had saved.
async fn killed_again_and_again(habit: Habit, endpoint: &str, dir: &Path, rounds: u32, most_lines: usize) -> Saved {
    let mut chance = fastrand::Rng::with_seed(rounds.into());
    let (mut saved, mut killed_while) = (Saved::new(), BTreeMap::<String, u32>::new());
    for round in 0..rounds {
        let mut site = Child::start(LinkMode::Peer, endpoint, dir, habit, round * 100_000);
        site.has_said(chance.usize(0..most_lines));
        tokio::time::sleep(Duration::from_millis(chance.u64(0..60))).await;
        let said = site.kill();
        *killed_while.entry(said.doing).or_default() += 1;
        let before = saved.len() + said.saved.len();
        saved.extend(said.saved);
        assert_eq!(saved.len(), before, "no number comes twice");
    }
    println!("{} saved; killed while {killed_while:?}", saved.len());
    saved
}

async fn all_arrives(habit: Habit, rounds: u32, most_lines: usize) {
    let (endpoint, dir) = (free_endpoint(), state_dir());
    let city = City::open(link(LinkMode::Peer, &[&endpoint], &[]), Habits::default()).await;
    let mut saved = killed_again_and_again(habit, &endpoint, &dir, rounds, most_lines).await;
    let config = BridgeConfig::new("demo", "vtest", dir);
    let link = link(LinkMode::Peer, &[], &[&endpoint]);
    let bridge = Bridge::open(BridgeConfig { link, ..config }).await.unwrap();
    until_confirmed(&bridge).await;
    let book = city.book.lock().unwrap();
    assert!(newest_lot(&book.stored) >= newest_lot(&saved), "the newest of the lot");
    // Of the others, which may have been superseded, those that came.
    saved.retain(|name, _| name.0 != Kind::Parking || book.stored.contains_key(name));
    let lost: Vec<_> =
        saved.iter().filter(|(name, n)| book.stored.get(name).and_then(child::number) != Some(**n)).collect();
    assert_eq!(lost, [], "of {} saved", saved.len());
    assert!(!saved.is_empty());
    assert_eq!(book.contradictions, 0);
}

#[tokio::test]
async fn kill_while_it_publishes_loses_nothing_saved() {
    all_arrives(Habit::Steady, 12 * soak(), 100).await;
}

/// A run has hardly begun when it ends: the file of starts is written, and the outbox opened and repaired, over and over.
#[tokio::test]
async fn kill_while_it_opens_and_closes_loses_nothing_saved() {
    all_arrives(Habit::Restless, 30 * soak(), 40).await;
}
