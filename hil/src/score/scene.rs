//! Truth and picture brought to the same times, and what of both counts.

use std::collections::BTreeSet;

use super::assign::{Candidate, best_pairs};
use super::{PictureFrame, Settings, Track, TruthFrame, TruthObject};

/// What is compared at one truth time.
#[derive(Clone, Debug, Default)]
pub(super) struct Frame<'a> {
    /// The objects that are asked for.
    pub(super) truths: Vec<&'a TruthObject>,
    /// The tracks that count.
    pub(super) tracks: Vec<PlacedTrack<'a>>,
    /// All that are near each other: within the gate or GOSPA's cut-off, whichever is wider.
    pub(super) pairs: Vec<Pair>,
}

/// A track, moved to the truth time.
#[derive(Clone, Copy, Debug)]
pub(super) struct PlacedTrack<'a> {
    pub(super) track: &'a Track,
    pub(super) east_m: f64,
    pub(super) north_m: f64,
}

/// An object and a track near each other, as indices into a frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Pair {
    pub(super) truth: usize,
    pub(super) track: usize,
    pub(super) distance_m: f64,
}

impl Frame<'_> {
    /// The pairs within `gate_m`, the best weighted with 1, those on the gate with `on_gate`.
    pub(super) fn similar(&self, gate_m: f64, on_gate: f64) -> Vec<Candidate> {
        let within = self.pairs.iter().filter(|pair| pair.distance_m <= gate_m);
        let similar = within.map(|pair| {
            let weight = 1.0 - (1.0 - on_gate) * pair.distance_m / gate_m;
            Candidate { row: pair.truth, column: pair.track, weight }
        });
        similar.filter(|candidate| candidate.weight > 0.0).collect()
    }
}

/// One truth time with everything, whether it counts or not.
#[derive(Clone, Debug)]
pub(super) struct Scene<'a> {
    pub(super) has_picture: bool,
    everything: Frame<'a>,
    /// By object: whether it is asked for.
    asked: Vec<bool>,
    /// By track: the object that it best matches within the gate, asked for or not.
    matched: Vec<Option<usize>>,
    /// By track: whether it lies within the radius.
    inside: Vec<bool>,
}

/// Every truth time with the picture nearest to it.
pub(super) fn align<'a>(truth: &'a [TruthFrame], pictures: &'a [PictureFrame], settings: &Settings) -> Vec<Scene<'a>> {
    let mut pictures: Vec<&PictureFrame> = pictures.iter().collect();
    pictures.sort_by_key(|picture| picture.t_us);
    let mut truth: Vec<&TruthFrame> = truth.iter().collect();
    truth.sort_by_key(|frame| frame.t_us);
    truth.into_iter().map(|frame| scene(frame, nearest(&pictures, frame.t_us, settings), settings)).collect()
}

/// The classes of all objects and tracks.
pub(super) fn classes<'a>(scenes: &[Scene<'a>]) -> BTreeSet<&'a str> {
    let everything = || scenes.iter().map(|scene| &scene.everything);
    let truths = everything().flat_map(|frame| frame.truths.iter().map(|truth| truth.class.as_str()));
    truths.chain(everything().flat_map(|frame| frame.tracks.iter().map(|placed| placed.track.class.as_str()))).collect()
}

/// Of two that are as near the earlier one, of two of the same time the one written last.
fn nearest<'a>(pictures: &[&'a PictureFrame], t_us: i64, settings: &Settings) -> Option<&'a PictureFrame> {
    let later = pictures.partition_point(|picture| picture.t_us <= t_us);
    let before = later.checked_sub(1).and_then(|index| pictures.get(index));
    let after = pictures.get(later).map(|first| first.t_us);
    let after = after.and_then(|t| pictures.get(pictures.partition_point(|picture| picture.t_us <= t).checked_sub(1)?));
    let gap_us = |picture: &PictureFrame| picture.t_us.abs_diff(t_us);
    let nearest = before.into_iter().chain(after).min_by_key(|picture| gap_us(picture))?;
    (gap_us(nearest) <= settings.max_picture_gap_us.unsigned_abs()).then_some(*nearest)
}

