use std::path::Path;
use std::sync::{Arc, Mutex};

use hil::controllers::nema::DualRing;
use hil::controllers::ntcip::{Access, agent};
use hil::controllers::tscbm::block;
use tokio::net::UdpSocket;

use super::bench::{Bench, HEADS, table_of, truth};
use super::ntcip::access;

async fn bench() -> Bench {
    let table = format!("source = \"tscbm\"\nlink = {{ listen = \"127.0.0.1:0\" }}\n{}", table_of(&HEADS));
    Bench::start(&table, Path::new(".")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_moment_of_two_cycles_arrives_as_it_is() {
    let bench = bench().await;
    let mut controller = DualRing::default();
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    for sequence in 0..120 {
        socket.send_to(&block(&controller, sequence, bench.clock.now()), bench.address).await.unwrap();
        assert_eq!(bench.groups(), truth(&controller, &HEADS));
        controller.advance_by(13);
    }
    assert_eq!(bench.refused("sequence_gap"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn garbage_and_a_restart_are_survived() {
    let bench = bench().await;
    let mut controller = DualRing::default();
    let stranger = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let whole = block(&controller, 200, bench.clock.now());
    let halves = [&whole[..0], &whole[..120], &whole[121..], b"\xcd\x10", &[0xff; 2000]];
    for octets in halves {
        stranger.send_to(octets, bench.address).await.unwrap();
    }
    bench.refuses("length").await;
    for _ in 0..2 {
        // A controller that was restarted counts from 0 again, at another port.
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        for sequence in 0..3 {
            socket.send_to(&block(&controller, sequence, bench.clock.now()), bench.address).await.unwrap();
            assert_eq!(bench.groups(), truth(&controller, &HEADS));
            controller.advance_by(40);
        }
    }
    assert_eq!((bench.refused("length"), bench.refused("sequence_gap")), (halves.len() as u64, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_controller_is_told_to_broadcast() {
    let controller = Arc::new(Mutex::new(DualRing::default()));
    let listen = "127.0.0.1:0".parse().unwrap();
    let agent = agent(listen, &Access { boots: 1, ..access() }, controller.clone()).await.unwrap();
    let at = agent.local_addr();
    tokio::spawn(async move { agent.run().await });
    let folder = super::ntcip::secrets("enable");
    let table = format!(
        "source = \"tscbm\"\nlink = {{ listen = \"127.0.0.1:0\", to = \"{at}\" }}\n\
         enable = {{ snmp = {{ community = {{ file = \"community\" }} }} }}\n{}",
        table_of(&HEADS)
    );
    let bench = Bench::start(&table, &folder).await;
    let told = async {
        while !controller.lock().unwrap().broadcasts {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(super::bench::IN_VAIN, told).await.expect("the controller is not told to broadcast");
    let shown = controller.lock().unwrap().clone();
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    socket.send_to(&block(&shown, 0, bench.clock.now()), bench.address).await.unwrap();
    assert_eq!(bench.groups(), truth(&shown, &HEADS));
}
