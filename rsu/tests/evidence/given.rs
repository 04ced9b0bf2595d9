//! What the whole service keeps around an event, and which of it the city gets.

use std::net::{TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use perception::calibration::Lane;
use rsu::config::Site;
use rsu::evidence::{EvidenceSettings, FOLDER, NoRecording, recording_of};
use rsu::run::Service;
use sensors::radar::encode;
use sensors::recording::{Item, RecordingReader, RecordingWriter};
use serde_json::Value;

use super::support::{Folder, demo_site, movers_seen, quiet_site};
use super::{files, replayed};

#[test]
fn nothing_but_a_whole_recording_of_an_event_is_given_away() {
    let folder = Folder::new("evidence-names");
    let evidence = folder.join(FOLDER);
    std::fs::create_dir_all(&evidence).unwrap();
    let write = |path: &Path| RecordingWriter::create(path).unwrap().finish().unwrap();
    write(&evidence.join("1-1.mcap"));
    write(&folder.join("2-2.mcap"));
    assert_eq!(recording_of(&folder.0, "1-1").unwrap(), evidence.join("1-1.mcap"));
    let others =
        ["", ".", "..", "../2-2", "../evidence/1-1", "/etc/passwd", "1-1/../1-1", "1-1.mcap", "+1-1", "1-01", "1-1\0"];
    for name in others {
        assert!(matches!(recording_of(&folder.0, name), Err(NoRecording::NoEvent)), "{name:?}");
    }
    assert!(matches!(recording_of(&folder.0, "2-2"), Err(NoRecording::NoFile)));
    let whole = std::fs::read(evidence.join("1-1.mcap")).unwrap();
    for length in 0..whole.len() {
        std::fs::write(evidence.join("1-1.mcap"), &whole[..length]).unwrap();
        assert!(matches!(recording_of(&folder.0, "1-1"), Err(NoRecording::NotWhole)), "{length} bytes");
    }
}

/// `openssl genpkey -algorithm ed25519`, and its public half.
const KEY: &str = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIGqsQvsoe4dcLBa2VeQKpfvoW5tI631fpo6qYgsJLZMQ\n-----END PRIVATE KEY-----\n";
const PUBLIC_KEY: &str = "bcN27viqCRMuFFESzALgs4mt1xZPavXTlMdkFes6wW4=";

/// Who asks the site for recordings, with the `city` program.
struct City {
    folder: Folder,
    endpoint: String,
}

impl City {
    fn new(name: &str) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        Self { folder: Folder::new(name), endpoint: format!("tcp/127.0.0.1:{port}") }
    }

    /// What `city evidence` says, and the file that it has written.
    fn fetch(&self, event: &str) -> (i32, Value, PathBuf) {
        let city = Path::new(env!("CARGO_BIN_EXE_rsu")).with_file_name("city");
        assert!(city.exists(), "{}: build with --workspace --features cloud-bridge/city", city.display());
        let out = self.folder.join("fetched.mcap");
        let asked = Command::new(city)
            .args(["evidence", "--json", "--site", "demo-city/demo", "--connect", &self.endpoint, "--event", event])
            .args([Path::new("--key"), &self.folder.join("city-1.pem"), Path::new("--out"), &out])
            .output()
            .unwrap();
        let ack = serde_json::from_slice(&asked.stdout).unwrap_or_default();
        (asked.status.code().unwrap(), ack, out)
    }

    fn is_refused(&self, event: &str, why: &str) {
        let (code, ack, out) = self.fetch(event);
        assert_eq!((code, &ack["state"], &ack["reason"]), (1, &"rejected".into(), &why.into()), "{event}: {ack}");
        assert!(!out.exists());
    }
}

/// A site whose radar looks along a road where 5 m/s are allowed, which keeps evidence that this city may fetch.
fn site_on_a_road(folder: &Folder, city: &City) -> Site {
    std::fs::write(city.folder.join("city-1.pem"), KEY).unwrap();
    let mut site = quiet_site(folder);
    site.radars[0].listen = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let cloud = format!(
        "listen = [\"{}\"]\ncommand_keys.city-1 = \"{PUBLIC_KEY}\"\ncommands.allow = [\"evidence\"]\n",
        city.endpoint
    );
    site.cloud = Some(toml::from_str(&cloud).unwrap());
    site.geometry.lanes = vec![Lane {
        id: "road/1".into(),
        width_m: 6.0,
        centerline_enu_m: vec![[10.0, 38.0], [110.0, 38.0]],
        speed_limit_mps: Some(5.0),
        ..site.geometry.lanes[0].clone()
    }];
    site.evidence = Some(EvidenceSettings { after_s: 1.0, ..EvidenceSettings::default() });
    site
}

