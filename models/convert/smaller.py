"""Smaller variants of the NanoDet detector, and what they cost. Python 3.11 with requirements-smaller.txt.

    smaller.py make models/nanodet/model.onnx .cache/video/vtest.avi OUT_DIRECTORY
    smaller.py compare models/nanodet/model.onnx OUT/fp16.onnx OUT/int8.onnx --video .cache/video/vtest.avi [--truth gt.txt]

`fp16`: weights and arithmetic in half precision. `int8`: static, quantise-dequantise, per channel, calibrated on every tenth frame of
the video's second half. `compare` looks at its first half, with the networks in turn on each frame.
"""

import argparse
import tempfile
import time
from pathlib import Path

import cv2
import numpy as np
import onnx
import onnxruntime as ort
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process
from onnxruntime.transformers.float16 import convert_float_to_float16

SIDE = 416
MEAN, STD = np.array([103.53, 116.28, 123.675], np.float32), np.array([57.375, 57.12, 58.395], np.float32)
STRIDES = (8, 16, 32)
# COCO's person, bicycle, car, motorcycle, bus, truck, and the thresholds of model.toml.
THRESHOLDS = {0: 0.48, 1: 0.4, 2: 0.4, 3: 0.4, 5: 0.4, 7: 0.4}
PERSON = 0
# Not MaxPool: its padding is minus infinity.
QUANTISED = ["Conv", "Add", "Concat", "Resize", "LeakyRelu", "Transpose"]
LEAST_SCORE, NMS_IOU = 0.05, 0.6


def frames(path, numbers):
    video, wanted = cv2.VideoCapture(str(path)), set(numbers)
    for number in range(max(wanted) + 1):
        read, picture = video.read()
        if not read:
            raise SystemExit(f"{path}: ends at frame {number}")
        if number in wanted:
            yield number, picture


def network_input(picture):
    """Letterboxed, black on the right and below; and the scale."""
    scale = SIDE / max(picture.shape[:2])
    size = round(picture.shape[1] * scale), round(picture.shape[0] * scale)
    canvas = np.zeros((SIDE, SIDE, 3), np.float32)
    canvas[: size[1], : size[0]] = cv2.resize(picture, size, interpolation=cv2.INTER_LINEAR)
    return ((canvas - MEAN) / STD).transpose(2, 0, 1)[None].astype(np.float32), scale


def objects(outputs, scale):
    """By class: boxes left, top, right, bottom and scores, best first, after suppression."""
    boxes = []
    for stride, logits in zip(STRIDES, outputs[3:]):
        side = SIDE // stride
        logits = logits[0].reshape(-1, 4, 11).astype(np.float64)
        share = np.exp(logits - logits.max(-1, keepdims=True))
        reach = (share / share.sum(-1, keepdims=True) @ np.arange(11)) * stride
        row, column = np.divmod(np.arange(side * side), side)
        x, y = (column + 0.5) * stride, (row + 0.5) * stride
        boxes.append(np.stack([x - reach[:, 0], y - reach[:, 1], x + reach[:, 2], y + reach[:, 3]], 1) / scale)
    boxes, scores = np.concatenate(boxes), np.concatenate([output[0] for output in outputs[:3]])
    return {kind: suppressed(boxes, scores[:, kind]) for kind in THRESHOLDS}


def suppressed(boxes, scores):
    kept = []
    for i in np.argsort(-scores, kind="stable"):
        if scores[i] < LEAST_SCORE:
            break
        if all(overlap(boxes[i], boxes[k]) <= NMS_IOU for k in kept):
            kept.append(i)
    return boxes[kept], scores[kept]


def overlap(a, b):
    w, h = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    both = max(w, 0) * max(h, 0)
    return both / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both)


def session(path):
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def varied(pictures):
    """The pictures, and of each a cut-out, darker or brighter, mirrored: one scene has too few contrasts and sizes."""
    random = np.random.default_rng(1)
    for picture in pictures:
        yield picture
        height, width = picture.shape[:2]
        share = random.uniform(0.25, 0.8)
        w, h = int(width * share), int(height * share)
        x, y = random.integers(width - w), random.integers(height - h)
        cut = picture[y : y + h, x : x + w][:, :: random.choice([-1, 1])].astype(np.float32)
        yield np.clip(cut * random.uniform(0.4, 1.6) + random.uniform(-30, 30), 0, 255).astype(np.uint8)


class Calibration(CalibrationDataReader):
    def __init__(self, pictures):
        self.inputs = iter([{"image": network_input(picture)[0]} for picture in pictures])

    def get_next(self):
        return next(self.inputs, None)


