//! The controller's SNMP agent: the objects of NTCIP 1202 that the service reads, calls and holds of phases, the back-up timer,
//! and the switch of the broadcast.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_snmp::agent::Agent;
use async_snmp::handler::{
    BoxFuture, GetNextResult, GetResult, HandlerResult, MibHandler, PreparedSet, RequestContext, SetCommitResult,
    SetTestError, SetTestResult, SetUndoResult,
};
use async_snmp::{AuthProtocol, AuthoritativeEngine, Oid, PersistedAuthoritativeEngine, PrivProtocol, Value, VarBind};
use rsu::signals::Light;
use rsu::signals::nema::Head;

use super::nema::{DualRing, bits};

const TENTH: Duration = Duration::from_millis(100);
const ASC: [u32; 10] = [1, 3, 6, 1, 4, 1, 1206, 4, 2, 1];
/// Columns of `phaseControlGroupEntry`.
const HOLD: u32 = 4;
const VEHICLE_CALL: u32 = 6;
const BROADCAST: [u32; 14] = [1, 3, 6, 1, 4, 1, 1206, 3, 5, 2, 9, 44, 1, 0];

/// A controller that several tasks look at.
pub type Shared = Arc<Mutex<DualRing>>;

/// Who may ask, and how often the agent was started before.
#[derive(Clone, Debug)]
pub struct Access {
    /// The community of v1 and v2c.
    pub community: String,
    /// A community of v1 and v2c that may write; without it, all may.
    pub writer: Option<String>,
    /// A user of v3 with the passphrases of SHA-1 and AES-128.
    pub user: Option<(String, String, String)>,
    /// Boots so far; each start must have more than the one before.
    pub boots: u32,
}

/// An agent that is bound to `listen` and answers once it is run.
///
/// # Errors
/// The address is in use, or a passphrase is too short.
pub async fn agent(listen: SocketAddr, access: &Access, controller: Shared) -> async_snmp::Result<Agent> {
    let before = PersistedAuthoritativeEngine::new(b"lukou-bench".to_vec(), access.boots.max(1))?;
    let engine = AuthoritativeEngine::restart(before, |_| Ok::<(), Infallible>(()))?;
    let mut builder = Agent::builder()
        .bind(listen.to_string())
        .community(access.community.as_str())
        .communities(access.writer.iter().map(String::as_str))
        .authoritative_engine(engine)
        .allow_all_access();
    if let Some((user, key, privacy_key)) = access.user.clone() {
        let with = builder.usm_user(user.into_bytes(), |user| {
            user.auth_priv(AuthProtocol::Sha1, key, PrivProtocol::Aes128, privacy_key)
        });
        builder = with.map_err(|error| async_snmp::Error::Config(error.to_string().into()).boxed())?;
    }
    let trees = [Oid::from_slice(&ASC), Oid::from_slice(&BROADCAST)];
    let with = trees.into_iter().fold(builder, |builder, under| {
        builder.handler(
            under.clone(),
            Arc::new(Objects { controller: controller.clone(), under, writer: access.writer.clone() }),
        )
    });
    with.build().await
}

/// The tree under `asc`, or the switch alone: the agent asks each for what lies under it.
struct Objects {
    controller: Shared,
    under: Oid,
    writer: Option<String>,
}

/// Answers and goes on, a tenth of a second at a time, until it is dropped.
///
/// # Errors
/// As [`agent`], and those of the socket.
pub async fn run(listen: SocketAddr, access: &Access) -> async_snmp::Result<()> {
    let controller = Shared::default();
    let agent = agent(listen, access, controller.clone()).await?;
    let mut every = tokio::time::interval(TENTH);
    let steps = async {
        loop {
            every.tick().await;
            look(&controller).step();
        }
    };
    tokio::select! {
        () = steps => Ok(()),
        done = agent.run() => done,
    }
}

fn look(controller: &Shared) -> MutexGuard<'_, DualRing> {
    // Whoever panicked left a whole controller behind: it is only ever stepped.
    controller.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Objects {
    fn value(&self, oid: &Oid) -> Option<i32> {
        let controller = look(&self.controller);
        if oid.arcs() == BROADCAST {
            return Some(if controller.broadcasts { 2 } else { 0 });
        }
        match *oid.arcs().strip_prefix(&ASC)? {
            [1, 4, 1, column @ 2..=7, group @ 1..=2] => {
                let head = if column < 5 { Head::Phase } else { Head::Pedestrian };
                lamps(&controller, head, (column - 2) % 3, group)
            }
            [9, 4, 1, column @ 2..=4, group @ 1..=2] => lamps(&controller, Head::Overlap, column - 2, group),
            [1, 2, 1, column, phase] => {
                let times = controller.times(u8::try_from(phase).ok()?)?;
                let value = match column {
                    2 => times.walk / 10,
                    3 => times.pedestrian_clear / 10,
                    4 => times.min_green / 10,
                    6 => times.max_green / 10,
                    8 => times.yellow,
                    9 => times.red_clear,
                    _ => return None,
                };
                i32::try_from(value).ok()
            }
            [1, 4, 1, 8, group @ 1..=2] => Some(part(controller.recalls | controller.told.calls, group)),
            [1, 5, 1, HOLD, group @ 1..=2] => Some(part(controller.told.holds, group)),
            [1, 5, 1, VEHICLE_CALL, group @ 1..=2] => Some(part(controller.told.calls, group)),
            [3, 3, 0] => Some(controller.backup_s.into()),
            [3, 6, 0] => Some(2),
            _ => None,
        }
    }

    /// Every object there is, in order.
    fn all() -> impl Iterator<Item = Oid> {
        let phases =
            [2, 3, 4, 6, 8, 9].into_iter().flat_map(|column| (1..=8).map(move |phase| vec![1, 2, 1, column, phase]));
        let control =
            [HOLD, VEHICLE_CALL].into_iter().flat_map(|column| [1, 2].map(|group| vec![1, 5, 1, column, group]));
        let status = (2..=8).flat_map(|column| [1, 2].map(|group| vec![1, 4, 1, column, group]));
        let overlaps = (2..=4).flat_map(|column| [1, 2].map(|group| vec![9, 4, 1, column, group]));
        let asc = phases.chain(status).chain(control).chain([vec![3, 3, 0], vec![3, 6, 0]]).chain(overlaps);
        let asc = asc.map(|parts| Oid::new(ASC.into_iter().chain(parts)));
        [Oid::from_slice(&BROADCAST)].into_iter().chain(asc)
    }
}

