//! PAM of T/CSAE 157 (`asn1::cn::day2::pam`): a lot, its drives, which of its bays are free, and the ways of those who asked.

use asn1::cn::MessageFrame;
use asn1::cn::day2::MessageFrameExt;
use asn1::cn::day2::pam::{PAMNodeAttributes, ParkingGuide, ParkingLock, ParkingSpaceTheta, ParkingType, SlotStatus};
use asn1::si::cn::day2::pam::{PAMData, PAMDrive, PAMNode, ParkingLotInfo, ParkingSlot, ParkingSlotPosition};
use asn1::si::cn::map::RoadPoint;
use asn1::si::{Position, Si};
use asn1::{CodecError, Dialect, time};
use perception::frames::{SiteFrame, Wgs84};
use perception::parking::{Bay, BayStatus, Lot, LotState};
use perception::time::UtcMicros;

use crate::guidance::Guide;
use crate::map::{CarPark, Drive, LotNode, geometry, slot_of_bay};

/// A bay whose long side is within this of the drive's direction lies along it, of its perpendicular across it, radians.
const ALIGNED_RAD: f64 = 0.26;

/// A lot as the map draws it.
pub(super) struct Drawn<'a> {
    pub lot: &'a Lot,
    pub park: &'a CarPark,
    pub frame: &'a SiteFrame,
}

