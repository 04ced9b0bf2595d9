//! `rsu`: arguments, then configuration, then run.

use std::process::ExitCode;

use clap::Parser;
use rsu::cli::Cli;

fn main() -> ExitCode {
    match Cli::parse().run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("rsu: {error:#}");
            ExitCode::FAILURE
        }
    }
}
