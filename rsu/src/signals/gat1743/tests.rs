use proptest::prelude::*;

use perception::time::UtcMicros;

use super::frame::{Deframer, Error};
use super::*;
use crate::signals::SourceSettings;

/// Lamps, broadcast: north straight green 12 s, north left red 192 s (0xC0: stuffed), south straight green 12 s, south
/// crosswalk red without countdown. Sender number 0xC0DB, both octets stuffed. Written by a program of its own.
const LAMPS: &str = "c0040023ae010010dbdddbdc23ae010020ffff00f15365fa003c1087030100000000210099b070453d38b8172b00020000020101250c\
                     020216dbdcb400020301250c090816007bbec0";
/// The plan: north straight green 20, flashing green 3, yellow 3, red 34; north left red 30, green 20, yellow 3, red 7.
const PLAN: &str = "c0040023ae010010dbdddbdc23ae010020ffff00f15365fa003c10870103000000002d0099b070453d38b8172b000201000002010104\
                    251400350300190300162200020204161e002514001903001607008d78c0";
/// Manual control, as an active report to number 7.
const MANUAL: &str =
    "c0040023ae010010dbdddbdc23ae010020070000f15365fa003c10820201000000000f0000000000000000f1536503000000000edec0";

const NOW: Moment = Moment { utc: UtcMicros(1_700_000_000_000_000), uptime_s: 100.0 };

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

fn settings(more: &str) -> Settings {
    let text = format!(
        "link = {{ listen = \"127.0.0.1:0\" }}\n{more}\n\
         [[group]]\ngroup = 5\ndirection_deg = 0\nlamp = \"left\"\n\
         [[group]]\ngroup = 1\ndirection_deg = 0\nlamp = \"straight\"\n\
         [[group]]\ngroup = 9\ndirection_deg = 180\nlamp = \"crosswalk\"\n"
    );
    toml::from_str(&text).unwrap()
}

fn hear(source: &mut Gat1743, frames: &[&str]) -> Talk {
    let mut talk = Talk::default();
    for frame in frames {
        source.receive(NOW, &bytes(frame), &mut talk);
    }
    talk
}

fn reasons(talk: &Talk) -> Vec<&'static str> {
    talk.refused.iter().map(|(reason, _)| *reason).collect()
}

/// A frame as the controller would send it, with another object and content.
fn frame_of(change: impl FnOnce(&mut Frame)) -> String {
    let mut frame = Deframer::default().push(&bytes(LAMPS)).remove(0).unwrap();
    change(&mut frame);
    frame::encode(&frame).iter().map(|octet| format!("{octet:02x}")).collect()
}

#[test]
fn a_frame_is_read_field_by_field_and_written_back_the_same() {
    let frame = Deframer::default().push(&bytes(LAMPS)).remove(0).unwrap();
    let party = |kind, number| Party { region: 110_115, kind, number };
    assert_eq!((frame.sender, frame.receiver), (party(0x1000, 0xc0db), party(0x2000, 0xffff)));
    assert_eq!((frame.link_code, frame.ttl_s, frame.version), (4, 60, 0x10));
    assert_eq!((frame.operation, frame.object, frame.signed), (0x87, 0x0103, false));
    assert_eq!(frame.sent_at, NOW.utc.plus_seconds(0.25));
    for hex in [LAMPS, PLAN, MANUAL] {
        let frame = Deframer::default().push(&bytes(hex)).remove(0).unwrap();
        assert_eq!(frame::encode(&frame), bytes(hex));
    }
}

