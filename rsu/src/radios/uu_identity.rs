//! The certificate and key with which the Uu server shows vehicles who it is: made at the first start, kept ever after.

use std::io::Write as _;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// What vehicles are given to trust: the certificate, or the chain that the operator put there.
pub const CERTIFICATE_FILE: &str = "certificate.pem";
/// The private key, readable by the service alone.
pub const KEY_FILE: &str = "key.pem";

/// A file and what is wrong with it.
pub type IdentityError = (PathBuf, String);

/// Certificate chain and its private key.
#[derive(Debug)]
pub struct Identity {
    /// The service's certificate first.
    pub chain: Vec<CertificateDer<'static>>,
    /// Its key.
    pub key: PrivateKeyDer<'static>,
}

/// Reads the identity in `directory`; makes a self-signed one for `names` when neither file is there. One file
/// without the other is an error: overwriting an operator's certificate would be worse than not starting.
pub fn load_or_make(directory: &Path, names: &[String]) -> Result<Identity, IdentityError> {
    let (certificate, key) = (directory.join(CERTIFICATE_FILE), directory.join(KEY_FILE));
    match (certificate.exists(), key.exists()) {
        (false, false) => make(directory, names)?,
        (true, true) => {}
        (true, false) => return Err((key, "is missing, and its certificate is there".into())),
        (false, true) => return Err((certificate, "is missing, and its key is there".into())),
    }
    load(&certificate, &key)
}

/// Both files are made beside the directory, which is then renamed: a power cut leaves all or nothing.
fn make(directory: &Path, names: &[String]) -> Result<(), IdentityError> {
    let made = rcgen::generate_simple_self_signed(names.to_vec())
        .map_err(|error| (directory.to_owned(), format!("no certificate can be made for {names:?}: {error}")))?;
    let partial = directory.with_extension("partial");
    let write = || {
        if partial.exists() {
            std::fs::remove_dir_all(&partial)?;
        }
        std::fs::create_dir_all(&partial)?;
        std::fs::set_permissions(&partial, std::fs::Permissions::from_mode(0o700))?;
        write_file(&partial.join(KEY_FILE), made.signing_key.serialize_pem().as_bytes(), 0o600)?;
        write_file(&partial.join(CERTIFICATE_FILE), made.cert.pem().as_bytes(), 0o644)?;
        std::fs::rename(&partial, directory)
    };
    write().map_err(|error: std::io::Error| (directory.to_owned(), format!("cannot be written: {error}")))?;
    tracing::info!(directory = %directory.display(), ?names, "made a certificate for vehicles to trust");
    Ok(())
}

/// A new file with its mode from the first octet on.
fn write_file(path: &Path, content: &[u8], mode: u32) -> std::io::Result<()> {
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(mode).open(path)?;
    file.write_all(content)?;
    file.sync_all()
}

fn load(certificate: &Path, key: &Path) -> Result<Identity, IdentityError> {
    let wrong = |path: &Path, error: &dyn std::fmt::Display| (path.to_owned(), format!("cannot be read: {error}"));
    let chain = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| wrong(certificate, &error))?;
    if chain.is_empty() {
        return Err((certificate.to_owned(), "holds no certificate in PEM form".into()));
    }
    if let Ok(metadata) = std::fs::metadata(key)
        && metadata.permissions().mode() & 0o077 != 0
    {
        tracing::warn!(key = %key.display(), "others can read this private key; chmod 600 it");
    }
    let key = PrivateKeyDer::from_pem_file(key).map_err(|error| wrong(key, &error))?;
    Ok(Identity { chain, key })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_which_file_is_wrong() {
        let directory = std::env::temp_dir().join(format!("lukou-identity-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&directory);
        let names = ["localhost".to_owned()];
        load_or_make(&directory, &names).expect("made");
        std::fs::write(directory.join(CERTIFICATE_FILE), "nonsense").expect("written");
        let (path, text) = load_or_make(&directory, &names).expect_err("not a certificate");
        assert_eq!(path, directory.join(CERTIFICATE_FILE));
        assert_eq!(text, "holds no certificate in PEM form");
        std::fs::remove_file(directory.join(CERTIFICATE_FILE)).expect("removed");
        let (path, text) = load_or_make(&directory, &names).expect_err("a key alone");
        assert_eq!((path, text.as_str()), (directory.join(CERTIFICATE_FILE), "is missing, and its key is there"));
        std::fs::remove_dir_all(&directory).expect("removed");
    }
}
