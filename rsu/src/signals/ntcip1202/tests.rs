use async_snmp::Version;
use async_snmp::message::CommunityMessage;
use async_snmp::pdu::{Pdu, PduBody, StandardPduType};
use async_snmp::{DecodeConfig, VarBind};

use super::*;
use crate::priority::Refusal as NoPriority;
use crate::signals::GroupState;
use crate::signals::command::tests::command;
use crate::signals::snmp::Security;

const NOW: UtcMicros = UtcMicros(1_700_000_000_000_000);

fn at(after_s: f64) -> Moment {
    Moment { utc: NOW.plus_seconds(after_s), uptime_s: 50.0 + after_s }
}

fn source(version: Version) -> Ntcip1202 {
    let group = |group, head| HeadFile { group, head };
    let settings = Settings {
        link: LinkFile::default(),
        snmp: SnmpFile::default(),
        poll_s: 0.1,
        answer_within_s: 0.5,
        again_s: 0.1,
        command: None,
        stale_after_s: 0.3,
        clearance_unit_s: 0.1,
        group: vec![group(3, Head::Overlap(1)), group(1, Head::Phase(2)), group(2, Head::Pedestrian(2))],
    };
    let manager = Manager::new(Security::Community(version, "public".into()));
    let mut source = Ntcip1202::new(&settings, manager);
    source.open(at(0.0), &mut Talk::default());
    source
}

/// An agent that answers what it is told to.
struct Agent {
    version: Version,
    values: BTreeMap<String, Value>,
}

impl Agent {
    fn new(version: Version) -> Self {
        let mut agent = Self { version, values: BTreeMap::new() };
        for (entry, columns) in [("1.4.1", 2..=7), ("9.4.1", 2..=4)] {
            for column in columns {
                agent.set(&format!("{entry}.{column}.1"), 0);
            }
        }
        // Walk 7 s, clearance 12 s, green 10 to 40 s, yellow 3.5 s, red clear 1.5 s.
        for (column, value) in [(2, 7), (3, 12), (4, 10), (6, 40), (8, 35), (9, 15)] {
            agent.set(&format!("1.2.1.{column}.2"), value);
        }
        agent.set("3.6.0", 2);
        agent
    }

    fn set(&mut self, object: &str, value: i32) {
        self.values.insert(format!("1.3.6.1.4.1.1206.4.2.1.{object}"), Value::Integer(value));
    }

    /// Red, yellow and green of phase 2; don't walk, clear and walk of its pedestrians.
    fn show(&mut self, lit: [u8; 2]) {
        for (first, lit) in [(2, lit[0]), (5, lit[1])] {
            for column in first..first + 3 {
                self.set(&format!("1.4.1.{column}.1"), if column == first + lit { 0b10 } else { 0 });
            }
        }
    }

    fn answer(&self, octets: &[u8]) -> Vec<u8> {
        let message = CommunityMessage::decode(octets.to_vec().into(), DecodeConfig::default()).unwrap().value;
        let (version, community, _) = message.clone().into_parts();
        let (id, _, asked) = message.into_pdu().unwrap().into_raw_parts();
        let missing = asked.iter().position(|varbind| !self.values.contains_key(&varbind.oid.to_string()));
        let (error_status, error_index) = match (self.version, missing) {
            (Version::V1, Some(index)) => (2, i32::try_from(index).unwrap() + 1),
            _ => (0, 0),
        };
        let value = |oid: &Oid| self.values.get(&oid.to_string()).cloned().unwrap_or(Value::NoSuchObject);
        let varbinds = match error_status {
            0 => asked.into_iter().map(|varbind| VarBind::new(varbind.oid.clone(), value(&varbind.oid))).collect(),
            _ => asked,
        };
        let body = PduBody::Standard { pdu_type: StandardPduType::Response, error_status, error_index };
        let pdu = Pdu::from_raw_parts(id, body, varbinds);
        let answer = match version {
            Version::V1 => CommunityMessage::v1(community, pdu),
            _ => CommunityMessage::v2c(community, pdu),
        };
        answer.unwrap().encode().unwrap().to_vec()
    }
}

