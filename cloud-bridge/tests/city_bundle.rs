//! Files from a city to a site, piece by piece, over real sessions: from one who lies, one who goes away, and nobody.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cloud_bridge::{Bridge, Bundle, CHUNK_BYTES, FetchError, FileSum, LinkMode};
use support::city::{apart, zenoh_config};
use support::{PATIENCE, free_endpoint, link, serve_chunks, site_config, state_dir, until_connected};
use zenoh::query::Query;
use zenoh::{Session, Wait};

/// Which pieces were asked for: the chunk, and where in it they begin.
type Asked = Arc<Mutex<Vec<(usize, usize)>>>;

/// A file of three chunks and a bit.
fn file() -> (PathBuf, Vec<u8>, FileSum) {
    let folder = state_dir();
    std::fs::create_dir_all(&folder).unwrap();
    let contents: Vec<u8> = (0..3 * CHUNK_BYTES + 1000).map(|n| (n / 7 % 251) as u8).collect();
    let path = folder.join("model.onnx");
    std::fs::write(&path, &contents).unwrap();
    let sum = FileSum::of(&path).unwrap();
    (folder, contents, sum)
}

async fn fetch(bridge: &Arc<Bridge>, sum: &FileSum, into: &Path, patience: Duration) -> Result<(), FetchError> {
    let (bridge, sum, into) = (Arc::clone(bridge), sum.clone(), into.to_owned());
    apart(move || bridge.fetch(&sum, &into, patience)).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_file_comes_whole_from_one_who_goes_away_and_one_who_lies() {
    let endpoint = free_endpoint();
    let bridge = Arc::new(Bridge::open(site_config(&endpoint)).await.unwrap());
    let (folder, contents, sum) = file();
    assert_eq!(Bundle::of(&folder).unwrap().files["model.onnx"], sum);
    let into = folder.join("incoming");
    let city = || {
        let link = link(LinkMode::Peer, &[], &[&endpoint]);
        apart(move || zenoh::open(zenoh_config(&link)).wait().unwrap())
    };

    // One who has the first two chunks only.
    let (session, asked) = (city().await, Arc::new(Mutex::new(Vec::new())));
    until_connected(&bridge, true).await;
    let (chunks, told) = (contents.clone(), asked.clone());
    let session = apart(move || {
        serve_chunks(&session, &sum, move |number, _| {
            told.lock().unwrap().push(number);
            (number < 2).then(|| chunks[number * CHUNK_BYTES..(number + 1) * CHUNK_BYTES].to_vec())
        });
        (session, sum)
    });
    let (session, sum) = session.await;
    // An answer that the line has dropped is asked for again, and on a slow machine one attempt may be over before.
    while !asked.lock().unwrap().contains(&2) {
        let end = fetch(&bridge, &sum, &into, Duration::from_secs(2)).await;
        assert!(matches!(end, Err(FetchError::NoAnswer(_))), "{end:?}");
    }
    assert_eq!(std::fs::read(&into).unwrap(), contents[..2 * CHUNK_BYTES]);
    assert!(asked.lock().unwrap().is_sorted(), "{asked:?}");
    apart(move || session.close().wait().unwrap()).await;

    // A power cut has left nonsense behind the first chunk; another city lies once about each chunk.
    let mut torn = contents[..CHUNK_BYTES].to_vec();
    torn.extend([0; 500_000]);
    std::fs::write(&into, torn).unwrap();
    let (session, asked) = (city().await, Arc::new(Mutex::new(Vec::new())));
    let (chunks, told, of) = (contents.clone(), asked.clone(), sum.clone());
    let session = apart(move || {
        serve_chunks(&session, &of, move |number, time| {
            told.lock().unwrap().push(number);
            let end = chunks.len().min((number + 1) * CHUNK_BYTES);
            let mut chunk = chunks[number * CHUNK_BYTES..end].to_vec();
            chunk[0] ^= u8::from(time == 0);
            Some(chunk)
        });
        session
    });
    let session = session.await;
    fetch(&bridge, &sum, &into, PATIENCE).await.unwrap();
    assert_eq!(std::fs::read(&into).unwrap(), contents);
    let first = asked.lock().unwrap().clone();
    let times = [0, 1, 2, 3].map(|number| first.iter().filter(|asked| **asked == number).count());
    assert!(first.is_sorted() && times[0] == 0 && times[1..].iter().all(|times| *times >= 2), "{first:?}");
    // What is there is not asked for again.
    fetch(&bridge, &sum, &into, PATIENCE).await.unwrap();
    assert_eq!(*asked.lock().unwrap(), first);

    // Whoever signed it was wrong about the whole.
    let wrong = FileSum { sha256: "0".repeat(64), ..sum };
    let end = fetch(&bridge, &wrong, &into, PATIENCE).await;
    assert!(matches!(end, Err(FetchError::Whole(_))) && !into.exists(), "{end:?}");
    apart(move || session.close().wait().unwrap()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_link_that_is_closed_ends_it_at_once() {
    let endpoint = free_endpoint();
    let bridge = Arc::new(Bridge::open(site_config(&endpoint)).await.unwrap());
    let (folder, _, sum) = file();
    let into = folder.join("incoming");
    let (end, ()) = tokio::join!(fetch(&bridge, &sum, &into, 10 * PATIENCE), async {
        let mut ticks = tokio::time::interval(Duration::from_millis(5));
        while !into.exists() {
            ticks.tick().await;
        }
        bridge.close().await;
    });
    assert!(matches!(end, Err(FetchError::Closed)), "{end:?}");
}

/// Answers as a city does, with the part of a chunk that is asked for, if it ends before `until` of the file. Returns what was
/// asked.
async fn serve_parts(endpoint: &str, contents: &[u8], sum: &FileSum, until: usize) -> (Session, Asked) {
    let (link, contents, sum) = (link(LinkMode::Peer, &[], &[endpoint]), contents.to_vec(), sum.clone());
    let asked = Asked::default();
    let told = asked.clone();
    let open = move || {
        let session = zenoh::open(zenoh_config(&link)).wait().unwrap();
        let answer = move |query: Query| {
            let key = query.key_expr().as_str();
            let number: usize = key.rsplit_once('/').unwrap().1.parse().unwrap();
            let parameter = |name| query.parameters().get(name).unwrap().parse::<usize>().unwrap();
            let (from, bytes) = (parameter("from"), parameter("bytes"));
            told.lock().unwrap().push((number, from));
            let begin = number * CHUNK_BYTES + from;
            if begin + bytes <= until {
                query.reply(key, contents[begin..begin + bytes].to_vec()).wait().unwrap();
            }
        };
        let keys = format!("lukou/demo/@bundle/{}/*", sum.sha256);
        session.declare_queryable(keys).callback(answer).background().wait().unwrap();
        session
    };
    (apart(open).await, asked)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_piece_that_came_before_a_restart_does_not_come_again() {
    let endpoint = free_endpoint();
    let (folder, contents, sum) = file();
    let into = folder.join("incoming");
    // The first chunk in part, as its pieces come: 4, 8 and 16 KiB.
    let there = 28 << 10;
    let bridge = Arc::new(Bridge::open(site_config(&endpoint)).await.unwrap());
    let (session, asked) = serve_parts(&endpoint, &contents, &sum, there).await;
    until_connected(&bridge, true).await;
    let (end, ()) = tokio::join!(fetch(&bridge, &sum, &into, PATIENCE), async {
        let mut ticks = tokio::time::interval(Duration::from_millis(5));
        while asked.lock().unwrap().last() != Some(&(0, there)) {
            ticks.tick().await;
        }
        bridge.close().await;
    });
    assert!(matches!(end, Err(FetchError::Closed)), "{end:?}");
    assert_eq!(std::fs::read(&into).unwrap(), contents[..there]);
    apart(move || session.close().wait().unwrap()).await;

    let bridge = Arc::new(Bridge::open(site_config(&endpoint)).await.unwrap());
    let (session, asked) = serve_parts(&endpoint, &contents, &sum, contents.len()).await;
    until_connected(&bridge, true).await;
    fetch(&bridge, &sum, &into, PATIENCE).await.unwrap();
    assert_eq!(std::fs::read(&into).unwrap(), contents);
    let asked = std::mem::take(&mut *asked.lock().unwrap());
    assert!(asked[0] == (0, there) && asked.is_sorted(), "{asked:?}");
    apart(move || session.close().wait().unwrap()).await;
}
