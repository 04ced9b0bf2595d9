//! Users of SNMP v3 (USM): what is sent is signed and encrypted, what comes is believed as far as it is.
//!
//! Sources: RFC 3414 (keys, engine, time window), RFC 7860 (SHA-2), RFC 3826 (AES); AES of 192 and 256 bits with the key
//! extension of draft-blumenthal-aes-usm-04, as Net-SNMP has it. An agent says who its engine is before anybody can sign;
//! that word is taken for what it is, and a wrong one makes the next answer's signature wrong. Its boots and time are taken
//! from signed words only.

use std::fmt;

use async_snmp::ber::Decoder;
use async_snmp::message::{MsgFlags, MsgGlobalData, RawMsgData, RawV3Message, ScopedPdu, SecurityLevel, V3Message};
use async_snmp::pdu::{Pdu, PduType};
use async_snmp::v3::auth::{authenticate_message, verify_message};
use async_snmp::v3::{PrivKey, ReportStatus, SaltCounter, UsmSecurityParams, classify_report};
use async_snmp::{LocalizedKey, MasterKeys, UDP_RECEIVE_LIMITS};

use super::{decoding, malformed};
use crate::signals::Refusal;

/// How far an answer's time may lie behind the agent's clock, seconds. Source: RFC 3414 §2.2.3.
const WINDOW_S: u32 = 150;

/// A user and what is known of the agent's engine.
pub struct Usm {
    user: Vec<u8>,
    keys: Option<MasterKeys>,
    salt: SaltCounter,
    engine: Option<Engine>,
}

impl fmt::Debug for Usm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Usm").field("level", &self.level()).field("engine", &self.engine).finish_non_exhaustive()
    }
}

#[derive(Debug)]
struct Engine {
    id: Vec<u8>,
    signature: Option<LocalizedKey>,
    privacy: Option<PrivKey>,
    /// Boots and time, and when we heard them, seconds of uptime; `None`: not yet from a signed word.
    clock: Option<(u32, u32, f64)>,
}

impl Engine {
    /// Boots and time now; zero and zero ask the agent to tell them.
    fn clock(&self, now_s: f64) -> (u32, u32) {
        let Some((boots, time_s, heard_s)) = self.clock else { return (0, 0) };
        // Saturates at both ends, by the language's rule.
        let since_s = (now_s - heard_s) as u32;
        (boots, time_s.saturating_add(since_s).min(i32::MAX.unsigned_abs()))
    }
}

/// What came of a message.
#[derive(Debug)]
pub enum Opened {
    /// What it said.
    Pdu(Pdu),
    /// The agent said who it is or what time it has: the request is to be said again.
    Learnt,
}

impl Usm {
    /// A user. Without keys nothing is signed; with a key for privacy all is encrypted.
    ///
    /// # Errors
    /// The system has no random numbers to begin salts with.
    pub fn new(user: &str, keys: Option<MasterKeys>) -> Result<Self, String> {
        let salt = SaltCounter::new().map_err(|error| error.to_string())?;
        Ok(Self { user: user.as_bytes().to_vec(), keys, salt, engine: None })
    }

    /// Forgets the agent's engine and time, which it will be asked for again.
    pub fn forget(&mut self) {
        self.engine = None;
    }

    fn level(&self) -> SecurityLevel {
        match &self.keys {
            None => SecurityLevel::NoAuthNoPriv,
            Some(keys) if keys.priv_protocol().is_none() => SecurityLevel::AuthNoPriv,
            Some(_) => SecurityLevel::AuthPriv,
        }
    }

    /// A message with this request; as long as the engine is not known, one that asks for it instead.
    pub(super) fn seal(&mut self, now_s: f64, id: i32, pdu: Pdu) -> Result<Vec<u8>, Refusal> {
        let most = UDP_RECEIVE_LIMITS.advertised();
        let Some(engine) = &self.engine else {
            let message = V3Message::discovery_request(id, most).map_err(malformed)?;
            return Ok(message.encode().map_err(malformed)?.to_vec());
        };
        let global = MsgGlobalData::new(id, most, MsgFlags::new(self.level(), true)).map_err(malformed)?;
        let (boots, time_s) = engine.clock(now_s);
        let mut security =
            UsmSecurityParams::new(engine.id.clone(), boots, time_s, self.user.clone()).map_err(malformed)?;
        if let Some(key) = &engine.signature {
            security = security.with_auth_placeholder(key.mac_len()).map_err(malformed)?;
        }
        let scoped = ScopedPdu::new(engine.id.clone(), Vec::new(), pdu);
        let message = match &engine.privacy {
            Some(key) => {
                let plain = scoped.encode_to_bytes().map_err(malformed)?;
                let (hidden, salt) = key.encrypt_aes(&plain, boots, time_s, &self.salt).map_err(malformed)?;
                let security = security.with_priv_params(salt).and_then(|security| security.encode());
                V3Message::new_with_opaque_encrypted_scoped_pdu(global, security.map_err(malformed)?, hidden)
            }
            None => V3Message::new(global, security.encode().map_err(malformed)?, scoped),
        };
        let mut octets = message.and_then(|message| message.encode()).map_err(malformed)?.to_vec();
        if let Some(key) = &engine.signature {
            let place = UsmSecurityParams::find_auth_params_offset(&octets);
            let (at, length) = place.ok_or_else(|| malformed("no place for the signature"))?;
            authenticate_message(key, &mut octets, at, length).map_err(malformed)?;
        }
        Ok(octets)
    }

