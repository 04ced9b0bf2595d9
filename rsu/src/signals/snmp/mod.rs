//! An SNMP manager without sockets: requests as octets to send, answers from octets that came.
//!
//! v1 and v2c by community, v3 by user ([`usm`]). BER and ciphers are those of the crate `async-snmp`; here are the order of
//! the talk and what is believed. One request is under way at a time. Sources: RFC 1157, RFC 3416, RFC 3412.

use async_snmp::message::CommunityMessage;
use async_snmp::pdu::{Pdu, PduType, RequestPdu};
use async_snmp::{Community, DecodeConfig, ErrorStatus, Oid, Value, VarBind, Version};

use perception::time::UtcMicros;

use super::Refusal;

pub mod settings;
pub mod usm;

use usm::Usm;

/// The port where agents listen.
pub const UDP_PORT: u16 = 161;
/// How often one request is said again on an agent's word (engine, then time) before it is given up.
const MOST_REPEATS: u8 = 3;

/// Who we are to the agent.
#[derive(Debug)]
pub enum Security {
    /// v1 or v2c.
    Community(Version, Community),
    /// v3.
    User(Box<Usm>),
}

/// What is asked of an agent.
#[derive(Clone, Debug, PartialEq)]
pub enum Request {
    /// The values of these objects.
    Get(Vec<Oid>),
    /// That these objects get these values: all of them or none.
    Set(Vec<(Oid, i32)>),
}

/// What came of octets.
#[derive(Debug, PartialEq)]
pub enum Heard {
    /// The answer: each object asked for with its value, in that order.
    Values(Vec<(Oid, Value)>),
    /// Octets to send: the request again, now that the agent has said what was missing.
    Again(Vec<u8>),
}

/// See the module.
#[derive(Debug)]
pub struct Manager {
    security: Security,
    id: i32,
    asked: Option<Asked>,
}

#[derive(Debug)]
struct Asked {
    request: Request,
    repeats: u8,
}

/// Numbers that are too large are refused, rather than cut to size.
fn decoding() -> DecodeConfig {
    let mut config = DecodeConfig::default();
    config.truncate_numeric_values = false;
    config
}

fn malformed(error: impl std::fmt::Display) -> Refusal {
    ("malformed", error.to_string())
}

impl Manager {
    /// A manager with nothing under way.
    pub fn new(security: Security) -> Self {
        Self { security, id: 0, asked: None }
    }

    /// Counts its requests from a number that differs from run to run, so that no answer to an older run's is taken.
    pub fn start_ids(&mut self, now: UtcMicros) {
        self.id = i32::try_from(now.0.rem_euclid(1 << 30)).unwrap_or(0);
    }

    /// Whether messages hold the secret as it is: communities do.
    pub fn speaks_openly(&self) -> bool {
        matches!(self.security, Security::Community(..))
    }

    /// Forgets what the agent said of itself. Its engine or its count of boots may have begun anew.
    pub fn forget(&mut self) {
        if let Security::User(usm) = &mut self.security {
            usm.forget();
        }
    }

    /// Whether an answer is awaited.
    pub fn awaits(&self) -> bool {
        self.asked.is_some()
    }

    /// Awaits the answer no longer.
    pub fn give_up(&mut self) {
        self.asked = None;
    }

    /// The octets of a request; one that was under way is given up. `now_s`: uptime, seconds.
    ///
    /// # Errors
    /// It cannot be encoded.
    pub fn ask(&mut self, now_s: f64, request: Request) -> Result<Vec<u8>, Refusal> {
        self.asked = Some(Asked { request, repeats: 0 });
        self.id = self.id.checked_add(1).unwrap_or(1);
        self.say(now_s)
    }

    /// The octets of the request that is under way, once more: whichever of them is answered, that is the answer.
    ///
    /// # Errors
    /// As [`Self::ask`]; nothing is under way.
    pub fn repeat(&mut self, now_s: f64) -> Result<Vec<u8>, Refusal> {
        self.say(now_s)
    }

