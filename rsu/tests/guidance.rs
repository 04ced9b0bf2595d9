//! Vehicles that ask for a way through a parking lot: VIR over a real socket in, PAM over a real socket out.
#![expect(clippy::unwrap_used, reason = "this file is a test as a whole")]

use std::net::{SocketAddr, UdpSocket};
use std::time::Duration;

use asn1::cn::day2::pam::{PAMData, ParkingType, SlotStatus};
use asn1::cn::day2::vir::{ParkingRequest, ReqStatus};
use asn1::si::Position;
use asn1::si::cn::day2::vir::{DriveRequest, VehIntentionAndRequest};
use asn1::transport::dsmp;
use perception::calibration::Origin;
use perception::frames::SiteFrame;
use perception::parking::{Bay, Lot};
use perception::time::UtcMicros;
use rsu::config::{RadioFile, ReceiverFile, Site};
use rsu::guidance::{GuidanceSettings, Guides};
use rsu::map::{CarPark, Drive, LotNode};
use rsu::received::Received;
use rsu::run::Service;
use sensors::radar::encode;

#[path = "support/requests.rs"]
mod requests;
mod support;
use requests::{asking, pam, parking, vir_octets};
use support::said::{bsm, cn_octets};
use support::{Folder, START, demo_site, movers_seen, quiet_site};

/// The car that asks, and two that come and go.
const ASKS: [u8; 8] = *b"asking\0\x01";
const OTHERS: [[u8; 8]; 2] = [*b"other\0\0\x01", *b"other\0\0\x02"];
/// The line along which vehicles drive and the middles of the two bays on it, metres north and east.
const LINE_M: f64 = 41.5;
const BAYS_M: [f64; 2] = [53.0, 66.0];
/// Slow enough for a radar to miss: who is heard only must not be where a radar would see somebody.
const MPS: f64 = 1.8;
/// From where a vehicle begins to be heard to its bay and, if it leaves again, on from there, metres; how long it stands.
const RUN_M: f64 = 5.4;
const GONE_M: f64 = 8.0;
const STAYS_S: f64 = 5.0;
/// Longer than any of it takes on the slowest machine.
const PATIENCE_S: f64 = 120.0;

fn frame(site: &Site) -> SiteFrame {
    SiteFrame::new(site.geometry.origin)
}

fn place(site: &Site, [east, north]: [f64; 2]) -> [f64; 2] {
    let place = frame(site).wgs84_from_enu([east, north, 0.0]);
    [place.lat_deg, place.lon_deg]
}

/// Two bays along a drive from the entrance at 1 to the exit at 2, beside the demo's junction; its radar, and nothing else.
fn site_with_a_lot(folder: &Folder, radio: SocketAddr, radar: SocketAddr) -> Site {
    let mut site = quiet_site(folder);
    site.radars[0].listen = radar;
    let on_earth = |east: f64| frame(&site).wgs84_from_enu([east, LINE_M - 3.0, 0.0]);
    let bay = |(index, east): (usize, f64)| Bay {
        id: format!("{}", index + 1).as_str().into(),
        polygon_enu_m: [[-3.5, -1.5], [3.5, -1.5], [3.5, 1.5], [-3.5, 1.5]]
            .map(|[e, n]| [east + e, LINE_M + n])
            .to_vec(),
        max_stay_s: None,
    };
    let node = |id, east, entrance| LotNode { id, position: on_earth(east), entrance, exit: !entrance };
    let drive = Drive {
        id: 1,
        from: 1,
        to: 2,
        points: vec![on_earth(30.0), on_earth(90.0)],
        width_m: None,
        speed_limit_mps: None,
    };
    let (nodes, drives) = (vec![node(1, 30.0, true), node(2, 90.0, false)], vec![drive]);
    let bays = BAYS_M.into_iter().enumerate().map(bay).collect();
    site.map.lots =
        vec![Lot { id: "L".into(), name: "L".into(), bays, capacity: None, max_stay_s: None, gates: Vec::new() }];
    site.map.car_parks = vec![CarPark { lot: "L".into(), number: Some(7), nodes, drives }];
    (site.us, site.pam_aid) = (None, Some(18));
    site.fusion.vehicle_reports = true;
    site.radios = vec![RadioFile::Pc5Udp { id: "ear".into(), to: radio }];
    site.receivers = vec![ReceiverFile { id: "obu".into(), listen: "127.0.0.1:0".parse().unwrap(), from: Vec::new() }];
    site
}

