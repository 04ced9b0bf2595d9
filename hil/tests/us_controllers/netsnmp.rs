//! Against Net-SNMP: its agent answers our source, its tools ask our agent. Debian's packages `snmp` and `snmpd`.

use std::net::{SocketAddr, UdpSocket};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hil::controllers::nema::DualRing;
use hil::controllers::ntcip::agent;
use rsu::signals::Light;

use super::bench::{Bench, HEADS, IN_VAIN};
use super::ntcip::{Secrets, V1, V2C, V3, access, secrets, table};

pub const ASC: &str = ".1.3.6.1.4.1.1206.4.2.1";

fn program(name: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain([PathBuf::from("/usr/sbin")]);
    let mut candidates = folders.map(|folder| folder.join(name));
    candidates.find(|file| file.is_file()).unwrap_or_else(|| panic!("{name} is not here: run `.ci/setup test`"))
}

/// A tool of Net-SNMP, without this machine's own settings.
pub fn tool(name: &str, folder: &Path) -> Command {
    let mut command = Command::new(program(name));
    command.env("SNMPCONFPATH", folder).env("SNMP_PERSISTENT_DIR", folder).env("MIBS", "");
    command
}

/// Net-SNMP's agent, as nobody in particular.
pub struct Snmpd {
    process: Child,
    pub folder: Secrets,
    pub at: SocketAddr,
}

impl Snmpd {
    /// Serves these objects under `asc`, and lets them be set.
    fn start(name: &str, objects: &[(&str, i32)]) -> Self {
        Self::start_with(name, "rwcommunity", objects)
    }

    /// The same, where the community is of this kind.
    pub fn start_with(name: &str, community: &str, objects: &[(&str, i32)]) -> Self {
        let folder = secrets(name);
        std::fs::set_permissions(&*folder, std::fs::Permissions::from_mode(0o777)).unwrap();
        // A port that is free now; nobody else asks for it in the meantime.
        let at = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let objects = objects.iter().map(|(object, value)| format!("override -rw {ASC}.{object} integer {value}\n"));
        let conf = format!(
            "{community} lukou 127.0.0.1\ncreateUser bench SHA benchsecret AES benchhidden\nrwuser bench priv\n{}",
            objects.collect::<String>()
        );
        std::fs::write(folder.join("agent.conf"), conf).unwrap();
        let mut command = tool("snmpd", &folder);
        command.args(["-f", "-Lf", "/dev/null", "-C", "-c"]).arg(folder.join("agent.conf"));
        let is_root = Command::new("id").arg("-u").output().unwrap().stdout == b"0\n";
        if is_root {
            command.args(["-u", "nobody", "-g", "nogroup"]);
        }
        let process = command.arg(format!("udp:{at}")).stdin(Stdio::null()).spawn().unwrap();
        Self { process, folder, at }
    }

