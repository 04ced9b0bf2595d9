//! Signal groups of a SUMO network: the links of its signals, numbered.

use std::collections::BTreeMap;

use super::sumo_net::Net;

/// The signals of the junctions, in their order, with how many links each has; as many as there are numbers for groups, at most.
fn signals<'a>(net: &Net<'a>, junctions: &[&str]) -> Vec<(&'a str, usize)> {
    let mut signals: Vec<(&str, usize)> = Vec::new();
    for junction in junctions {
        for connection in &net.connections {
            // Who walks comes from a pavement inside the junction, `:<junction>_w<number>`.
            let inside = connection.from.strip_prefix(':').and_then(|inside| inside.rsplit_once('_'));
            let at = inside.map(|(at, _)| at).or_else(|| net.edges.get(connection.from).map(|edge| edge.to));
            let Some((signal, link)) = connection.signal.filter(|_| at == Some(*junction)) else { continue };
            let links = link.saturating_add(1).min(u8::MAX.into());
            match signals.iter_mut().find(|(other, _)| *other == signal) {
                Some((_, most)) => *most = links.max(*most),
                None => signals.push((signal, links)),
            }
        }
    }
    signals
}

/// The group of each link of the junctions' signals, numbered from 1 through all of them: a group a link, or one for all links of
/// a signal that show the same lamps at all times.
pub(super) fn groups<'a>(net: &Net<'a>, junctions: &[&str], merge: bool) -> BTreeMap<(&'a str, usize), u8> {
    let (mut groups, mut before) = (BTreeMap::new(), 0);
    for (signal, links) in signals(net, junctions) {
        let states = net.signals.get(signal).map_or(&[][..], Vec::as_slice);
        let mut shown: Vec<Option<Vec<u8>>> = Vec::new();
        for link in 0..links {
            // In each phase; a link of which no phase tells is like no other.
            let lamps: Option<Vec<u8>> = states.iter().map(|state| state.as_bytes().get(link).copied()).collect();
            let lamps = lamps.filter(|lamps| merge && !lamps.is_empty());
            let same = shown.iter().position(|other| lamps.is_some() && *other == lamps);
            let index = same.unwrap_or(shown.len());
            if same.is_none() {
                shown.push(lamps);
            }
            groups.extend(u8::try_from(before + index + 1).ok().map(|group| ((signal, link), group)));
        }
        before += shown.len();
    }
    groups
}
