use perception::time::UtcMicros;
use proptest::prelude::*;

use super::frame::{Crc, decode_datagram, encode};
use super::table::{control, light};
use super::*;
use crate::signals::SourceSettings;

/// Captured between a controller and its tool: a query of 3.3.1.1, an answer to such a query, the stage's seconds left
/// (of which only the end was published: the head is that of the answer before, and the check sum fits no other number).
const QUERY: &str = "7e001301000500000000000110010104030301017dc17d";
const REPLY: &str = "7e001401000500000000000220010105030301010197047d";
const LEFT: &str = "7e001501000500000000000220010106060304010005acdd7d";

/// A value of the controller.
type Row = (Address, Vec<u8>);

const NOW: Moment = Moment { utc: UtcMicros(1_700_000_000_000_000), uptime_s: 100.0 };

fn bytes(hex: &str) -> Vec<u8> {
    let hex = hex.replace(' ', "");
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

fn settings(more: &str) -> Settings {
    let text = format!(
        "link = {{ to = \"127.0.0.1:4050\" }}\n{more}\n\
         [[group]]\ngroup = 1\nlamp_group = 1\n[[group]]\ngroup = 2\nlamp_group = 2\n[[group]]\ngroup = 9\nlamp_group = 20\n"
    );
    toml::from_str(&text).unwrap()
}

fn one(bytes: &[u8], crc: Crc) -> Result<Frame, Error> {
    decode_datagram(bytes, crc).remove(0)
}

/// What the controller answers to a query, by a table of its own.
fn answer(query: &[u8], values: &[Row]) -> Option<Vec<u8>> {
    let query = one(query, Crc::Poly1005).unwrap();
    assert_eq!((query.kind, query.host), (kind::QUERY, 1));
    let find = |asked: &Value| values.iter().find(|(address, _)| *address == asked.address);
    let known =
        query.values.iter().filter_map(find).map(|(address, data)| Value { address: *address, data: data.clone() });
    let reply = Frame { kind: kind::REPLY, values: known.collect(), ..query };
    (!reply.values.is_empty()).then(|| encode(&reply, Wire::default()).unwrap())
}

/// A junction of two stages: lamp group 1 (phase 1) in stage 1, lamp groups 2 and 20 (phases 2 and 3) in stage 2.
fn junction(mode: u8, stage: u8, left_s: u8, lamps: [u8; 3]) -> Vec<Row> {
    let mut chain = vec![0; 14];
    chain.extend([1, 2]);
    let mut times = vec![0; 28];
    times.extend([0, 30, 0, 20]);
    vec![
        (Address(3, 3, 2, 1), vec![lamps[0]]),
        (Address(3, 3, 2, 2), vec![lamps[1]]),
        (Address(3, 3, 2, 20), vec![lamps[2]]),
        (Address(13, 2, 2, 1), vec![mode]),
        (Address(13, 2, 3, 1), vec![7]),
        (Address(13, 2, 4, 1), vec![stage]),
        (Address(6, 3, 2, stage), vec![0x20]),
        (Address(6, 3, 4, stage), vec![0, left_s]),
        (Address(9, 2, 6, 7), chain),
        (Address(9, 2, 7, 7), times),
        (Address(6, 2, 2, 1), vec![0, 0, 0, 0, 0, 0, 0, 0b001]),
        (Address(6, 2, 2, 2), vec![0, 0, 0, 0, 0, 0, 0, 0b110]),
        (Address(4, 2, 2, 1), vec![0, 0, 0, 0, 0, 0, 0, 0b01]),
        (Address(4, 2, 2, 2), vec![0, 0, 0, 0, 0, 0, 0, 0b10]),
        (Address(4, 2, 2, 3), vec![0, 0, 0, 0, 0, 8, 0, 0]),
    ]
}

/// Lets the source ask until it knows the plan; the last state.
fn talk_with(source: &mut Gbt20999, values: &[Row]) -> SignalState {
    let mut talk = Talk::default();
    source.open(NOW, &mut talk);
    for round in 0..5 {
        let now = Moment { uptime_s: NOW.uptime_s + 0.25 * f64::from(round), ..NOW };
        talk.states.clear();
        source.tick(now, &mut talk);
        for query in std::mem::take(&mut talk.send) {
            let heartbeat = one(&query, Crc::Poly1005).unwrap().kind == kind::HEARTBEAT;
            if let Some(reply) = (!heartbeat).then(|| answer(&query, values)).flatten() {
                source.receive(now, &reply, &mut talk);
            }
        }
    }
    assert_eq!(talk.refused, []);
    talk.states.pop().unwrap()
}

fn told(state: &SignalState) -> Vec<(u8, Light, Option<f64>, Option<f64>)> {
    state.groups.iter().map(|group| (group.id, group.light, group.min_end_s, group.max_end_s)).collect()
}

#[test]
fn captured_frames_are_read_and_written_back_the_same() {
    let query = one(&bytes(QUERY), Crc::Poly1005).unwrap();
    let lamp = Address(3, 3, 1, 1);
    assert_eq!((query.version, query.host, query.controller, query.crossing), (0x0100, 5, 0, 0));
    assert_eq!((query.sequence, query.kind), (1, kind::QUERY));
    assert_eq!(query.values, [Value { address: lamp, data: vec![] }]);
    let reply = one(&bytes(REPLY), Crc::Poly1005).unwrap();
    assert_eq!((reply.sequence, reply.kind), (2, kind::REPLY));
    assert_eq!(reply.values, [Value { address: lamp, data: vec![1] }]);
    let left = one(&bytes(LEFT), Crc::Poly1005).unwrap();
    assert_eq!(left.values, [Value { address: Address(6, 3, 4, 1), data: vec![0, 5] }]);
    for (frame, hex) in [(query, QUERY), (reply, REPLY), (left, LEFT)] {
        assert_eq!(encode(&frame, Wire::default()), Some(bytes(hex)));
    }
}

#[test]
fn a_stream_has_escapes_before_marks_and_a_datagram_has_none() {
    // The check sum of the captured query begins with 0x7D.
    let query = one(&bytes(QUERY), Crc::Poly1005).unwrap();
    let wire = encode(&query, Wire { crc: Crc::Poly1005, escapes: true }).unwrap();
    assert!(wire.ends_with(&[0x5c, 0x7d, 0xc1, 0x7d]), "{wire:02x?}");
    assert_eq!(Deframer::new(Crc::Poly1005).push(&wire), [Ok(query)]);
    for crc in [Crc::Poly1021Ffff, Crc::Poly1021Zero] {
        assert_eq!(one(&bytes(QUERY), crc).unwrap_err().reason(), "crc");
    }
}

#[test]
fn the_plan_tells_when_lamps_change() {
    // Stage 1 has 12 s left (11 to 12), stage 2 follows with 20 s.
    let values = junction(0x21, 1, 12, [0x20, 0x10, 0x10]);
    let state = talk_with(&mut Gbt20999::new(settings("")), &values);
    assert_eq!((state.captured_at, state.control, state.plan), (NOW.utc, Some(Control::FixedTime), Some(7)));
    let ends = (Some(11.0), Some(12.0));
    assert_eq!(
        told(&state),
        [(1, Light::Green, ends.0, ends.1), (2, Light::Red, ends.0, ends.1), (9, Light::Red, ends.0, ends.1)]
    );
    // In stage 2, lamp group 1 waits for the rest of it. Lamp group 20 is yellow: how long is in no table that is read.
    let values = junction(0x23, 2, 7, [0x10, 0x21, 0x30]);
    let state = talk_with(&mut Gbt20999::new(settings("transition_s = 5.0")), &values);
    assert_eq!(
        told(&state),
        [
            (1, Light::Red, Some(6.0), Some(7.0)),
            (2, Light::Green, Some(1.0), Some(2.0)),
            (9, Light::Yellow, None, None)
        ]
    );
}

#[test]
fn where_traffic_or_a_hand_decides_no_end_is_firm() {
    let actuated = talk_with(&mut Gbt20999::new(settings("")), &junction(0x22, 1, 12, [0x20, 0x10, 0x10]));
    assert_eq!(actuated.control, Some(Control::Actuated));
    assert_eq!(told(&actuated)[0], (1, Light::Green, None, None));
    assert_eq!(actuated.groups[0].likely_end_s, Some(11.5));
    let manual = talk_with(&mut Gbt20999::new(settings("")), &junction(0x25, 1, 12, [0x20, 0x10, 0x10]));
    assert!(manual.groups.iter().all(|group| group.likely_end_s.is_none()));
}

#[test]
fn without_a_plain_plan_only_the_lights_are_told() {
    let full = junction(0x21, 1, 12, [0x20, 0x10, 0x10]);
    let with = |change: &dyn Fn(&mut Row) -> bool| {
        let mut values = full.clone();
        values.retain_mut(change);
        let state = talk_with(&mut Gbt20999::new(settings("")), &values);
        assert_eq!(
            state.groups.iter().map(|group| group.light).collect::<Vec<_>>(),
            [Light::Green, Light::Red, Light::Red]
        );
        state.groups[0].likely_end_s
    };
    assert_eq!(with(&|_| true), Some(11.5));
    // No answer about a phase; in transition; a stage twice in the chain; times that don't fit; a lamp against the plan.
    assert_eq!(with(&|(address, _)| *address != Address(4, 2, 2, 3)), None);
    let set = |which: Address, data: &'static [u8]| {
        move |value: &mut Row| {
            if value.0 == which {
                value.1 = data.to_vec();
            }
            true
        }
    };
    assert_eq!(with(&set(Address(6, 3, 2, 1), &[0x30])), None);
    assert_eq!(with(&set(Address(9, 2, 6, 7), &[1, 1, 2, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])), None);
    assert_eq!(with(&set(Address(9, 2, 7, 7), &[1, 2, 3])), None);
    assert_eq!(with(&set(Address(6, 2, 2, 1), &[0b110])), None);
}