/// A service, and all that it hears: a radar, vehicles. Ten times a second.
struct Street {
    site: Site,
    service: Service,
    radio: UdpSocket,
    radar: (UdpSocket, SocketAddr),
    sequence: u32,
    asks: Option<(ReqStatus, f64)>,
    /// Who drives to which bay since when, and whether it leaves again.
    visits: Vec<([u8; 8], usize, f64, bool)>,
    _folder: Folder,
}

impl Street {
    async fn begin(name: &str, guidance: Option<GuidanceSettings>) -> Self {
        let folder = Folder::new(name);
        let radio = UdpSocket::bind("127.0.0.1:0").unwrap();
        radio.set_nonblocking(true).unwrap();
        let at_radar = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let mut site = site_with_a_lot(&folder, radio.local_addr().unwrap(), at_radar);
        site.parking_guidance = guidance;
        let service = Service::start(&site, None).await.unwrap();
        let radar = (UdpSocket::bind("127.0.0.1:0").unwrap(), at_radar);
        Self { site, service, radio, radar, sequence: 0, asks: None, visits: Vec::new(), _folder: folder }
    }

    /// Where a visitor is and how fast.
    fn at(&self, (_, bay, since_s, leaves): ([u8; 8], usize, f64, bool)) -> Option<([f64; 2], f64)> {
        let for_s = self.service.clock.uptime_s() - since_s;
        let (comes_s, far_m) = (RUN_M / MPS, RUN_M + GONE_M);
        let (along_m, mps) = match for_s {
            s if s < comes_s => (MPS * s, MPS),
            s if s < comes_s + STAYS_S || !leaves => (RUN_M, 0.0),
            s => (RUN_M + MPS * (s - comes_s - STAYS_S), MPS),
        };
        (along_m < far_m).then_some(([BAYS_M[bay] - RUN_M + along_m, LINE_M], mps))
    }

    fn speak(&mut self, now: UtcMicros) {
        let there: Vec<_> = self.visits.iter().filter_map(|visit| Some((visit.0, self.at(*visit)?))).collect();
        for packet in encode(&movers_seen(&self.site.radars[0].model, now, &[]), true, self.sequence).unwrap() {
            self.radar.0.send_to(&packet, self.radar.1).unwrap();
        }
        self.sequence += 1;
        let mut said: Vec<Vec<u8>> = Vec::new();
        for (who, (at, mps)) in there {
            let mut bsm = bsm(place(&self.site, at), asn1::time::second_of_minute_s(now.0));
            (bsm.id, bsm.speed_mps) = (who.into(), Some(mps));
            bsm.heading_cw_north_rad = Some(std::f64::consts::FRAC_PI_2);
            (bsm.size.length_m, bsm.size.width_m, bsm.size.height_m) = (Some(4.5), Some(1.8), Some(1.5));
            bsm.vehicle_class.classification = 10;
            said.push(cn_octets(&bsm));
        }
        if let Some((status, east)) = self.asks {
            let wanted = parking(ParkingRequest::ENTER | ParkingRequest::PARK, None, None);
            let mut vir = asking(now, ASKS, place(&self.site, [east, LINE_M - 3.0]), wanted);
            vir.int_and_req.reqs.as_mut().unwrap()[0].status = status;
            said.push(vir_octets(&vir));
        }
        for octets in said {
            let framed = dsmp::Frame::new(dsmp::AID_BSM, &octets).encode().unwrap();
            self.radio.send_to(&framed, self.service.receivers.addresses()[0]).unwrap();
        }
    }

