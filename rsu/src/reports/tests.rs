//! What a frame says, and every reason why it says nothing.

use asn1::transport::{dsmp, wsmp};
use perception::time::UtcMicros;

use super::*;

#[path = "../../tests/support/said.rs"]
mod said_by;
use said_by::{bsm, cn_octets, us_psm};

const HERE: [f64; 2] = [31.2, 121.5];
/// Five seconds into a minute.
const NOW: UtcMicros = UtcMicros(1_800_000_005_000_000);

fn reader(cn: Option<Dialect>, us: Option<Dialect>) -> ReportReader {
    ReportReader::new(Origin { lat_deg: HERE[0], lon_deg: HERE[1], ellipsoidal_height_m: 8.0 }, cn, us)
}

fn both() -> ReportReader {
    reader(Some(Dialect::CnGbt31024_2019), Some(Dialect::UsJ27352024))
}

fn read(reader: ReportReader, now: UtcMicros, frame: &[u8]) -> Result<(&'static str, SelfReport), Unread> {
    reader.read(&Received::open(now, frame))
}

#[test]
fn a_lorry_says_all_of_itself_bare_or_framed() {
    let octets = cn_octets(&bsm([HERE[0] + 1e-4, HERE[1]], 4.95));
    let (message, report) = read(both(), NOW, &octets).expect("a BSM");
    assert_eq!((message, report.captured_at), ("BSM", NOW.plus_seconds(-0.05)));
    let [east, north] = report.position_enu_m;
    assert!(east.abs() < 0.01 && (north - 11.09).abs() < 0.02, "{east} {north}");
    let [[ee, en], [ne, nn]] = report.cov_position_m2.expect("stated");
    assert!((ee - 2.5).abs() < 0.05 && (nn - 2.5).abs() < 0.05 && (en - 1.5).abs() < 0.05 && en == ne);
    assert_eq!((report.speed_mps, report.class), (Some(10.0), Class::Truck));
    assert_eq!(report.size_m, [Some(9.0), Some(2.5), Some(3.5)]);
    let framed = dsmp::Frame::new(dsmp::AID_BSM, &octets).encode().expect("it fits");
    assert_eq!(read(both(), NOW, &framed), Ok((message, report)));
}

#[test]
fn a_walker_of_the_us_set_says_it_bare_or_framed() {
    let octets = us_psm(HERE, 5.1);
    let (message, report) = read(both(), NOW, &octets).expect("a PSM");
    assert_eq!((message, report.class, report.cov_position_m2), ("PSM", Class::Pedestrian, None));
    assert_eq!(report.captured_at, NOW.plus_seconds(0.1), "its clock may be a little ahead");
    let framed = wsmp::Frame::new(0x27, &octets).encode().expect("it fits");
    assert_eq!(read(both(), NOW, &framed), Ok((message, report)));
}

#[test]
fn the_minute_is_the_one_that_is_near() {
    let turn = UtcMicros(1_800_000_000_000_000);
    let (_, report) =
        read(both(), turn.plus_seconds(0.02), &cn_octets(&bsm(HERE, 59.99))).expect("of the minute before");
    assert_eq!(report.captured_at, turn.plus_seconds(-0.01));
}

#[test]
fn every_refusal_has_its_reason() {
    let refused = |change: fn(&mut asn1::si::cn::bsm::BasicSafetyMessage)| {
        let mut said = bsm(HERE, 4.9);
        change(&mut said);
        read(both(), NOW, &cn_octets(&said)).expect_err("refused")
    };
    assert_eq!(refused(|said| said.sec_mark_s = Some(3.9)), Unread::TooOld);
    assert_eq!(refused(|said| said.sec_mark_s = Some(5.3)), Unread::Future);
    assert_eq!(refused(|said| said.sec_mark_s = None), Unread::NoTime);
    assert_eq!(refused(|said| said.pos = None), Unread::NoPosition);
    let far = asn1::si::Position { lat_deg: HERE[0] + 0.02, lon_deg: HERE[1], elevation_m: None };
    assert_eq!(read(both(), NOW, &cn_octets(&bsm([far.lat_deg, far.lon_deg], 4.9))), Err(Unread::TooFar));
    let octets = cn_octets(&bsm(HERE, 4.9));
    assert_eq!(read(reader(None, Some(Dialect::UsJ27352024)), NOW, &octets), Err(Unread::WrongSet));
    assert_eq!(read(reader(Some(Dialect::CnN4), None), NOW, &us_psm(HERE, 4.9)), Err(Unread::WrongSet));
    assert_eq!(read(both(), NOW, &[]), Err(Unread::Undecodable));
    for length in 0..octets.len() {
        assert!(read(both(), NOW, &octets[..length]).is_err(), "cut to {length}");
    }
}

#[test]
fn who_goes_backwards_says_no_speed() {
    let mut said = bsm(HERE, 4.9);
    said.transmission = asn1::us::common::TransmissionState::ReverseGears;
    assert_eq!(read(both(), NOW, &cn_octets(&said)).expect("a BSM").1.speed_mps, None);
}
