//! TLS towards the database and the broker, and for the HTTP interface: from files to what rustls wants.
//!
//! Files are read when the service starts; what renews a certificate restarts it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use serde::Deserialize;

/// Whom to believe when connecting. The other's certificate must name the host that is connected to.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClientTls {
    /// The authorities whose certificates are believed; PEM.
    pub root_ca_file: PathBuf,
    /// What to show to a server that asks; PEM.
    pub certificate: Option<Certificate>,
}

/// A certificate and its key.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Certificate {
    /// The certificate, then those between it and the authority; PEM.
    pub certificate_file: PathBuf,
    /// Its private key; PEM.
    pub private_key_file: PathBuf,
}

impl ClientTls {
    /// For a client; the error names the file.
    pub fn config(&self) -> anyhow::Result<ClientConfig> {
        let mut roots = RootCertStore::empty();
        for authority in certificates(&self.root_ca_file)? {
            roots.add(authority).with_context(|| self.root_ca_file.display().to_string())?;
        }
        let builder = ClientConfig::builder_with_provider(provider()).with_safe_default_protocol_versions()?;
        let builder = builder.with_root_certificates(roots);
        Ok(match &self.certificate {
            Some(own) => {
                let (chain, key) = own.read()?;
                builder.with_client_auth_cert(chain, key).with_context(|| own.private_key_file.display().to_string())?
            }
            None => builder.with_no_client_auth(),
        })
    }
}

impl Certificate {
    /// For a server that asks for no certificate; the error names the file.
    pub fn config(&self) -> anyhow::Result<ServerConfig> {
        let (chain, key) = self.read()?;
        let builder = ServerConfig::builder_with_provider(provider()).with_safe_default_protocol_versions()?;
        let config = builder.with_no_client_auth().with_single_cert(chain, key);
        config.with_context(|| self.private_key_file.display().to_string())
    }

    fn read(&self) -> anyhow::Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>)> {
        let key = PrivateKeyDer::from_pem_file(&self.private_key_file);
        Ok((certificates(&self.certificate_file)?, key.with_context(|| self.private_key_file.display().to_string())?))
    }
}

/// Chosen here, so that no crate's feature chooses for the whole process.
fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

fn certificates(path: &Path) -> anyhow::Result<Vec<CertificateDer<'static>>> {
    let all: Result<Vec<_>, _> = CertificateDer::pem_file_iter(path).and_then(Iterator::collect);
    let all = all.with_context(|| path.display().to_string())?;
    anyhow::ensure!(!all.is_empty(), "{}: no certificate in it", path.display());
    Ok(all)
}