    /// Lets all speak until a PAM is as it should be.
    async fn until(&mut self, what: &str, is_so: impl Fn(&PAMData) -> bool) -> PAMData {
        let (mut rhythm, began_s) = (tokio::time::interval(Duration::from_millis(100)), self.service.clock.uptime_s());
        let mut last = None;
        loop {
            rhythm.tick().await;
            self.speak(self.service.clock.now());
            let mut buffer = vec![0; 2304];
            while let Ok(length) = self.radio.recv(&mut buffer) {
                let heard = dsmp::Frame::decode(&buffer[..length]).unwrap();
                if heard.aid == 18 {
                    let pam = pam(heard.data);
                    if is_so(&pam) {
                        return pam;
                    }
                    last = Some(pam);
                }
            }
            let for_s = self.service.clock.uptime_s() - began_s;
            assert!(for_s < PATIENCE_S, "{what}: {last:?}\n{}", self.service.metrics.render().unwrap());
        }
    }

    async fn visit(&mut self, who: [u8; 8], bay: usize, leaves: bool) {
        self.visits.push((who, bay, self.service.clock.uptime_s(), leaves));
        self.until("somebody takes a bay", |pam| status(pam)[bay] == SlotStatus::Occupied).await;
        if leaves {
            self.until("and leaves it", |pam| status(pam)[bay] == SlotStatus::Available).await;
        }
    }
}

fn status(pam: &PAMData) -> Vec<SlotStatus> {
    let drives = pam.pam_nodes.iter().flat_map(|node| node.in_drives.iter().flatten());
    drives.flat_map(|drive| drive.parking_slots.iter().flatten()).map(|slot| slot.status).collect()
}

