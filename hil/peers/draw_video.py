#!/usr/bin/env python3
"""One frame of a video with the tracks that were found in it: ids, trails of five seconds, and all of it from above.

    draw_video.py vtest.avi vtest.mcap tracks.jsonl 300 picture.jpg

The recording is one that `record_video.py` made of that video; its detections are drawn white, its truth, if any, as crosses.
"""

import argparse
import json
from pathlib import Path

import cv2
import numpy as np
from mcap.reader import make_reader
from record_video import PERIOD_S, START_US

TRAIL_S = 5.0
PERSON_M = 1.7
PX_PER_M, MARGIN_PX = 11.0, 12
WHITE, GREY = (255, 255, 255), (60, 60, 60)


class View:
    """From the site's frame to the picture."""

    def __init__(self, sensor):
        fx, fy, cx, cy = sensor["k"]
        self.k, self.distortion = np.array([[fx, 0, cx], [0, fy, cy], [0, 0, 1]]), np.array(sensor["distortion"])
        turn = np.array(sensor["enu_from_camera"]).reshape(3, 3).T
        self.turn, self.shift = cv2.Rodrigues(turn)[0], -turn @ np.array(sensor["position_enu_m"])

    def at(self, track, up_m=0.0):
        point = np.array([[track["east_m"], track["north_m"], up_m]])
        return tuple(cv2.projectPoints(point, self.turn, self.shift, self.k, self.distortion)[0][0, 0].round().astype(int).tolist())


def colour(number):
    return tuple(cv2.cvtColor(np.uint8([[[number * 47 % 180, 220, 255]]]), cv2.COLOR_HSV2BGR)[0, 0].tolist())


def read(recording, t_us):
    """The camera, and the boxes and objects of that time."""
    found = {"boxes": [], "objects": []}
    with recording.open("rb") as file:
        for _, channel, message in make_reader(file).iter_messages():
            body = json.loads(message.data)
            if channel.topic == "/site":
                view = View(body["sensors"][0])
            elif body["captured_at_us"] == t_us:
                found.update({key: body[key] for key in found if key in body})
    return view, found["boxes"], found["objects"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("video", "recording", "tracks"):
        parser.add_argument(name, type=Path)
    parser.add_argument("frame", type=int)
    parser.add_argument("picture", type=Path)
    args = parser.parse_args()
    video = cv2.VideoCapture(str(args.video))
    for _ in range(args.frame + 1):
        read_one, picture = video.read()
    if not read_one:
        raise SystemExit(f"{args.video}: has no frame {args.frame}")
    t_us = START_US + round(args.frame * PERIOD_S * 1e6)
    view, boxes, objects = read(args.recording, t_us)
    pictures = [json.loads(line) for line in args.tracks.open()]
    trail = [p["tracks"] for p in pictures if 0 <= t_us - p["t_us"] <= TRAIL_S * 1e6]
    now = min(pictures, key=lambda p: abs(p["t_us"] - t_us))["tracks"]
    shown = {track["id"] for track in now}
    above = np.full((picture.shape[0], 440, 3), GREY, np.uint8)

    def from_above(track):
        return round(MARGIN_PX + (track["east_m"] + 16) * PX_PER_M), round(above.shape[0] - MARGIN_PX - (track["north_m"] + 21) * PX_PER_M)

    for box in boxes:
        corner = round(box["x_px"]), round(box["y_px"])
        cv2.rectangle(picture, corner, (corner[0] + round(box["w_px"]), corner[1] + round(box["h_px"])), WHITE, 1)
    for track in (track for tracks in trail for track in tracks if track["id"] in shown):
        cv2.circle(picture, view.at(track), 1, colour(track["id"]), -1)
        cv2.circle(above, from_above(track), 1, colour(track["id"]), -1)
    for track in now:
        foot, head, name = view.at(track), view.at(track, PERSON_M), str(track["id"])
        cv2.circle(picture, foot, 4, colour(track["id"]), 2)
        cv2.putText(picture, name, (head[0] - 6, head[1] - 6), cv2.FONT_HERSHEY_SIMPLEX, 0.5, colour(track["id"]), 1, cv2.LINE_AA)
        cv2.circle(above, from_above(track), 4, colour(track["id"]), 2)
        cv2.putText(above, str(track["id"]), (from_above(track)[0] + 7, from_above(track)[1] + 4), cv2.FONT_HERSHEY_SIMPLEX, 0.4, colour(track["id"]), 1, cv2.LINE_AA)
    for thing in objects:
        cv2.drawMarker(picture, view.at(thing), WHITE, cv2.MARKER_TILTED_CROSS, 8, 1)
        cv2.drawMarker(above, from_above(thing), WHITE, cv2.MARKER_TILTED_CROSS, 8, 1)
    cv2.line(above, (MARGIN_PX, above.shape[0] - 8), (MARGIN_PX + round(5 * PX_PER_M), above.shape[0] - 8), WHITE, 2)
    cv2.putText(above, "5 m, north is up", (MARGIN_PX + 64, above.shape[0] - 4), cv2.FONT_HERSHEY_SIMPLEX, 0.4, WHITE, 1, cv2.LINE_AA)
    cv2.imwrite(str(args.picture), np.hstack([picture, above]), [cv2.IMWRITE_JPEG_QUALITY, 78])


if __name__ == "__main__":
    main()
