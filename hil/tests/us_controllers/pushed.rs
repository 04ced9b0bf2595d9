use std::path::Path;

use hil::controllers::j2735::{spat, text};
use hil::controllers::nema::DualRing;
use rsu::signals::nema::Head;
use tokio::net::UdpSocket;

use super::bench::{Bench, truth};

const PUSHED: [Head; 4] = [Head::Phase(2), Head::Phase(5), Head::Pedestrian(2), Head::Pedestrian(4)];

#[tokio::test(flavor = "multi_thread")]
async fn spat_arrives_as_it_was_pushed_bare_or_as_text() {
    let groups: String = (1..)
        .zip([2, 5, 12, 14])
        .map(|(group, theirs): (u8, u8)| format!("[[group]]\ngroup = {group}\nsignal_group = {theirs}\n"))
        .collect();
    let table = format!("source = \"j2735_push\"\nlink = {{ listen = \"127.0.0.1:0\" }}\nintersection = 12\n{groups}");
    let bench = Bench::start(&table, Path::new(".")).await;
    let controller_socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let mut controller = DualRing::default();
    let half = spat(&controller, None, 12, bench.clock.now()).unwrap();
    for garbage in [&half[..half.len() / 2], b"Payload=00", b"\xff\xff", &[]] {
        controller_socket.send_to(garbage, bench.address).await.unwrap();
    }
    let other = spat(&controller, Some(3), 13, bench.clock.now()).unwrap();
    controller_socket.send_to(&other, bench.address).await.unwrap();
    for index in 0..120 {
        // TimeMarks count whole tenths: said at one, they lose nothing.
        let now = bench.clock.now();
        let now = perception::time::UtcMicros(now.0 - now.0.rem_euclid(100_000));
        let frame = spat(&controller, None, 12, now).unwrap();
        let datagram = if index % 2 == 0 { frame } else { text(frame).into_bytes() };
        controller_socket.send_to(&datagram, bench.address).await.unwrap();
        assert_eq!(bench.groups(), truth(&controller, &PUSHED));
        controller.advance_by(13);
    }
    let refused = ["malformed", "text", "other_intersection"].map(|reason| bench.refused(reason));
    assert_eq!(refused, [2, 2, 1]);
}