#[test]
fn lamps_become_the_groups_that_the_site_maps_them_to() {
    let talk = hear(&mut Gat1743::new(settings("")), &[LAMPS]);
    assert_eq!((talk.frames, talk.clock_ahead_s), (1, Some(0.25)));
    let [state] = &talk.states[..] else { panic!("{talk:?}") };
    assert_eq!((state.captured_at, state.control, state.plan), (NOW.utc, None, None));
    let told: Vec<_> = state.groups.iter().map(|g| (g.id, g.light, g.min_end_s, g.max_end_s, g.likely_end_s)).collect();
    assert_eq!(
        told,
        [
            (1, Light::Green, Some(11.0), Some(12.0), Some(11.5)),
            (5, Light::Red, Some(191.0), Some(192.0), Some(191.5)),
            (9, Light::Red, None, None, None),
        ]
    );
    // The lamp that is no group is told of, once.
    assert_eq!(talk.refused, [("unmapped_lamp", "lamp straight number 3 of the entrance at 180°".to_owned())]);
}

#[test]
fn the_sites_conventions_hold() {
    let mut source = Gat1743::new(settings("countdown = \"rounded_down\"\nclock = \"controller\""));
    let talk = hear(&mut source, &[LAMPS]);
    let state = &talk.states[0];
    assert_eq!(state.captured_at, NOW.utc.plus_seconds(0.25));
    assert_eq!((state.groups[0].min_end_s, state.groups[0].max_end_s), (Some(12.0), Some(13.0)));
}

#[test]
fn the_plan_says_what_follows_where_it_is_plain() {
    let talk = hear(&mut Gat1743::new(settings("")), &[PLAN, LAMPS]);
    let groups = &talk.states[0].groups;
    // The flash belongs to the green; the green that it is in comes back after yellow and red.
    assert_eq!(groups[0].next, [(Light::Yellow, 3.0), (Light::Red, 34.0)]);
    // Red at the end of the cycle goes on at its beginning.
    assert_eq!(groups[1].next, [(Light::Green, 20.0), (Light::Yellow, 3.0)]);
    assert_eq!(groups[2].next, []);
}

#[test]
fn another_plan_for_the_next_cycle_leaves_open_what_follows() {
    let mut source = Gat1743::new(settings(""));
    let other = frame_of(|frame| {
        let plan = Deframer::default().push(&bytes(PLAN)).remove(0).unwrap();
        (frame.object, frame.content) = (0x0302, plan.content);
        // North straight: green 25 s.
        frame.content[21] = 25;
    });
    let next = |talk: &Talk| talk.states[0].groups.iter().map(|group| group.next.len()).collect::<Vec<_>>();
    assert_eq!(next(&hear(&mut source, &[PLAN, &other, LAMPS])), [0, 2, 0]);
    assert_eq!(next(&hear(&mut source, &[PLAN, LAMPS])), [2, 2, 0]);
}

#[test]
fn a_report_is_acknowledged_and_manual_control_has_no_ends() {
    let mut source = Gat1743::new(settings("own = { region = 110115, number = 7 }"));
    let talk = hear(&mut source, &[MANUAL, LAMPS]);
    let state = &talk.states[0];
    assert_eq!(state.control, Some(Control::Manual));
    assert!(state.groups.iter().all(|group| group.likely_end_s.is_none()), "{state:?}");
    let [ack] = &talk.send[..] else { panic!("{talk:?}") };
    let ack = Deframer::default().push(ack).remove(0).unwrap();
    assert_eq!((ack.operation, ack.object, ack.content.len()), (0x85, 0x0102, 0));
    assert_eq!(ack.sender, Party { region: 110_115, kind: 0x8000, number: 7 });
    assert_eq!(ack.receiver, Party { region: 110_115, kind: 0x1000, number: 0xc0db });
}

#[test]
fn where_traffic_decides_the_countdown_binds_nobody() {
    let actuated = frame_of(|frame| (frame.object, frame.content) = (0x0102, [vec![0; 12], vec![4]].concat()));
    let talk = hear(&mut Gat1743::new(settings("")), &[PLAN, &actuated, LAMPS]);
    let group = &talk.states[0].groups[0];
    assert_eq!((group.min_end_s, group.max_end_s, group.likely_end_s), (None, None, Some(11.5)));
    assert_eq!(group.next, []);
}