#[test]
fn a_state_is_as_old_as_its_oldest_lamp_and_traps_count() {
    let mut source = Gbt20999::new(settings(""));
    talk_with(&mut source, &junction(0x21, 1, 12, [0x20, 0x10, 0x10]));
    let trap = |lamp, code| {
        let value = Value { address: Address(3, 3, 2, lamp), data: vec![code] };
        encode(&source_frame(kind::TRAP, 0, vec![value]), Wire::default()).unwrap()
    };
    let mut talk = Talk::default();
    let at = |uptime_s: f64| Moment { uptime_s, utc: NOW.utc.plus_seconds(uptime_s - NOW.uptime_s) };
    source.receive(at(101.5), &trap(1, 0x30), &mut talk);
    let state = &talk.states[0];
    // The lamps were last heard of at 101 s of uptime, at the same UTC.
    assert_eq!(state.captured_at, NOW.utc);
    assert_eq!(told(state)[0], (1, Light::Yellow, None, None));
    // Half a second later the stage has 11.5 s left of what were 12, said from the time of capture on.
    assert_eq!(told(state)[1], (2, Light::Red, Some(11.0), Some(12.0)));
    // The others are of three polls ago: they may show something else by now.
    source.receive(at(101.7), &trap(1, 0x10), &mut talk);
    assert_eq!(told(&talk.states[1]), [(1, Light::Red, None, None)]);
}

