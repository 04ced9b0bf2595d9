use super::*;
use crate::signals::GroupState;

/// 2023-11-14T22:13:20Z.
const NOW: UtcMicros = UtcMicros(1_700_000_000_000_000);
/// The time of day of `NOW`, as the block has it.
const STAMP: [u8; 5] = [22, 13, 20, 0, 0];

fn moment(after_s: f64) -> Moment {
    Moment { utc: NOW.plus_seconds(after_s), uptime_s: 1.0 + after_s }
}

/// A block written field by field, as the captured one is laid out: sixteen phases, all times unknown, reds and
/// don't-walks lit.
fn block() -> Vec<u8> {
    let mut octets = vec![0xcd, 0x10];
    for phase in 1..=16 {
        octets.push(phase);
        octets.extend([0xff; 12]);
    }
    for word in [0xffff_u16, 0, 0, 0xffff, 0, 0, 0xffff, 0, 0, 0, 0] {
        octets.extend(word.to_be_bytes());
    }
    octets.extend([0, 0, 0, 7]);
    octets.extend(STAMP);
    assert_eq!(octets.len(), 241);
    octets
}

fn put(octets: &mut [u8], at: usize, word: u16) {
    octets[at..at + 2].copy_from_slice(&word.to_be_bytes());
}

fn source() -> Tscbm {
    Tscbm::new(vec![(1, Head::Phase(2)), (2, Head::Pedestrian(2)), (3, Head::Overlap(1)), (4, Head::Phase(16))])
}

fn hear(source: &mut Tscbm, after_s: f64, octets: &[u8]) -> Talk {
    let mut talk = Talk::default();
    source.receive(moment(after_s), octets, &mut talk);
    talk
}

fn reasons(talk: &Talk) -> Vec<&'static str> {
    talk.refused.iter().map(|(reason, _)| *reason).collect()
}

#[test]
fn a_block_is_read_field_by_field() {
    let mut octets = block();
    // Phase 2 green from 4.5 s to 30 s more, its walk ends in 3 s, overlap 1 yellow for 1.2 s; the others are red.
    let phase_2 = 2 + 13;
    for (at, tenths) in
        [(phase_2 + 1, 45), (phase_2 + 3, 300), (phase_2 + 5, 30), (phase_2 + 7, 30), (11, 12), (13, 12)]
    {
        put(&mut octets, at, tenths);
    }
    for (at, bits) in [(210, 0xfffd), (214, 0x0002), (216, 0xfffd), (220, 0x0002), (222, 0xfffe), (224, 0x0001)] {
        put(&mut octets, at, bits);
    }
    let group = |id, light, min_end_s, max_end_s, likely_end_s| GroupState {
        min_end_s,
        max_end_s,
        likely_end_s,
        ..GroupState::new(id, light)
    };
    let groups = vec![
        group(1, Light::Green, Some(4.5), Some(30.0), None),
        group(2, Light::Green, Some(3.0), Some(3.0), Some(3.0)),
        group(3, Light::Yellow, Some(1.2), Some(1.2), Some(1.2)),
        group(4, Light::Red, None, None, None),
    ];
    let state = SignalState { captured_at: NOW, control: None, plan: None, groups };
    for longer in [&[][..], &[0xff, 0xff, 0, 1]] {
        let datagram = [&octets, longer].concat();
        let talk = hear(&mut source(), 0.03, &datagram);
        assert_eq!((talk.states, talk.refused, talk.frames), (vec![state.clone()], vec![], 1));
        assert_eq!(talk.clock_ahead_s, Some(-0.03));
    }
}

#[test]
fn clearance_of_those_on_foot_is_yellow_and_unlit_is_dark() {
    let mut octets = block();
    put(&mut octets, 216, 0xfffd);
    put(&mut octets, 218, 0x0002);
    put(&mut octets, 210, 0xfffd);
    let lights: Vec<_> = hear(&mut source(), 0.0, &octets).states[0].groups.iter().map(|group| group.light).collect();
    assert_eq!(lights, [Light::Dark, Light::Yellow, Light::Red, Light::Red]);
}

