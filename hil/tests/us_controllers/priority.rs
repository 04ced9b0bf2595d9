//! Requests for priority passed on to a controller: through our source on its runner, over real sockets.

use std::sync::{Arc, Mutex};

use hil::controllers::nema::{DualRing, Told};
use hil::controllers::ntcip::{Access, Shared, agent};
use rsu::pipeline::Input;
use rsu::priority::{Command, Control, Key, Refusal, Requester, Role};
use rsu::signals::Light;
use rsu::signals::nema::Head;
use tokio::net::UdpSocket;

use super::bench::Bench;
use super::netsnmp::{ASC, OBJECTS, Snmpd, tool};
use super::ntcip::{V1, V2C, V3, access, secrets, table};

const HELD: Told = Told { calls: 0b10, holds: 0b10 };

/// Serve phase 2 (group 2 of the table), or let go of it.
fn command(number: u32, serve: bool) -> Command {
    let key = Key { who: Requester::Station(7), number: 1 };
    Command { number, key, serve, groups: vec![2], role: Role::Bus, eta: None }
}

/// The table of a source that may write, by other credentials if need be.
fn commanding(at: impl std::fmt::Display, snmp: &str, own: Option<&str>) -> String {
    let command = own.map_or("command = {}".to_owned(), |own| format!("command = {{ snmp = {{ {own} }} }}"));
    table(at, snmp).replacen("snmp =", &format!("{command}\nsnmp ="), 1)
}

async fn start(access: &Access) -> (std::net::SocketAddr, Shared) {
    let controller = Arc::new(Mutex::new(DualRing::default()));
    let agent = agent("127.0.0.1:0".parse().unwrap(), access, controller.clone()).await.unwrap();
    let at = agent.local_addr();
    tokio::spawn(async move { agent.run().await });
    (at, controller)
}

fn told(controller: &Shared) -> Told {
    controller.lock().unwrap().told
}

impl Bench {
    /// The controller's word on a command.
    fn word(&self, number: u32) -> Result<(), Refusal> {
        loop {
            if let Input::Commanded { number: said, word } = self.input() {
                assert_eq!(said, number);
                return word;
            }
        }
    }

