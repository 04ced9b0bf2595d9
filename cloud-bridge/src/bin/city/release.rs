//! `city release`: says and signs what a program is, so that sites may run it.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, ensure};
use cloud_bridge::{FileSum, RELEASE_FILE, RELEASE_PROGRAM, RELEASE_SCHEMA, Release, Version, signing_key};

use crate::command::read;

#[derive(clap::Args)]
#[command(
    after_help = "Example:\n  city release --key release.pem --version 0.2.0 --target x86_64-unknown-linux-gnu 0.2.0/rsu"
)]
pub struct Arguments {
    /// The program, called `rsu`; `release.json` is written beside it.
    program: PathBuf,
    /// The private key that sites believe releases of (`release_key`): Ed25519, PEM.
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// What `rsu --version` says.
    #[arg(long)]
    version: Version,
    /// What it runs on.
    #[arg(long)]
    target: String,
    /// It may take the place of a newer one.
    #[arg(long)]
    may_go_back: bool,
}

/// Sums up, signs, writes.
pub fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let program = &arguments.program;
    ensure!(program.ends_with(RELEASE_PROGRAM), "{}: is to be called {RELEASE_PROGRAM}", program.display());
    let key = signing_key(&read(&arguments.key)?).with_context(|| arguments.key.display().to_string())?;
    let release = Release {
        schema: RELEASE_SCHEMA.to_owned(),
        version: arguments.version,
        target: arguments.target.clone(),
        sha256: FileSum::of(program).with_context(|| program.display().to_string())?.sha256,
        may_go_back: arguments.may_go_back,
    };
    let path = program.with_file_name(RELEASE_FILE);
    std::fs::write(&path, serde_json::to_vec(&release.sign(&key)?)?).with_context(|| path.display().to_string())?;
    println!("{}", path.display());
    Ok(ExitCode::SUCCESS)
}
