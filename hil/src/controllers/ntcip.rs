//! The controller's SNMP agent: the objects of NTCIP 1202 that the service reads, and the switch of the broadcast.

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
const BROADCAST: [u32; 14] = [1, 3, 6, 1, 4, 1, 1206, 3, 5, 2, 9, 44, 1, 0];

/// A controller that several tasks look at.
pub type Shared = Arc<Mutex<DualRing>>;

/// Who may ask, and how often the agent was started before.
#[derive(Clone, Debug)]
pub struct Access {
    /// The community of v1 and v2c.
    pub community: String,
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
        builder.handler(under.clone(), Arc::new(Objects { controller: controller.clone(), under }))
    });
    with.build().await
}

/// The tree under `asc`, or the switch alone: the agent asks each for what lies under it.
struct Objects {
    controller: Shared,
    under: Oid,
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
            [3, 6, 0] => Some(2),
            _ => None,
        }
    }

    /// Every object there is, in order.
    fn all() -> impl Iterator<Item = Oid> {
        let phases =
            [2, 3, 4, 6, 8, 9].into_iter().flat_map(|column| (1..=8).map(move |phase| vec![1, 2, 1, column, phase]));
        let status = (2..=7).flat_map(|column| [1, 2].map(|group| vec![1, 4, 1, column, group]));
        let overlaps = (2..=4).flat_map(|column| [1, 2].map(|group| vec![9, 4, 1, column, group]));
        let asc = phases.chain(status).chain([vec![3, 6, 0]]).chain(overlaps);
        let asc = asc.map(|parts| Oid::new(ASC.into_iter().chain(parts)));
        [Oid::from_slice(&BROADCAST)].into_iter().chain(asc)
    }
}

fn lamps(controller: &DualRing, head: fn(u8) -> Head, colour: u32, group: u32) -> Option<i32> {
    let light = [Light::Red, Light::Yellow, Light::Green].into_iter().nth(usize::try_from(colour).ok()?)?;
    let lit = bits(controller, head, light);
    Some(i32::from(if group == 1 { lit & 0xff } else { lit >> 8 }))
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

    fn test_set<'a>(&'a self, _: &'a RequestContext, oid: &'a Oid, value: &'a Value) -> BoxFuture<'a, SetTestResult> {
        let prepared = match value {
            _ if oid.arcs() != BROADCAST => Err(SetTestError::NotWritable),
            Value::Integer(value @ (0 | 2 | 6)) => {
                Ok(Box::new(Switch { controller: self.controller.clone(), to: *value != 0 }) as Box<dyn PreparedSet>)
            }
            Value::Integer(_) => Err(SetTestError::WrongValue),
            _ => Err(SetTestError::WrongType),
        };
        Box::pin(async move { prepared })
    }
}

/// The switch of the broadcast, about to be thrown.
struct Switch {
    controller: Shared,
    to: bool,
}

impl PreparedSet for Switch {
    fn commit<'a>(&'a mut self, _: &'a RequestContext, _: &'a Oid, _: &'a Value) -> BoxFuture<'a, SetCommitResult> {
        let mut controller = look(&self.controller);
        self.to = std::mem::replace(&mut controller.broadcasts, self.to);
        drop(controller);
        Box::pin(async { Ok(()) })
    }

    fn undo<'a>(&'a mut self, _: &'a RequestContext, _: &'a Oid, _: &'a Value) -> BoxFuture<'a, SetUndoResult> {
        look(&self.controller).broadcasts = self.to;
        Box::pin(async { Ok(()) })
    }
}