    /// Takes states until the controller has been told so.
    fn until_told(&self, controller: &Shared, wanted: Told) {
        while told(controller) != wanted {
            self.input();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phase_is_held_and_released_in_every_version() {
    for (name, snmp) in [("held-v1", V1), ("held-v2c", V2C), ("held-v3", V3)] {
        let (at, controller) = start(&access()).await;
        let mut bench = Bench::start(&commanding(at, snmp, None), &secrets(name)).await;
        bench.state();
        bench.control.ask(&command(1, true));
        assert_eq!((bench.word(1), told(&controller)), (Ok(()), HELD), "{name}");
        // Its green lasts beyond what its traffic wants, as long as it is held.
        let green = |controller: &Shared| controller.lock().unwrap().shows(Head::Phase(2)).light == Light::Green;
        while !green(&controller) {
            controller.lock().unwrap().step();
        }
        for _ in 0..600 {
            let mut held = controller.lock().unwrap();
            held.tell(HELD);
            held.step();
        }
        assert!(green(&controller));
        bench.control.ask(&command(1, false));
        bench.until_told(&controller, Told::default());
        controller.lock().unwrap().step();
        assert!(!green(&controller));
        // The stop of the service lets go too.
        bench.control.ask(&command(2, true));
        assert_eq!((bench.word(2), told(&controller)), (Ok(()), HELD), "{name}");
        bench.stop().await;
        assert_eq!(told(&controller), Told::default());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_write_is_refused_or_not_answered() {
    let folder = secrets("writers");
    std::fs::write(folder.join("writer"), "boss").unwrap();
    let boss = "community = { file = \"writer\" }";
    let wrong = "community = { file = \"wrong\" }";
    let access = Access { writer: Some("boss".into()), ..access() };
    for (own, word) in [(None, Err(Refusal::Refused)), (Some(wrong), Err(Refusal::Silent)), (Some(boss), Ok(()))] {
        let (at, controller) = start(&access).await;
        let mut bench = Bench::start(&commanding(at, V2C, own), &folder).await;
        bench.state();
        bench.control.ask(&command(1, true));
        assert_eq!(bench.word(1), word, "{own:?}");
        assert_eq!(told(&controller), if word.is_ok() { HELD } else { Told::default() });
        // The lamps are still heard.
        bench.state();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_controller_that_is_not_there_or_talks_nonsense_is_silent() {
    let liar = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let mut bench = Bench::start(&commanding(liar.local_addr().unwrap(), V2C, None), &secrets("liar")).await;
    bench.control.ask(&command(1, true));
    let mut question = [0; 2000];
    let answers = async {
        loop {
            let (length, from) = liar.recv_from(&mut question).await.unwrap();
            for garbage in [&question[..length], &question[..length / 2], b"\x30\x82", &[0xff; 1400]] {
                liar.send_to(garbage, from).await.unwrap();
            }
        }
    };
    let word = async { tokio::task::spawn_blocking(move || (bench.word(1), bench)).await.unwrap() };
    let word = tokio::select! { (word, _bench) = word => word, () = answers => unreachable!() };
    assert_eq!(word, Err(Refusal::Silent));
}

#[tokio::test(flavor = "multi_thread")]
async fn net_snmps_agent_is_told_and_refuses_who_may_only_read() {
    let objects = [("3.3.0", 10), ("1.5.1.4.1", 0), ("1.5.1.6.1", 0)];
    let objects: Vec<_> = OBJECTS.into_iter().chain(objects).collect();
    for (name, community, word, expected) in [
        ("told", "rwcommunity", Ok(()), ["2", "2"]),
        ("may-only-read", "rocommunity", Err(Refusal::Refused), ["0", "0"]),
    ] {
        let snmpd = Snmpd::start_with(name, community, &objects);
        let mut bench = Bench::start(&commanding(snmpd.at, V2C, None), &snmpd.folder).await;
        bench.state();
        bench.control.ask(&command(1, true));
        assert_eq!(bench.word(1), word, "{name}");
        let get = || {
            let mut command = tool("snmpget", &snmpd.folder);
            command.args(["-v2c", "-c", "lukou", "-t", "10", "-Oqv"]).arg(snmpd.at.to_string());
            let output = command.args(["1.5.1.4.1", "1.5.1.6.1"].map(|object| format!("{ASC}.{object}"))).output();
            String::from_utf8(output.unwrap().stdout).unwrap()
        };
        assert_eq!(tokio::task::block_in_place(get).lines().collect::<Vec<_>>(), expected, "{name}");
        bench.stop().await;
        assert_eq!(tokio::task::block_in_place(get).lines().collect::<Vec<_>>(), ["0", "0"], "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn net_snmps_tools_tell_our_agent() {
    let (at, controller) = start(&Access { writer: Some("boss".into()), ..access() }).await;
    let folder = secrets("tell");
    let set = |community: &str, values: &[(&str, i32)]| {
        let mut command = tool("snmpset", &folder);
        command.args(["-v2c", "-c", community, "-t", "10"]).arg(at.to_string());
        for (object, value) in values {
            command.args([format!("{ASC}.{object}"), "i".to_owned(), value.to_string()]);
        }
        tokio::task::block_in_place(|| command.output().unwrap().status.success())
    };
    assert!(set("boss", &[("1.5.1.6.1", 2), ("1.5.1.4.1", 2), ("3.3.0", 5)]));
    assert_eq!((told(&controller), controller.lock().unwrap().backup_s), (HELD, 5));
    assert!(!set("lukou", &[("1.5.1.4.1", 0)]));
    // All of it or nothing.
    assert!(!set("boss", &[("1.5.1.4.1", 0), ("1.5.1.4.1", 256)]));
    assert!(!set("boss", &[("1.5.1.4.1", 0), ("1.5.1.5.1", 1)]));
    assert_eq!(told(&controller), HELD);
}
