//! SNMP over a bad way: what gets through is right all the same, and a way that is cut is noticed and found again.

use std::sync::{Arc, Mutex};

use hil::controllers::nema::DualRing;
use hil::controllers::ntcip::agent;
use rsu::pipeline::Input;
use rsu::signals::Light;

use super::bench::{Bench, HEADS, Shown, truth};
use super::ntcip::{V2C, V3, access, secrets, table};
use super::relay::{Relay, Way};

/// Changes of the controller that are watched.
const CHANGES: usize = 30;

fn lights(controller: &DualRing) -> Vec<Light> {
    truth(controller, &HEADS).iter().map(|group| group.1).collect()
}

/// Whatever is lost, doubled or late, a state is what the controller showed between the question and its answer.
async fn what_gets_through_is_right(name: &str, snmp: &str) {
    let controller = Arc::new(Mutex::new(DualRing::default()));
    let agent = agent("127.0.0.1:0".parse().unwrap(), &access(), controller.clone()).await.unwrap();
    let relay = Relay::start(agent.local_addr(), 1202).await;
    tokio::spawn(async move { agent.run().await });
    let bench = Bench::start(&table(relay.at, snmp), &secrets(name)).await;
    let mut shown = Shown::default();
    shown.add(bench.clock.now(), lights(&controller.lock().unwrap()));
    bench.state();
    relay.becomes(Way::BAD);
    for _ in 0..CHANGES {
        let changed_at = {
            let mut controller = controller.lock().unwrap();
            controller.advance_by(13);
            shown.add(bench.clock.now(), lights(&controller));
            bench.clock.now()
        };
        loop {
            let arrival = bench.arrival();
            let Input::Signal(state) = &arrival.input else { panic!("{arrival:?}") };
            let lights: Vec<Light> = state.groups.iter().map(|group| group.light).collect();
            assert!(shown.had(state.captured_at, arrival.at, &lights), "{state:?} until {:?}: {shown:?}", arrival.at);
            if state.captured_at > changed_at {
                break;
            }
        }
    }
    relay.becomes(Way::CUT);
    bench.until_connected(false).await;
    relay.becomes(Way::default());
    bench.until_connected(true).await;
    let now = lights(&controller.lock().unwrap());
    bench.groups_with(&now);
    // What was late or came twice was told from what was asked for.
    assert!(bench.refused("stray") > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_gets_through_a_bad_way_is_right_and_a_cut_is_noticed() {
    what_gets_through_is_right("lossy-v2c", V2C).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_gets_through_a_bad_way_is_right_with_signatures_too() {
    what_gets_through_is_right("lossy-v3", V3).await;
}