/// Whom a PAM leads, along which nodes, to which slot.
fn led(pam: &PAMData) -> Vec<([u8; 8], Vec<u16>, Option<u16>)> {
    let guides = pam.parking_area_guidance.iter().flatten();
    guides.map(|guide| (*guide.veh_id, guide.drive_path.clone(), guide.target_parking_slot)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vehicle_that_asks_over_the_air_is_led_to_a_free_bay_and_to_another_when_that_is_taken() {
    let mut street = Street::begin("guidance", Some(GuidanceSettings::default())).await;
    // A bay is known to be free once somebody has been seen to leave it: no camera looks here.
    street.visit(OTHERS[0], 0, true).await;
    street.visit(OTHERS[1], 1, true).await;

    street.asks = Some((ReqStatus::Request, 20.0));
    let told = street.until("a guide", |pam| pam.parking_area_guidance.is_some()).await;
    assert_eq!(told.parking_lot_info.id, Some(7));
    assert_eq!(led(&told), [(ASKS, vec![1, 2], Some(1))]);
    assert_eq!(status(&told), [SlotStatus::Available; 2], "nothing is kept for it");

    street.visit(*b"other\0\0\x03", 0, false).await;
    let told = street.until("another bay", |pam| led(pam) == [(ASKS, vec![1, 2], Some(2))]).await;
    assert_eq!(status(&told), [SlotStatus::Occupied, SlotStatus::Available]);

    street.asks = Some((ReqStatus::Complete, 20.0));
    street.until("no guide any more", |pam| pam.parking_area_guidance.is_none()).await;
    let figures = street.service.metrics.render().unwrap();
    for figure in [
        "lukou_parking_guidance_total{lot=\"L\",outcome=\"taken_back\"} 1\n",
        "lukou_parking_guidance_total{lot=\"L\",outcome=\"to_bay\"} 2\n",
    ] {
        assert!(figures.contains(figure), "no {figure} in {figures}");
    }
    street.service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_table_nobody_is_led() {
    let mut street = Street::begin("guidance-off", None).await;
    street.asks = Some((ReqStatus::Request, 20.0));
    // Whatever it says of itself is heard, or refused: not what it asks for.
    let metrics = street.service.metrics.clone();
    let is_heard = move || metrics.drops().iter().any(|(place, ..)| place == "receiver obu");
    street.until("a request to be heard", |_| is_heard()).await;
    for _ in 0..3 {
        assert_eq!(street.until("a PAM", |_| true).await.parking_area_guidance, None);
    }
    assert!(!street.service.metrics.render().unwrap().contains("lukou_parking_guidance_total{"));
    street.service.stop().await;
}

#[test]
fn requests_are_read_or_refused_with_a_reason() {
    let mut site = demo_site();
    site.parking_guidance = Some(GuidanceSettings::default());
    let at_the_origin = {
        let Origin { lat_deg, lon_deg, .. } = site.geometry.origin;
        [lat_deg, lon_deg]
    };
    let heard = |octets: &[u8]| Guides::of_site(&site).unwrap().receive(START, &Received::open(START, octets));
    let vir = |req, kind, slot| asking(START, ASKS, at_the_origin, parking(req, kind, slot));
    let request = |req, kind, slot| heard(&vir_octets(&vir(req, kind, slot)));
    let but = |change: &dyn Fn(&mut VehIntentionAndRequest)| {
        let mut vir = vir(ParkingRequest::PARK, None, None);
        change(&mut vir);
        heard(&vir_octets(&vir))
    };
    fn first(vir: &mut VehIntentionAndRequest) -> &mut DriveRequest {
        &mut vir.int_and_req.reqs.as_mut().unwrap()[0]
    }
    let (charging, taken) = (Some(ParkingType::CHARGING), Some(Ok("VIR")));
    for req in [ParkingRequest::ENTER, ParkingRequest::PARK | ParkingRequest::PAY, ParkingRequest::EXIT] {
        assert_eq!(request(req, Some(ParkingType::ORDINARY), Some(2)), taken);
    }
    assert_eq!(request(ParkingRequest::PAY, None, None), Some(Err("not_served")));
    assert_eq!(request(ParkingRequest::PARK, charging, None), Some(Err("kind_unknown")));
    assert_eq!(request(ParkingRequest::PARK, charging, Some(0)), Some(Err("kind_unknown")), "0 is no bay");
    assert_eq!(request(ParkingRequest::PARK, charging, Some(1)), taken);
    assert_eq!(but(&|vir| first(vir).target_rsu = Some(site.rsu_id.into())), taken);
    assert_eq!(but(&|vir| first(vir).target_rsu = Some([9; 8].into())), Some(Err("not_asked_of_us")));
    assert_eq!(but(&|vir| first(vir).status = ReqStatus::Unknown), Some(Err("not_served")));
    assert_eq!(but(&|vir| first(vir).status = ReqStatus::Cancel), Some(Err("unknown_request")));
    assert_eq!(but(&|vir| first(vir).info = None), None, "it asks for nothing");
    let at = |by_s: f64| Some(asn1::time::second_of_minute_s(START.plus_seconds(by_s).0));
    assert_eq!(but(&|vir| vir.sec_mark_s = at(-2.0)), Some(Err("too_old")));
    assert_eq!(but(&|vir| vir.sec_mark_s = at(2.0)), Some(Err("future")));
    assert_eq!(but(&|vir| vir.sec_mark_s = None), Some(Err("no_time")));
    assert_eq!(but(&|vir| vir.ref_pos = None::<Position>), Some(Err("no_position")));
    assert_eq!(but(&|vir| vir.ref_pos.as_mut().unwrap().lat_deg += 0.1), Some(Err("too_far")));
    let whole = vir_octets(&vir(ParkingRequest::PARK, None, None));
    assert_eq!(heard(&whole[..whole.len() - 3]), Some(Err("undecodable")));
    assert_eq!(heard(b"nonsense"), None, "no message of phase 2");
}