def make(args):
    args.out.mkdir(parents=True, exist_ok=True)
    half = convert_float_to_float16(onnx.load(args.model), keep_io_types=True)
    onnx.save(half, args.out / "fp16.onnx")
    with tempfile.TemporaryDirectory() as scratch:
        prepared = Path(scratch) / "prepared.onnx"
        quant_pre_process(str(args.model), str(prepared), skip_symbolic_shape=True)
        pictures = (picture for _, picture in frames(args.video, range(400, 795, 10)))
        network = onnx.load(prepared)
        for number, node in enumerate(network.graph.node):
            node.name = node.name or f"{node.op_type}_{number}"
        onnx.save(network, prepared)
        quantize_static(
            str(prepared), str(args.out / "int8.onnx"), Calibration(varied(pictures)), quant_format=QuantFormat.QDQ, per_channel=True,
            activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8, calibrate_method=CalibrationMethod.Percentile,
            op_types_to_quantize=QUANTISED,
        )


def matches(found, truth, least_iou=0.5):
    """By found box, best score first: whether it takes a box of the truth that is still free."""
    free, hits = list(range(len(truth))), []
    for box in found:
        best = max(free, key=lambda k: overlap(box, truth[k]), default=None)
        hit = best is not None and overlap(box, truth[best]) >= least_iou
        if hit:
            free.remove(best)
        hits.append(hit)
    return hits


def average_precision(scores, hits, count):
    order = np.argsort(-np.asarray(scores), kind="stable")
    hit = np.asarray(hits, float)[order]
    recall, precision = np.cumsum(hit) / count, np.cumsum(hit) / np.arange(1, len(hit) + 1)
    best_after = np.maximum.accumulate(precision[::-1])[::-1]
    return float(np.sum(np.diff(np.concatenate([[0.0], recall])) * best_after))


def against(found, truth):
    """AP over all scores; recall and precision at the shipped thresholds. `truth`: boxes by frame and class."""
    scores, hits, sure_hits, sure, count = [], [], 0, 0, 0
    for number, of_kind in truth.items():
        for kind, boxes in of_kind.items():
            ours, ours_scores = found[number][kind]
            hit = matches(ours, boxes)
            scores += list(ours_scores)
            hits += hit
            count += len(boxes)
            sure += int(np.sum(ours_scores >= THRESHOLDS[kind]))
            sure_hits += sum(h for h, s in zip(hit, ours_scores) if s >= THRESHOLDS[kind])
    return average_precision(scores, hits, count), sure_hits / count, sure_hits / max(sure, 1)


def drawn(path, wanted):
    """People's boxes by frame from a MOTChallenge file whose frames and pixels count from 1."""
    truth = {number: {PERSON: []} for number in wanted}
    for row in np.loadtxt(path, delimiter=",", ndmin=2):
        number, (x, y, w, h) = int(row[0]) - 1, row[2:6]
        if number in truth:
            truth[number][PERSON].append(np.array([x - 1, y - 1, x - 1 + w, y - 1 + h]))
    return truth


def compare(args):
    wanted = range(0, args.last, args.every)
    pictures = [(number, *network_input(picture)) for number, picture in frames(args.video, wanted)]
    sessions = [session(path) for path in args.models]
    found, times = [{} for _ in sessions], [[] for _ in sessions]
    for number, picture, scale in pictures:
        for run, results, spent in zip(sessions, found, times):
            start = time.thread_time()
            outputs = run.run(None, {"image": picture})
            spent.append(time.thread_time() - start)
            results[number] = objects(outputs, scale)
    sure = {
        number: {kind: boxes[scores >= THRESHOLDS[kind]] for kind, (boxes, scores) in of_kind.items()}
        for number, of_kind in found[0].items()
    }
    truth = drawn(args.truth, wanted) if args.truth else None
    print("| network | MB | least time | median time | AP against the first | recall, precision | " + ("AP against the truth | recall, precision |" if truth else ""))
    print("|---|---|---|---|---|---|" + ("---|---|" if truth else ""))
    for path, results, spent in zip(args.models, found, times):
        ratio = [f"{f(spent) / f(times[0]):.2f}" for f in (np.min, np.median)]
        cells = [path.stem, f"{path.stat().st_size / 1e6:.1f}", *ratio]
        for reference in [sure] + ([truth] if truth else []):
            ap, recall, precision = against(results, reference)
            cells += [f"{ap:.3f}", f"{recall:.3f}, {precision:.3f}"]
        print("| " + " | ".join(cells) + " |")
    print(f"\n{len(pictures)} frames, one thread, in turn; the first: {np.min(times[0]) * 1e3:.1f} ms least, {np.median(times[0]) * 1e3:.1f} ms median")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    making = commands.add_parser("make")
    making.add_argument("model", type=Path)
    making.add_argument("video", type=Path)
    making.add_argument("out", type=Path)
    making.set_defaults(run=make)
    comparing = commands.add_parser("compare")
    comparing.add_argument("models", nargs="+", type=Path)
    comparing.add_argument("--video", required=True, type=Path)
    comparing.add_argument("--truth", type=Path, help="people drawn by hand, MOTChallenge's format")
    comparing.add_argument("--last", type=int, default=386, help="frames before this one")
    comparing.add_argument("--every", type=int, default=2)
    comparing.set_defaults(run=compare)
    args = parser.parse_args()
    args.run(args)


if __name__ == "__main__":
    main()
