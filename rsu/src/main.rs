//! `rsu`: arguments, then configuration, then run.

use std::process::ExitCode;

use clap::Parser;
use rsu::cli::Cli;
use rsu::cli::allocations::CountingAllocator;

/// One addition an allocation, so that `rsu codec bench` can say what a message costs.
#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

fn main() -> ExitCode {
    match Cli::parse().run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("rsu: {error:#}");
            ExitCode::FAILURE
        }
    }
}
