//! Which entities are asked for, and which sites are read for them.

use std::collections::BTreeSet;

use super::entity::{Entity, site_of};
use super::{Form, KINDS, LOT, Problem, SPOT, TRAFFIC, bad, list, models};
use crate::api::Shared;
use crate::api::error::ApiError;

/// Sites whose entities are read at once.
const SITES_AT_ONCE: usize = 100;

/// A part of the entities that are asked for.
pub struct Page {
    pub offset: usize,
    pub limit: usize,
    /// Whether all of them are counted, those after the page too.
    pub counted: bool,
}

impl Page {
    /// Its entities, of these types and at most with these ids, and how many there are as far as was counted. Reads the sites that
    /// the ids name, or else some after the other, no more than the page needs.
    pub async fn of(
        &self,
        api: &Shared,
        kinds: &[&str],
        ids: Option<&[&str]>,
        form: &Form,
    ) -> Result<(Vec<Entity>, usize), Problem> {
        if form.window_s.is_some() && !kinds.contains(&TRAFFIC) {
            return Err(bad(format!("window_s: is of {TRAFFIC} only")));
        }
        if let Some(other) = kinds.iter().find(|kind| !KINDS.contains(kind)) {
            return Err(bad(format!("type: {other:?} is none of {TRAFFIC}, {LOT} and {SPOT}")));
        }
        let sites = match ids {
            Some(ids) => sites_named(api, ids.iter().filter_map(|id| site_of(id)).collect()).await?,
            None => every_site(api).await?,
        };
        let (mut found, mut count) = (Vec::new(), 0);
        let attributes = form.attrs.as_deref().map(list);
        for some in sites.chunks(SITES_AT_ONCE) {
            if found.len() == self.limit && !self.counted {
                break;
            }
            let mut all = models::entities(api, kinds, some, form.window_s).await?;
            all.retain(|entity| ids.is_none_or(|ids| ids.contains(&entity.id())));
            if let Some(attributes) = &attributes {
                all = all.into_iter().filter_map(|entity| entity.with_only(attributes)).collect();
            }
            let skipped = self.offset.saturating_sub(count);
            count += all.len();
            let room = self.limit - found.len();
            found.extend(all.into_iter().skip(skipped).take(room));
        }
        Ok((found, count))
    }
}

/// The numbers of all sites in the database, by their names.
async fn every_site(api: &Shared) -> Result<Vec<i32>, ApiError> {
    let rows = api.readers.query("SELECT site_id FROM site ORDER BY city, site", &[]).await?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

/// Of these sites (city and site), each once, those that there are.
pub async fn sites_named(api: &Shared, names: BTreeSet<(String, String)>) -> Result<Vec<i32>, ApiError> {
    let (cities, sites): (Vec<String>, Vec<String>) = names.into_iter().unzip();
    let sql = "SELECT site_id FROM site JOIN unnest($1::text[], $2::text[]) AS t(city, site) USING (city, site) \
         ORDER BY city, site";
    Ok(api.readers.query(sql, &[&cities, &sites]).await?.iter().map(|row| row.get(0)).collect())
}