#[test]
fn an_answer_is_as_old_as_its_query_and_one_that_was_overtaken_tells_nothing() {
    let mut source = Gbt20999::new(settings(""));
    let shown = |lamp| junction(0x21, 1, 12, [lamp, 0x10, 0x10]);
    talk_with(&mut source, &shown(0x20));
    let at = |uptime_s: f64| Moment { uptime_s, utc: NOW.utc.plus_seconds(uptime_s - NOW.uptime_s) };
    let mut lamps_asked = |uptime_s| {
        let mut talk = Talk::default();
        source.tick(at(uptime_s), &mut talk);
        let of_lamps = |query: &Vec<u8>| {
            let query = one(query, Crc::Poly1005).unwrap();
            query.values.iter().any(|value| value.address == Address(3, 3, 2, 1))
        };
        talk.send.into_iter().find(of_lamps).unwrap()
    };
    let [green, yellow] =
        [(101.5, 0x20), (101.75, 0x30)].map(|(uptime_s, lamp)| answer(&lamps_asked(uptime_s), &shown(lamp)).unwrap());
    let mut talk = Talk::default();
    source.receive(at(101.9), &yellow, &mut talk);
    source.receive(at(102.0), &green, &mut talk);
    assert_eq!(talk.refused.iter().map(|refusal| refusal.0).collect::<Vec<_>>(), ["late"]);
    let [state] = &talk.states[..] else { panic!("one state: {:?}", talk.states) };
    assert_eq!((state.captured_at, state.groups[0].light), (at(101.75).utc, Light::Yellow));
}

fn source_frame(kind: u8, sequence: u8, values: Vec<Value>) -> Frame {
    Frame { version: 0x0102, host: 1, controller: 77, crossing: 3, sequence, kind, values }
}

