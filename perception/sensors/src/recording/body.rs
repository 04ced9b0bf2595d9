//! Channel names and message bodies: the JSON of the recording format, and our values.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use perception::calibration::SiteGeometry;
use perception::detection::{BoxDetection, CameraFrame, RadarScan, RadarTarget, SensorId};
use perception::time::UtcMicros;
use serde::{Deserialize, Serialize};

use super::{Item, SignalGroupRecord, SignalRecord, TruthFrame, TruthObject};

/// What a channel carries, by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Topic {
    Site,
    Detections(SensorId),
    Targets(SensorId),
    Image(SensorId),
    Signal,
    SignalRaw,
    V2xReceived,
    Water,
    Truth,
    /// Not of this format; ignored, as unknown fields are.
    Foreign,
}

impl Topic {
    pub(super) fn parse(name: &str) -> Self {
        match name {
            "/site" => return Self::Site,
            "/signal" => return Self::Signal,
            "/signal/raw" => return Self::SignalRaw,
            "/v2x/rx" => return Self::V2xReceived,
            "/water" => return Self::Water,
            "/truth" => return Self::Truth,
            _ => {}
        }
        // A sensor's name may itself hold a slash, so the kind is what follows the last one.
        let sensor_and_kind = name.strip_prefix("/sensor/").and_then(|rest| rest.rsplit_once('/'));
        match sensor_and_kind {
            Some((sensor, "detections")) if !sensor.is_empty() => Self::Detections(sensor.into()),
            Some((sensor, "targets")) if !sensor.is_empty() => Self::Targets(sensor.into()),
            Some((sensor, "image")) if !sensor.is_empty() => Self::Image(sensor.into()),
            _ => Self::Foreign,
        }
    }

    /// The channel's name.
    pub(super) fn name(&self) -> Cow<'static, str> {
        match self {
            Self::Site => "/site".into(),
            Self::Detections(sensor) => format!("/sensor/{sensor}/detections").into(),
            Self::Targets(sensor) => format!("/sensor/{sensor}/targets").into(),
            Self::Image(sensor) => format!("/sensor/{sensor}/image").into(),
            Self::Signal => "/signal".into(),
            Self::SignalRaw => "/signal/raw".into(),
            Self::V2xReceived => "/v2x/rx".into(),
            Self::Water => "/water".into(),
            Self::Truth => "/truth".into(),
            Self::Foreign => "".into(),
        }
    }

    /// Name and text of the channel's JSON Schema.
    pub(super) fn schema(&self) -> (&'static str, &'static str) {
        match self {
            Self::Site => ("lukou.site", include_str!("schemas/site.json")),
            Self::Detections(_) => ("lukou.detections", include_str!("schemas/detections.json")),
            Self::Targets(_) => ("lukou.targets", include_str!("schemas/targets.json")),
            Self::Image(_) => ("lukou.image", include_str!("schemas/image.json")),
            Self::Signal => ("lukou.signal", include_str!("schemas/signal.json")),
            Self::SignalRaw => ("lukou.signal_raw", include_str!("schemas/signal_raw.json")),
            Self::V2xReceived => ("lukou.v2x_rx", include_str!("schemas/v2x_rx.json")),
            Self::Water => ("lukou.water", include_str!("schemas/water.json")),
            Self::Truth => ("lukou.truth", include_str!("schemas/truth.json")),
            Self::Foreign => ("", ""),
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Detections<'a> {
    captured_at_us: UtcMicros,
    boxes: Cow<'a, [BoxDetection]>,
}

#[derive(Serialize, Deserialize)]
struct Targets<'a> {
    captured_at_us: UtcMicros,
    targets: Cow<'a, [RadarTarget]>,
}

#[derive(Serialize, Deserialize)]
struct ImageBody<'a> {
    captured_at_us: UtcMicros,
    jpeg_base64: Cow<'a, str>,
}

#[derive(Serialize, Deserialize)]
struct SignalBody<'a> {
    captured_at_us: UtcMicros,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    control: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    plan: Option<u16>,
    groups: Cow<'a, [SignalGroupRecord]>,
}

#[derive(Serialize, Deserialize)]
struct SignalRawBody<'a> {
    captured_at_us: UtcMicros,
    source: Cow<'a, str>,
    hex: Cow<'a, str>,
}

#[derive(Serialize, Deserialize)]
struct V2xBody<'a> {
    captured_at_us: UtcMicros,
    radio: Cow<'a, str>,
    hex: Cow<'a, str>,
}

#[derive(Serialize, Deserialize)]
struct WaterBody<'a> {
    captured_at_us: UtcMicros,
    gauge: Cow<'a, str>,
    depth_m: f64,
}

