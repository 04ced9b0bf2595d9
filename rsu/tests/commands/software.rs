//! Another version of the service. What stands for it is a script that says so of itself and is the real program otherwise.

use std::os::unix::fs::PermissionsExt;

use rsu::software::target;

use super::*;

/// As the city's; and its public half.
pub const RELEASE_KEY: &str = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIMp9ZCf9BGM64rrIkMPpm/+o7N0q/9qFJJZmotufJXIi\n-----END PRIVATE KEY-----\n";
pub const RELEASE_PUBLIC_KEY: &str = "G8e7L97hwE+tP8fSA+REAduoESHOnJhDetkEbzeSdYg=";

/// A folder with a program of that version. `run`: what its `run` does, in place of the service.
fn release(town: &Town, name: &str, version: &str, run: &str, sign: &[&str]) -> PathBuf {
    let folder = town.folder.join(name);
    std::fs::create_dir(&folder).unwrap();
    let script = format!(
        "#!/bin/sh\ncase \"$1\" in\n--version) echo 'rsu {version}'; exit;;\nrun) echo {name} >> '{}'; {run};;\nesac\n\
         exec '{}' \"$@\"\n",
        town.folder.join("starts").display(),
        env!("CARGO_BIN_EXE_rsu")
    );
    std::fs::write(folder.join("rsu"), script).unwrap();
    signed(town, folder, version, sign)
}

fn signed(town: &Town, folder: PathBuf, version: &str, sign: &[&str]) -> PathBuf {
    std::fs::write(town.folder.join("release.pem"), RELEASE_KEY).unwrap();
    let mut city = Command::new(Path::new(env!("CARGO_BIN_EXE_rsu")).with_file_name("city"));
    city.args(["release", "--version", version]).args(sign).arg(folder.join("rsu"));
    for (option, default) in [("--key", text(&town.folder.join("release.pem"))), ("--target", &target())] {
        if !sign.contains(&option) {
            city.args([option, default]);
        }
    }
    assert!(city.stdout(std::process::Stdio::null()).status().unwrap().success());
    folder
}

fn send(town: &Town, folder: &Path) -> (i32, Value) {
    finish(town.sending_file("software", folder))
}

/// Which versions have begun to run, in order.
fn starts(town: &Town) -> Vec<String> {
    let starts = std::fs::read_to_string(town.folder.join("starts")).unwrap_or_default();
    starts.lines().map(str::to_owned).collect()
}

/// Versions on the shelf.
fn shelf(town: &Town) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(town.folder.join("state/software")).into_iter().flatten();
    entries.map(|entry| entry.unwrap().path()).collect()
}

#[test]
fn a_version_that_comes_up_is_run_from_then_on() {
    let mut town = Town::new("commands-software");
    // What runs already.
    let same = town.folder.join("same");
    std::fs::create_dir(&same).unwrap();
    std::fs::copy(env!("CARGO_BIN_EXE_rsu"), same.join("rsu")).unwrap();
    let same = signed(&town, same, env!("CARGO_PKG_VERSION"), &[]);
    is(&send(&town, &same), 0, "done", None);
    assert!(shelf(&town).is_empty());

    let new = release(&town, "new", "9.9.9", ":", &[]);
    is(&send(&town, &new), 0, "done", None);
    assert_eq!(starts(&town), ["new", "new"], "on trial, and then in place of the one before");
    assert!(town.service.is_running(), "it is the same process");
    let there = shelf(&town).pop().unwrap();
    let program = there.join("rsu");
    assert_eq!(std::fs::read(&program).unwrap(), std::fs::read(new.join("rsu")).unwrap());
    assert_eq!(std::fs::metadata(&program).unwrap().permissions().mode() & 0o777, 0o755);
    is(&send(&town, &new), 0, "done", None);
    town.ear.hears_spat(3);

    // Another site file restarts it, and what is installed goes over to it after a power cut.
    let changed = town.site_text().replacen("4c554b4f55000001", "4c554b4f55000002", 1);
    is(&town.send("config", &changed), 0, "done", None);
    town.kill_and_start();
    assert_eq!(starts(&town), ["new"; 3]);
    town.ear.hears_spat(3);

    // One that does not do leaves the other one where it is.
    let dead = release(&town, "dead", "9.9.10", "exit 1", &[]);
    is(&send(&town, &dead), 1, "failed", Some("does_not_run"));
    assert_eq!((starts(&town).last().map(String::as_str), shelf(&town)), (Some("dead"), vec![there]));
    town.kill_and_start();
    assert_eq!(starts(&town)[3..], ["dead", "new"]);

    // Not what was signed any more: what is installed runs.
    std::fs::write(&program, std::fs::read_to_string(&program).unwrap() + "# more\n").unwrap();
    town.kill_and_start();
    town.ear.hears_spat(3);
    assert_eq!(starts(&town).len(), 5);
    assert!(town.service.errors().contains("not what its release says"), "{}", town.service.errors());
}

