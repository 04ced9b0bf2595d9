"""From a recording to what its sensors measured on the ground, in the order in which it arrived.

Geometry as in the recording's `/site`: a camera's box stands where the ray through the middle of its lower edge meets the
plane `up = 0`, its object's centre lies beyond that; a radar target is turned from polar to east-north. Every tracker
here gets these same measurements.
"""

import json
from dataclasses import dataclass, field

import cv2
import numpy as np
from mcap.reader import make_reader

# Length, width of a typical member of each class, metres.
SIZE_M = {
    "pedestrian": (0.5, 0.5), "bicycle": (1.8, 0.6), "motorcycle": (2.1, 0.8), "car": (4.5, 1.8), "van": (5.2, 2.0),
    "truck": (9.0, 2.5), "bus": (12.0, 2.5), "unknown": (2.5, 1.2),
}
FOOT_SIGMA_PX = 3.0
FOOT_SIGMA_SHARE = 0.04  # of the box's width across, of its height down
MIN_SCORE = 0.3
MAX_DISTANCE_M = 130.0
# A target is somewhere on the vehicle's skin: standard deviation about, and mean distance to, its centre.
SKIN_SIGMA_M = 1.0
SKIN_DEPTH_M = 0.7
TARGET_HEIGHT_M = 0.7
# Targets of one scan that are this close and this alike in Doppler are taken for one object.
CLUSTER_M = 2.0
CLUSTER_MPS = 1.0


@dataclass
class Measurement:
    """A place on the ground, site ENU."""

    position_m: np.ndarray
    cov_m2: np.ndarray
    # Camera only.
    label: str | None = None
    score: float | None = None
    # Radar only: distance on the ground, bearing counter-clockwise from east, Doppler on the ground, and their sigmas.
    range_m: float | None = None
    yaw_rad: float | None = None
    range_rate_mps: float | None = None
    sigma: tuple | None = None


@dataclass
class Scan:
    """What one message of one sensor measured."""

    sensor: str
    kind: str
    sensor_position_m: np.ndarray
    captured_us: int
    arrived_us: int
    measurements: list = field(default_factory=list)


class Camera:
    """Boxes to the ground."""

    def __init__(self, model):
        fx, fy, cx, cy = model["k"]
        self.k = np.array([[fx, 0, cx], [0, fy, cy], [0, 0, 1]])
        self.distortion = np.array(model.get("distortion") or [0.0] * 5)
        self.position = np.array(model["position_enu_m"])
        self.enu_from_camera = np.array(model["enu_from_camera"]).reshape(3, 3)
        self.height_px = model["height_px"]

    def ground(self, pixels):
        """Where the rays through pixels (N, 2) meet the ground, (N, 2); NaN where they don't."""
        flat = cv2.undistortPoints(pixels.reshape(-1, 1, 2), self.k, self.distortion).reshape(-1, 2)
        rays = np.column_stack([flat, np.ones(len(flat))]) @ self.enu_from_camera.T
        with np.errstate(divide="ignore", invalid="ignore"):
            scale = np.where(rays[:, 2] < -1e-3, -self.position[2] / rays[:, 2], np.nan)
        return self.position[:2] + scale[:, None] * rays[:, :2]

    def lift(self, body):
        """A box cut by the picture's lower border shows no foot, so it is left out."""
        boxes = [b for b in body["boxes"] if b.get("score", 1.0) >= MIN_SCORE and b["y_px"] + b["h_px"] < self.height_px - 2]
        if not boxes:
            return []
        foot = np.array([[b["x_px"] + b["w_px"] / 2, b["y_px"] + b["h_px"]] for b in boxes])
        at, across, down = (self.ground(foot + shift) for shift in ([0, 0], [1, 0], [0, 1]))
        return [m for m in map(self._measurement, boxes, at, across - at, down - at) if m]

    def _measurement(self, box, at, per_u, per_v):
        ray = at - self.position[:2]
        distance_m = np.linalg.norm(ray)
        if not distance_m < MAX_DISTANCE_M:
            return None
        length_m, width_m = SIZE_M.get(box["class"], SIZE_M["unknown"])
        sigma_u = np.hypot(FOOT_SIGMA_PX, FOOT_SIGMA_SHARE * box["w_px"])
        sigma_v = np.hypot(FOOT_SIGMA_PX, FOOT_SIGMA_SHARE * box["h_px"])
        spread_m = 0.2 + 0.2 * (length_m - width_m)
        cov = np.outer(per_u, per_u) * sigma_u**2 + np.outer(per_v, per_v) * sigma_v**2 + np.eye(2) * spread_m**2
        # Most drive towards a camera or away from it, so the centre lies half a length beyond the foot.
        centre = at + ray / distance_m * length_m / 2
        return Measurement(centre, cov, label=box["class"], score=box.get("score"))


