//! The service itself and the city itself: `rsu` with its outbox, a router, a worker and PostgreSQL. The service's clock steps by
//! years (Debian's libfaketime stands between it and the system's), the service and what stands behind it are killed, and in the
//! end each message that was ever on the disk of the service is in the store, once. `make soak` does so many times as often.
#![expect(clippy::unwrap_used, reason = "this file is a test as a whole")]

#[path = "../../cloud-bridge/tests/city/mod.rs"]
mod city;
mod support {
    /// Where the city's side asks for an endpoint that nobody listens on.
    pub fn free_endpoint() -> String {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        format!("tcp/{}", listener.local_addr().unwrap())
    }
}

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use city::way::Way;
use city::{PATIENCE, program};
use redb::{ReadableDatabase, ReadableTable, TableDefinition};
use tokio::time::{interval, sleep, timeout};

const FAKETIME: &str = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";
const DAY_US: i64 = 86_400_000_000;

/// How many times as much as in an ordinary run.
fn soak() -> u32 {
    std::env::var("LUKOU_SOAK").map_or(1, |times| times.parse().expect("LUKOU_SOAK is a whole number"))
}

/// A site without sensors, which says every second that it has seen nothing.
struct Service {
    folder: PathBuf,
    process: Option<Child>,
}

impl Service {
    fn new(router_at: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("service-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/demo");
        let mut site: toml::Table = std::fs::read_to_string(demo.join("site.toml")).unwrap().parse().unwrap();
        for sensor in ["camera", "detector", "radar"] {
            site.remove(sensor).unwrap();
        }
        let changes = toml::toml! {
            state_dir = "state"
            radio = []
            console = { listen = "127.0.0.1:0" }
            cloud = { mode = "client", listen = [], traffic_window_s = 1 }
        };
        site.extend(changes);
        site["map"] = demo.join("map.geojson").to_str().unwrap().into();
        site["cloud"].as_table_mut().unwrap().insert("connect".into(), vec![router_at].into());
        std::fs::write(folder.join("site.toml"), site.to_string()).unwrap();
        Self { folder, process: None }
    }

    fn start(&mut self) {
        assert!(Path::new(FAKETIME).exists(), "{FAKETIME} is missing: `.ci/setup test` puts it there");
        let mut service = Command::new(program("rsu"));
        service.args(["run", "--site"]).arg(self.folder.join("site.toml")).stderr(Stdio::null());
        service.env("LD_PRELOAD", FAKETIME).env("FAKETIME_TIMESTAMP_FILE", self.folder.join("clock"));
        service.envs([("FAKETIME_NO_CACHE", "1"), ("FAKETIME_DONT_FAKE_MONOTONIC", "1")]);
        self.process = Some(service.spawn().unwrap());
    }

    fn outbox(&self) -> PathBuf {
        self.folder.join("state/city/outbox.demo-city.demo.redb")
    }

    /// Sets its clock so many days from the true time.
    fn set_clock(&self, days: i64) {
        // Put there in one step: the service reads it all the time.
        let new = self.folder.join("clock.new");
        std::fs::write(&new, format!("{days:+}d\n")).unwrap();
        std::fs::rename(new, self.folder.join("clock")).unwrap();
    }

    /// SIGKILL.
    fn kill(&mut self) {
        let mut process = self.process.take().unwrap();
        assert!(process.try_wait().unwrap().is_none(), "it had ended by itself");
        process.kill().unwrap();
        process.wait().unwrap();
    }

    /// Kind and number of all news in its outbox; of parking only the newest counts. It must not run.
    fn promised(&self) -> BTreeSet<(String, i64)> {
        type Body = (bool, u64, i64, &'static str, &'static [u8]);
        const MESSAGES: TableDefinition<'_, (&str, u64), Body> = TableDefinition::new("messages");
        // A copy: opening repairs what the kill left, which is for the service to do.
        let copy = self.folder.join("copy.redb");
        std::fs::copy(self.outbox(), &copy).unwrap();
        let database = redb::Database::open(&copy).unwrap();
        let messages = database.begin_read().unwrap().open_table(MESSAGES).unwrap();
        let names = messages.iter().unwrap().map(|entry| {
            let (kind, seq) = entry.as_ref().unwrap().0.value();
            (kind.to_owned(), i64::try_from(seq).unwrap())
        });
        names.filter(|(kind, _)| kind != "parking").collect()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        if let Some(mut process) = self.process.take() {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn clock_step_and_kill_of_the_service_leave_each_promise_in_the_store_exactly_once() {
    let mut way = Way::start().await;
    let mut service = Service::new(&way.router_at);
    let mut chance = fastrand::Rng::with_seed(7);
    let mut promised = BTreeSet::new();
    for round in 0..6 * soak() {
        service.set_clock([0, 400, -400, 3, -10_000, 20_000][round as usize % 6]);
        service.start();
        sleep(Duration::from_millis(chance.u64(500..3000))).await;
        service.set_clock(chance.i64(-1000..1000));
        sleep(Duration::from_millis(chance.u64(0..2000))).await;
        way.break_one(round).await;
        service.kill();
        promised.extend(service.promised());
    }
    service.set_clock(0);
    service.start();
    let client = way.postgres.client().await;
    let stored = async || -> Vec<(String, i64)> {
        let rows = client.query("SELECT kind, seq FROM message ORDER BY kind, seq", &[]).await.unwrap();
        rows.iter().map(|row| (row.get(0), row.get(1))).collect()
    };
    let missing = async || promised.difference(&stored().await.into_iter().collect()).cloned().collect::<Vec<_>>();
    let all = async {
        let mut ticks = interval(Duration::from_millis(100));
        while !missing().await.is_empty() {
            ticks.tick().await;
        }
    };
    if timeout(PATIENCE * soak(), all).await.is_err() {
        panic!("not in the store: {:?} of {}", missing().await, promised.len());
    }
    let stored = stored().await;
    assert!(promised.len() > 6, "{promised:?}");
    assert!(stored.windows(2).all(|two| two[0] != two[1]), "each message once");
    println!("{} promised, {} stored", promised.len(), stored.len());
    let far = "SELECT min(to_us), max(to_us) FROM message WHERE kind = 'traffic'";
    let far = client.query_one(far, &[]).await.unwrap();
    let now_us = way.postgres.now_us().await;
    assert!(far.get::<_, i64>(0) < now_us - 100 * DAY_US && far.get::<_, i64>(1) > now_us + 100 * DAY_US, "it stepped");
}