#[test]
fn a_version_that_does_not_do_is_given_up() {
    let mut town = Town::new("commands-software-bad");
    let dead = release(&town, "dead", "9.9.1", "exit 1", &[]);
    let (code, ack) = send(&town, &dead);
    is(&(code, ack.clone()), 1, "failed", Some("does_not_run"));
    assert!(ack["detail"].as_str().unwrap().contains("exit status: 1"), "{ack}");
    town.ear.hears_spat(3);
    assert!(shelf(&town).is_empty() && town.service.is_running());

    // It speaks a site file of which nothing comes up; who asks for it hears why.
    let port = UdpSocket::bind("127.0.0.1:0").unwrap();
    let deaf = format!(
        "sed 's|^.signal.$|[[receiver]]\\nid = \"obu\"\\nlisten = \"{}\"\\n\\n[signal]|' \"$3\" > \"$3.deaf\"; \
         exec '{}' run --site \"$3.deaf\"",
        port.local_addr().unwrap(),
        env!("CARGO_BIN_EXE_rsu")
    );
    is(&send(&town, &release(&town, "deaf", "9.9.2", &deaf, &[])), 1, "failed", Some("does_not_start"));

    // Power is cut while it is on trial: it is not tried again.
    let hanging = release(&town, "hanging", "9.9.3", "exec sleep 100", &[]);
    let sending = town.sending_file("software", &hanging);
    wait_for("the trial", || starts(&town).contains(&"hanging".to_owned()).then_some(()));
    town.kill_and_start();
    is(&finish(sending), 1, "failed", Some("does_not_run"));
    town.ear.hears_spat(3);

    // Whoever watches it is killed: it leaves the road to the next start.
    let orphan = release(&town, "orphan", "9.9.4", ":", &[]);
    let sending = town.sending_file("software", &orphan);
    wait_for("the trial", || starts(&town).contains(&"orphan".to_owned()).then_some(()));
    wait_for("it runs", || town.console.get("/healthz").filter(|(status, _)| *status == 200));
    town.service.signal("KILL");
    wait_for("its end", || town.console.get("/healthz").is_none().then_some(()));
    town.kill_and_start();
    is(&finish(sending), 1, "failed", Some("does_not_run"));

    // Nobody cuts the power: whoever watches it ends it.
    let (code, ack) = send(&town, &hanging);
    is(&(code, ack.clone()), 1, "failed", Some("does_not_run"));
    assert!(ack["detail"].as_str().unwrap().contains("neither well nor at its end"), "{ack}");
    town.ear.hears_spat(3);
    assert_eq!(starts(&town), ["dead", "deaf", "hanging", "orphan", "hanging"]);
    assert!(shelf(&town).is_empty());
}

#[test]
fn nothing_is_run_that_the_release_key_has_not_signed() {
    let mut town = Town::new("commands-software-keys");
    let city_key = town.folder.join("city-1.pem");
    let refused: [(_, _, &[&str], _); 4] = [
        ("by-the-city", "9.9.9", &["--key", text(&city_key)], "bad_release_signature"),
        ("other-target", "9.9.9", &["--target", "riscv64gc-unknown-linux-gnu"], "other_target"),
        ("older", "0.0.1", &[], "not_newer"),
        ("other-same", env!("CARGO_PKG_VERSION"), &[], "not_newer"),
    ];
    for (name, version, sign, reason) in refused {
        is(&send(&town, &release(&town, name, version, ":", sign)), 1, "rejected", Some(reason));
    }

    // Another program than was signed; one that says that it is another version; one that does not take the site.
    let exchanged = release(&town, "exchanged", "9.9.9", ":", &[]);
    std::fs::write(exchanged.join("rsu"), "#!/bin/sh\nexit 1\n").unwrap();
    is(&send(&town, &exchanged), 1, "rejected", Some("bad_sum"));
    let liar = signed(&town, exchanged, "9.9.9", &[]);
    is(&send(&town, &liar), 1, "rejected", Some("bad_software"));
    let picky = release(&town, "picky", "9.9.9", ":", &[]);
    let script = std::fs::read_to_string(picky.join("rsu")).unwrap();
    let answer = "check) echo '{\"problems\": [\"no lanes\"]}'; exit 1;;\nesac";
    std::fs::write(picky.join("rsu"), script.replace("esac", answer)).unwrap();
    let (code, ack) = send(&town, &signed(&town, picky, "9.9.9", &[]));
    is(&(code, ack.clone()), 1, "rejected", Some("bad_software"));
    assert!(ack["detail"].as_str().unwrap().contains("no lanes"), "{ack}");

    // The city cannot make itself the one who signs releases.
    let site = town.site_text();
    let stolen = site.replacen(RELEASE_PUBLIC_KEY, "8jz7u3BpJkJ8OcCE6L7lkSnZ4AqBfTc2PsrVvGmVdW0=", 1);
    assert!(stolen != site);
    is(&town.send("config", &stolen), 1, "rejected", Some("fixed_key"));
    assert!(shelf(&town).is_empty() && starts(&town).is_empty());
    assert!(!town.folder.join("state/software.json").exists());

    // An older one that may go back is run, until another one is installed by hand.
    let older = release(&town, "may-go-back", "0.0.1", ":", &["--may-go-back"]);
    is(&send(&town, &older), 0, "done", None);
    town.kill_and_start();
    assert_eq!(starts(&town), ["may-go-back"; 3]);
    let (note, own) = (town.folder.join("state/software.json"), env!("CARGO_PKG_VERSION"));
    let text = std::fs::read_to_string(&note).unwrap();
    let installed = |version: &str| format!("\"installed\":\"{version}\"");
    assert!(text.contains(&installed(own)), "{text}");
    std::fs::write(&note, text.replace(&installed(own), &installed("0.0.2"))).unwrap();
    town.kill_and_start();
    assert_eq!(starts(&town).len(), 3);
}