    /// What a message says that answers request `id`.
    pub(super) fn open(&mut self, now_s: f64, id: i32, octets: &[u8]) -> Result<Opened, Refusal> {
        let raw = RawV3Message::decode(octets.to_vec().into(), decoding()).map_err(malformed)?.value;
        if raw.msg_id() != id {
            return Err(("stray", "not the answer to the last request".into()));
        }
        let security = UsmSecurityParams::decode(raw.security_params().clone(), decoding()).map_err(malformed)?.value;
        let signed = raw.security_level().requires_auth();
        if signed {
            self.verify(octets, &security)?;
            self.set_clock(now_s, &security)?;
        }
        let pdu = self.scoped(&raw, &security)?.pdu;
        if pdu.pdu_type() == PduType::Report {
            return self.report(&pdu, &security, signed);
        }
        if raw.security_level() != self.level() || *security.username() != self.user.as_slice() {
            return Err(("security_level", "the answer is less protected than the question".into()));
        }
        Ok(Opened::Pdu(pdu))
    }

    fn verify(&self, octets: &[u8], security: &UsmSecurityParams) -> Result<(), Refusal> {
        let known = self.engine.as_ref().filter(|engine| *security.engine_id() == engine.id.as_slice());
        let key = known.and_then(|engine| engine.signature.as_ref());
        let place = UsmSecurityParams::find_auth_params_offset(octets);
        let (Some(key), Some((at, length))) = (key, place) else {
            return Err(("wrong_signature", "signed by an engine that is not known".into()));
        };
        // The length is that of the key: a shorter signature proves less.
        match length == key.mac_len() && verify_message(key, octets, at, length).map_err(malformed)? {
            true => Ok(()),
            false => Err(("wrong_signature", "the agent's signature is not made with our key".into())),
        }
    }

    /// Takes the time of a signed word, unless it is an old one that is played again.
    fn set_clock(&mut self, now_s: f64, security: &UsmSecurityParams) -> Result<(), Refusal> {
        let Some(engine) = &mut self.engine else { return Ok(()) };
        let (boots, time_s) = (security.engine_boots(), security.engine_time());
        let (own_boots, own_time_s) = engine.clock(now_s);
        if boots < own_boots || (boots == own_boots && time_s < own_time_s.saturating_sub(WINDOW_S)) {
            return Err(("replayed", "older than the agent's clock allows".into()));
        }
        if boots > own_boots || time_s > own_time_s || engine.clock.is_none() {
            engine.clock = Some((boots, time_s, now_s));
        }
        Ok(())
    }

    fn scoped(&self, raw: &RawV3Message, security: &UsmSecurityParams) -> Result<ScopedPdu, Refusal> {
        let plain = match raw.msg_data() {
            RawMsgData::Plaintext { data, .. } => data.clone(),
            RawMsgData::Encrypted(hidden) => {
                let key = self.engine.as_ref().and_then(|engine| engine.privacy.as_ref());
                let key = key.ok_or(("security_level", "encrypted, and there is no key for it".to_owned()))?;
                key.decrypt(hidden, security.engine_boots(), security.engine_time(), security.priv_params())
                    .map_err(malformed)?
            }
        };
        ScopedPdu::decode(&mut Decoder::new(plain).with_decode_config(decoding())).map_err(malformed)
    }

    fn report(&mut self, pdu: &Pdu, security: &UsmSecurityParams, signed: bool) -> Result<Opened, Refusal> {
        let status = classify_report(pdu).map_err(malformed)?;
        let reason = match status {
            ReportStatus::UnknownEngineId { .. } => return self.learn(security.engine_id()).map(|()| Opened::Learnt),
            // Its clock is set already.
            ReportStatus::NotInTimeWindow { .. } if signed => return Ok(Opened::Learnt),
            ReportStatus::NotInTimeWindow { .. } => "time_window",
            ReportStatus::UnknownUserName { .. } => "unknown_user",
            ReportStatus::WrongDigest { .. } => "wrong_key",
            ReportStatus::DecryptionError { .. } => "wrong_privacy_key",
            ReportStatus::UnsupportedSecurityLevel { .. } => "security_level",
            _ => "report",
        };
        Err((reason, format!("the agent reports: {status}")))
    }

    fn learn(&mut self, id: &[u8]) -> Result<(), Refusal> {
        if self.engine.as_ref().is_some_and(|engine| engine.id == id) {
            return Err(("unknown_engine", "the agent does not know its own engine".into()));
        }
        let keys = self.keys.as_ref().map(|keys| keys.localize(id)).transpose().map_err(malformed)?;
        let (signature, privacy) = keys.map_or((None, None), |(signature, privacy)| (Some(signature), privacy));
        self.engine = Some(Engine { id: id.to_vec(), signature, privacy, clock: None });
        Ok(())
    }
}
