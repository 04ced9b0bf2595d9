"""TensorFlow.js graph model -> ONNX, with numpy and onnx alone, for the operators that our detectors use.

Batch size is one. Layout changes that cancel each other out are dropped and zero padding goes into the convolution
behind it, which saves the runtime a copy of every feature map. The same input gives the same bytes.
"""

import base64
import json
import math
from pathlib import Path

import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper

OPSET = 17
IR_VERSION = 8
NHWC_TO_NCHW = (0, 3, 1, 2)
NCHW_TO_NHWC = (0, 2, 3, 1)
WEIGHT_TYPES = {"float32": np.float32, "int32": np.int32, "bool": np.bool_}

# Operators that are the same in both worlds, and how constants are folded through the ones that need it.
ELEMENTWISE = {"Add": "Add", "AddV2": "Add", "Mul": "Mul", "Sub": "Sub", "RealDiv": "Div"}
UNARY = {"Relu": "Relu", "Sigmoid": "Sigmoid", "Identity": "Identity"}
FOLD = {"Add": np.add, "AddV2": np.add, "Mul": np.multiply, "Sub": np.subtract}


def read_graph_model(path):
    """Nodes by name and weights by name. fp16 weights become fp32."""
    path = Path(path)
    model = json.loads(path.read_text(encoding="utf-8"))
    weights = {}
    for group in model["weightsManifest"]:
        data = b"".join((path.parent / part).read_bytes() for part in group["paths"])
        offset = 0
        for entry in group["weights"]:
            quantization = entry.get("quantization", {})
            if "scale" in quantization:
                raise NotImplementedError(f"{entry['name']}: affine quantisation")
            stored = np.dtype(quantization.get("dtype", entry["dtype"]))
            count = math.prod(entry["shape"])
            array = np.frombuffer(data, stored, count, offset).reshape(entry["shape"])
            offset += count * stored.itemsize
            weights[entry["name"]] = array.astype(WEIGHT_TYPES[entry["dtype"]])
    nodes = {node["name"]: node for node in model["modelTopology"]["node"]}
    return nodes, weights


class Attributes:
    """A node's attributes in the JSON form of TensorFlow's protocol buffers."""

    def __init__(self, node):
        self.raw = node.get("attr", {})

    def text(self, key, default):
        return self._text(self.raw[key]["s"]) if key in self.raw else default

    def texts(self, key):
        return [self._text(value) for value in self.raw.get(key, {}).get("list", {}).get("s", [])]

    def integers(self, key):
        return [int(value) for value in self.raw.get(key, {}).get("list", {}).get("i", [])]

    def number(self, key, default):
        return float(self.raw.get(key, {}).get("f", default))

    def flag(self, key):
        return bool(self.raw.get(key, {}).get("b", False))

    @staticmethod
    def _text(value):
        return base64.b64decode(value).decode() if isinstance(value, str) else bytes(value).decode()