fn scene<'a>(truth: &'a TruthFrame, picture: Option<&'a PictureFrame>, settings: &Settings) -> Scene<'a> {
    let mut everything = Frame { truths: truth.objects.iter().collect(), ..Frame::default() };
    if let Some(picture) = picture {
        let ahead_s = truth.t_us.saturating_sub(picture.t_us) as f64 * 1e-6;
        everything.tracks.extend(picture.tracks.iter().map(|track| placed(track, ahead_s)));
    }
    let reach_m = settings.gate_m.max(settings.gospa_cutoff_m);
    for (index, object) in everything.truths.iter().enumerate() {
        let pairs = everything.tracks.iter().enumerate().map(|(track, placed)| {
            let distance_m = (placed.east_m - object.east_m).hypot(placed.north_m - object.north_m);
            Pair { truth: index, track, distance_m }
        });
        everything.pairs.extend(pairs.filter(|pair| pair.distance_m <= reach_m));
    }
    let asked = truth.objects.iter().map(|object| {
        object.east_m.hypot(object.north_m) <= settings.radius_m && object.seen_2s.is_none_or(|messages| messages > 0)
    });
    let asked = asked.collect();
    let mut matched = vec![None; everything.tracks.len()];
    for (object, track) in best_pairs(&everything.similar(settings.gate_m, 0.5)) {
        matched[track] = Some(object);
    }
    let inside = everything.tracks.iter().map(|track| track.east_m.hypot(track.north_m) <= settings.radius_m);
    let inside = inside.collect();
    Scene { has_picture: picture.is_some(), everything, asked, matched, inside }
}

/// Of each track of a picture the object that it best matches, and whether it is one that is asked for; `None` in the second
/// place: it does not count.
pub(super) fn judge(
    truth: &TruthFrame,
    picture: &PictureFrame,
    settings: &Settings,
) -> Vec<(Option<usize>, Option<bool>)> {
    let scene = scene(truth, Some(picture), settings);
    let matched = scene.matched.iter().zip(&scene.inside);
    matched
        .map(|(object, inside)| match object {
            Some(object) => (Some(*object), scene.asked[*object].then_some(true)),
            None => (None, inside.then_some(false)),
        })
        .collect()
}

/// By its velocity; a track without one stands still.
fn placed(track: &Track, ahead_s: f64) -> PlacedTrack<'_> {
    PlacedTrack {
        track,
        east_m: track.east_m + track.vel_east_mps.unwrap_or(0.0) * ahead_s,
        north_m: track.north_m + track.vel_north_mps.unwrap_or(0.0) * ahead_s,
    }
}

impl<'a> Scene<'a> {
    /// All objects that are asked for; without tracks that best match another one, or none outside the radius.
    pub(super) fn of_all(&self) -> Frame<'a> {
        self.choose(|_| true, |_| true)
    }

    /// The same of one class. A track is of the class of the object that it matches; one that matches none, of its own.
    pub(super) fn of_class(&self, class: &str) -> Frame<'a> {
        self.choose(|truth| truth.class == class, |track| track.class == class)
    }

    fn choose(&self, wanted: impl Fn(&TruthObject) -> bool, claims: impl Fn(&Track) -> bool) -> Frame<'a> {
        let Frame { truths, tracks, pairs } = &self.everything;
        let truth_counts = |index: usize| self.asked[index] && wanted(truths[index]);
        let track_counts = |index: usize| match self.matched[index] {
            Some(object) => truth_counts(object),
            None => self.inside[index] && claims(tracks[index].track),
        };
        let (truth_places, track_places) = (places(truths.len(), truth_counts), places(tracks.len(), track_counts));
        let pairs = pairs.iter().filter_map(|pair| {
            Some(Pair { truth: truth_places[pair.truth]?, track: track_places[pair.track]?, ..*pair })
        });
        Frame {
            truths: truths
                .iter()
                .zip(&truth_places)
                .filter(|(_, place)| place.is_some())
                .map(|(one, _)| *one)
                .collect(),
            tracks: tracks
                .iter()
                .zip(&track_places)
                .filter(|(_, place)| place.is_some())
                .map(|(one, _)| *one)
                .collect(),
            pairs: pairs.collect(),
        }
    }
}