/// Asks at `after_s` and hears the answers 20 ms later.
fn look(source: &mut Ntcip1202, agent: &Agent, after_s: f64) -> Talk {
    let mut talk = Talk::default();
    source.tick(at(after_s), &mut talk);
    while let Some(octets) = (!talk.send.is_empty()).then(|| talk.send.remove(0)) {
        source.receive(at(after_s + 0.02), &agent.answer(&octets), &mut talk);
    }
    talk
}

fn rounded(groups: &[GroupState]) -> Vec<(u8, Light, Option<i64>, Option<i64>)> {
    let ms = |end_s: Option<f64>| end_s.map(|end_s| (end_s * 1000.0).round() as i64);
    groups.iter().map(|group| (group.id, group.light, ms(group.min_end_s), ms(group.max_end_s))).collect()
}

#[test]
fn lamps_and_table_make_states() {
    for version in [Version::V1, Version::V2c] {
        let (mut source, mut agent) = (source(version), Agent::new(version));
        agent.show([0, 0]);
        agent.set("9.4.1.2.1", 1);
        let talk = look(&mut source, &agent, 0.0);
        // The lamps, then the row of phase 2, with which the next state is told.
        assert_eq!((talk.frames, talk.refused.len()), (2, 0));
        assert_eq!(talk.states[0].captured_at, NOW);
        let red = |id| (id, Light::Red, None, None);
        assert_eq!(rounded(&talk.states[0].groups), [red(1), red(2), red(3)]);
        agent.show([2, 2]);
        let talk = look(&mut source, &agent, 0.1);
        let expected = [(1, Light::Green, Some(9_900), Some(40_020)), (2, Light::Green, Some(6_900), None), red(3)];
        assert_eq!((rounded(&talk.states[0].groups).as_slice(), talk.frames), (&expected[..], 1));
        assert_eq!(source.wake_at_s(), Some(50.2));
        agent.show([1, 1]);
        let talk = look(&mut source, &agent, 0.2);
        let expected =
            [(1, Light::Yellow, Some(3_400), Some(3_520)), (2, Light::Yellow, Some(11_900), Some(12_020)), red(3)];
        assert_eq!(rounded(&talk.states[0].groups), expected);
    }
}

#[test]
fn what_a_controller_lacks_is_told_or_done_without() {
    for (version, looks_without_flash) in [(Version::V1, 1), (Version::V2c, 0)] {
        let (mut source, mut agent) = (source(version), Agent::new(version));
        agent.show([0, 0]);
        agent.values.remove("1.3.6.1.4.1.1206.4.2.1.3.6.0");
        agent.values.remove("1.3.6.1.4.1.1206.4.2.1.1.2.1.6.2");
        for number in 0..looks_without_flash {
            assert_eq!(look(&mut source, &agent, f64::from(number) * 0.1).states, []);
        }
        assert_eq!(look(&mut source, &agent, 0.2).states.len(), 1);
        agent.values.remove("1.3.6.1.4.1.1206.4.2.1.1.4.1.3.1");
        let refused = look(&mut source, &agent, 0.3).refused;
        assert_eq!(refused[0], ("no_such_object", "1.3.6.1.4.1.1206.4.2.1.1.4.1.3.1".to_owned()));
        agent.set("1.4.1.3.1", 256);
        assert_eq!(look(&mut source, &agent, 0.4).refused[0].0, "bad_value");
    }
}

#[test]
fn a_unit_that_flashes_says_so() {
    let (mut source, mut agent) = (source(Version::V2c), Agent::new(Version::V2c));
    agent.set("3.6.0", 5);
    agent.show([0, 0]);
    agent.set("9.4.1.3.1", 1);
    let state = look(&mut source, &agent, 0.0).states.remove(0);
    let lights: Vec<_> = state.groups.iter().map(|group| group.light).collect();
    assert_eq!(lights, [Light::FlashingRed, Light::Dark, Light::FlashingYellow]);
    assert_eq!(state.control, Some(Control::Flashing));
    agent.show([2, 0]);
    assert_eq!(look(&mut source, &agent, 0.1).states[0].groups[0].light, Light::Unavailable);
}