#[test]
fn a_controller_in_fault_is_not_believed_until_it_is_in_order() {
    let run_state =
        |state| frame_of(|frame| (frame.object, frame.content) = (0x0101, [vec![0; 12], vec![state]].concat()));
    let talk = hear(&mut Gat1743::new(settings("")), &[&run_state(2), LAMPS, &run_state(1), LAMPS]);
    let lights = |state: &SignalState| state.groups.iter().map(|group| group.light).collect::<Vec<_>>();
    assert_eq!(lights(&talk.states[0]), [Light::Unavailable; 3]);
    assert_eq!(lights(&talk.states[1]), [Light::Green, Light::Red, Light::Red]);
}

#[test]
fn two_lamps_of_a_group_must_agree() {
    let second = |colour, countdown| {
        frame_of(|frame| {
            // The south crosswalk becomes a second lamp for north straight.
            frame.content = bytes("2100000000000000000000000100000201012506");
            frame.content.extend([7, 1, colour, countdown]);
        })
    };
    let talk = hear(&mut Gat1743::new(settings("")), &[&second(0x25, 9)]);
    let group = &talk.states[0].groups[0];
    assert_eq!((group.light, group.min_end_s, group.max_end_s), (Light::Green, Some(5.0), Some(9.0)));
    let talk = hear(&mut Gat1743::new(settings("")), &[&second(0x16, 9)]);
    assert_eq!(talk.states[0].groups[0], GroupState::new(1, Light::Unavailable));
    assert_eq!(reasons(&talk), ["lamps_disagree"]);
}

#[test]
fn a_frame_that_was_overtaken_is_refused_and_a_clock_that_was_set_is_not() {
    let sent = |later_s: f64| frame_of(|frame| frame.sent_at = frame.sent_at.plus_seconds(later_s));
    let mut source = Gat1743::new(settings(""));
    let talk = hear(&mut source, &[&sent(2.0), &sent(1.0), &sent(2.0), &sent(3.0)]);
    assert_eq!((talk.states.len(), talk.refused.last().unwrap().0), (3, "late"));
    let talk = hear(&mut source, &[&sent(-3600.0), &sent(-3599.0)]);
    assert_eq!((talk.states.len(), talk.refused.len()), (2, 0));
}

#[test]
fn what_is_no_frame_for_us_is_refused_for_its_reason() {
    let own = "own = { region = 110115, number = 7 }";
    let mut damaged = LAMPS.to_owned();
    damaged.replace_range(60..62, "5a");
    let cases = [
        (damaged, "crc"),
        ("c0db01c0".into(), "escape"),
        ("c00102030405c0".into(), "too_short"),
        (LAMPS[..80].into(), "half_frame"),
        (frame_of(|frame| frame.version = 0x11), "version"),
        (frame_of(|frame| frame.sender.kind = 0x4000), "sender"),
        (frame_of(|frame| frame.receiver.number = 8), "receiver"),
        (frame_of(|frame| frame.operation = 0x86), "error_reply"),
        (frame_of(|frame| frame.operation = 0x80), "operation"),
        (frame_of(|frame| frame.object = 0x0401), "object"),
        (frame_of(|frame| frame.content.truncate(20)), "content"),
    ];
    for (frame, reason) in cases {
        let talk = hear(&mut Gat1743::new(settings(own)), &[&frame]);
        assert_eq!((reasons(&talk), talk.states.len()), (vec![reason], 0), "{frame}");
    }
}

