"""Trains the ghost model on what `hil evidence` wrote, and writes it as ONNX. numpy and onnx alone; CPU, a few minutes.

Five networks with one hidden layer are trained from different beginnings. The mean of their logits is again a network with
one hidden layer, five times as wide: that is what is written. The same input gives the same bytes on the same machine.
"""

import hashlib
import json
import sys
from pathlib import Path

import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper

OPSET = 17
IR_VERSION = 8
BATCH = 256
HIDDEN = 16
MEMBERS = 5
EPOCHS = 8
STEP = 3e-3
DECAY = 1e-3
ROWS_A_STEP = 1024


def read(paths):
    """Names, features and labels of all lines; the names must be the same everywhere."""
    names, features, labels = None, [], []
    for path in paths:
        with open(path, encoding="utf-8") as lines:
            header = json.loads(next(lines))["features"]
            if names not in (None, header):
                raise SystemExit(f"{path}: written by another version of hil: its features differ")
            names = header
            for line in lines:
                row = json.loads(line)
                features.append(np.array(row["features"], np.float32))
                labels.append(row["real"])
    return names, np.array(features, np.float64), np.array(labels, np.float64)


def fit(inputs, labels, seed):
    """Weights and biases of one network, by Adam (Kingma and Ba, arXiv:1412.6980) on the cross entropy."""
    random = np.random.default_rng(seed)
    count, width = inputs.shape
    weights = [
        random.normal(0, np.sqrt(2 / width), (width, HIDDEN)),
        random.normal(0, np.sqrt(1 / HIDDEN), (HIDDEN, 1)),
        np.zeros(HIDDEN),
        np.zeros(1),
    ]
    means, squares = [np.zeros_like(w) for w in weights], [np.zeros_like(w) for w in weights]
    steps = 0
    for epoch in range(EPOCHS):
        step = STEP * 0.5 * (1 + np.cos(np.pi * epoch / EPOCHS))
        order = random.permutation(count)
        for first in range(0, count, ROWS_A_STEP):
            rows = order[first : first + ROWS_A_STEP]
            x, steps = inputs[rows], steps + 1
            hidden = np.maximum(x @ weights[0] + weights[2], 0)
            logit = (hidden @ weights[1] + weights[3])[:, 0]
            error = (1 / (1 + np.exp(-logit)) - labels[rows])[:, None] / len(rows)
            back = (error @ weights[1].T) * (hidden > 0)
            slopes = [
                x.T @ back + DECAY * weights[0],
                hidden.T @ error + DECAY * weights[1],
                back.sum(0),
                error.sum(0),
            ]
            for weight, mean, square, slope in zip(weights, means, squares, slopes):
                mean += 0.1 * (slope - mean)
                square += 0.001 * (slope * slope - square)
                weight -= step * (mean / (1 - 0.9**steps)) / (np.sqrt(square / (1 - 0.999**steps)) + 1e-8)
    return weights


def train(features, labels):
    """First layer (weights, biases) and second of the whole, on features as they come."""
    mean, spread = features.mean(0), features.std(0)
    spread[spread < 1e-6] = 1.0
    inputs = (features - mean) / spread
    members = [fit(inputs, labels, seed) for seed in range(1, MEMBERS + 1)]
    first = np.concatenate([member[0] for member in members], axis=1) / spread[:, None]
    bias = np.concatenate([member[2] for member in members]) - mean @ first
    second = np.concatenate([member[1] for member in members]) / MEMBERS
    return first, bias, second, np.mean([member[3] for member in members], axis=0)


def write(network, path):
    """As ONNX: `features` (256 rows) to `real` (256 probabilities)."""
    first, bias, second, offset = (part.astype(np.float32) for part in network)
    tensors = {"w1": first, "b1": bias, "w2": second, "b2": offset}
    nodes = [
        helper.make_node("Gemm", ["features", "w1", "b1"], ["h"]),
        helper.make_node("Relu", ["h"], ["r"]),
        helper.make_node("Gemm", ["r", "w2", "b2"], ["z"]),
        helper.make_node("Sigmoid", ["z"], ["real"]),
    ]
    graph = helper.make_graph(
        nodes,
        "ghost",
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, [BATCH, first.shape[0]])],
        [helper.make_tensor_value_info("real", TensorProto.FLOAT, [BATCH, 1])],
        [numpy_helper.from_array(value, name) for name, value in tensors.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION)
    checker.check_model(model, full_check=True)
    data = model.SerializeToString(deterministic=True)
    Path(path).write_bytes(data)
    print(f"{path}: {len(data)} bytes, sha256 {hashlib.sha256(data).hexdigest()}")


def main():
    if len(sys.argv) < 3:
        raise SystemExit("usage: train.py OUT.onnx EVIDENCE.jsonl ...")
    names, features, labels = read(sorted(sys.argv[2:]))
    print(f"{len(labels)} rows, {int((labels == 0).sum())} of ghosts; features = {json.dumps(names)}")
    write(train(features, labels), sys.argv[1])


if __name__ == "__main__":
    main()
