//! A small disk of a test's own, to be filled.

use std::path::Path;
use std::process::{Command, Output, Stdio};

/// Set where nobody may mount a file system, to go without the tests that need one.
const GO_WITHOUT: &str = "LUKOU_NO_SMALL_DISK";

/// Runs an ignored test of this program in a process of its own, which finds an empty file system of so many MiB in the folder that
/// the variable `LUKOU_FULL` names. The file system is in a namespace of the process's own, and goes with it.
///
/// # Panics
/// The test fails; or the machine lets nobody mount a file system and nobody has said that this is known.
pub fn run_on_small_disk(test: &str, folder: &Path, mib: u32) {
    std::fs::create_dir_all(folder).unwrap();
    let mount = format!("mount -t tmpfs -o size={mib}m,mode=1777 lukou '{}'", folder.display());
    let refused = in_namespace(&mount, Command::new("true"));
    if !refused.status.success() {
        let why = String::from_utf8_lossy(&refused.stderr);
        assert!(
            std::env::var_os(GO_WITHOUT).is_some(),
            "this machine lets nobody mount a small disk: {why}; to go without this test set {GO_WITHOUT}=1"
        );
        eprintln!("{test} was not run: {GO_WITHOUT} is set");
        return;
    }
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--ignored", "--nocapture"]).env("LUKOU_FULL", folder);
    let output = in_namespace(&mount, command);
    let [said, error] = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text));
    assert!(output.status.success() && said.contains("1 passed"), "{said}{error}");
}

/// Takes all room on its disk.
pub fn fill(filler: &Path) {
    let mut file = std::fs::File::create(filler).unwrap();
    while std::io::Write::write_all(&mut file, &[0; 4096]).is_ok() {}
}

/// Runs the command as the user who runs this, after the shell's script as one who may mount.
fn in_namespace(script: &str, command: Command) -> Output {
    let [uid, gid] = ["-u", "-g"].map(|what| {
        let id = Command::new("id").arg(what).output().unwrap();
        String::from_utf8(id.stdout).unwrap().trim().to_owned()
    });
    let mut unshare = Command::new("unshare");
    // Root stays root, so that it can still become another user; anybody else is root for the mount only.
    let go_on = if uid == "0" {
        unshare.arg("--mount");
        "exec \"$@\"".to_owned()
    } else {
        unshare.args(["--map-root-user", "--mount"]);
        format!("exec unshare --map-user={uid} --map-group={gid} \"$@\"")
    };
    unshare
        .args(["sh", "-c", &format!("{script} && {go_on}"), "sh"])
        .arg(command.get_program())
        .args(command.get_args());
    let envs = command.get_envs().filter_map(|(name, value)| Some((name, value?)));
    unshare.envs(envs).stdin(Stdio::null()).output().unwrap()
}