#[test]
fn what_flashes_is_said_to_flash() {
    let mut octets = block();
    put(&mut octets, 228, 0x8002);
    let mut source = source();
    let state = hear(&mut source, 0.0, &octets).states.remove(0);
    let lights: Vec<_> = state.groups.iter().map(|group| group.light).collect();
    assert_eq!(lights, [Light::FlashingRed, Light::Red, Light::Red, Light::FlashingRed]);
    assert_eq!(state.control, Some(Control::Flashing));
    // The lamp's off time in the next block.
    put(&mut octets, 210, 0);
    octets[235] = 8;
    assert_eq!(hear(&mut source, 0.1, &octets).states[0].groups[3].light, Light::FlashingRed);
}

#[test]
fn lamps_and_times_that_contradict_one_another_are_not_said() {
    let mut octets = block();
    put(&mut octets, 214, 0x0002);
    put(&mut octets, 2 + 15 * 13 + 1, 50);
    put(&mut octets, 2 + 15 * 13 + 3, 49);
    let talk = hear(&mut source(), 0.0, &octets);
    assert_eq!(reasons(&talk), ["contradictory_lamps"]);
    let groups = &talk.states[0].groups;
    assert_eq!(groups[0], GroupState::new(1, Light::Unavailable));
    assert_eq!(groups[3], GroupState::new(4, Light::Red));
}

#[test]
fn gaps_and_jumps_are_counted_and_wrap() {
    let mut source = source();
    let mut reasons_of = |sequence: u8, after_s: u8, discontinuous: u8| {
        let mut octets = block();
        octets[234] = discontinuous;
        octets[235] = sequence;
        octets[238] = 20 + after_s;
        reasons(&hear(&mut source, f64::from(after_s), &octets))
    };
    assert!(reasons_of(254, 0, 0).is_empty());
    assert!(reasons_of(255, 1, 0).is_empty());
    assert!(reasons_of(0, 2, 0).is_empty());
    assert_eq!(reasons_of(4, 3, 1), ["sequence_gap", "times_jumped"]);
    // The controller began anew.
    assert!(reasons_of(0, 4, 0).is_empty());
}

#[test]
fn the_stamp_is_set_against_the_arrival() {
    let stamped = |stamp: [u8; 5]| {
        let mut octets = block();
        octets[236..241].copy_from_slice(&stamp);
        octets
    };
    let at = |talk: &Talk| talk.states[0].captured_at.0 - NOW.0;
    // Six hours behind, as in Chicago: the arrival counts, the second block was 50 ms longer on its way.
    let mut source = source();
    let local = hear(&mut source, 0.0, &stamped([16, 13, 20, 0, 0]));
    assert_eq!((at(&local), reasons(&local)), (0, vec!["clock_off"]));
    assert_eq!(at(&hear(&mut source, 0.15, &stamped([16, 13, 20, 0, 100]))), 100_100);
    // One that was overtaken on its way, and one without a time of day.
    let late = hear(&mut source, 0.16, &stamped([16, 13, 20, 0, 20]));
    assert_eq!((late.states.len(), reasons(&late)), (0, vec!["clock_off", "overtaken"]));
    let none = hear(&mut source, 0.2, &stamped([24, 0, 0, 0, 0]));
    assert_eq!((at(&none), reasons(&none)), (200_000, vec!["stamp"]));
}

#[test]
fn what_is_no_block_is_refused_with_its_reason() {
    let mut source = source();
    let mut refused = |octets: &[u8]| hear(&mut source, 0.0, octets).refused.remove(0);
    assert_eq!(refused(&[]).0, "length");
    assert_eq!(refused(&block()[..240]), ("length", "240 octets, not 241 or 245".into()));
    let mut octets = block();
    octets[0] = 0xcc;
    assert_eq!(refused(&octets), ("header", "begins with cc 10, not cd 10".into()));
    for wrong in [0, 1, 17, 255] {
        let mut octets = block();
        octets[2 + 13] = wrong;
        assert_eq!(refused(&octets), ("phase_number", format!("block 2 is of phase {wrong}")));
    }
}