#[derive(Serialize, Deserialize)]
struct TruthBody<'a> {
    captured_at_us: UtcMicros,
    objects: Cow<'a, [TruthObject]>,
}

/// Body bytes to capture time and item. `published_at` is the capture time for the one body that carries none, `/site`.
/// `Ok(None)`: the channel is not for the service (truth, foreign).
pub(super) fn decode(topic: &Topic, published_at: UtcMicros, data: &[u8]) -> Result<Option<(UtcMicros, Item)>, String> {
    let text = |error: serde_json::Error| error.to_string();
    Ok(Some(match topic {
        Topic::Site => {
            let site: SiteGeometry = serde_json::from_slice(data).map_err(text)?;
            (published_at, Item::Site(site))
        }
        Topic::Detections(sensor) => {
            let body: Detections = serde_json::from_slice(data).map_err(text)?;
            let captured_at = body.captured_at_us;
            let boxes = body.boxes.into_owned();
            (captured_at, Item::Camera(CameraFrame { sensor: sensor.clone(), captured_at, boxes }))
        }
        Topic::Targets(sensor) => {
            let body: Targets = serde_json::from_slice(data).map_err(text)?;
            let captured_at = body.captured_at_us;
            let targets = body.targets.into_owned();
            (captured_at, Item::Radar(RadarScan { sensor: sensor.clone(), captured_at, targets }))
        }
        Topic::Image(sensor) => {
            let body: ImageBody = serde_json::from_slice(data).map_err(text)?;
            let jpeg = STANDARD.decode(body.jpeg_base64.as_bytes());
            let jpeg = jpeg.map_err(|error| format!("jpeg_base64: {error}"))?;
            (body.captured_at_us, Item::Image { sensor: sensor.clone(), jpeg })
        }
        Topic::Signal => {
            let body: SignalBody = serde_json::from_slice(data).map_err(text)?;
            let (control, plan) = (body.control.map(Cow::into_owned), body.plan);
            (body.captured_at_us, Item::Signal(SignalRecord { control, plan, groups: body.groups.into_owned() }))
        }
        Topic::SignalRaw => {
            let body: SignalRawBody = serde_json::from_slice(data).map_err(text)?;
            let (source, hex) = (body.source.into_owned(), body.hex.into_owned());
            (body.captured_at_us, Item::SignalRaw { source, hex })
        }
        Topic::V2xReceived => {
            let body: V2xBody = serde_json::from_slice(data).map_err(text)?;
            let (radio, hex) = (body.radio.into_owned(), body.hex.into_owned());
            (body.captured_at_us, Item::V2xReceived { radio, hex })
        }
        Topic::Water => {
            let body: WaterBody = serde_json::from_slice(data).map_err(text)?;
            (body.captured_at_us, Item::Water { gauge: body.gauge.into(), depth_m: body.depth_m })
        }
        Topic::Truth | Topic::Foreign => return Ok(None),
    }))
}

/// Body bytes of `/truth`.
pub(super) fn decode_truth(data: &[u8]) -> Result<TruthFrame, String> {
    let body: TruthBody = serde_json::from_slice(data).map_err(|error| error.to_string())?;
    Ok(TruthFrame { captured_at: body.captured_at_us, objects: body.objects.into_owned() })
}

/// Which channel an item belongs to.
pub(super) fn topic_of(item: &Item) -> Topic {
    match item {
        Item::Site(_) => Topic::Site,
        Item::Camera(frame) => Topic::Detections(frame.sensor.clone()),
        Item::Radar(scan) => Topic::Targets(scan.sensor.clone()),
        Item::Signal(_) => Topic::Signal,
        Item::SignalRaw { .. } => Topic::SignalRaw,
        Item::V2xReceived { .. } => Topic::V2xReceived,
        Item::Water { .. } => Topic::Water,
        Item::Image { sensor, .. } => Topic::Image(sensor.clone()),
    }
}

/// Item to body bytes.
pub(super) fn encode(captured_at_us: UtcMicros, item: &Item) -> Result<Vec<u8>, serde_json::Error> {
    match item {
        Item::Site(site) => serde_json::to_vec(site),
        Item::Camera(frame) => serde_json::to_vec(&Detections { captured_at_us, boxes: (&frame.boxes).into() }),
        Item::Radar(scan) => serde_json::to_vec(&Targets { captured_at_us, targets: (&scan.targets).into() }),
        Item::Signal(signal) => serde_json::to_vec(&SignalBody {
            captured_at_us,
            control: signal.control.as_deref().map(Cow::from),
            plan: signal.plan,
            groups: (&signal.groups).into(),
        }),
        Item::SignalRaw { source, hex } => {
            serde_json::to_vec(&SignalRawBody { captured_at_us, source: source.into(), hex: hex.into() })
        }
        Item::V2xReceived { radio, hex } => {
            serde_json::to_vec(&V2xBody { captured_at_us, radio: radio.into(), hex: hex.into() })
        }
        Item::Water { gauge, depth_m } => {
            serde_json::to_vec(&WaterBody { captured_at_us, gauge: gauge.as_ref().into(), depth_m: *depth_m })
        }
        Item::Image { jpeg, .. } => {
            serde_json::to_vec(&ImageBody { captured_at_us, jpeg_base64: STANDARD.encode(jpeg).into() })
        }
    }
}

