//! Headless Chromium, driven over its debugging pipe: JSON messages that end in a zero byte.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, channel};

use serde_json::{Value, json};

use super::server::IN_VAIN;

const NAMES: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];
static STARTED: AtomicU32 = AtomicU32::new(0);

/// A browser with one page.
pub struct Browser {
    process: Child,
    commands: ChildStdin,
    messages: Receiver<Value>,
    events: VecDeque<Value>,
    session: Option<String>,
    next_id: u64,
    profile: PathBuf,
}

fn program() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut candidates = std::env::split_paths(&path).flat_map(|folder| NAMES.map(|name| folder.join(name)));
    candidates
        .find(|file| file.is_file())
        .expect("the console is tested in Chromium, which is not here: run `.ci/setup test`")
}

impl Browser {
    /// Starts Chromium with an empty page.
    pub fn start() -> Self {
        let number = STARTED.fetch_add(1, Ordering::Relaxed);
        let profile = std::env::temp_dir().join(format!("lukou-console-{}-{number}", std::process::id()));
        // Chromium wants its pipe at descriptors 3 (commands) and 4 (answers).
        let mut process = Command::new("sh")
            .args(["-c", r#"exec "$0" "$@" 3<&0 4>&1 0</dev/null 1>/dev/null"#])
            .arg(program())
            .args([
                "--headless=new",
                "--remote-debugging-pipe",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
            ])
            .args(["--no-first-run", "--disable-background-networking", "--disable-component-update", "--lang=en"])
            .args(["--force-color-profile=srgb", "--window-size=1440,900"])
            .arg(format!("--user-data-dir={}", profile.display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let commands = process.stdin.take().unwrap();
        let answers = BufReader::new(process.stdout.take().unwrap());
        let (sender, messages) = channel();
        std::thread::spawn(move || {
            for message in answers.split(0).map_while(Result::ok) {
                if sender.send(serde_json::from_slice(&message).unwrap()).is_err() {
                    return;
                }
            }
        });
        let mut browser =
            Self { process, commands, messages, events: VecDeque::new(), session: None, next_id: 0, profile };
        let target = browser.command("Target.createTarget", json!({"url": "about:blank"}))["targetId"].clone();
        let attached = browser.command("Target.attachToTarget", json!({"targetId": target, "flatten": true}));
        browser.session = attached["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page", "Runtime", "Log", "Network"] {
            browser.command(&format!("{domain}.enable"), json!({}));
        }
        browser
    }

    /// One command of the debugging protocol; panics when it is refused.
    pub fn command(&mut self, method: &str, params: Value) -> Value {
        self.next_id += 1;
        let mut message = json!({"id": self.next_id, "method": method, "params": params});
        if let Some(session) = &self.session {
            message["sessionId"] = json!(session);
        }
        let mut bytes = serde_json::to_vec(&message).unwrap();
        bytes.push(0);
        self.commands.write_all(&bytes).unwrap();
        loop {
            let answer =
                self.messages.recv_timeout(IN_VAIN).unwrap_or_else(|error| panic!("{method} {params}: {error}"));
            if answer["id"] != json!(self.next_id) {
                self.events.push_back(answer);
            } else if answer["error"].is_null() {
                return answer["result"].clone();
            } else {
                panic!("{method} {params}: {}", answer["error"]);
            }
        }
    }

    /// Goes to a page.
    pub fn open(&mut self, url: &str) {
        self.command("Page.navigate", json!({"url": url}));
    }

    /// As if the window had this size, in CSS pixels.
    pub fn resize(&mut self, width: u32, height: u32) {
        let mobile = width < 600;
        let size = json!({"width": width, "height": height, "deviceScaleFactor": 2, "mobile": mobile});
        self.command("Emulation.setDeviceMetricsOverride", size);
    }

    /// What an expression is.
    pub fn evaluate(&mut self, expression: &str) -> Value {
        let params = json!({"expression": expression, "awaitPromise": true, "returnByValue": true});
        let result = self.command("Runtime.evaluate", params);
        assert!(result["exceptionDetails"].is_null(), "{expression}: {result}");
        result["result"]["value"].clone()
    }

    /// A key pressed and let go, as by a person: the page sees no difference.
    pub fn press(&mut self, key: &str) {
        let code = if key == "Enter" { 13 } else { 27 };
        let text = if key == "Enter" { "\r" } else { "" };
        let event = |kind: &str| json!({"type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code});
        let mut down = event("keyDown");
        down["text"] = text.into();
        self.command("Input.dispatchKeyEvent", down);
        self.command("Input.dispatchKeyEvent", event("keyUp"));
    }

    /// Comes back once the condition holds.
    pub fn wait_for(&mut self, condition: &str) {
        let tries = IN_VAIN.as_millis() / 2 / 50;
        let holds = self.evaluate(&format!(
            "new Promise((done) => {{
                let left = {tries};
                const look = () => {{
                    let holds = false;
                    try {{ holds = Boolean({condition}); }} catch {{ /* not there yet */ }}
                    if (holds || left-- === 0) done(holds);
                    else setTimeout(look, 50);
                }};
                look();
            }})"
        ));
        if holds != json!(true) {
            panic!("waited in vain for {condition}; the page says: {}", self.evaluate("document.body.innerText"));
        }
    }

    /// The text of the first element that a selector finds.
    pub fn text(&mut self, selector: &str) -> String {
        let value = self.evaluate(&format!("document.querySelector({selector:?}).innerText"));
        value.as_str().unwrap_or_else(|| panic!("{selector}: {value}")).to_owned()
    }

    /// Everything that went wrong on the page so far, as the browser tells it.
    pub fn errors(&self) -> Vec<String> {
        let wrong = self.events.iter().filter(|event| match event["method"].as_str() {
            Some("Runtime.exceptionThrown") => true,
            Some("Log.entryAdded") => event["params"]["entry"]["level"] == "error",
            Some("Runtime.consoleAPICalled") => event["params"]["type"] == "error",
            _ => false,
        });
        wrong.map(|event| event["params"].to_string()).collect()
    }

    /// Every address that the page asked for so far.
    pub fn requests(&self) -> Vec<String> {
        let sent = self.events.iter().filter(|event| event["method"] == "Network.requestWillBeSent");
        sent.map(|event| event["params"]["request"]["url"].as_str().unwrap().to_owned()).collect()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Both may fail if it has gone already; the profile is in the temporary folder anyway.
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = std::fs::remove_dir_all(&self.profile);
    }
}
