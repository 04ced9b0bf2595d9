//! Messages of road users over a real UDP socket, into the recording and the picture.

use std::net::UdpSocket;
use std::sync::Arc;
use std::time::Duration;

use asn1::transport::dsmp;
use perception::frames::SiteFrame;
use perception::time::UtcMicros;
use rsu::clock::Clock;
use rsu::config::ReceiverFile;
use rsu::inlet::Inlet;
use rsu::metrics::Metrics;
use rsu::pipeline::{Input, Output, Picture};
use rsu::receivers::Receivers;
use rsu::record::Recorder;
use rsu::reports::ReportReader;
use sensors::recording::{Item, RecordingReader};

mod support;
use support::said::{bsm, cn_octets};
use support::{Folder, START, demo_site, pipeline};

/// Longer than any of it takes; who waits so long has failed.
const PATIENCE: Duration = Duration::from_secs(60);

#[test]
fn what_comes_by_radio_is_recorded_and_becomes_a_track() {
    let site = demo_site();
    let folder = Folder::new("reports");
    let file = folder.join("heard.mcap");
    let (clock, metrics) = (Arc::new(Clock::new()), Metrics::new().unwrap());
    let recorder = Recorder::start(file.clone(), &site.geometry, clock.clone(), metrics.clone()).unwrap();
    let (inlet, inputs) = Inlet::new(Some(recorder.clone()), clock.clone(), metrics.clone());
    let listen = ReceiverFile { id: "obu".into(), listen: "127.0.0.1:0".parse().unwrap(), from: Vec::new() };
    let receivers = Receivers::start(&[listen], &[], &inlet, &clock, &metrics).unwrap();
    let radio = UdpSocket::bind("127.0.0.1:0").unwrap();
    radio.connect(receivers.addresses()[0]).unwrap();

    let reader = ReportReader::new(site.geometry.origin, site.cn, site.us);
    let mut pipeline = pipeline(&site, START).with_reports(Some(reader));
    let frame = SiteFrame::new(site.geometry.origin);
    let (mut outcomes, mut last) = (Vec::new(), None::<Picture>);
    for step in 0..30 {
        // A lorry that nobody sees drives north; every third time the radio sends noise before, once far too much of it.
        let now = START.plus_seconds(0.1 * f64::from(step));
        let place = frame.wgs84_from_enu([40.0, f64::from(step), 0.0]);
        let said = cn_octets(&bsm([place.lat_deg, place.lon_deg], asn1::time::second_of_minute_s(now.0)));
        let framed = dsmp::Frame::new(dsmp::AID_BSM, &said).encode().unwrap();
        if step == 4 {
            radio.send(&[0; 4000]).unwrap();
        }
        let mut expected = vec![if step % 2 == 0 { said } else { framed }];
        if step % 3 == 0 {
            expected.insert(0, vec![0x55; 40]);
        }
        for octets in &expected {
            radio.send(octets).unwrap();
            let arrival = inputs.recv_timeout(PATIENCE).unwrap();
            let Input::Received { receiver, frame } = &arrival.input else { panic!("{:?}", arrival.input) };
            assert_eq!((&**receiver, &**frame), ("obu", &**octets));
            // In the test's own time.
            pipeline.handle(now.plus_seconds(0.03), now.plus_seconds(0.03), arrival.input);
        }
        while let Some(output) = pipeline.poll_output() {
            match output {
                Output::Received { outcome, .. } => outcomes.push(outcome),
                Output::Picture(picture) => last = Some(picture),
                _ => {}
            }
        }
    }
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == Err("undecodable")).count(), 10);
    assert!(outcomes.iter().filter(|outcome| **outcome == Ok("BSM")).count() >= 20, "{outcomes:?}");
    let tracks = last.unwrap().tracks;
    let [track] = &*tracks else { panic!("one lorry: {tracks:#?}") };
    assert_eq!(track.track.sources, ["v2x".into()]);
    assert_eq!(track.track.class.as_str(), "truck");
    assert!((track.track.position_enu_m[0] - 40.0).abs() < 1.0 && track.track.existence < 0.75);
    let too_long = ("receiver obu".to_owned(), "too_long".to_owned(), 1);
    assert!(metrics.drops().contains(&too_long), "{:?}", metrics.drops());

    receivers.stop();
    drop(inlet);
    recorder.finish();
    let heard = |item: &Item| matches!(item, Item::V2xReceived { radio, .. } if radio == "obu");
    let recorded = RecordingReader::open(&file).unwrap().map(Result::unwrap).filter(|recorded| heard(&recorded.item));
    assert_eq!(recorded.count(), 40);
}

#[test]
fn a_site_that_does_not_want_reports_only_says_so() {
    let mut pipeline = pipeline(&demo_site(), START);
    let said = Input::Received { receiver: "obu".into(), frame: [1, 2, 3].as_slice().into() };
    pipeline.handle(START, UtcMicros(START.0 - 1000), said);
    let outcome = std::iter::from_fn(|| pipeline.poll_output()).find_map(|output| match output {
        Output::Received { outcome, .. } => Some(outcome),
        _ => None,
    });
    assert_eq!(outcome, Some(Err("not_wanted")));
}
