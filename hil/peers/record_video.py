#!/usr/bin/env python3
"""A recording out of a video's detections, with the truth that somebody else drew, for `rsu replay` and `hil score`.

    rsu detect vtest.avi --out out/vtest
    record_video.py out/vtest/detections.json deploy/demo/vtest-camera.json vtest.mcap --truth PETS09-S2L1/gt/gt.txt

The truth is a text file as MOTChallenge has it: frame from 1, identity, left, top, width, height in pixels from 1, whether it
counts, and the place on the ground, metres, as the calibration has it, or -1 -1 -1: then the middle of the box's lower edge is
brought to the ground. All in it are pedestrians. What does not count is put down as seen by nobody, so that nobody is asked
for it.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from lift import Camera
from mcap.writer import CompressionType, Writer

START_US = 1_700_000_000_000_000
ARRIVES_AFTER_US = 60_000
ORIGIN = {"lat_deg": 0.0, "lon_deg": 0.0, "ellipsoidal_height_m": 0.0}
PIXELS_FROM = 1.0
PERIOD_S = 0.1


def truth(path, camera):
    """Objects by frame from 0."""
    rows = np.loadtxt(path, delimiter=",", ndmin=2)
    foot_px = rows[:, 2:4] - PIXELS_FROM + np.column_stack([rows[:, 4] / 2, rows[:, 5]])
    drawn = np.all(rows[:, 7:9] == -1, axis=1)
    ground = np.where(drawn[:, None], camera.ground(foot_px), rows[:, 7:9])
    frames = {}
    for row, (east, north) in zip(rows, ground):
        thing = {"id": int(row[1]), "class": "pedestrian", "east_m": float(east), "north_m": float(north)}
        if row[6] == 0:
            thing["seen_2s"] = 0
        frames.setdefault(int(row[0]) - 1, []).append(thing)
    return with_speeds(frames)


def with_speeds(frames, reach=3):
    """Speeds between the places `reach` frames before and after; none near a path's ends."""
    at = {(frame, thing["id"]): np.array([thing["east_m"], thing["north_m"]]) for frame, things in frames.items() for thing in things}
    for frame, things in frames.items():
        for thing in things:
            before, after = at.get((frame - reach, thing["id"])), at.get((frame + reach, thing["id"]))
            if before is not None and after is not None:
                thing["speed_mps"] = float(np.linalg.norm(after - before)) / (2 * reach * PERIOD_S)
    return frames


class Recording:
    """Channels made as they are first written to."""

    def __init__(self, file):
        self.writer = Writer(file, compression=CompressionType.ZSTD)
        self.writer.start(profile="", library="record_video")
        self.channels = {}

    def write(self, topic, body, captured_us, arrived_us):
        if topic not in self.channels:
            schema = self.writer.register_schema(topic, "jsonschema", b'{"type":"object"}')
            self.channels[topic] = self.writer.register_channel(topic, "json", schema)
        data = json.dumps(body, separators=(",", ":")).encode()
        self.writer.add_message(self.channels[topic], log_time=arrived_us * 1000, data=data, publish_time=captured_us * 1000)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("detections", type=Path, help="what `rsu detect` wrote for one video of ten frames a second")
    parser.add_argument("calibration", type=Path, help="the camera, as in deploy/demo")
    parser.add_argument("recording", type=Path, help="the file to write")
    parser.add_argument("--truth", type=Path, help="without it the recording has no truth")
    parser.add_argument("--frames", type=int, help="only so many, from the first; default: as far as the truth goes, or all")
    args = parser.parse_args()
    sensor = json.loads(args.calibration.read_text())["sensor"]
    frames = json.loads(args.detections.read_text())["frames"]
    objects = truth(args.truth, Camera(sensor)) if args.truth else {}
    count = args.frames or (max(objects) + 1 if objects else len(frames))
    with args.recording.open("wb") as file:
        recording = Recording(file)
        site = {"name": "video", "origin": ORIGIN, "sensors": [sensor], "lanes": []}
        recording.write("/site", site, START_US, START_US)
        for frame in frames[:count]:
            captured_us = START_US + round(frame["frame"] * PERIOD_S * 1e6)
            body = {"captured_at_us": captured_us, "boxes": frame["boxes"]}
            recording.write(f"/sensor/{sensor['id']}/detections", body, captured_us, captured_us + ARRIVES_AFTER_US)
            if frame["frame"] in objects:
                body = {"captured_at_us": captured_us, "objects": objects[frame["frame"]]}
                recording.write("/truth", body, captured_us, captured_us)
        recording.writer.finish()


if __name__ == "__main__":
    main()
