//! `city router`.

use std::process::ExitCode;

use cloud_bridge::{LinkConfig, LinkMode, open_session};
use zenoh::Wait;

#[derive(clap::Args)]
pub struct Arguments {
    /// Where sites and workers connect to; may be repeated.
    #[arg(long, value_name = "ENDPOINT", required = true)]
    listen: Vec<String>,
    /// Other routers; may be repeated. Tried again for ever.
    #[arg(long, value_name = "ENDPOINT")]
    connect: Vec<String>,
}

/// Until SIGTERM or Ctrl-C.
pub fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let link = LinkConfig {
        mode: LinkMode::Router,
        listen: arguments.listen,
        connect: arguments.connect,
        ..LinkConfig::default()
    };
    let session = open_session(&link)?;
    println!("listening on {}", link.listen.join(", "));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(crate::run::told_to_stop())?;
    session.close().wait().map_err(|e| anyhow::anyhow!("closing: {e}"))?;
    Ok(ExitCode::SUCCESS)
}
