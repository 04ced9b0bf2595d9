//! Names on the wire: `lukou/<city>/<site>/<kind>[/<id>]`.

use std::fmt;

use crate::schema::{Kind, State};

/// The first chunk of every key.
const ROOT: &str = "lukou";
/// The last chunk of a site's liveliness token.
const ALIVE: &str = "alive";
/// The longest name of a city, site or lot, bytes: keys stay short enough to log and to index.
const MAX_NAME_BYTES: usize = 64;

/// A name that can't be one chunk of a key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what} {name:?}: {problem}")]
pub struct NameError {
    /// What the name is for (`city`, `site`, `lot`).
    pub what: &'static str,
    /// The name.
    pub name: String,
    /// What is wrong with it.
    pub problem: String,
}

/// Checks that `name` can be one chunk of a key: 1 to 64 bytes, no `/ * $ ? #`, no blank, no control character, no `@` in
/// front.
pub fn check_name(what: &'static str, name: &str) -> Result<(), NameError> {
    let forbidden = |c: char| matches!(c, '/' | '*' | '$' | '?' | '#') || c.is_whitespace() || c.is_control();
    let problem = if name.is_empty() {
        "is empty".to_owned()
    } else if name.len() > MAX_NAME_BYTES {
        format!("is longer than {MAX_NAME_BYTES} bytes")
    } else if name.starts_with('@') {
        "begins with '@', which Zenoh keeps for itself".to_owned()
    } else if let Some(c) = name.chars().find(|&c| forbidden(c)) {
        format!("contains {c:?}")
    } else {
        return Ok(());
    };
    Err(NameError { what, name: name.to_owned(), problem })
}

/// The keys of one site.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SiteKeys {
    city: String,
    site: String,
}

impl SiteKeys {
    /// The keys of `site` in `city`; both must be fit for a chunk ([`check_name`]).
    pub fn new(city: &str, site: &str) -> Result<Self, NameError> {
        check_name("city", city)?;
        check_name("site", site)?;
        Ok(Self { city: city.to_owned(), site: site.to_owned() })
    }

    /// The city's name.
    pub fn city(&self) -> &str {
        &self.city
    }

    /// The site's name.
    pub fn site(&self) -> &str {
        &self.site
    }

    /// `lukou/<city>/<site>/alive`: stands while the site is connected.
    pub fn alive(&self) -> String {
        format!("{ROOT}/{}/{}/{ALIVE}", self.city, self.site)
    }

    /// `lukou/<city>/<site>/**`: everything of this site.
    pub fn everything(&self) -> String {
        format!("{ROOT}/{}/{}/**", self.city, self.site)
    }

    /// The key of a state: `lukou/<city>/<site>/<kind>[/<id>]`.
    pub fn state(&self, state: &State) -> Result<StateKey, NameError> {
        if let Some(id) = state.id() {
            check_name("lot", id)?;
        }
        Ok(StateKey { site: self.clone(), kind: state.kind(), id: state.id().map(str::to_owned) })
    }

    /// Reads `lukou/<city>/<site>/alive`; `None` for any other key.
    pub fn parse_alive(key: &str) -> Option<Self> {
        let (site, rest) = Self::parse_prefix(key)?;
        (rest == [ALIVE]).then_some(site)
    }

    /// Reads `lukou/<city>/<site>/<what>/<id>`: the site and the id; `None` for any other key.
    pub fn parse_under<'a>(what: &str, key: &'a str) -> Option<(Self, &'a str)> {
        let (site, rest) = Self::parse_prefix(key)?;
        match rest[..] {
            [chunk, id] if chunk == what => Some((site, id)),
            _ => None,
        }
    }

    fn parse_prefix(key: &str) -> Option<(Self, Vec<&str>)> {
        let mut chunks = key.split('/');
        if chunks.next()? != ROOT {
            return None;
        }
        let site = Self::new(chunks.next()?, chunks.next()?).ok()?;
        Some((site, chunks.collect()))
    }
}

impl fmt::Display for SiteKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.city, self.site)
    }
}

/// The key of one state.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StateKey {
    /// Whose state.
    pub site: SiteKeys,
    /// Which kind.
    pub kind: Kind,
    /// Which of its kind, where a site has several.
    pub id: Option<String>,
}

impl StateKey {
    /// Reads `lukou/<city>/<site>/<kind>[/<id>]`; `None` for any other key, and for a kind this version does not know.
    pub fn parse(key: &str) -> Option<Self> {
        let (site, rest) = SiteKeys::parse_prefix(key)?;
        let (kind, id) = match rest[..] {
            [kind] => (kind, None),
            [kind, id] => (kind, Some(id.to_owned())),
            _ => return None,
        };
        Some(Self { site, kind: Kind::from_name(kind)?, id })
    }
}

impl fmt::Display for StateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{ROOT}/{}/{}", self.site, self.kind)?;
        self.id.as_ref().map_or(Ok(()), |id| write!(f, "/{id}"))
    }
}

/// The key expressions of a pattern `<city>/<site>` (wildcards allowed): all its states, and its liveliness tokens.
pub(crate) fn patterns(sites: &str) -> Result<(String, String), NameError> {
    let bad = |problem: &str| NameError { what: "sites", name: sites.to_owned(), problem: problem.to_owned() };
    let mut chunks = sites.split('/');
    let (Some(city), Some(site), None) = (chunks.next(), chunks.next(), chunks.next()) else {
        return Err(bad("is not of the form <city>/<site>, as in demo/vtest or */*"));
    };
    for chunk in [city, site] {
        if chunk != "*" {
            check_name("sites", chunk).map_err(|e| bad(&e.problem))?;
        }
    }
    Ok((format!("{ROOT}/{city}/{site}/**"), format!("{ROOT}/{city}/{site}/{ALIVE}")))
}