#[test]
fn silence_is_counted_and_the_question_said_anew() {
    let (mut source, agent) = (source(Version::V2c), Agent::new(Version::V2c));
    let mut talk = Talk::default();
    source.tick(at(0.0), &mut talk);
    let late = agent.answer(&talk.send[0]);
    for time in 1..5 {
        source.tick(at(f64::from(time) * 0.11), &mut talk);
    }
    assert_eq!((talk.send.len(), talk.refused.len()), (5, 0));
    assert!(talk.send.iter().all(|octets| *octets == talk.send[0]), "the same question");
    source.tick(at(0.5), &mut talk);
    assert_eq!((talk.send.len(), talk.refused[0].0), (6, "timeout"));
    // The late answer is not the one awaited.
    source.receive(at(0.51), &late, &mut talk);
    assert_eq!((talk.states.len(), talk.refused[1].0), (0, "stray"));
    source.receive(at(0.52), &agent.answer(&talk.send[5].clone()), &mut talk);
    assert_eq!(talk.states.len(), 1);
}

#[test]
fn one_lost_answer_makes_no_state_older_than_may_be_said() {
    // 15 ms to answer; every third question or answer is lost.
    let (mut source, mut agent) = (source(Version::V2c), Agent::new(Version::V2c));
    agent.show([0, 0]);
    let (mut sent, mut newest_s, mut oldest_s) = (0, 0.0_f64, 0.0_f64);
    let mut arrivals: Vec<(f64, Vec<u8>)> = Vec::new();
    for step in 0..6000 {
        let now_s = f64::from(step) * 0.005;
        let mut talk = Talk::default();
        if let Some(index) = arrivals.iter().position(|(due_s, _)| *due_s <= now_s) {
            source.receive(at(now_s), &arrivals.remove(index).1, &mut talk);
        }
        if source.wake_at_s().unwrap() <= at(now_s).uptime_s {
            source.tick(at(now_s), &mut talk);
        }
        if let Some(state) = talk.states.first() {
            newest_s = state.captured_at.seconds_since(NOW);
        }
        oldest_s = oldest_s.max(now_s - newest_s);
        for octets in &talk.send {
            sent += 1;
            if sent % 3 != 0 {
                arrivals.push((now_s + 0.015, agent.answer(octets)));
            }
        }
    }
    assert!(oldest_s < 0.3, "{oldest_s}");
}

/// The same, which may call and hold phases 2 (group 1), 9 (group 7); group 3 is an overlap.
fn commanded(backup_s: i32) -> (Ntcip1202, Agent) {
    let (reader, mut agent) = (source(Version::V2c), Agent::new(Version::V2c));
    let heads = [(1, Head::Phase(2)), (7, Head::Phase(9)), (3, Head::Overlap(1))];
    let heads = heads.map(|(group, head)| HeadFile { group, head });
    let file: CommandFile = toml::from_str("longest_backup_s = 30").unwrap();
    let snmp: SnmpFile = toml::from_str("community = { env = \"PATH\" }").unwrap();
    let writer = Writer::new(&file, &snmp, &heads).unwrap();
    agent.set("3.3.0", backup_s);
    for (column, group) in [(4, 1), (4, 2), (6, 1), (6, 2)] {
        agent.set(&format!("1.5.1.{column}.{group}"), 0);
    }
    agent.show([0, 0]);
    (Ntcip1202 { writer: Some(writer), ..reader }, agent)
}

/// What the source says is answered 10 ms later, and SETs are done, if the agent answers them.
fn answer_all(source: &mut Ntcip1202, agent: &mut Agent, now_s: f64, talk: &mut Talk, answers_writes: bool) {
    while let Some(octets) = (!talk.send.is_empty()).then(|| talk.send.remove(0)) {
        if agent.write(&octets, answers_writes) {
            let answer = agent.answer(&octets);
            source.receive(at(now_s + 0.01), &answer, talk);
        }
    }
}

/// From one tenth of a second to another.
fn run(source: &mut Ntcip1202, agent: &mut Agent, tenths: std::ops::Range<u32>, answers_writes: bool) -> Talk {
    let mut talk = Talk::default();
    for step in tenths.start * 5..tenths.end * 5 {
        let now_s = f64::from(step) * 0.02 + 0.001;
        source.tick(at(now_s), &mut talk);
        answer_all(source, agent, now_s, &mut talk, answers_writes);
    }
    talk
}

