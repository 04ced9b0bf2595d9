"""Stone Soup's multi-target trackers: extended Kalman filter, constant velocity, GNN or JPDA.

Camera measurements are positions, radar measurements bearing, range and range rate. Cameras start tracks; both keep them.
"""

from datetime import datetime, timedelta
from functools import lru_cache

import numpy as np
from stonesoup.base import Property
from stonesoup.dataassociator.neighbour import GNNWith2DAssignment
from stonesoup.dataassociator.probability import JPDAwithEHM2
from stonesoup.deleter.time import UpdateTimeDeleter
from stonesoup.hypothesiser.base import Hypothesiser
from stonesoup.hypothesiser.distance import DistanceHypothesiser
from stonesoup.hypothesiser.probability import PDAHypothesiser
from stonesoup.initiator.simple import MultiMeasurementInitiator
from stonesoup.measures import Mahalanobis
from stonesoup.models.measurement.linear import LinearGaussian
from stonesoup.models.measurement.nonlinear import CartesianToBearingRangeRate2D
from stonesoup.models.transition.linear import CombinedLinearGaussianTransitionModel, ConstantVelocity
from stonesoup.predictor.kalman import KalmanPredictor
from stonesoup.tracker.simple import MultiTargetMixtureTracker, MultiTargetTracker
from stonesoup.types.array import StateVector
from stonesoup.types.detection import Detection
from stonesoup.types.state import GaussianState
from stonesoup.types.update import Update
from stonesoup.updater.kalman import ExtendedKalmanUpdater

ACCELERATION_M2PS3 = 1.0
PRIOR_SPEED_MPS = 6.0
GATE_SIGMA = 3.5
NEARBY_M = 6.0
MIN_POINTS = 8
HOLD = timedelta(seconds=0.6)
FORGET = timedelta(seconds=1.2)


class Motion(CombinedLinearGaussianTransitionModel):
    """Constant velocity; what it says for one time step is kept, since all tracks take the same one."""

    def matrix(self, time_interval, **_):
        return self._matrix(time_interval)

    def covar(self, time_interval, **_):
        return self._covar(time_interval)

    @lru_cache(maxsize=8)
    def _matrix(self, time_interval):
        return super().matrix(time_interval=time_interval)

    @lru_cache(maxsize=8)
    def _covar(self, time_interval):
        return super().covar(time_interval=time_interval)


class Nearby(Hypothesiser):
    """Spares the inner hypothesiser what is far from the track: the same result, sooner."""

    inner: Hypothesiser = Property()

    def hypothesise(self, track, detections, timestamp, **kwargs):
        state = track.state_vector[:, 0]
        ahead_s = (timestamp - track.timestamp).total_seconds()
        east, north = state[0] + ahead_s * state[1], state[2] + ahead_s * state[3]
        near = {d for d in detections if abs(d.metadata["at"][0] - east) + abs(d.metadata["at"][1] - north) < NEARBY_M}
        return self.inner.hypothesise(track, near, timestamp, **kwargs)


class SinceUpdate(UpdateTimeDeleter):
    """`UpdateTimeDeleter`, looked up from the track's end: its time does not grow with the track."""

    def check_for_deletion(self, track, timestamp=None, **kwargs):
        for state in reversed(track.states):
            if track.timestamp - state.timestamp > self.time_since_update:
                return True
            if isinstance(state, Update) and state.hypothesis:
                return False
        return True


class StoneSoup:
    """What the two have in common: models, starting and ending tracks, feeding the tracker scan by scan."""

    def __init__(self, classes, tracker, associator, hypothesiser):
        self.classes = classes
        motion = ConstantVelocity(ACCELERATION_M2PS3)
        self.predictor = KalmanPredictor(Motion([motion, motion]))
        updater = ExtendedKalmanUpdater(measurement_model=None, use_joseph_cov=True)
        gnn = GNNWith2DAssignment(Nearby(DistanceHypothesiser(self.predictor, updater, Mahalanobis(), GATE_SIGMA)))
        prior = GaussianState(StateVector([0.0] * 4), np.diag([1.0, PRIOR_SPEED_MPS**2] * 2))
        self.scan_now = None
        self.tracker = tracker(
            initiator=MultiMeasurementInitiator(
                prior_state=prior, deleter=SinceUpdate(HOLD), data_associator=gnn, updater=updater,
                min_points=MIN_POINTS, skip_non_reversible=True,
            ),
            deleter=SinceUpdate(FORGET), detector=iter(lambda: self.scan_now, None),
            data_associator=associator(Nearby(hypothesiser(self.predictor, updater))), updater=updater,
        )
        iter(self.tracker)
        self.now = None
        self.voted = {}

    def step(self, scan):
        """A tracker can't go back in time: what was captured before the last scan's time counts as of then."""
        stamp_us = min(scan.captured_us, scan.arrived_us)
        stamp = datetime(1970, 1, 1) + timedelta(microseconds=stamp_us)
        self.now = stamp if self.now is None else max(self.now, stamp)
        self.scan_now = self.now, {self._detection(scan, m) for m in scan.measurements}
        next(self.tracker)
        for track in self.tracker.tracks:
            for state in track.states[self.voted.get(track.id, 0):]:
                if isinstance(state, Update):
                    best = max((h for h in hypotheses(state) if h), key=lambda h: getattr(h, "probability", 1), default=None)
                    self.classes.vote(track.id, best and best.measurement.metadata["label"])
            self.voted[track.id] = len(track.states)

    def _detection(self, scan, m):
        metadata = {"at": m.position_m, "label": m.label}
        if m.range_rate_mps is None:
            model = LinearGaussian(ndim_state=4, mapping=(0, 2), noise_covar=m.cov_m2)
            return Detection(StateVector(m.position_m), timestamp=self.now, metadata=metadata, measurement_model=model)
        sigma_r, sigma_a, sigma_v = m.sigma
        model = CartesianToBearingRangeRate2D(
            ndim_state=4, mapping=(0, 2), velocity_mapping=(1, 3), noise_covar=np.diag([sigma_a, sigma_r, sigma_v]) ** 2,
            translation_offset=StateVector(scan.sensor_position_m[:2]),
        )
        vector = StateVector([m.yaw_rad, m.range_m, m.range_rate_mps])
        return Detection(vector, timestamp=self.now, metadata=metadata, measurement_model=model)

    def picture(self, t_us):
        """Confirmed tracks, predicted to that time."""
        at = datetime(1970, 1, 1) + timedelta(microseconds=t_us)
        for track in self.tracker.tracks:
            state = self.predictor.predict(track, timestamp=max(at, track.timestamp))
            x = state.state_vector[:, 0]
            yield track.id, (x[0], x[2]), (x[1], x[3]), state.covar[np.ix_([0, 2], [0, 2])]


def hypotheses(state):
    hypothesis = state.hypothesis
    return hypothesis if hasattr(hypothesis, "__iter__") else [hypothesis]


class Gnn(StoneSoup):
    """Global nearest neighbour."""

    def __init__(self, classes):
        def hypothesiser(predictor, updater):
            return DistanceHypothesiser(predictor, updater, Mahalanobis(), GATE_SIGMA)

        super().__init__(classes, MultiTargetTracker, GNNWith2DAssignment, hypothesiser)


class Jpda(StoneSoup):
    """Joint probabilistic data association, exact, by efficient hypothesis management."""

    def __init__(self, classes):
        def hypothesiser(predictor, updater):
            return PDAHypothesiser(predictor, updater, 3e-3, prob_detect=0.7, prob_gate=0.99)

        super().__init__(classes, MultiTargetMixtureTracker, JPDAwithEHM2, hypothesiser)