/// One message for one lot.
pub(super) fn encode(
    drawn: &Drawn<'_>,
    state: &LotState,
    guides: &[Guide<'_>],
    count: u8,
    now: UtcMicros,
) -> Result<Vec<u8>, CodecError> {
    let holds = state.capacity.unwrap_or(state.free + state.occupied + state.unknown);
    let parking_lot_info = ParkingLotInfo {
        id: drawn.park.number,
        name: ascii(&state.name),
        number: u16::try_from(holds).ok(),
        building_layer_num: None,
        avp_type: None,
    };
    let pam = PAMData {
        msg_cnt: count,
        time_stamp: Some(time::minute_of_year(now.0)),
        parking_lot_info,
        pam_nodes: drawn.park.nodes.iter().map(|node| self::node(drawn, state, node)).collect(),
        parking_area_guidance: (!guides.is_empty()).then(|| guides.iter().map(parking_guide).collect()),
    };
    let frame = MessageFrame::MsgFrameExt(MessageFrameExt::Pam(pam.to_wire()?));
    asn1::cn::encode(&frame, Dialect::CnCsae157)
}

fn parking_guide(guide: &Guide<'_>) -> ParkingGuide {
    ParkingGuide {
        veh_id: guide.vehicle.into(),
        drive_path: guide.way.to_vec(),
        target_parking_slot: guide.bay.and_then(slot_of_bay),
    }
}

fn node(drawn: &Drawn<'_>, state: &LotState, node: &LotNode) -> PAMNode {
    let drives: Vec<_> = drawn.park.drives.iter().filter(|drive| drive.to == node.id).collect();
    let attributes = [(node.entrance, PAMNodeAttributes::ENTRANCE), (node.exit, PAMNodeAttributes::EXIT)];
    let attributes = attributes.into_iter().filter(|(is, _)| *is).map(|(_, bit)| bit).reduce(|a, b| a | b);
    let in_drives = drives.into_iter().map(|drive| self::drive(drawn, state, drive)).collect::<Vec<_>>();
    PAMNode {
        id: node.id,
        ref_pos: Some(place(&node.position)),
        floor: None,
        attributes,
        in_drives: (!in_drives.is_empty()).then_some(in_drives),
    }
}

fn drive(drawn: &Drawn<'_>, state: &LotState, drive: &Drive) -> PAMDrive {
    let mut movements: Vec<u16> = drawn.park.onward(drive).iter().map(|onward| onward.to).collect();
    movements.sort_unstable();
    movements.dedup();
    let is_told_here = |bay: &Bay| drawn.park.beside(bay, drawn.frame).first().is_some_and(|told| told.id == drive.id);
    let slots: Vec<ParkingSlot> = (drawn.lot.bays.iter().zip(&state.bays).enumerate())
        .filter(|(_, (bay, _))| is_told_here(bay))
        .filter_map(|(index, (bay, state))| Some(slot(drawn, drive, slot_of_bay(index)?, bay, state.status)))
        .collect();
    PAMDrive {
        upstream_pam_node_id: drive.from,
        drive_id: Some(drive.id),
        twoway_sepration: None,
        speed_limit_mps: drive.speed_limit_mps,
        height_restriction: None,
        drive_width_m: drive.width_m,
        lane_num: None,
        points: Some(drive.points.iter().map(|point| RoadPoint { pos_offset: Some(place(point)) }).collect()),
        movements: (!movements.is_empty()).then_some(movements),
        parking_slots: (!slots.is_empty()).then_some(slots),
    }
}

fn slot(drawn: &Drawn<'_>, drive: &Drive, number: u16, bay: &Bay, status: BayStatus) -> ParkingSlot {
    let corners = Corners::of(drawn, drive, bay);
    let position = corners.as_ref().map(|corners| {
        let on_earth = |[east, north]: [f64; 2]| {
            let Wgs84 { lat_deg, lon_deg, .. } = drawn.frame.wgs84_from_enu([east, north, 0.0]);
            Some(Position { lat_deg, lon_deg, elevation_m: None })
        };
        ParkingSlotPosition {
            top_left: on_earth(corners.top_left),
            top_right: on_earth(corners.top_right),
            bottom_left: on_earth(corners.bottom_left),
        }
    });
    ParkingSlot {
        slot_id: number,
        position,
        sign: ascii(&bay.id),
        parking_type: ParkingType::UNKNOWN,
        status: match status {
            BayStatus::Free => SlotStatus::Available,
            BayStatus::Occupied => SlotStatus::Occupied,
            BayStatus::Unknown => SlotStatus::Unknown,
        },
        parking_space_theta: corners.map_or(ParkingSpaceTheta::Unknown, |corners| corners.theta),
        parking_lock: ParkingLock::Unknown,
    }
}

/// Three corners of a bay of four. No source at hand says from where "top" and "left" are meant: here as one sees the bay
/// from the drive, so that "bottom" is at the drive.
struct Corners {
    top_left: [f64; 2],
    top_right: [f64; 2],
    bottom_left: [f64; 2],
    theta: ParkingSpaceTheta,
}

impl Corners {
    fn of(drawn: &Drawn<'_>, drive: &Drive, bay: &Bay) -> Option<Self> {
        let [a, b, c, d] = bay.polygon_enu_m[..] else { return None };
        let line = drive.line_enu_m(drawn.frame);
        let off_m = |at: [f64; 2]| geometry::nearest(&line, at).map_or(f64::INFINITY, |found| found.distance_m);
        let edges = [[a, b], [b, c], [c, d], [d, a]];
        let at = |[p, q]: &[[f64; 2]; 2]| [f64::midpoint(p[0], q[0]), f64::midpoint(p[1], q[1])];
        let front = (0..4).min_by(|x: &usize, y: &usize| off_m(at(&edges[*x])).total_cmp(&off_m(at(&edges[*y]))))?;
        let into = minus(at(&edges[(front + 2) % 4]), at(&edges[front]));
        let [p, q] = edges[front];
        // Left of somebody who looks into the bay.
        let p_is_left = cross(into, minus(p, q)) > 0.0;
        let [r, s] = edges[(front + 2) % 4];
        let (bottom_left, top_left, top_right) = if p_is_left { (p, s, r) } else { (q, r, s) };
        let longest = [minus(b, a), minus(c, b)].into_iter().max_by(|x, y| length(*x).total_cmp(&length(*y)))?;
        let beside = geometry::nearest(&line, geometry::middle(&bay.polygon_enu_m))?;
        let (_, along) = geometry::at(&line, beside.along_m)?;
        let to_drive_rad = cross(along, longest).abs().atan2((along[0] * longest[0] + along[1] * longest[1]).abs());
        let theta = match to_drive_rad {
            rad if rad <= ALIGNED_RAD => ParkingSpaceTheta::Side,
            rad if rad >= std::f64::consts::FRAC_PI_2 - ALIGNED_RAD => ParkingSpaceTheta::Vertical,
            _ => ParkingSpaceTheta::Oblique,
        };
        Some(Self { top_left, top_right, bottom_left, theta })
    }
}

fn minus(a: [f64; 2], b: [f64; 2]) -> [f64; 2] {
    [a[0] - b[0], a[1] - b[1]]
}

fn cross(a: [f64; 2], b: [f64; 2]) -> f64 {
    a[0] * b[1] - a[1] * b[0]
}

fn length(a: [f64; 2]) -> f64 {
    a[0].hypot(a[1])
}

fn place(place: &Wgs84) -> Position {
    Position { lat_deg: place.lat_deg, lon_deg: place.lon_deg, elevation_m: None }
}

/// The message's texts are ASCII; what is not is left out.
fn ascii(text: &str) -> Option<String> {
    (text.is_ascii() && (1..=63).contains(&text.len())).then(|| text.to_owned())
}