/// Eight of sixteen bits.
fn part(bits: u16, group: u32) -> i32 {
    let [low, high] = bits.to_le_bytes();
    i32::from(if group == 1 { low } else { high })
}

/// Writes an object that can be written; what it was before.
fn put(controller: &mut DualRing, oid: &Oid, value: i32) -> i32 {
    if oid.arcs() == BROADCAST {
        let before = std::mem::replace(&mut controller.broadcasts, value != 0);
        return if before { 2 } else { 0 };
    }
    let [1, 5, 1, column, group] = *oid.arcs().strip_prefix(&ASC).unwrap_or_default() else {
        let to = u16::try_from(value).unwrap_or_default();
        return std::mem::replace(&mut controller.backup_s, to).into();
    };
    let mut told = controller.told;
    let bits = if column == HOLD { &mut told.holds } else { &mut told.calls };
    let before = part(*bits, group);
    let mut octets = bits.to_le_bytes();
    octets[usize::from(group == 2)] = u8::try_from(value).unwrap_or_default();
    *bits = u16::from_le_bytes(octets);
    controller.tell(told);
    before
}

fn lamps(controller: &DualRing, head: fn(u8) -> Head, colour: u32, group: u32) -> Option<i32> {
    let light = [Light::Red, Light::Yellow, Light::Green].into_iter().nth(usize::try_from(colour).ok()?)?;
    let lit = bits(controller, head, light);
    Some(part(lit, group))
}

impl MibHandler for Objects {
    fn get<'a>(&'a self, _: &'a RequestContext, oid: &'a Oid) -> BoxFuture<'a, HandlerResult<GetResult>> {
        let value = self.value(oid).map_or(GetResult::NoSuchObject, |value| GetResult::Value(Value::Integer(value)));
        Box::pin(async move { Ok(value) })
    }

    fn get_next<'a>(&'a self, _: &'a RequestContext, oid: &'a Oid) -> BoxFuture<'a, HandlerResult<GetNextResult>> {
        let next = Self::all().filter(|candidate| candidate > oid && candidate.starts_with(&self.under)).min();
        let next = next.and_then(|next| self.value(&next).map(|value| VarBind::new(next, Value::Integer(value))));
        Box::pin(async move { Ok(next.map_or(GetNextResult::EndOfMibView, GetNextResult::Value)) })
    }

    fn test_set<'a>(
        &'a self,
        context: &'a RequestContext,
        oid: &'a Oid,
        value: &'a Value,
    ) -> BoxFuture<'a, SetTestResult> {
        let may = self.writer.as_ref().is_none_or(|writer| context.security_name().as_bytes() == writer.as_bytes());
        let most = match *oid.arcs().strip_prefix(&ASC).unwrap_or_default() {
            [1, 5, 1, HOLD | VEHICLE_CALL, 1..=2] => Some(0xff),
            [3, 3, 0] => Some(0xffff),
            _ if oid.arcs() == BROADCAST => Some(6),
            _ => None,
        };
        let prepared = match (most, value) {
            _ if !may => Err(SetTestError::NoAccess),
            (None, _) => Err(SetTestError::NotWritable),
            (Some(most), Value::Integer(to)) if (0..=most).contains(to) => {
                Ok(Box::new(Write { controller: self.controller.clone(), to: *to }) as Box<dyn PreparedSet>)
            }
            (Some(_), Value::Integer(_)) => Err(SetTestError::WrongValue),
            (Some(_), _) => Err(SetTestError::WrongType),
        };
        Box::pin(async move { prepared })
    }
}

/// A value about to be written.
struct Write {
    controller: Shared,
    to: i32,
}

impl PreparedSet for Write {
    fn commit<'a>(&'a mut self, _: &'a RequestContext, oid: &'a Oid, _: &'a Value) -> BoxFuture<'a, SetCommitResult> {
        self.to = put(&mut look(&self.controller), oid, self.to);
        Box::pin(async { Ok(()) })
    }

    fn undo<'a>(&'a mut self, _: &'a RequestContext, oid: &'a Oid, _: &'a Value) -> BoxFuture<'a, SetUndoResult> {
        put(&mut look(&self.controller), oid, self.to);
        Box::pin(async { Ok(()) })
    }
}