/// Somebody drives along the road too fast until that is told; then nobody comes, until its recording is closed. `early` is
/// told the event's name meanwhile.
async fn drive_too_fast(service: &Service, site: &Site, mut early: impl FnMut(&str)) -> String {
    let radar = UdpSocket::bind("127.0.0.1:0").unwrap();
    let mut rhythm = tokio::time::interval(Duration::from_millis(50));
    let began_s = service.clock.uptime_s();
    let (mut sequence, mut told) = (0, false);
    loop {
        rhythm.tick().await;
        let for_s = service.clock.uptime_s() - began_s;
        assert!(for_s < 90.0, "nothing is kept whole: {}", service.metrics.render().unwrap());
        let first = files(&site.state_dir).first().map(|name| name.strip_suffix(".mcap").unwrap().to_owned());
        // Along the road for 7 s, and again.
        let east_m = 20.0 + 12.0 * for_s.rem_euclid(7.0);
        let movers = [([east_m, 38.0], [12.0, 0.0])];
        let seen = &movers[..usize::from(first.is_none())];
        for packet in encode(&movers_seen(&site.radars[0].model, service.clock.now(), seen), true, sequence).unwrap() {
            radar.send_to(&packet, site.radars[0].listen).unwrap();
        }
        sequence += 1;
        let Some(event) = first else { continue };
        if !told {
            early(&event);
            told = true;
        }
        if !matches!(recording_of(&site.state_dir, &event), Err(NoRecording::NotWhole)) {
            return event;
        }
    }
}

/// The whole service, in time: a radar over UDP sees somebody drive too fast, what led to it lies in the folder, and the city gets it.
#[tokio::test(flavor = "multi_thread")]
async fn a_service_keeps_what_its_radar_said_around_an_event_and_gives_it_to_the_city() {
    let (folder, city) = (Folder::new("evidence-service"), City::new("evidence-city"));
    let site = site_on_a_road(&folder, &city);
    let service = Service::start(&site, None).await.unwrap();
    let event = drive_too_fast(&service, &site, |event| city.is_refused(event, "not_whole")).await;
    city.is_refused("1-1", "no_evidence");
    city.is_refused("passwd", "bad_event");
    let (code, ack, fetched) = city.fetch(&event);
    assert_eq!((code, &ack["state"]), (0, &"done".into()), "{ack}");
    let path = site.state_dir.join(FOLDER).join(format!("{event}.mcap"));
    assert_eq!(std::fs::read(&fetched).unwrap(), std::fs::read(&path).unwrap());
    assert_eq!(city.fetch(&event).0, 2, "what is there is not overwritten");
    service.stop().await;
    let audit = std::fs::read_to_string(site.state_dir.join("command-audit.jsonl")).unwrap();
    let told = format!("\"key\":\"city-1\",\"kind\":\"evidence\",\"event\":\"{event}\",\"answered\":\"accepted\"");
    assert_eq!(audit.matches(&told).count(), 2, "{audit}");

    let again = replayed(&fetched, &folder, &[]);
    let began_us: i64 = event.split_once('-').unwrap().0.parse().unwrap();
    assert_eq!((&again["kind"], &again["lane"]), (&"speeding".into(), &"road/1".into()));
    assert!((again["began_at_us"].as_i64().unwrap() - began_us).abs() < 500_000, "{again}");

    let entries: Vec<_> = RecordingReader::open(&path).unwrap().map(Result::unwrap).collect();
    assert!(matches!(entries[0].item, Item::Site(_)));
    let scans = entries.iter().filter(|entry| matches!(entry.item, Item::Radar(_))).count();
    assert!(scans >= 20, "{scans} of {} entries", entries.len());
    assert!(entries.iter().any(|entry| matches!(entry.item, Item::Signal(_))), "and the lights meanwhile");
}

/// Pictures are kept if the site allows them, about as often as it says, and then the city does not get the file.
#[tokio::test(flavor = "multi_thread")]
async fn pictures_are_kept_if_the_site_allows_them_and_stay_on_the_box() {
    let (folder, city) = (Folder::new("evidence-pictures"), City::new("evidence-blind-city"));
    let mut site = site_on_a_road(&folder, &city);
    (site.cameras, site.detector) = (demo_site().cameras, demo_site().detector);
    site.evidence.as_mut().unwrap().picture_every_s = Some(0.5);
    let service = Service::start(&site, None).await.unwrap();
    let event = drive_too_fast(&service, &site, |_| {}).await;
    city.is_refused(&event, "has_pictures");
    service.stop().await;
    let path = site.state_dir.join(FOLDER).join(format!("{event}.mcap"));
    assert!(matches!(recording_of(&site.state_dir, &event), Err(NoRecording::Pictures)));
    let entries: Vec<_> = RecordingReader::open(&path).unwrap().map(Result::unwrap).collect();
    let pictures = entries.iter().filter_map(|entry| match &entry.item {
        Item::Image { sensor, jpeg } => Some((entry.captured_at, sensor, jpeg)),
        _ => None,
    });
    let pictures: Vec<_> = pictures.collect();
    assert!(pictures.len() >= 3, "{} in {} entries", pictures.len(), entries.len());
    assert!(pictures.windows(2).all(|two| two[1].0.seconds_since(two[0].0) >= 0.5));
    for (_, sensor, jpeg) in &pictures {
        assert_eq!(&***sensor, "cam-plaza");
        assert!(
            jpeg.starts_with(&[0xff, 0xd8, 0xff]) && jpeg.ends_with(&[0xff, 0xd9]),
            "a JPEG of {} octets",
            jpeg.len()
        );
    }
    let seen = entries.iter().filter(|entry| matches!(entry.item, Item::Camera(_))).count();
    assert!(seen > pictures.len(), "every picture is looked at, few are kept");
}
