use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use async_snmp::agent::Agent;
use hil::controllers::nema::DualRing;
use hil::controllers::ntcip::{Access, Shared, agent};
use rsu::signals::Light;
use tokio::net::UdpSocket;
use tokio::task::JoinHandle;

use super::bench::{Bench, HEADS, table_of, truth};

pub fn access() -> Access {
    Access {
        community: "lukou".into(),
        writer: None,
        user: Some(("bench".into(), "benchsecret".into(), "benchhidden".into())),
        boots: 1,
    }
}

/// A folder with the secrets of [`access`], and a wrong one; it goes away with the test.
pub struct Secrets(PathBuf);

impl std::ops::Deref for Secrets {
    type Target = Path;

    fn deref(&self) -> &Path {
        &self.0
    }
}

impl Drop for Secrets {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

pub fn secrets(name: &str) -> Secrets {
    let folder = std::env::temp_dir().join(format!("lukou-snmp-{}-{name}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    for (file, secret) in
        [("community", "lukou\n"), ("key", "benchsecret"), ("privacy", "benchhidden\n"), ("wrong", "not the key")]
    {
        std::fs::write(folder.join(file), secret).unwrap();
    }
    Secrets(folder)
}

pub const V1: &str = "version = \"v1\", community = { file = \"community\" }";
pub const V2C: &str = "community = { file = \"community\" }";
pub const V3: &str = "version = \"v3\", user = \"bench\", digest = \"sha1\", key = { file = \"key\" }, \
                      privacy = \"aes128\", privacy_key = { file = \"privacy\" }";

pub fn table(to: impl std::fmt::Display, snmp: &str) -> String {
    // Late answers of a busy machine are no matter here.
    format!(
        "source = \"ntcip1202\"\nlink = {{ to = \"{to}\" }}\nstale_after_s = 10.0\nsnmp = {{ {snmp} }}\n{}",
        table_of(&HEADS)
    )
}

fn lights(controller: &DualRing) -> Vec<Light> {
    truth(controller, &HEADS).iter().map(|group| group.1).collect()
}

async fn start(listen: &str, boots: u32, controller: Shared) -> (Agent, JoinHandle<()>) {
    let listen = listen.parse().unwrap();
    let agent = agent(listen, &Access { boots, ..access() }, controller).await.unwrap();
    let running = agent.clone();
    (agent, tokio::spawn(async move { running.run().await.unwrap() }))
}

#[tokio::test(flavor = "multi_thread")]
async fn lamps_are_heard_in_every_version_and_after_a_restart() {
    for (name, snmp) in [("v1", V1), ("v2c", V2C), ("v3", V3)] {
        let controller = Arc::new(Mutex::new(DualRing::default()));
        let (agent, running) = start("127.0.0.1:0", 1, controller.clone()).await;
        let at = agent.local_addr();
        let bench = Bench::start(&table(at, snmp), &secrets(name)).await;
        for _ in 0..8 {
            let shown = controller.lock().unwrap().clone();
            bench.groups_with(&lights(&shown));
            controller.lock().unwrap().advance_by(70);
        }
        agent.cancel();
        running.await.unwrap();
        drop(agent);
        bench.refuses("timeout").await;
        let (_agent, _running) = start(&at.to_string(), 2, controller.clone()).await;
        controller.lock().unwrap().advance_by(70);
        let shown = controller.lock().unwrap().clone();
        bench.groups_with(&lights(&shown));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ends_are_bounded_by_the_phase_table() {
    let controller = Arc::new(Mutex::new(DualRing::default()));
    let (agent, _running) = start("127.0.0.1:0", 1, controller.clone()).await;
    let bench = Bench::start(&table(agent.local_addr(), V3), &secrets("ends")).await;
    // Turns are green and nobody saw it begin: of phase 1 the latest end is known once its row has been read.
    let turn = loop {
        let groups = bench.groups();
        if groups[0].3.is_some() {
            break groups[0];
        }
    };
    assert!(matches!(turn, (1, Light::Green, None, Some(0..=15_000))), "{turn:?}");
    assert_eq!(bench.groups()[6], (7, Light::Green, None, None));
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_credentials_are_told_apart() {
    let controller = Arc::new(Mutex::new(DualRing::default()));
    let (agent, _running) = start("127.0.0.1:0", 1, controller).await;
    let folder = secrets("wrong");
    let cases = [
        (V2C.replace("\"community\"", "\"wrong\""), "timeout"),
        (V3.replace("\"key\"", "\"wrong\""), "wrong_key"),
        (V3.replace("\"bench\"", "\"nobody\""), "unknown_user"),
        (V3.replace("sha1", "sha256"), "wrong_key"),
    ];
    for (snmp, reason) in cases {
        let bench = Bench::start(&table(agent.local_addr(), &snmp), &folder).await;
        bench.refuses(reason).await;
        assert!(bench.is_silent(), "{snmp}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_that_answers_garbage_first_is_heard_afterwards() {
    let controller = Arc::new(Mutex::new(DualRing::default()));
    let liar = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let at = liar.local_addr().unwrap();
    let bench = Bench::start(&table(at, V3), &secrets("garbage")).await;
    let mut question = [0; 2000];
    let (length, from) = liar.recv_from(&mut question).await.unwrap();
    for garbage in [&question[..length], &question[..length / 2], b"\x30\x82", &[0xff; 1400], &[]] {
        liar.send_to(garbage, from).await.unwrap();
    }
    bench.refuses("malformed").await;
    drop(liar);
    let (_agent, _running) = start(&at.to_string(), 1, controller.clone()).await;
    let shown = controller.lock().unwrap().clone();
    bench.groups_with(&lights(&shown));
}