/// A command, and what is answered at once.
fn tell(source: &mut Ntcip1202, agent: &mut Agent, now_s: f64, command: &Command, answers_writes: bool) -> Talk {
    let mut talk = Talk::default();
    source.command(at(now_s), command, &mut talk);
    answer_all(source, agent, now_s, &mut talk, answers_writes);
    talk
}

impl Agent {
    /// Does what it is told. False: it says nothing.
    fn write(&mut self, octets: &[u8], answers: bool) -> bool {
        let message = CommunityMessage::decode(octets.to_vec().into(), DecodeConfig::default()).unwrap().value;
        let pdu = message.into_pdu().unwrap();
        if pdu.pdu_type() != async_snmp::pdu::PduType::SetRequest {
            return true;
        }
        if answers {
            for varbind in pdu.into_raw_parts().2 {
                self.values.insert(varbind.oid.to_string(), varbind.value);
            }
        }
        answers
    }

    /// Holds and calls of phases 1 to 8, and of 9 to 16.
    fn told(&self) -> [i32; 4] {
        [(4, 1), (6, 1), (4, 2), (6, 2)].map(|(column, group)| {
            match self.values[&format!("1.3.6.1.4.1.1206.4.2.1.1.5.1.{column}.{group}")] {
                Value::Integer(value) => value,
                _ => panic!(),
            }
        })
    }
}

#[test]
fn a_request_is_a_call_and_a_hold_until_it_is_let_go_of() {
    let (mut source, mut agent) = commanded(10);
    run(&mut source, &mut agent, 0..3, true);
    let talk = tell(&mut source, &mut agent, 0.3, &command(1, true, &[1]), true);
    assert_eq!((talk.words, agent.told()), (vec![(1, Ok(()))], [2, 2, 0, 0]));
    // Written again each second, though nothing changes.
    agent.set("1.5.1.4.1", 0);
    run(&mut source, &mut agent, 3..16, true);
    assert_eq!(agent.told(), [2, 2, 0, 0]);
    let talk = tell(&mut source, &mut agent, 1.6, &command(2, true, &[7]), true);
    assert_eq!((talk.words, agent.told()), (vec![(2, Ok(()))], [2, 2, 1, 1]));
    tell(&mut source, &mut agent, 1.7, &command(1, false, &[1]), true);
    assert_eq!(agent.told(), [0, 0, 1, 1]);
    tell(&mut source, &mut agent, 1.8, &command(2, false, &[7]), true);
    assert_eq!((agent.told(), source.holds(at(1.82))), ([0; 4], false));
    // Nothing is written any more.
    agent.set("1.5.1.4.1", 8);
    assert!(run(&mut source, &mut agent, 19..60, true).states.len() > 35);
    assert_eq!(agent.told(), [8, 0, 0, 0]);
}

#[test]
fn without_a_backup_timer_or_a_phase_nothing_is_written() {
    for (backup_s, group, reason) in
        [(0, 1, "command_no_backup"), (31, 1, "command_no_backup"), (10, 3, "command_no_phase")]
    {
        let (mut source, mut agent) = commanded(backup_s);
        run(&mut source, &mut agent, 0..3, true);
        let talk = tell(&mut source, &mut agent, 0.3, &command(1, true, &[group]), true);
        assert_eq!((talk.words, agent.told()), (vec![(1, Err(NoPriority::Refused))], [0; 4]));
        assert_eq!(talk.refused[0].0, reason);
    }
}

#[test]
fn an_agent_that_takes_no_writes_costs_no_lamps_and_what_it_may_hold_is_taken_back() {
    let (mut source, mut agent) = commanded(10);
    run(&mut source, &mut agent, 0..3, true);
    tell(&mut source, &mut agent, 0.3, &command(1, true, &[1]), false);
    let talk = run(&mut source, &mut agent, 3..20, false);
    assert_eq!(talk.words, [(1, Err(NoPriority::Silent))]);
    assert!(talk.states.len() >= 14, "{}", talk.states.len());
    // It may have done it, and only its answer is lost.
    agent.set("1.5.1.4.1", 2);
    assert!(source.holds(at(2.0)));
    run(&mut source, &mut agent, 20..23, true);
    assert_eq!((agent.told(), source.holds(at(2.3))), ([0; 4], false));
}