    fn say(&mut self, now_s: f64) -> Result<Vec<u8>, Refusal> {
        let Some(Asked { request, .. }) = &self.asked else { return Err(("stray", "nothing was asked".into())) };
        let version = match &self.security {
            Security::Community(version, _) => *version,
            Security::User(_) => Version::V3,
        };
        let pdu = match request {
            Request::Get(oids) => RequestPdu::get(version, self.id, oids),
            Request::Set(values) => {
                let bind = |(oid, value): &(Oid, i32)| VarBind::new(oid.clone(), Value::Integer(*value));
                RequestPdu::set(version, self.id, values.iter().map(bind).collect())
            }
        };
        let pdu = pdu.map_err(malformed)?.into_raw();
        match &mut self.security {
            Security::Community(version, community) => {
                let message = match version {
                    Version::V1 => CommunityMessage::v1(community.clone(), pdu),
                    _ => CommunityMessage::v2c(community.clone(), pdu),
                };
                Ok(message.and_then(|message| message.encode()).map_err(malformed)?.to_vec())
            }
            Security::User(usm) => usm.seal(now_s, self.id, pdu),
        }
    }

    /// Takes what came. `now_s`: uptime, seconds.
    ///
    /// # Errors
    /// It is malformed, not the answer awaited, or says that the request failed. Only in the last case, that of an answer,
    /// the request is over.
    pub fn hear(&mut self, now_s: f64, octets: &[u8]) -> Result<Heard, Refusal> {
        let pdu = match &mut self.security {
            Security::Community(version, community) => of_community(octets, *version, community)?,
            Security::User(usm) => match usm.open(now_s, self.id, octets)? {
                usm::Opened::Pdu(pdu) => pdu,
                usm::Opened::Learnt => return self.again(now_s),
            },
        };
        let (request_id, _, varbinds) = pdu.clone().into_raw_parts();
        let asked = self.asked.take_if(|_| pdu.pdu_type() == PduType::Response && request_id == self.id);
        let asked = asked.ok_or(("stray", "not the answer to the last request".to_owned()))?;
        if pdu.is_error() {
            return Err(agent_error(&pdu, &varbinds));
        }
        let is_answer = match &asked.request {
            Request::Get(oids) => oids.iter().eq(varbinds.iter().map(|varbind| &varbind.oid)),
            Request::Set(values) => values.iter().map(|(oid, _)| oid).eq(varbinds.iter().map(|varbind| &varbind.oid)),
        };
        if !is_answer {
            return Err(("malformed", "the answer has other objects than were asked for".into()));
        }
        Ok(Heard::Values(varbinds.into_iter().map(|varbind| (varbind.oid, varbind.value)).collect()))
    }

    fn again(&mut self, now_s: f64) -> Result<Heard, Refusal> {
        let repeats = self.asked.as_mut().map_or(MOST_REPEATS, |asked| {
            asked.repeats += 1;
            asked.repeats
        });
        if repeats > MOST_REPEATS {
            self.asked = None;
            return Err(("no_agreement", "the agent's engine or time changes with every answer".into()));
        }
        self.id = self.id.checked_add(1).unwrap_or(1);
        self.say(now_s).map(Heard::Again)
    }
}

fn of_community(octets: &[u8], version: Version, community: &Community) -> Result<Pdu, Refusal> {
    let message = CommunityMessage::decode(octets.to_vec().into(), decoding()).map_err(malformed)?.value;
    if message.version() != version || !community.matches(message.community().as_bytes()) {
        return Err(("stray", "of another version or community".into()));
    }
    message.into_pdu().ok_or(("stray", "a trap".to_owned()))
}

/// The agent's word that the request failed. v1 knows no other way to say that one object of several is not there.
fn agent_error(pdu: &Pdu, varbinds: &[VarBind]) -> Refusal {
    let status = pdu.error_status_enum();
    let index = usize::try_from(pdu.error_index()).unwrap_or(0).wrapping_sub(1);
    let object = varbinds.get(index).map_or_else(|| "the request".to_owned(), |varbind| varbind.oid.to_string());
    match status {
        ErrorStatus::NoSuchName => ("no_such_object", object),
        _ => ("agent_error", format!("{status}: {object}")),
    }
}
