"""SORT-style trackers from computer vision, in bird's-eye view: Norfair and Similari.

Both know frames, not clocks. So what arrived in 100 ms is one frame, in which the measurements of one object by several
sensors are first merged into one; the picture is predicted by the frame's mean age.
"""

import numpy as np

PERIOD_S = 0.1
OFFSET_M = 1000.0
SIDE_M = 5.0
MIN_HITS = 4
COAST_FRAMES = 8
VELOCITY_FRAMES = 8
# How near measurements by different sensors are taken for one object.
MERGE_M = 2.0


class Frames:
    """Collects scans; gives one merged set of measurements."""

    def __init__(self):
        self.scans = []

    def add(self, scan):
        self.scans.append(scan)

    def take(self, t_us):
        """Measurements [(east-north, label)] and their mean age in seconds. Cameras first: they start objects."""
        groups, ages = [], []
        for scan in sorted(self.scans, key=lambda scan: scan.kind):
            used = set()
            ages += [max(t_us - scan.captured_us, 0) / 1e6] * len(scan.measurements)
            for m in scan.measurements:
                weight = np.linalg.inv(m.cov_m2)
                free = [i for i in range(len(groups)) if i not in used]
                near = [(np.linalg.norm(groups[i].at() - m.position_m), i) for i in free]
                distance_m, best = min(near, default=(np.inf, -1))
                if distance_m > MERGE_M:
                    groups.append(Group())
                    best = len(groups) - 1
                groups[best].add(m, weight)
                used.add(best)
        self.scans = []
        # Radars alone hold too many reflections from nothing to start or keep an object in a tracker without Doppler.
        return [(g.at(), g.label) for g in groups if g.label], float(np.mean(ages)) if ages else 0.0


class Group:
    """Measurements of one object, weighted by their certainty."""

    def __init__(self):
        self.information = np.zeros((2, 2))
        self.vector = np.zeros(2)
        self.label = None

    def add(self, m, weight):
        self.information += weight
        self.vector += weight @ m.position_m
        self.label = self.label or m.label

    def at(self):
        return np.linalg.solve(self.information, self.vector)


class NorfairSort:
    """Norfair: its Kalman filter, Euclidean distance."""

    def __init__(self, classes):
        from norfair import Detection, Tracker
        from norfair.filter import FilterPyKalmanFilterFactory

        self.detection = Detection
        self.last = {}
        self.classes = classes
        self.frames = Frames()
        self.tracker = Tracker(
            distance_function="euclidean", distance_threshold=2.5, hit_counter_max=30,
            initialization_delay=5, past_detections_length=0,
            filter_factory=FilterPyKalmanFilterFactory(R=0.5, Q=0.003, P=1.0),
        )

    def step(self, scan):
        self.frames.add(scan)

    def picture(self, t_us):
        merged, age_s = self.frames.take(t_us)
        objects = self.tracker.update([self.detection(at.reshape(1, 2), label="object", data=label) for at, label in merged])
        for thing in objects:
            if thing.last_detection is not self.last.get(thing.id):
                self.last[thing.id] = thing.last_detection
                self.classes.vote(thing.id, thing.last_detection.data)
            velocity = thing.estimate_velocity[0] / PERIOD_S
            yield thing.id, thing.estimate[0] + velocity * age_s, velocity, thing.filter.P[:2, :2]


class SimilariSort:
    """Similari's SORT on square boxes, by intersection over union.

    It tells neither velocity nor covariance: the velocity is a line through the last boxes it predicted, the covariance
    is unknown. Its idle tracks stay where they were last seen, so they are moved on by that velocity.
    """

    def __init__(self, classes):
        import similari

        self.similari = similari
        self.classes = classes
        self.frames = Frames()
        self.sort = similari.Sort(
            shards=1, bbox_history=1, max_idle_epochs=COAST_FRAMES,
            method=similari.PositionalMetricType.iou(threshold=0.15),
            kalman_position_weight=0.05, kalman_velocity_weight=0.03,
        )
        self.paths = {}

    def step(self, scan):
        self.frames.add(scan)

    def picture(self, t_us):
        now_s = t_us / 1e6
        merged, age_s = self.frames.take(t_us)
        # Similari wants boxes in the positive quadrant.
        boxes = [(self.similari.BoundingBox(*(at + OFFSET_M - SIDE_M / 2), SIDE_M, SIDE_M).as_xyaah(), index)
                 for index, (at, _) in enumerate(merged)]
        for track in self.sort.predict(boxes):
            self.classes.vote(track.id, merged[track.custom_object_id][1])
            box = track.predicted_bbox
            path = self.paths.setdefault(track.id, [])
            path.append((now_s, box.xc - OFFSET_M, box.yc - OFFSET_M))
        self.sort.clear_wasted()
        self.paths = {i: path for i, path in self.paths.items() if now_s - path[-1][0] < (COAST_FRAMES + 0.5) * PERIOD_S}
        for key, path in self.paths.items():
            if len(path) >= MIN_HITS:
                rows = np.array(path[-VELOCITY_FRAMES:])
                velocity = np.polyfit(rows[:, 0] - now_s, rows[:, 1:], 1)[0]
                yield key, rows[-1, 1:] + velocity * (now_s - rows[-1, 0] + age_s), velocity, None
