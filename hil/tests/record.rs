//! `hil record` and `hil fault` from the command line.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use sensors::recording::{Item, RecordingReader, TruthReader};

const TYPES: &str =
    r#"<additional><vType id="saloon" vClass="passenger" length="4.7" width="1.8" height="1.5"/></additional>"#;
const NET: &str = r#"<net><location netOffset="0.00,0.00"/><edge id="n_out">
    <lane id="n_out_0" index="0" speed="13.9" shape="3,-50 3,150"/></edge>
    <connection from="n_out" fromLane="0" dir="s" tl="j" linkIndex="0"/></net>"#;
const TLS: &str =
    r#"<tlsStates><tlsState time="0" id="j" state="r"/><tlsState time="5" id="j" state="G"/></tlsStates>"#;
const SITE: &str = r#"{"name":"t","origin":{"lat_deg":30.0,"lon_deg":114.0,"ellipsoidal_height_m":0.0},"sensors":[
    {"id":"cam","kind":"camera","position_enu_m":[0,0,7],"azimuth_deg":0,"down_deg":12,"field_deg":80,"rate_hz":10},
    {"id":"radar","kind":"radar","position_enu_m":[0,0,6],"azimuth_deg":0,"field_deg":110,"rate_hz":20}]}"#;

/// A folder of this test's own with the inputs: a car that drives north for 10 s.
fn folder(test: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder to write to");
    let step = |k: u32| {
        let car = format!(r#"<vehicle id="a" x="3" y="{}" angle="0" type="saloon" speed="10"/>"#, 10 + k);
        format!(r#"<timestep time="{}">{car}</timestep>"#, f64::from(k) / 10.0)
    };
    let fcd = format!("<fcd-export>{}</fcd-export>", (0..=100).map(step).collect::<String>());
    for (name, text) in
        [("fcd.xml", &*fcd), ("types.xml", TYPES), ("net.xml", NET), ("tls.xml", TLS), ("site.json", SITE)]
    {
        std::fs::write(folder.join(name), text).expect("written");
    }
    folder
}

fn hil(folder: &Path, arguments: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hil"));
    command.current_dir(folder).args(arguments.split_whitespace()).output().expect("it runs")
}

const RECORD: &str = "record --traffic fcd.xml --types types.xml --net net.xml --signals tls.xml --site site.json";

#[test]
fn a_seed_gives_the_same_bytes_and_another_seed_others() {
    let folder = folder("record_bytes");
    let bytes = |name: &str, options: &str| {
        let output = hil(&folder, &format!("{RECORD} {name} {options}"));
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        std::fs::read(folder.join(name)).expect("written")
    };
    let first = bytes("a.mcap", "--seed 7");
    assert_eq!(first, bytes("b.mcap", "--seed 7"));
    assert_ne!(first, bytes("c.mcap", "--seed 8"));
    assert_ne!(first, bytes("d.mcap", "--seed 7 --weather night"));
    let again = hil(&folder, &format!("{RECORD} a.mcap"));
    assert!(!again.status.success(), "a recording is never overwritten");
}

#[test]
fn what_is_recorded_can_be_read_and_spoilt() {
    let folder = folder("record_read");
    assert!(hil(&folder, &format!("{RECORD} a.mcap")).status.success());
    let fault = "fault a.mcap b.mcap --clock cam=-0.05,20 --silence radar=2,4 --lose 0.2 --nan 0.05 --late cam=0.1";
    let output = hil(&folder, fault);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let read = |name: &str| -> Vec<_> { RecordingReader::open(folder.join(name)).expect("opens").collect() };
    let (good, spoilt) = (read("a.mcap"), read("b.mcap"));
    assert!(good.iter().all(Result::is_ok));
    let Some(Ok(first)) = good.first() else { panic!("the site comes first") };
    let Item::Site(site) = &first.item else { panic!("the site comes first") };
    assert_eq!((site.sensors.len(), site.lanes.len()), (2, 1));
    let signals = good.iter().flatten().filter(|recorded| matches!(recorded.item, Item::Signal(_))).count();
    assert_eq!(signals, 21, "twice a second");
    assert!(spoilt.len() < good.len() - 30, "40 scans are silent");
    assert!(spoilt.iter().any(Result::is_err), "nulls are refused, with the message they are in");
    let truth: Vec<_> =
        TruthReader::open(folder.join("b.mcap")).expect("opens").map(|frame| frame.expect("whole")).collect();
    assert_eq!((truth.len(), truth[0].objects.len()), (101, 1));
}

#[test]
fn an_input_that_is_wrong_is_named() {
    let folder = folder("record_wrong");
    std::fs::write(folder.join("types.xml"), "<additional/>").expect("written");
    let output = hil(&folder, &format!("{RECORD} a.mcap"));
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(text.contains("fcd.xml") && text.contains("no vType `saloon`"), "{text}");
    assert!(!hil(&folder, &format!("{RECORD} a.mcap --weather fog")).status.success());
}
