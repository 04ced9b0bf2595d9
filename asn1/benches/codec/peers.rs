//! The codecs of others, in the libraries that `peers/build` makes; each has the functions of `peers/peer.h`.

#![allow(
    unsafe_code,
    reason = "C is called; what it is given lives as long as the call, and buffers have the length that is said"
)]

use std::ffi::{c_int, c_void};
use std::path::Path;
use std::ptr;
use std::rc::Rc;

use libloading::Library;

/// What one message needs at most, octets.
const ROOM: usize = 4096;

type Decode = unsafe extern "C" fn(*mut *mut c_void, *const u8, usize) -> c_int;
type Release = unsafe extern "C" fn(*mut *mut c_void);
type Encode = unsafe extern "C" fn(*const c_void, *mut u8, usize) -> isize;
type Digest = unsafe extern "C" fn(*const c_void) -> u64;

/// A library of a peer.
pub struct Peer {
    /// Tool and optimisation, as the file is called: `asn1c-O2`.
    pub name: String,
    decode: Decode,
    release: Release,
    encode: Encode,
    digest: Digest,
    // The functions above lie in it.
    _library: Library,
}

/// The libraries in the folder, by name; none if there is no folder.
pub fn load(folder: &Path) -> Vec<Rc<Peer>> {
    let files = std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok).map(|entry| entry.path());
    let mut libraries: Vec<_> =
        files.filter(|path| path.extension().is_some_and(|extension| extension == "so")).collect();
    libraries.sort();
    libraries.iter().map(|path| Rc::new(Peer::load(path))).collect()
}

impl Peer {
    fn load(path: &Path) -> Self {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        // SAFETY: `peers/build` made it from `peers/peer.h`: nothing runs on loading, and the functions have these types.
        unsafe {
            let library = Library::new(path).unwrap();
            Self {
                name,
                decode: *library.get::<Decode>("peer_decode").unwrap(),
                release: *library.get::<Release>("peer_release").unwrap(),
                encode: *library.get::<Encode>("peer_encode").unwrap(),
                digest: *library.get::<Digest>("peer_digest").unwrap(),
                _library: library,
            }
        }
    }

    /// Whether its schema has the extension markers; asn1tools generates C only without.
    pub fn has_markers(&self) -> bool {
        !self.name.starts_with("asn1tools")
    }
}

/// A message in the hands of a peer.
pub struct Held {
    peer: Rc<Peer>,
    message: *mut c_void,
    octets: [u8; ROOM],
}

impl Held {
    /// Holds nothing yet.
    pub fn new(peer: &Rc<Peer>) -> Self {
        Self { peer: Rc::clone(peer), message: ptr::null_mut(), octets: [0; ROOM] }
    }

    /// Decodes into the peer's struct.
    pub fn decode(&mut self, octets: &[u8]) {
        // SAFETY: `message` is null or what this peer left there; the octets are only read.
        let outcome = unsafe { (self.peer.decode)(&raw mut self.message, octets.as_ptr(), octets.len()) };
        assert_eq!(outcome, 0, "{} refuses the message", self.peer.name);
    }

    /// Frees what decoding allocated.
    pub fn release(&mut self) {
        // SAFETY: `message` is null or what this peer left there.
        unsafe { (self.peer.release)(&raw mut self.message) }
    }

    /// The message encoded, which must have been decoded before.
    pub fn encode(&mut self) -> &[u8] {
        assert!(!self.message.is_null(), "there is nothing to encode");
        // SAFETY: the message is one of this peer's, and the buffer has as much room as is said.
        let count = unsafe { (self.peer.encode)(self.message, self.octets.as_mut_ptr(), ROOM) };
        &self.octets[..usize::try_from(count).unwrap()]
    }

    /// See `messages::digest`.
    pub fn digest(&self) -> u64 {
        assert!(!self.message.is_null(), "there is nothing to look at");
        // SAFETY: the message is one of this peer's.
        unsafe { (self.peer.digest)(self.message) }
    }
}