#[test]
fn what_does_not_come_by_itself_is_asked_for() {
    let mut source = Gat1743::new(settings(""));
    let mut talk = Talk::default();
    let asked = |talk: &mut Talk| {
        let objects = talk.send.drain(..).map(|frame| {
            let frame = Deframer::default().push(&frame).remove(0).unwrap();
            assert_eq!((frame.operation, frame.receiver.number), (0x80, 0xffff));
            frame.object
        });
        objects.collect::<Vec<_>>()
    };
    source.open(NOW, &mut talk);
    let at = |uptime_s| Moment { uptime_s, ..NOW };
    source.tick(NOW, &mut talk);
    assert_eq!(asked(&mut talk), [0x0101, 0x0102, 0x0301]);
    assert_eq!(source.wake_at_s(), Some(101.5));
    source.tick(at(101.5), &mut talk);
    assert_eq!(asked(&mut talk), [0x0103]);
    // One came: the next is not asked for.
    source.receive(at(102.0), &bytes(LAMPS), &mut talk);
    source.tick(at(102.5), &mut talk);
    assert_eq!(talk.send.len(), 0);
    assert_eq!(Gat1743::new(settings("ask = false")).wake_at_s(), None);
}

#[test]
fn settings_that_cannot_be_are_refused() {
    let with = |change: fn(&mut Settings)| {
        let mut settings = settings("own = { region = 110115, number = 7 }");
        change(&mut settings);
        settings.source().err().unwrap_or_default()
    };
    assert_eq!(with(|_| {}), "");
    assert_eq!(with(|s| s.group[0].direction_deg = 360), "group 5: direction_deg is 360, 0 to 359 is meant");
    assert!(with(|s| s.own.as_mut().unwrap().region = 1_000_000).contains("six digits"));
    let from: Vec<String> = settings("").mapping().into_iter().map(|mapped| mapped.from).collect();
    assert_eq!(from[2], "lamp crosswalk of the entrance at 180°");
}

proptest! {
    #[test]
    fn any_split_of_a_stream_gives_the_same_frames(cuts in prop::collection::vec(0_usize..400, 0..8), noise in prop::collection::vec(any::<u8>(), 0..40)) {
        // Garbage first, between and at the end.
        let stream = [noise.clone(), bytes(LAMPS), bytes(PLAN), noise, bytes(MANUAL), bytes(LAMPS)].concat();
        let whole = Deframer::default().push(&stream);
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(stream.len())).collect();
        cuts.extend([0, stream.len()]);
        cuts.sort_unstable();
        let mut deframer = Deframer::default();
        let pieces: Vec<_> = cuts.windows(2).flat_map(|cut| deframer.push(&stream[cut[0]..cut[1]])).collect();
        prop_assert_eq!(&pieces, &whole);
        let good = pieces.into_iter().flatten().map(|frame| frame.object).collect::<Vec<_>>();
        // Garbage may be taken for the beginning of the frame after it, never for more.
        prop_assert!(good.ends_with(&[0x0103]) && good.len() >= 3, "{:?}", good);
    }

    #[test]
    fn no_bytes_upset_it(octets in prop::collection::vec(any::<u8>(), 0..300)) {
        let mut source = Gat1743::new(settings(""));
        let mut talk = Talk::default();
        source.receive(NOW, &octets, &mut talk);
        prop_assert!(talk.states.is_empty());
    }

    #[test]
    fn no_content_upsets_it(object in prop::sample::select(vec![0x0101_u16, 0x0102, 0x0103, 0x0301, 0x0302]), content in prop::collection::vec(any::<u8>(), 0..300)) {
        let mut source = Gat1743::new(settings(""));
        let frame = frame_of(|frame| (frame.object, frame.content) = (object, content));
        let talk = hear(&mut source, &[&frame, LAMPS]);
        prop_assert!(!talk.states.is_empty());
        for group in talk.states.iter().flat_map(|state| &state.groups) {
            prop_assert!(group.min_end_s <= group.max_end_s);
        }
    }
}

#[test]
fn a_frame_without_end_is_given_up() {
    let mut deframer = Deframer::default();
    assert_eq!(deframer.push(&vec![1; 20_000]), [Err(Error::TooLong)]);
    assert_eq!(deframer.push(&bytes(LAMPS)).into_iter().flatten().count(), 1);
}
