//! Who signs a command: the options of `city command` and `city evidence`.

use std::path::PathBuf;

use anyhow::{Context, ensure};
use cloud_bridge::{Command, MAX_COMMAND_BYTES, SigningKey, signing_key};

use crate::command::read;

#[derive(clap::Args)]
pub struct Signer {
    /// The private key that signs it: Ed25519, PEM.
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// The name under which the site knows the key; by default that of the file, without its ending.
    #[arg(long, value_name = "NAME")]
    key_name: Option<String>,
}

impl Signer {
    /// A command as it goes over the wire.
    pub fn sign(&self, command: &Command) -> anyhow::Result<Vec<u8>> {
        let (name, key) = self.open()?;
        let signed = command.sign(&name, &key)?;
        ensure!(signed.len() <= MAX_COMMAND_BYTES, "{} bytes; a site takes {MAX_COMMAND_BYTES} at most", signed.len());
        Ok(signed)
    }

    /// The key, and the name under which sites know it.
    fn open(&self) -> anyhow::Result<(String, SigningKey)> {
        let key = signing_key(&read(&self.key)?).with_context(|| self.key.display().to_string())?;
        let of_file = || self.key.file_stem().map(|stem| stem.to_string_lossy().into_owned());
        let name = self.key_name.clone().or_else(of_file).context("--key names no file")?;
        Ok((name, key))
    }
}