/// Where each of `count` stands among those that count.
fn places(count: usize, counts: impl Fn(usize) -> bool) -> Vec<Option<usize>> {
    let mut next = 0..;
    (0..count).map(|index| if counts(index) { next.next() } else { None }).collect()
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{Point, object, pictures, still, track, truth};
    use super::super::{ClassScore, score};
    use super::*;

    /// Matches, misses and false ones.
    fn counts(score: &ClassScore) -> (usize, usize, usize) {
        (score.clear.matches, score.clear.misses, score.clear.false_tracks)
    }

    fn at(t_us: i64, tracks: Vec<Track>) -> PictureFrame {
        PictureFrame { t_us, tracks }
    }

    #[test]
    fn the_nearest_picture_speaks_moved_to_the_truth_time() {
        let mut truth = truth(&[vec![(1, 0.0, 0.0)]]);
        truth[0].t_us = 1_000_000;
        let moving = Track { vel_east_mps: Some(10.0), vel_north_mps: Some(-5.0), ..track((1, -0.4, 0.2)) };
        let settings = Settings::default();
        let scenes = |pictures: &[PictureFrame]| {
            let scenes = align(&truth, pictures, &settings);
            let tracks = scenes[0].everything.tracks.iter();
            let tracks: Vec<_> = tracks.map(|placed| (placed.track.id, placed.east_m, placed.north_m)).collect();
            (scenes[0].has_picture, tracks)
        };
        let seven = || vec![track((7, 0.0, 0.0))];
        assert_eq!(scenes(&[at(960_000, vec![moving.clone()])]), (true, vec![(1, 0.0, 0.0)]));
        assert_eq!(scenes(&[at(939_999, vec![moving.clone()])]), (false, vec![]));
        assert_eq!(scenes(&[at(1_060_001, vec![moving.clone()])]), (false, vec![]));
        let late_first = [at(1_050_000, seven()), at(960_000, vec![moving.clone()])];
        assert_eq!(scenes(&late_first), (true, vec![(1, 0.0, 0.0)]));
        let later_nearer = [at(960_000, vec![moving]), at(1_030_000, vec![]), at(1_030_000, seven())];
        assert_eq!(scenes(&later_nearer), (true, vec![(7, 0.0, 0.0)]));
        assert_eq!(score(&truth, &[], &settings).frames_without_picture, 1);
    }

    fn counts_of(objects: &[(Point, u32)], tracks: &[Point]) -> (usize, usize, usize) {
        let objects =
            objects.iter().map(|(point, seen)| TruthObject { seen_2s: Some(*seen), ..object(*point) }).collect();
        let score = score(&[TruthFrame { t_us: 0, objects }], &pictures(&[tracks.to_vec()]), &Settings::default());
        counts(&score.all)
    }

    #[test]
    fn who_is_unseen_or_far_is_not_asked_for_and_covers_one_track() {
        let (seen, unseen, far) = (((1, 0.0, 0.0), 3), ((2, 30.0, 0.0), 0), ((3, 0.0, -111.0), 3));
        assert_eq!(counts_of(&[seen, unseen, far], &[]), (0, 1, 0));
        assert_eq!(counts_of(&[seen, unseen, far], &[(1, 0.0, 0.0), (2, 30.0, 1.0), (3, 0.0, -109.9)]), (1, 0, 0));
        // The second track on an unseen object, and one that is at none, are false.
        assert_eq!(counts_of(&[unseen], &[(1, 30.0, 0.0), (2, 30.0, 1.0)]), (0, 0, 1));
        assert_eq!(counts_of(&[seen], &[(1, 0.0, 0.0), (2, -50.0, 0.0)]), (1, 0, 1));
        // Beyond the radius nobody is false; but a track there may be that of an object within.
        assert_eq!(counts_of(&[((1, 109.5, 0.0), 1)], &[(1, 110.5, 0.0), (2, 0.0, 112.0)]), (1, 0, 0));
    }

    #[test]
    fn a_track_between_a_seen_and_an_unseen_object_is_that_of_the_nearer() {
        let objects = [((1, 0.0, 0.0), 3), ((2, 1.0, 0.0), 0)];
        assert_eq!(counts_of(&objects, &[(1, 0.4, 0.0)]), (1, 0, 0));
        assert_eq!(counts_of(&objects, &[(1, 0.6, 0.0)]), (0, 1, 0));
    }

    #[test]
    fn a_track_is_of_the_class_of_its_object_and_a_false_one_of_its_own() {
        let mut truth = truth(&still(1, &[(1, 0.0, 0.0), (2, 20.0, 0.0)]));
        truth[0].objects[1].class = "van".to_owned();
        let mut pictures = pictures(&still(1, &[(1, 0.0, 0.0), (2, 20.0, 0.0), (3, 40.0, 0.0), (4, 60.0, 0.0)]));
        pictures[0].tracks[2].class = "bus".to_owned();
        pictures[0].tracks[3].class = "unknown".to_owned();
        let score = score(&truth, &pictures, &Settings::default());
        let classes: Vec<_> = score.classes.iter().map(|(class, score)| (class.as_str(), counts(score))).collect();
        assert_eq!(classes, [("bus", (0, 0, 1)), ("car", (1, 0, 0)), ("unknown", (0, 0, 1)), ("van", (1, 0, 0))]);
        assert_eq!(counts(&score.all), (2, 0, 2));
        assert_eq!(score.classes["van"].errors.class_right, Some(0.0));
        assert_eq!(score.all.errors.class_right, Some(0.5));
    }

    #[test]
    fn nothing_in_a_frame_panics() {
        let twice = still(2, &[(1, 0.0, 0.0), (1, 0.1, 0.0), (2, 1e300, -1e300), (3, f64::NAN, f64::INFINITY)]);
        let mut pictures = pictures(&twice);
        pictures[0].t_us = i64::MIN;
        for settings in
            [Settings::default(), Settings { gate_m: f64::INFINITY, gospa_cutoff_m: 0.0, ..Settings::default() }]
        {
            score(&truth(&twice), &pictures, &settings);
            score(&truth(&still(2, &[(1, 0.0, 0.0)])), &pictures, &settings);
            score(&truth(&twice), &super::super::fixtures::pictures(&still(2, &[(1, 0.0, 0.0)])), &settings);
        }
    }
}
