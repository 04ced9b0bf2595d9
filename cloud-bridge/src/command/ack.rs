//! What a site answers to a command, and how one ends that it has begun.

use serde::{Deserialize, Serialize};

use super::Rejection;
use crate::bundle::FileSum;

/// Name and major version of the answers' schema.
pub const ACK_SCHEMA: &str = "lukou.ack/1";

/// How a command stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AckState {
    /// It is believed, and being looked into or done.
    Accepted,
    /// It is not done: everything is as before.
    Rejected,
    /// It was done.
    Done,
    /// It was tried, and did not work.
    Failed,
}

impl AckState {
    /// The name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }
}

/// The answer to a command, in JSON on `lukou/<city>/<site>/ack/<id>`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ack {
    /// [`ACK_SCHEMA`].
    pub schema: String,
    /// Which command.
    pub id: String,
    /// How it stands.
    pub state: AckState,
    /// Why it was rejected or failed: a name, for programs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What exactly is wrong, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Of a file that the command has asked for: it lies ready to be fetched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<FileSum>,
}

impl Ack {
    pub(crate) fn new(id: &str, state: AckState) -> Self {
        Self { schema: ACK_SCHEMA.to_owned(), id: id.to_owned(), state, reason: None, detail: None, file: None }
    }

    pub(crate) fn rejected(id: &str, why: Rejection) -> Self {
        Self::ended(id, &CommandEnd::rejected(why.name()))
    }

    pub(crate) fn ended(id: &str, end: &CommandEnd) -> Self {
        let CommandEnd { state, reason, detail, file } = end.clone();
        Self { reason, detail, file, ..Self::new(id, state) }
    }

    /// Reads what came over the wire; `None` for anything else.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let ack: Option<Self> = serde_json::from_slice(bytes).ok();
        ack.filter(|ack| ack.schema == ACK_SCHEMA)
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        // Strings and whole numbers only: there is nothing in it that JSON can't say.
        serde_json::to_vec(self).unwrap_or_default()
    }
}

/// How a command that was handed over has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandEnd {
    state: AckState,
    reason: Option<String>,
    detail: Option<String>,
    file: Option<FileSum>,
}

impl CommandEnd {
    /// It was done.
    pub fn done() -> Self {
        Self { state: AckState::Done, reason: None, detail: None, file: None }
    }

    /// It is not done, and everything is as before. `reason` is a name of the vocabulary in `docs/ref/city-data.md`.
    pub fn rejected(reason: impl Into<String>) -> Self {
        Self { state: AckState::Rejected, reason: Some(reason.into()), ..Self::done() }
    }

    /// It was tried, and did not work.
    pub fn failed(reason: impl Into<String>) -> Self {
        Self { state: AckState::Failed, reason: Some(reason.into()), ..Self::done() }
    }

    /// The same, with what exactly is wrong, for people.
    pub fn with_detail(self, detail: impl Into<String>) -> Self {
        Self { detail: Some(detail.into()), ..self }
    }

    /// The same, with what the city asked for ([`crate::Bridge::offer`]).
    pub fn with_file(self, file: FileSum) -> Self {
        Self { file: Some(file), ..self }
    }
}