class Radar:
    """Targets to the ground, several of one object to one."""

    def __init__(self, model):
        self.position = np.array(model["position_enu_m"])
        self.boresight = model["boresight_azimuth_rad"]
        sigma = model.get("sigma") or {}
        self.sigma = [sigma.get("range_m", 0.3), sigma.get("azimuth_rad", 0.01), sigma.get("range_rate_mps", 0.1)]

    def lift(self, body):
        below_m = self.position[2] - TARGET_HEIGHT_M
        polar = []
        for target in body["targets"]:
            ground_m = np.sqrt(max(target["range_m"] ** 2 - below_m**2, 0.0))
            if 1.0 < ground_m < MAX_DISTANCE_M:
                rate = target.get("range_rate_mps")
                rate = None if rate is None else rate * target["range_m"] / ground_m
                polar.append((ground_m, np.pi / 2 - self.boresight - target["azimuth_rad"], rate))
        return [self._measurement(group) for group in clusters(polar)]

    def _measurement(self, group):
        range_m = np.mean([p[0] for p in group]) + SKIN_DEPTH_M
        yaw = np.mean([p[1] for p in group])
        rates = [p[2] for p in group if p[2] is not None]
        along = np.array([np.cos(yaw), np.sin(yaw)])
        sigma_r = np.hypot(self.sigma[0], SKIN_SIGMA_M)
        sigma_a = np.hypot(self.sigma[1] * range_m, SKIN_SIGMA_M)
        side = np.array([-along[1], along[0]])
        cov = np.outer(along, along) * sigma_r**2 + np.outer(side, side) * sigma_a**2
        return Measurement(self.position[:2] + range_m * along, cov, range_m=range_m, yaw_rad=yaw,
                           range_rate_mps=np.mean(rates) if rates else None,
                           sigma=(sigma_r, sigma_a / range_m, np.hypot(self.sigma[2], 0.2)))


def clusters(polar):
    """Groups (range, yaw, rate) that hang together by closeness and Doppler."""
    if not polar:
        return []
    at = np.array([[r * np.cos(a), r * np.sin(a)] for r, a, _ in polar])
    rate = np.array([0.0 if v is None else v for _, _, v in polar])
    near = np.linalg.norm(at[:, None] - at[None], axis=2) < CLUSTER_M
    near &= np.abs(rate[:, None] - rate[None]) < CLUSTER_MPS
    groups, free = [], set(range(len(polar)))
    while free:
        seed = min(free)
        group, todo = {seed}, [seed]
        while todo:
            new = set(np.flatnonzero(near[todo.pop()]).tolist()) - group
            group |= new
            todo += new
        free -= group
        groups.append([polar[i] for i in sorted(group)])
    return groups


def scans(path):
    """The recording's scans in order of arrival. Never reads `/truth`."""
    sensors = {}
    with open(path, "rb") as file:
        for _, channel, message in make_reader(file).iter_messages(log_time_order=True):
            if channel.topic == "/site":
                models = json.loads(message.data)["sensors"]
                sensors = {m["id"]: (m["kind"], Camera(m) if m["kind"] == "camera" else Radar(m)) for m in models}
                yield Scan("", "site", np.zeros(3), message.publish_time // 1000, message.log_time // 1000)
                continue
            parts = channel.topic.split("/")
            if len(parts) != 4 or parts[3] not in ("detections", "targets") or parts[2] not in sensors:
                continue
            kind, sensor = sensors[parts[2]]
            body = json.loads(message.data)
            yield Scan(parts[2], kind, sensor.position, body["captured_at_us"], message.log_time // 1000, sensor.lift(body))
