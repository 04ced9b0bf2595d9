//! A PostgreSQL cluster of the test's own, gone with it.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use cloud_bridge::TlsConfig;

/// A running server in a new directory, reached through a socket there: of ports that are free now, another test may have one next.
pub struct Postgres {
    dir: PathBuf,
    /// Where it listens if it speaks TLS, which it does over TCP only.
    port: Option<u16>,
    server: Option<Child>,
    /// More of its command line.
    options: Vec<String>,
}

impl Postgres {
    pub async fn start() -> Self {
        let mut postgres = Self::prepare();
        postgres.go().await;
        postgres
    }

    /// One whose tables are in this folder, and nothing else of it.
    pub async fn start_with_tables_in(folder: &Path) -> Self {
        let mut postgres = Self::prepare();
        postgres.go().await;
        let own = folder.join("tables");
        std::fs::create_dir(&own).unwrap();
        if is_root() {
            run(Command::new("chown").arg("postgres").arg(&own));
        }
        let create = format!("CREATE TABLESPACE small LOCATION '{}'", own.display());
        postgres.client().await.execute(&create, &[]).await.unwrap();
        postgres.client().await.execute("ALTER DATABASE postgres SET default_tablespace = small", &[]).await.unwrap();
        postgres
    }

    /// One that writes down how each query was answered, see [`Self::plans`].
    pub async fn start_explaining() -> Self {
        let mut postgres = Self::prepare();
        let explain = [
            "session_preload_libraries=auto_explain",
            "auto_explain.log_min_duration=0",
            "auto_explain.log_analyze=on",
            "auto_explain.log_timing=off",
            "log_statement=none",
        ];
        postgres.options.extend(explain.map(str::to_owned));
        postgres.go().await;
        postgres
    }

    /// The plans of the queries so far whose text holds `query`.
    pub fn plans(&self, query: &str) -> Vec<String> {
        let log = std::fs::read_to_string(self.dir.join("log")).unwrap();
        let plans = log.split("LOG:  duration:").skip(1).filter_map(|entry| entry.split_once("Query Text:"));
        plans.map(|(_, plan)| plan.to_owned()).filter(|plan| plan.contains(query)).collect()
    }

    /// One that speaks TLS too, with this certificate.
    pub async fn start_with_tls(tls: &TlsConfig) -> Self {
        let mut postgres = Self::prepare();
        postgres.port = Some(TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port());
        postgres.options.push("ssl=on".to_owned());
        let files = [("ssl_cert_file", &tls.certificate_file), ("ssl_key_file", &tls.private_key_file)];
        for (option, file) in files {
            // It refuses a key that others can read, or that is another's.
            let own = postgres.dir.join(option);
            run(Command::new("install").args(["-m", "600"]).arg(file.as_ref().unwrap()).arg(&own));
            if is_root() {
                run(Command::new("chown").arg("postgres").arg(&own));
            }
            postgres.options.push(format!("{option}={}", own.display()));
        }
        postgres.go().await;
        postgres
    }

    fn prepare() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("lukou-postgres-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        // Not in the build's directory: the server runs as another user, who may not be let in there.
        let dir = std::env::temp_dir().join(name);
        std::fs::create_dir(&dir).unwrap();
        if is_root() {
            run(Command::new("chown").arg("postgres").arg(&dir));
        }
        let initdb = ["--auth=trust", "--username=lukou", "--encoding=UTF8", "--no-locale", "--no-sync"];
        run(program("initdb").args(initdb).arg("-D").arg(dir.join("data")));
        Self { dir, port: None, server: None, options: vec!["fsync=off".to_owned()] }
    }

    /// How a client reaches it.
    pub fn database(&self) -> String {
        let at = match self.port {
            Some(port) => format!("host=127.0.0.1 port={port}"),
            None => format!("host={}", self.dir.display()),
        };
        format!("{at} user=lukou dbname=postgres")
    }

    /// It stands still: what is connected stays so, and gets no answer before [`Self::thaw`].
    pub fn freeze(&self) {
        self.signal("-STOP");
    }

    /// It goes on where it was.
    pub fn thaw(&self) {
        self.signal("-CONT");
    }

    /// To the server and to its processes, one of which each connection has.
    fn signal(&self, name: &str) {
        let server = self.server.as_ref().unwrap().id().to_string();
        // Either finds nobody if it has ended by itself.
        let _ = Command::new("kill").args([name, &server]).output();
        let _ = Command::new("pkill").args([name, "--parent", &server]).output();
    }

    /// As if the machine were switched off.
    pub fn halt(&mut self) {
        if self.server.is_some() {
            // Else it would not hear that it is to end.
            self.thaw();
        }
        if let Some(mut server) = self.server.take() {
            run(program("pg_ctl").args(["stop", "-m", "immediate", "-D"]).arg(self.dir.join("data")));
            server.wait().unwrap();
        }
    }

    /// Starts it, and waits until it answers.
    pub async fn go(&mut self) {
        let mut server = program("postgres");
        server.arg("-D").arg(self.dir.join("data"));
        match self.port {
            Some(port) => server.args(["-h", "127.0.0.1", "-p", &port.to_string()]),
            None => server.args(["-h", ""]),
        };
        let log = std::fs::File::options().create(true).append(true).open(self.dir.join("log")).unwrap();
        server.arg("-k").arg(&self.dir).stdout(Stdio::null()).stderr(log);
        for option in &self.options {
            server.args(["-c", option]);
        }
        self.server = Some(server.spawn().unwrap());
        let answers = async {
            let mut ticks = tokio::time::interval(Duration::from_millis(20));
            loop {
                ticks.tick().await;
                if tokio_postgres::connect(&self.database(), tokio_postgres::NoTls).await.is_ok() {
                    return;
                }
            }
        };
        tokio::time::timeout(super::PATIENCE, answers).await.expect("the database answers in time");
    }

    /// Its clock, microseconds since 1970 UTC.
    pub async fn now_us(&self) -> i64 {
        let now = "SELECT (extract(epoch FROM now()) * 1000000)::bigint";
        self.client().await.query_one(now, &[]).await.unwrap().get(0)
    }

    /// A connection to look into it.
    pub async fn client(&self) -> tokio_postgres::Client {
        let (client, connection) = tokio_postgres::connect(&self.database(), tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        client
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.halt();
        let _ = std::fs::remove_dir_all(&self.dir);
    }
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().unwrap();
    id.stdout.starts_with(b"0\n")
}

/// A program of Debian's newest PostgreSQL; root may not run it, so that root runs it as the package's user.
fn program(name: &str) -> Command {
    let mut found: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .expect("Debian's package postgresql-15")
        .map(|version| version.unwrap().path().join("bin").join(name))
        .filter(|path| path.exists())
        .collect();
    found.sort();
    let path = found.pop().expect("Debian's package postgresql-15");
    let mut command = if is_root() {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "--pdeathsig=QUIT"]).arg(path);
        command
    } else {
        Command::new(path)
    };
    command.current_dir(Path::new("/"));
    command
}

fn run(command: &mut Command) {
    let done = command.output().unwrap();
    assert!(done.status.success(), "{command:?}: {}", String::from_utf8_lossy(&done.stderr));
}