/// Truth to body bytes.
pub(super) fn encode_truth(truth: &TruthFrame) -> Result<Vec<u8>, serde_json::Error> {
    serde_json::to_vec(&TruthBody { captured_at_us: truth.captured_at, objects: (&truth.objects).into() })
}

#[cfg(test)]
mod tests {
    use perception::detection::Class;

    use super::*;

    #[test]
    fn names_of_channels_parse_and_come_back() {
        for topic in [
            Topic::Site,
            Topic::Detections("cam-n".into()),
            Topic::Targets("pole/3/radar".into()),
            Topic::Image("cam-n".into()),
            Topic::Signal,
            Topic::SignalRaw,
            Topic::V2xReceived,
            Topic::Water,
            Topic::Truth,
        ] {
            assert_eq!(Topic::parse(&topic.name()), topic);
            let schema: serde_json::Value = serde_json::from_str(topic.schema().1).unwrap();
            assert_eq!(schema["type"], "object");
        }
        for name in ["", "/", "/sensor//detections", "/sensor/detections", "/sensor/x/other", "/tf"] {
            assert_eq!(Topic::parse(name), Topic::Foreign, "{name}");
        }
    }

    #[test]
    fn unknown_fields_are_ignored_and_unknown_values_are_none() {
        let body = br#"{"captured_at_us":5,"exposure":1,"targets":[{"range_m":9.5,"azimuth_rad":0.1,"rcs_dbsm":null,"snr":3}]}"#;
        let (captured_at, item) = decode(&Topic::Targets("r".into()), UtcMicros(7), body).unwrap().unwrap();
        assert_eq!(captured_at, UtcMicros(5));
        let Item::Radar(scan) = item else { panic!("{item:?}") };
        assert_eq!((scan.targets[0].range_rate_mps, scan.targets[0].rcs_dbsm), (None, None));

        let body = br#"{"captured_at_us":5,"boxes":[{"x_px":1,"y_px":2,"w_px":3,"h_px":4,"score":0.5,"class":"tram"},
            {"x_px":1,"y_px":2,"w_px":3,"h_px":4,"score":0.5,"class":null}]}"#;
        let (_, item) = decode(&Topic::Detections("c".into()), UtcMicros(7), body).unwrap().unwrap();
        let Item::Camera(frame) = item else { panic!("{item:?}") };
        assert_eq!(frame.boxes.iter().map(|b| b.class).collect::<Vec<_>>(), [Class::Unknown, Class::Unknown]);
    }

    #[test]
    fn an_animal_is_unknown_to_whoever_knows_the_format_only_and_comes_back() {
        let (at, topic) = (UtcMicros(5), Topic::Detections("c".into()));
        let found = |class| BoxDetection { x_px: 1.0, y_px: 2.0, w_px: 3.0, h_px: 4.0, score: 0.5, class };
        let boxes = vec![found(Class::Animal), found(Class::Car)];
        let item = Item::Camera(CameraFrame { sensor: "c".into(), captured_at: at, boxes });
        let body = encode(at, &item).unwrap();
        let text = concat!(
            r#"{"captured_at_us":5,"boxes":[{"x_px":1.0,"y_px":2.0,"w_px":3.0,"h_px":4.0,"score":0.5,"class":"unknown","animal":true},"#,
            r#"{"x_px":1.0,"y_px":2.0,"w_px":3.0,"h_px":4.0,"score":0.5,"class":"car"}]}"#
        );
        assert_eq!(std::str::from_utf8(&body), Ok(text));
        assert_eq!(decode(&topic, at, &body).unwrap(), Some((at, item)));
    }

    #[test]
    fn a_bad_body_is_an_error_that_says_where() {
        let error = decode(&Topic::Signal, UtcMicros(0), br#"{"captured_at_us":1,"groups":[{"id":3,"state":"blue"}]}"#);
        assert!(error.unwrap_err().contains("unknown variant `blue`"));
        assert!(decode(&Topic::Site, UtcMicros(0), b"\xff").is_err());
    }
}