#[test]
fn heartbeats_go_both_ways() {
    let mut source =
        Gbt20999::new(settings("heartbeat_reply = 0x71\ncontroller = 77\ncrossing = 3\nheartbeat_s = 1.0"));
    let mut talk = Talk::default();
    source.open(NOW, &mut talk);
    source.tick(NOW, &mut talk);
    let first = one(&talk.send[0], Crc::Poly1005).unwrap();
    assert_eq!((first.kind, first.controller, first.crossing, first.values.len()), (kind::HEARTBEAT, 77, 3, 0));
    talk.send.clear();
    source.receive(NOW, &encode(&source_frame(kind::HEARTBEAT, 200, vec![]), Wire::default()).unwrap(), &mut talk);
    let reply = one(&talk.send[0], Crc::Poly1005).unwrap();
    assert_eq!((reply.kind, reply.sequence), (0x71, 200));
    for kind in [0x80, 0x71] {
        source.receive(NOW, &encode(&source_frame(kind, 1, vec![]), Wire::default()).unwrap(), &mut talk);
    }
    assert_eq!((talk.frames, talk.refused.len()), (3, 0));
    source.tick(Moment { uptime_s: 103.0, ..NOW }, &mut talk);
    assert_eq!(talk.lost, None);
    source.tick(Moment { uptime_s: 104.1, ..NOW }, &mut talk);
    assert_eq!(talk.lost.unwrap(), "no heartbeat for 4 s");
}

#[test]
fn what_the_controller_does_not_have_is_asked_for_once_only() {
    let mut source = Gbt20999::new(settings(""));
    let mut values = junction(0x21, 1, 12, [0x20, 0x10, 0x10]);
    values.retain(|(address, _)| *address != Address(9, 2, 7, 7));
    talk_with(&mut source, &values);
    let mut talk = Talk::default();
    let asked = |source: &mut Gbt20999, uptime_s| {
        let mut talk = Talk::default();
        source.tick(Moment { uptime_s, ..NOW }, &mut talk);
        let mut frames = talk.send.iter().map(|frame| one(frame, Crc::Poly1005).unwrap());
        frames.rfind(|frame| frame.values.iter().any(|v| v.address == Address(9, 2, 7, 7)))
    };
    let query = asked(&mut source, 101.5).unwrap();
    let refused = Value { address: Address(9, 2, 7, 7), data: vec![0x30] };
    let refusal = Frame { kind: kind::QUERY_ERROR, values: vec![refused], ..query };
    let refusal = encode(&refusal, Wire::default()).unwrap();
    // More than a second late is too late.
    source.receive(Moment { uptime_s: 102.6, ..NOW }, &refusal, &mut talk);
    assert_eq!(talk.refused.pop().unwrap().0, "sequence");
    source.receive(Moment { uptime_s: 102.4, ..NOW }, &refusal, &mut talk);
    assert_eq!(talk.refused, [("error_reply", "Address(9, 2, 7, 7) is refused with [30]".to_owned())]);
    assert_eq!(asked(&mut source, 103.0), None);
    // But again after a minute.
    assert!(asked(&mut source, 161.0).is_some());
}

#[test]
fn what_is_no_frame_for_us_is_refused_for_its_reason() {
    let reply = |change: &dyn Fn(&mut Frame)| {
        let value = Value { address: Address(3, 3, 2, 1), data: vec![0x20] };
        let mut frame = source_frame(kind::REPLY, 9, vec![value]);
        change(&mut frame);
        encode(&frame, Wire::default()).unwrap()
    };
    let damaged = |at: usize, octet: u8| {
        let mut bytes = reply(&|_| {});
        bytes[at] = octet;
        bytes
    };
    let cases = [
        (reply(&|_| {}), "sequence"),
        (reply(&|frame| frame.version = 0x0200), "version"),
        (reply(&|frame| frame.controller = 78), "controller"),
        (reply(&|frame| frame.crossing = 4), "controller"),
        (reply(&|frame| frame.kind = kind::QUERY), "frame_type"),
        (damaged(9, 1), "crc"),
        (damaged(2, 0x10), "length"),
        (damaged(2, 0xff), "half_frame"),
        (vec![1, 2, 3], "outside"),
        (reply(&|_| {})[..10].to_vec(), "half_frame"),
    ];
    for (bytes, reason) in cases {
        let mut source = Gbt20999::new(settings("controller = 77\ncrossing = 3"));
        let mut talk = Talk::default();
        source.receive(NOW, &bytes, &mut talk);
        assert_eq!(talk.refused[0].0, reason, "{bytes:02x?}");
        assert!(talk.states.is_empty());
    }
    let mut source = Gbt20999::new(settings("check_sequence = false"));
    let mut talk = Talk::default();
    source.receive(NOW, &reply(&|frame| frame.values[0].data = vec![0x99]), &mut talk);
    assert_eq!(talk.refused, [("lamp_code", "lamp group 1 shows 0x99".to_owned())]);
    assert_eq!(talk.states[0].groups, [GroupState::new(1, Light::Unavailable)]);
}