    /// Sets objects through its own tool, again until the agent is there.
    async fn set(&self, objects: &[(&str, i32)]) {
        let set = async {
            loop {
                let mut command = tool("snmpset", &self.folder);
                command.args(["-v2c", "-c", "lukou", "-t", "1", "-r", "0"]).arg(self.at.to_string());
                for (object, value) in objects {
                    command.args([format!("{ASC}.{object}"), "i".to_owned(), value.to_string()]);
                }
                if command.output().unwrap().status.success() {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(IN_VAIN, set).await.expect("Net-SNMP's agent does not come up");
    }
}

impl Drop for Snmpd {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Red of phases 1 to 8, don't walk, overlap 1 green; times of phase 2.
pub const OBJECTS: [(&str, i32); 16] = [
    ("1.4.1.2.1", 0xff),
    ("1.4.1.3.1", 0),
    ("1.4.1.4.1", 0),
    ("1.4.1.5.1", 0xff),
    ("1.4.1.6.1", 0),
    ("1.4.1.7.1", 0),
    ("9.4.1.2.1", 0),
    ("9.4.1.3.1", 0),
    ("9.4.1.4.1", 1),
    ("3.6.0", 2),
    ("1.2.1.2.2", 7),
    ("1.2.1.3.2", 9),
    ("1.2.1.4.2", 10),
    ("1.2.1.6.2", 40),
    ("1.2.1.8.2", 35),
    ("1.2.1.9.2", 15),
];
const RED: [Light; 7] = [Light::Red, Light::Red, Light::Red, Light::Red, Light::Red, Light::Red, Light::Green];
const GREEN_2: [Light; 7] = [Light::Red, Light::Green, Light::Red, Light::Red, Light::Green, Light::Red, Light::Green];

#[tokio::test(flavor = "multi_thread")]
async fn net_snmps_agent_is_heard_in_every_version() {
    let snmpd = Snmpd::start("snmpd", &OBJECTS);
    snmpd.set(&[("1.4.1.2.1", 0xff)]).await;
    for snmp in [V1, V2C, V3] {
        let bench = Bench::start(&table(snmpd.at, snmp), &snmpd.folder).await;
        bench.groups_with(&RED);
        snmpd.set(&[("1.4.1.2.1", 0xfd), ("1.4.1.4.1", 2), ("1.4.1.5.1", 0xfd), ("1.4.1.7.1", 2)]).await;
        let groups = bench.groups_with(&GREEN_2);
        // The row of phase 2 was read in the meantime, or is soon.
        let latest_ms =
            std::iter::once(groups).chain(std::iter::repeat_with(|| bench.groups())).find_map(|groups| groups[1].3);
        assert!(matches!(latest_ms, Some(0..=45_000)), "{latest_ms:?}");
        snmpd.set(&[("1.4.1.2.1", 0xff), ("1.4.1.4.1", 0), ("1.4.1.5.1", 0xff), ("1.4.1.7.1", 0)]).await;
        bench.groups_with(&RED);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn net_snmps_agent_refuses_wrong_credentials_and_tells_what_it_lacks() {
    let snmpd = Snmpd::start("refuses", &OBJECTS[..8]);
    snmpd.set(&[("1.4.1.2.1", 0xff)]).await;
    let cases = [
        (V2C.replace("\"community\"", "\"wrong\""), "timeout"),
        (V3.replace("\"key\"", "\"wrong\""), "wrong_key"),
        (V3.replace("\"privacy\"", "\"wrong\""), "timeout"),
        (V3.replace("\"bench\"", "\"nobody\""), "unknown_user"),
        // The green of overlaps.
        (V1.to_owned(), "no_such_object"),
        (V2C.to_owned(), "no_such_object"),
    ];
    for (snmp, reason) in cases {
        let bench = Bench::start(&table(snmpd.at, &snmp), &snmpd.folder).await;
        bench.refuses(reason).await;
        assert!(bench.is_silent(), "{snmp}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn net_snmps_tools_read_our_agent() {
    let mut controller = DualRing::default();
    controller.advance_by(100);
    let expected = super::bench::truth(&controller, &HEADS);
    assert_eq!(expected[0].1, Light::Yellow);
    let agent = agent("127.0.0.1:0".parse().unwrap(), &access(), Arc::new(Mutex::new(controller))).await.unwrap();
    let at = agent.local_addr().to_string();
    tokio::spawn(async move { agent.run().await });
    let folder = secrets("tools");
    let v3 = "-v3 -l authPriv -u bench -a SHA -A benchsecret -x AES -X benchhidden";
    for version in ["-v1 -c lukou", "-v2c -c lukou", v3] {
        let ask = |name: &str, objects: &[&str]| {
            let mut command = tool(name, &folder);
            command.args(version.split(' ')).args(["-t", "10", "-Oqv"]).arg(&at);
            let output = command.args(objects.iter().map(|object| format!("{ASC}.{object}"))).output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            String::from_utf8(output.stdout).unwrap()
        };
        // Phases 1 and 5 are yellow, all others red; yellow of phase 3 lasts 3.5 s.
        let get = || ask("snmpget", &["1.4.1.2.1", "1.4.1.3.1", "1.4.1.4.1", "1.2.1.8.3", "3.6.0"]);
        let lines = tokio::task::block_in_place(get);
        assert_eq!(lines.lines().collect::<Vec<_>>(), ["238", "17", "0", "35", "2"], "{version}");
        let walk = tokio::task::block_in_place(|| ask("snmpwalk", &["1.2.1.4"]));
        assert_eq!(walk.lines().collect::<Vec<_>>(), ["5", "10", "5", "10", "5", "10", "5", "10"], "{version}");
    }
}