#[test]
fn what_is_held_is_let_go_of_at_the_stop_and_given_up_when_the_agent_is_lost() {
    let (mut source, mut agent) = commanded(10);
    run(&mut source, &mut agent, 0..3, true);
    tell(&mut source, &mut agent, 0.3, &command(1, true, &[1]), true);
    // It answers nothing at all: after two questions of half a second the vehicle hears so.
    let mut talk = Talk::default();
    for step in 15..100 {
        source.tick(at(f64::from(step) * 0.02 + 0.001), &mut talk);
    }
    assert_eq!(talk.words, [(1, Err(NoPriority::Silent))]);
    assert_eq!(agent.told(), [2, 2, 0, 0]);
    run(&mut source, &mut agent, 20..30, true);
    assert_eq!(agent.told(), [0; 4], "taken back as soon as it is heard");
    tell(&mut source, &mut agent, 3.0, &command(2, true, &[1]), true);
    assert_eq!(agent.told(), [2, 2, 0, 0]);
    let mut talk = Talk::default();
    source.let_go(at(3.01), &mut talk);
    assert_eq!((talk.send.len(), talk.words.len(), source.holds(at(3.01))), (1, 1, true));
    answer_all(&mut source, &mut agent, 3.01, &mut talk, true);
    assert_eq!((agent.told(), source.holds(at(3.02))), ([0; 4], false));
}

#[test]
fn another_community_and_garbage_are_refused() {
    let (mut source, agent) = (source(Version::V2c), Agent::new(Version::V2c));
    let mut talk = Talk::default();
    source.tick(at(0.0), &mut talk);
    let mut answer = agent.answer(&talk.send[0]);
    assert!(!source.may_keep(&answer), "the community would be in the recording");
    for length in 0..answer.len() {
        source.receive(at(0.01), &answer[..length], &mut talk);
    }
    let place = answer.windows(6).position(|octets| octets == b"public").unwrap();
    answer[place] = b'P';
    source.receive(at(0.01), &answer, &mut talk);
    assert!(talk.states.is_empty());
    assert_eq!(talk.refused.pop().unwrap().0, "stray");
    assert!(talk.refused.iter().all(|(reason, _)| *reason == "malformed"), "{:?}", talk.refused);
    answer[place] = b'p';
    source.receive(at(0.02), &answer, &mut talk);
    assert_eq!(talk.states.len(), 1);
}

#[test]
fn settings_that_cannot_work_are_told() {
    let wrong = |text: &str| {
        let text = format!("link = {{ to = \"127.0.0.1:161\" }}\n{text}");
        toml::from_str::<Settings>(&text).unwrap().source().unwrap_err()
    };
    let group = "group = [{ group = 1, head = \"phase 2\" }]\n";
    assert_eq!(wrong(&format!("{group}poll_s = 0.05\nsnmp = {{}}")), "poll_s is 0.05; 0.1 to 10");
    assert_eq!(wrong(&format!("{group}poll_s = 0.5\nsnmp = {{}}")), "poll_s is 0.5, and a state is stale after 0.3 s");
    assert_eq!(wrong(&format!("{group}snmp = {{}}")), "snmp: v1 and v2c need a community, and have no user");
    let community = wrong(&format!("{group}snmp = {{ community = {{ env = \"LUKOU_TEST_UNSET\" }} }}"));
    assert_eq!(community, "snmp.community: LUKOU_TEST_UNSET: environment variable not found");
    assert_eq!(wrong(&format!("{group}snmp = {{ version = \"v3\" }}")), "snmp: v3 needs a user, and has no community");
    assert!(toml::from_str::<HeadFile>("group = 1\nhead = \"phase 17\"").is_err());
}

proptest::proptest! {
    #[test]
    fn no_octets_do_harm(octets in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
        let mut source = source(Version::V2c);
        let mut talk = Talk::default();
        source.tick(at(0.0), &mut talk);
        source.receive(at(0.01), &octets, &mut talk);
        proptest::prop_assert!(talk.states.is_empty() && talk.refused.len() == 1);
    }
}
