use super::*;

/// A directory with a `model.toml` and a network, removed at the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str, description: &str, network: &[u8]) -> Self {
        let path = std::env::temp_dir().join(format!("lukou-model-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        fs::write(path.join("model.toml"), description).unwrap();
        fs::write(path.join("model.onnx"), network).unwrap();
        Self(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// SHA-256 of `abc` (FIPS 180-4, example 1).
const GOOD: &str = r#"format = 1
name = "test"
file = "model.onnx"
sha256 = "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD"
licence = "Apache-2.0"
class_count = 4

[source]
registry = "npm"
package = "p"
version = "1"
files = ["a"]
upstream = "u"
made_by = "m"

[input]
name = "images"
width_px = 64
height_px = 32
layout = "nchw"
colour = "bgr"
mean = [0, 0, 0]
std = [1, 1, 1]
pad = 114

[decoder]
kind = "yolox"
strides_px = [8, 16, 32]
outputs = ["output"]

[nms]
iou = 0.6
vehicle_iou = 0.8

[classes.pedestrian]
indices = [0]
threshold = 0.4

[classes.car]
indices = [1, 3]
threshold = 0.3
"#;

fn load_with(name: &str, from: &str, to: &str) -> Result<ModelFile, String> {
    assert!(GOOD.contains(from), "{from}");
    let scratch = Scratch::new(name, &GOOD.replace(from, to), b"abc");
    ModelFile::load(&scratch.0).map_err(|error| error.to_string())
}

#[test]
fn a_good_description_is_read_and_its_hash_checked() {
    let model = load_with("good", "", "").unwrap();
    assert_eq!(model.name, "test");
    assert_eq!(model.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_eq!(model.decoder.kind, DecoderKind::Yolox);
    assert_eq!((model.input.layout, model.input.colour, model.input.pad), (Layout::Nchw, ColourOrder::Bgr, 114));
    assert_eq!(model.classes[&Class::Car], ClassSpec { indices: vec![1, 3], threshold: 0.3 });
    assert_eq!(model.network, b"abc");
}

#[test]
fn another_network_is_refused() {
    let scratch = Scratch::new("hash", GOOD, b"abd");
    let error = ModelFile::load(&scratch.0).unwrap_err();
    assert!(matches!(&error, ModelError::Hash { actual, .. } if actual.starts_with("a52d159f")), "{error}");
    let text = error.to_string();
    assert!(text.contains("model.onnx: sha256 is a52d159f") && text.contains("model.toml says ba7816bf"), "{text}");
}

#[test]
fn missing_files_are_named() {
    let scratch = Scratch::new("missing", GOOD, b"abc");
    fs::remove_file(scratch.0.join("model.onnx")).unwrap();
    let error = ModelFile::load(&scratch.0).unwrap_err().to_string();
    assert!(error.contains("model.onnx: No such file"), "{error}");
    let error = ModelFile::load(Path::new("/nowhere/at/all")).unwrap_err().to_string();
    assert!(error.starts_with("/nowhere/at/all/model.toml: No such file"), "{error}");
}

#[test]
fn unknown_keys_are_refused_with_their_line() {
    let cases = [
        ("licence", "license"),
        ("pad = 114", "pad = 114\npadding = 1"),
        ("[nms]", "[nms]\nsoft = true"),
        ("indices = [0]", "indices = [0]\nscore = 1"),
        ("made_by", "madeby"),
        ("[decoder]", "[decoder]\nreg_max = 10"),
    ];
    for (from, to) in cases {
        let error = load_with("unknown", from, to).unwrap_err();
        assert!(error.contains("model.toml: TOML parse error at line"), "{error}");
        assert!(error.contains("unknown field") || error.contains("missing field"), "{error}");
    }
}

#[test]
fn senseless_values_are_named_by_their_key() {
    let cases = [
        ("format = 1", "format = 2", "`format` is 2, this program reads 1"),
        ("file = \"model.onnx\"", "file = \"../model.onnx\"", "`file` must be the name of a file"),
        ("file = \"model.onnx\"", "file = \"\"", "`file` must be the name of a file"),
        ("BA7816", "BA78", "`sha256` must be 64 hexadecimal digits"),
        ("BA7816", "XA7816", "`sha256` must be 64 hexadecimal digits"),
        ("class_count = 4", "class_count = 0", "`class_count` must be from 1"),
        ("class_count = 4", "class_count = 3", "`classes.car.indices` has 3, but class_count is 3"),
        ("width_px = 64", "width_px = 0", "`input.width_px` is 0"),
        ("height_px = 32", "height_px = 99999", "`input.height_px` is 99999"),
        ("height_px = 32", "height_px = 40", "`decoder.strides_px` must be one or more numbers that divide"),
        ("strides_px = [8, 16, 32]", "strides_px = []", "`decoder.strides_px`"),
        ("strides_px = [8, 16, 32]", "strides_px = [0]", "`decoder.strides_px`"),
        ("\"yolox\"", "\"centernet\"", "`decoder.strides_px` must be one number for centernet"),
        ("\"yolox\"", "\"nanodet\"", "`decoder.outputs` must name 6 outputs for nanodet"),
        ("outputs = [\"output\"]", "outputs = []", "`decoder.outputs` must name 1 outputs for yolox"),
        ("std = [1, 1, 1]", "std = [1, 0, 1]", "`input.std` must be positive"),
        ("mean = [0, 0, 0]", "mean = [0, nan, 0]", "`input.mean` must be finite"),
        ("vehicle_iou = 0.8", "vehicle_iou = nan", "`nms.vehicle_iou` is NaN"),
        ("threshold = 0.3", "threshold = 0", "`classes.car.threshold` is 0"),
        ("threshold = 0.3", "threshold = 1.5", "`classes.car.threshold` is 1.5"),
        ("[classes.car]", "[classes.carr]", "`classes.carr` is no class: pedestrian"),
        ("indices = [1, 3]", "indices = [1, 0]", "has 0, which classes.car has already"),
        ("indices = [0]", "indices = []", "`classes.pedestrian.indices` is empty"),
    ];
    for (from, to, expected) in cases {
        let error = load_with("values", from, to).unwrap_err();
        assert!(error.contains("model.toml: ") && error.contains(expected), "{to}: {error}");
    }
}

#[test]
fn the_words_for_layout_colour_and_decoder_are_fixed() {
    for (from, to) in [("\"nchw\"", "\"chw\""), ("\"bgr\"", "\"grb\""), ("\"yolox\"", "\"yolo\"")] {
        let error = load_with("words", from, to).unwrap_err();
        assert!(error.contains("unknown variant") && error.contains("line"), "{error}");
    }
}