#[test]
fn blocks_of_phases_may_come_in_any_order() {
    let mut octets = block();
    put(&mut octets, 3, 77);
    let (first, second) = (octets[2..15].to_vec(), octets[15..28].to_vec());
    octets[2..15].copy_from_slice(&second);
    octets[15..28].copy_from_slice(&first);
    let mut source = Tscbm::new(vec![(9, Head::Phase(1))]);
    assert_eq!(hear(&mut source, 0.0, &octets).states[0].groups[0].min_end_s, Some(7.7));
}

proptest::proptest! {
    #[test]
    fn no_octets_do_harm(tail in proptest::collection::vec(proptest::num::u8::ANY, 239..=243), any in proptest::collection::vec(proptest::num::u8::ANY, 0..300)) {
        let mut source = source();
        let mut octets = vec![0xcd, 0x10];
        octets.extend(tail);
        for index in 0..16_u8 {
            octets[2 + 13 * usize::from(index)] = index + 1;
        }
        let talk = hear(&mut source, 0.0, &octets);
        proptest::prop_assert_eq!(talk.states.len() == 1, LENGTHS.contains(&octets.len()));
        for group in talk.states.iter().flat_map(|state| &state.groups) {
            proptest::prop_assert!(group.min_end_s.zip(group.max_end_s).is_none_or(|(min_s, max_s)| min_s <= max_s));
        }
        hear(&mut source, 0.1, &any);
    }
}

#[test]
fn a_silent_controller_is_told_to_broadcast_only_where_the_site_asks_for_it() {
    use async_snmp::message::CommunityMessage;
    use async_snmp::{DecodeConfig, Value};

    let folder = std::env::temp_dir().join(format!("lukou-tscbm-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("community"), "administrator\n").unwrap();
    let text = "link = { listen = \"0.0.0.0:6053\", to = \"10.0.0.1:161\" }\ngroup = []\n";
    let mut silent = toml::from_str::<Settings>(text).unwrap().source().unwrap();
    silent.open(moment(0.0), &mut Talk::default());
    assert_eq!(silent.wake_at_s(), None);

    let enable = "[enable]\nsnmp = { version = \"v1\", community = { file = \"community\" } }\nvalue = 6";
    let mut settings = toml::from_str::<Settings>(&format!("{text}{enable}")).unwrap();
    settings.enable.as_mut().unwrap().snmp.base(&folder);
    let mut source = settings.source().unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    let mut talk = Talk::default();
    source.open(moment(0.0), &mut talk);
    source.receive(moment(1.0), &block(), &mut talk);
    assert_eq!(source.wake_at_s(), Some(moment(4.0).uptime_s));
    source.tick(moment(3.9), &mut talk);
    assert!(talk.send.is_empty());
    source.tick(moment(4.0), &mut talk);
    let asked = CommunityMessage::decode(talk.send.remove(0).into(), DecodeConfig::default()).unwrap().value;
    assert_eq!(asked.community().as_bytes(), b"administrator");
    assert!(!source.may_keep(&[0x30, 0x82]) && source.may_keep(&block()));
    let (_, body, varbinds) = asked.into_pdu().unwrap().into_raw_parts();
    assert!(format!("{body:?}").contains("SetRequest"), "{body:?}");
    assert_eq!(varbinds[0].oid.to_string(), "1.3.6.1.4.1.1206.3.5.2.9.44.1.0");
    assert_eq!(varbinds[0].value, Value::Integer(6));
    source.tick(moment(7.0), &mut talk);
    assert_eq!((talk.send.len(), talk.refused.last().unwrap().0), (1, "enable_timeout"));
}