#[test]
fn codes_are_those_of_the_tables() {
    use Light::{Dark, FlashingRed, FlashingYellow, Green, Red, RedYellow, Yellow};
    let lights = [0x01, 0x10, 0x11, 0x12, 0x20, 0x21, 0x22, 0x30, 0x31, 0x32, 0x40].map(|code| light(code).unwrap());
    let expected =
        [Dark, Red, FlashingRed, FlashingRed, Green, Green, Green, Yellow, FlashingYellow, FlashingYellow, RedYellow];
    assert_eq!(lights, expected);
    assert_eq!((light(0), light(0x13)), (None, None));
    let modes = [0x11, 0x12, 0x15, 0x21, 0x22, 0x24, 0x25, 0x31, 0x32, 0x33].map(|code| control(code).unwrap());
    use Control::{Actuated, Adaptive, AllRed, FixedTime, Flashing, Manual, Off};
    assert_eq!(modes, [FixedTime, Adaptive, Manual, FixedTime, Actuated, Adaptive, Manual, Flashing, AllRed, Off]);
    assert_eq!(control(0x20), None);
}

#[test]
fn settings_that_cannot_be_are_refused() {
    let with = |change: fn(&mut Settings)| {
        let mut settings = settings("");
        change(&mut settings);
        settings.source().err().unwrap_or_default()
    };
    assert_eq!(with(|_| {}), "");
    assert_eq!(with(|s| s.link.to = None), "link.to is missing: the controller must be asked");
    assert_eq!(with(|s| s.poll_s = 2.0), "poll_s is 2; 0.05 to 10, and less than stale_after_s");
    assert_eq!(with(|s| s.transition_s = f64::NAN), "transition_s is NaN; 0 to 60");
    assert_eq!(with(|s| s.heartbeat_s = 0.0), "heartbeat_s is 0; 0.5 to 600");
    assert_eq!(with(|s| s.lamp_attribute = 3), "lamp_attribute is 3; 1 or 2");
    assert_eq!(with(|s| s.group[2].lamp_group = 0), "group 9: lamp_group is 0; 1 to 64");
    assert_eq!(settings("").mapping()[2].from, "lamp group 20");
}

proptest! {
    #[test]
    fn any_split_of_a_stream_gives_the_same_frames(cuts in prop::collection::vec(0_usize..300, 0..8), noise in prop::collection::vec(any::<u8>(), 0..40)) {
        let wire = Wire { crc: Crc::Poly1005, escapes: true };
        let frames = [QUERY, REPLY, LEFT].map(|hex| encode(&one(&bytes(hex), Crc::Poly1005).unwrap(), wire).unwrap());
        let stream = [noise, frames[0].clone(), frames[1].clone(), vec![0x7d, 0x5c], frames[2].clone()].concat();
        let whole = Deframer::new(Crc::Poly1005).push(&stream);
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(stream.len())).collect();
        cuts.extend([0, stream.len()]);
        cuts.sort_unstable();
        let mut deframer = Deframer::new(Crc::Poly1005);
        let pieces: Vec<_> = cuts.windows(2).flat_map(|cut| deframer.push(&stream[cut[0]..cut[1]])).collect();
        prop_assert_eq!(&pieces, &whole);
        let good: Vec<u8> = pieces.into_iter().flatten().map(|frame| frame.sequence).collect();
        // Noise that ends in an escape or start mark may cost the frame after it, never more.
        prop_assert!(good.ends_with(&[2, 2]), "{:?}", good);
    }

    #[test]
    fn no_bytes_upset_it(octets in prop::collection::vec(any::<u8>(), 0..300), tcp in any::<bool>()) {
        let mut settings = settings("check_sequence = false");
        settings.link.transport = if tcp { Transport::Tcp } else { Transport::Udp };
        let mut source = Gbt20999::new(settings);
        let mut talk = Talk::default();
        source.receive(NOW, &octets, &mut talk);
        prop_assert!(talk.states.is_empty());
    }

    #[test]
    fn no_values_upset_it(values in prop::collection::vec((3_u8..14, 1_u8..4, 1_u8..8, 0_u8..4, prop::collection::vec(any::<u8>(), 0..20)), 0..40)) {
        let mut source = Gbt20999::new(settings("check_sequence = false"));
        let values = values.into_iter().map(|(class, object, attribute, element, data)| Value { address: Address(class, object, attribute, element), data });
        let mut talk = Talk::default();
        let frame = source_frame(kind::BROADCAST, 0, values.collect());
        source.receive(NOW, &encode(&frame, Wire::default()).unwrap(), &mut talk);
        source.tick(NOW, &mut talk);
        prop_assert_eq!(talk.frames, 1);
        for group in talk.states.iter().flat_map(|state| &state.groups) {
            prop_assert!(group.min_end_s <= group.max_end_s);
        }
    }
}
