//! The options of a link that `city watch`, `city command` and `city evidence` have in common.

use std::path::PathBuf;

use cloud_bridge::{LinkConfig, LinkMode, TlsConfig};

#[derive(clap::Args)]
pub struct LinkArguments {
    /// Site or router to connect to; may be repeated. Tried again for ever.
    #[arg(long, value_name = "ENDPOINT", default_values_t = ["tcp/127.0.0.1:7447".to_owned()])]
    pub connect: Vec<String>,
    /// Where sites can connect to; may be repeated.
    #[arg(long, value_name = "ENDPOINT")]
    listen: Vec<String>,
    /// Find sites by multicast too.
    #[arg(long)]
    scouting: bool,
    /// Authority whose certificates are believed (PEM), for tls/ and quic/ endpoints.
    #[arg(long, value_name = "FILE")]
    root_ca: Option<PathBuf>,
    /// Our certificate (PEM), for mutual TLS.
    #[arg(long, value_name = "FILE", requires = "root_ca", requires = "private_key")]
    certificate: Option<PathBuf>,
    /// Our private key (PEM), for mutual TLS.
    #[arg(long, value_name = "FILE", requires = "certificate")]
    private_key: Option<PathBuf>,
}

impl LinkArguments {
    pub fn config(&self) -> LinkConfig {
        let tls = self.root_ca.clone().map(|root_ca_file| TlsConfig {
            root_ca_file,
            mutual: self.certificate.is_some(),
            certificate_file: self.certificate.clone(),
            private_key_file: self.private_key.clone(),
            verify_name: true,
        });
        LinkConfig {
            mode: LinkMode::Peer,
            listen: self.listen.clone(),
            connect: self.connect.clone(),
            scouting: self.scouting,
            tls,
        }
    }
}
