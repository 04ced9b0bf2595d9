//! ONNX detectors through ONNX Runtime: letterbox, decode, non-maximum suppression.