class Converter:
    """Walks back from the outputs; every TensorFlow tensor becomes a constant or the name of an ONNX tensor."""

    def __init__(self, nodes, weights):
        self.nodes, self.weights = nodes, weights
        self.tensors, self.constants = {}, {}
        self.onnx_nodes, self.initializers = [], []
        self.permuted, self.padded = {}, {}

    # Building blocks

    def initializer(self, array, name):
        name = f"{name}_{len(self.initializers)}"
        self.initializers.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def emit(self, operator, inputs, outputs=1, **attributes):
        names = [f"{operator}_{len(self.onnx_nodes)}_{i}" for i in range(outputs)]
        self.onnx_nodes.append(helper.make_node(operator, inputs, names, **attributes))
        return names[0] if outputs == 1 else names

    def transpose(self, tensor, order):
        """A transpose of a transpose is one, or none."""
        if tensor in self.permuted:
            tensor, before = self.permuted[tensor]
            order = tuple(before[axis] for axis in order)
        if order == tuple(range(len(order))):
            return tensor
        result = self.emit("Transpose", [tensor], perm=order)
        self.permuted[result] = (tensor, order)
        return result

    def in_channel_order(self, tensor, layout):
        return tensor if layout == "NCHW" else self.transpose(tensor, NHWC_TO_NCHW)

    def in_layout(self, tensor, layout):
        return tensor if layout == "NCHW" else self.transpose(tensor, NCHW_TO_NHWC)

    # The walk

    @staticmethod
    def key(reference):
        """`a:0` and `a` are the same tensor."""
        return reference.removesuffix(":0")

    def tensor(self, reference):
        self.visit(reference)
        key = self.key(reference)
        if key not in self.tensors:
            self.tensors[key] = self.initializer(self.constants[key], "constant")
        return self.tensors[key]

    def constant(self, reference):
        self.visit(reference)
        return self.constants.get(self.key(reference))

    def visit(self, reference):
        # Its own stack: a deep network is deeper than Python's.
        pending = [self.key(reference).split(":")[0]]
        while pending:
            name = pending[-1]
            if name in self.tensors or name in self.constants:
                pending.pop()
                continue
            inputs = self.inputs(name)
            missing = [i.split(":")[0] for i in inputs if self.key(i) not in self.tensors | self.constants]
            if missing:
                pending.extend(missing)
                continue
            pending.pop()
            self.convert_node(name, inputs)

    def inputs(self, name):
        return [self.key(i) for i in self.nodes[name].get("input", []) if not i.startswith("^")]

    def convert_node(self, name, inputs):
        node = self.nodes[name]
        operator, attributes = node["op"], Attributes(node)
        if operator == "Const":
            self.constants[name] = self.weights[name]
            return
        values = [self.constants.get(i) for i in inputs]
        if all(value is not None for value in values):
            self.constants[name] = self.fold(name, operator, values)
            return
        result = self.convert_operator(name, operator, attributes, inputs, values)
        if isinstance(result, list):
            for i, tensor in enumerate(result):
                self.tensors[f"{name}:{i}" if i else name] = tensor
        else:
            self.tensors[name] = result

    def fold(self, name, operator, values):
        if operator in FOLD:
            return FOLD[operator](*values)
        if operator == "SparseToDense":
            indices, shape, filled, default = values
            dense = np.full(shape, default, dtype=np.asarray(filled).dtype)
            dense[tuple(np.atleast_2d(indices).reshape(-1, dense.ndim).T)] = filled
            return dense
        raise NotImplementedError(f"{name}: {operator} of constants")

    # Operators

    def convert_operator(self, name, operator, attributes, inputs, values):
        tensors = [self.tensor(i) if v is None else None for i, v in zip(inputs, values)]
        layout = attributes.text("data_format", "NHWC")
        if operator in ELEMENTWISE:
            return self.emit(ELEMENTWISE[operator], [self.tensor(i) for i in inputs])
        if operator in UNARY:
            return self.activation(tensors[0], UNARY[operator])
        if operator in ("Relu6", "LeakyRelu"):
            return self.activation(tensors[0], operator, attributes.number("alpha", 0.2))
        if operator in ("Conv2D", "_FusedConv2D"):
            return self.convolution(tensors[0], values, attributes, layout, depthwise=False)
        if operator in ("DepthwiseConv2dNative", "FusedDepthwiseConv2dNative"):
            return self.convolution(tensors[0], values, attributes, layout, depthwise=True)
        if operator == "Transpose":
            return self.transpose(tensors[0], tuple(int(axis) for axis in values[1]))
        if operator == "ConcatV2":
            return self.emit("Concat", [self.tensor(i) for i in inputs[:-1]], axis=int(values[-1]))
        if operator == "Reshape":
            return self.emit("Reshape", [tensors[0], self.initializer(values[1].astype(np.int64).reshape(-1), "shape")])
        if operator in ("Pad", "PadV2"):
            return self.pad(tensors[0], values[1], 0.0 if operator == "Pad" else float(values[2]))
        if operator == "MaxPool":
            return self.max_pool(tensors[0], attributes, layout)
        if operator == "Mean":
            axes = [int(axis) for axis in np.atleast_1d(values[1])]
            return self.emit("ReduceMean", [tensors[0]], axes=axes, keepdims=int(attributes.flag("keep_dims")))
        if operator == "ResizeBilinear":
            return self.resize(tensors[0], values[1], attributes)
        if operator == "SplitV":
            sizes = self.initializer(values[1].astype(np.int64), "sizes")
            return self.emit("Split", [tensors[0], sizes], outputs=len(values[1]), axis=int(values[2]))
        raise NotImplementedError(f"{name}: {operator}")

    def activation(self, tensor, operator, alpha=0.2):
        if operator == "Relu6":
            limits = [self.initializer(np.float32(limit), "limit") for limit in (0, 6)]
            return self.emit("Clip", [tensor, *limits])
        if operator == "LeakyRelu":
            return self.emit("LeakyRelu", [tensor], alpha=alpha)
        return self.emit(operator, [tensor])

    def convolution(self, tensor, values, attributes, layout, depthwise):
        kernel = values[1]
        space = slice(2, 4) if layout == "NCHW" else slice(1, 3)
        dilations = attributes.integers("dilations")[space] or [1, 1]
        height, width, channels, factor = kernel.shape
        if depthwise:
            weights = kernel.transpose(2, 3, 0, 1).reshape(channels * factor, 1, height, width)
        else:
            weights = kernel.transpose(3, 2, 0, 1)
        options = {
            "strides": attributes.integers("strides")[space],
            "dilations": dilations,
            "group": channels if depthwise else 1,
            "kernel_shape": [height, width],
        }
        tensor = self.in_channel_order(tensor, layout)
        if attributes.text("padding", "VALID") == "VALID":
            tensor, before, after = self.padded.get(tensor, (tensor, [0, 0], [0, 0]))
            options["pads"] = [*before, *after]
        elif dilations == [1, 1]:
            options["auto_pad"] = "SAME_UPPER"
        else:
            sides = [(size - 1) * step // 2 for size, step in zip((height, width), dilations)]
            options["pads"] = [*sides, *sides]
        fused = attributes.texts("fused_ops")
        inputs = [tensor, self.initializer(weights.astype(np.float32), "weights")]
        if "BiasAdd" in fused:
            inputs.append(self.initializer(values[2].astype(np.float32).reshape(-1), "bias"))
        result = self.in_layout(self.emit("Conv", inputs, **options), layout)
        for operator in fused:
            if operator != "BiasAdd":
                result = self.activation(result, operator, attributes.number("leakyrelu_alpha", 0.2))
        return result

    def pad(self, tensor, sides, value):
        sides = sides.astype(np.int64)
        pads = self.initializer(np.concatenate([sides[:, 0], sides[:, 1]]), "pads")
        result = self.emit("Pad", [tensor, pads, self.initializer(np.float32(value), "value")])
        # Zeros around rows and columns, channels second: a convolution behind it can do that itself.
        if value == 0.0 and len(sides) == 4 and not sides[:2].any():
            self.padded[result] = (tensor, sides[2:, 0].tolist(), sides[2:, 1].tolist())
        return result

    def max_pool(self, tensor, attributes, layout):
        space = slice(2, 4) if layout == "NCHW" else slice(1, 3)
        result = self.emit(
            "MaxPool",
            [self.in_channel_order(tensor, layout)],
            kernel_shape=attributes.integers("ksize")[space],
            strides=attributes.integers("strides")[space],
            auto_pad="SAME_UPPER" if attributes.text("padding", "VALID") == "SAME" else "VALID",
        )
        return self.in_layout(result, layout)

    def resize(self, tensor, size, attributes):
        tensor = self.transpose(tensor, NHWC_TO_NCHW)
        start, end = (self.initializer(np.array([i], np.int64), "index") for i in (0, 2))
        batch_and_channels = self.emit("Slice", [self.emit("Shape", [tensor]), start, end])
        sizes = self.emit("Concat", [batch_and_channels, self.initializer(size.astype(np.int64), "size")], axis=0)
        if attributes.flag("align_corners"):
            mode = "align_corners"
        else:
            mode = "half_pixel" if attributes.flag("half_pixel_centers") else "asymmetric"
        result = self.emit("Resize", [tensor, "", "", sizes], mode="linear", coordinate_transformation_mode=mode)
        return self.transpose(result, NCHW_TO_NHWC)


def without_unused(nodes, initializers, outputs):
    """What the outputs need, in the same order."""
    needed, kept = set(outputs), []
    for node in reversed(nodes):
        if needed.intersection(node.output):
            needed.update(node.input)
            kept.append(node)
    return kept[::-1], [array for array in initializers if array.name in needed]


def convert(source, target, inputs, outputs):
    """Writes `target` from `source`.

    inputs:  {TensorFlow name: (ONNX name, shape)}
    outputs: {TensorFlow name: (ONNX name, shape)}
    """
    converter = Converter(*read_graph_model(source))
    converter.tensors.update({name: onnx_name for name, (onnx_name, _) in inputs.items()})
    for name, (onnx_name, _) in outputs.items():
        converter.onnx_nodes.append(helper.make_node("Identity", [converter.tensor(name)], [onnx_name]))
    nodes, initializers = without_unused(
        converter.onnx_nodes, converter.initializers, [onnx_name for onnx_name, _ in outputs.values()]
    )

    def infos(described):
        return [helper.make_tensor_value_info(n, TensorProto.FLOAT, shape) for n, shape in described.values()]

    graph = helper.make_graph(nodes, Path(source).stem, infos(inputs), infos(outputs), initializers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)])
    model.ir_version = IR_VERSION
    checker.check_model(model, full_check=True)
    Path(target).write_bytes(model.SerializeToString(deterministic=True))
