//! Another model for a site with a camera.

use std::path::PathBuf;

use cloud_bridge::FileSum;

use super::*;

/// The shipped model of eight-bit integers under another name, with another network if one is given, and changes of its
/// description.
fn variant(folder: &Folder, name: &str, network: Option<&[u8]>, changes: &[(&str, &str)]) -> PathBuf {
    let (from, to) = (repository().join("models/nanodet-int8"), folder.join(name));
    std::fs::create_dir(&to).unwrap();
    let sum = |folder: &Path| FileSum::of(&folder.join("model.onnx")).unwrap().sha256;
    let shipped = std::fs::read(from.join("model.onnx")).unwrap();
    std::fs::write(to.join("model.onnx"), network.unwrap_or(&shipped)).unwrap();
    let mut text = std::fs::read_to_string(from.join("model.toml")).unwrap();
    for (old, new) in [(&*sum(&from), &*sum(&to))].iter().chain(changes) {
        assert!(text.contains(old), "{old}");
        text = text.replace(old, new);
    }
    std::fs::write(to.join("model.toml"), text).unwrap();
    to
}

/// The only folder on a shelf of the site.
fn only(town: &Town, shelf: &str) -> Option<PathBuf> {
    let mut found = std::fs::read_dir(town.folder.join("state").join(shelf)).ok()?.map(|entry| entry.unwrap().path());
    found.next().filter(|_| found.next().is_none())
}

#[test]
fn a_model_is_fetched_tried_and_put_to_work() {
    let mut town = Town::with_camera("commands-model");
    let ready = |town: &Town| wait_for("ready", || town.console.get("/readyz").filter(|(status, _)| *status == 200));
    ready(&town);
    let (old, shipped) = (town.site_text(), repository().join("models/nanodet"));
    let tiny = |name: &str, changes: &[(&str, &str)]| variant(&town.folder, name, Some(b"not a network"), changes);
    let (broken, blind) = (tiny("broken", &[]), tiny("blind", &[("[classes.pedestrian]", "[classes.van]")]));
    let foreign = tiny("foreign", &[("sha256 = \"", "sha256 = \"00")]);
    let sure = [("threshold = 0.48\n", "threshold = 1.0\n"), ("threshold = 0.4\n", "threshold = 1.0\n")];
    let timid = variant(&town.folder, "timid", None, &sure);
    let send = |town: &Town, folder: &Path| finish(town.sending_file("model", folder));

    // Killed on the way; other commands are done meanwhile, but for another model. The rest comes when it is sent again.
    let sending = town.sending_file("model", &shipped);
    let come = |town: &Town| std::fs::metadata(only(town, "incoming")?.join("model.onnx")).ok().map(|file| file.len());
    wait_for("a part of it", || come(&town).filter(|bytes| *bytes >= 1 << 19));
    is(&town.send("rsi", &notice("works-7", 38, 3600)), 0, "done", None);
    is(&send(&town, &broken), 1, "rejected", Some("busy"));
    let bytes = come(&town);
    town.kill_and_start();
    is(&finish(sending), 1, "failed", Some("interrupted"));
    assert!(bytes.is_some() && come(&town) >= bytes && town.site_text() == old);
    is(&send(&town, &shipped), 0, "done", None);
    let there = only(&town, "models").unwrap();
    assert!(there.file_name().unwrap().to_str().unwrap().starts_with("nanodet-"));
    let new = old.replace(&format!("\"{}\"", shipped.display()), &format!("\"{}\"", there.display()));
    assert_eq!(town.site_text(), new);
    for file in ["model.toml", "model.onnx", "CARD.md", "LICENSE-MIT"] {
        assert_eq!(std::fs::read(there.join(file)).unwrap(), std::fs::read(shipped.join(file)).unwrap());
    }
    assert!(only(&town, "incoming").is_none());
    ready(&town);
    is(&send(&town, &shipped), 0, "done", None);

    // Not a network at all; one that knows no people; one whose description is another's; one that is never sure enough.
    let would_not_do = [
        (broken, "ONNX Runtime"),
        (blind, "pedestrian"),
        (foreign, "must be 64 hexadecimal digits"),
        (timid, "where the present model sees"),
    ];
    for (folder, why) in would_not_do {
        let (code, ack) = send(&town, &folder);
        is(&(code, ack.clone()), 1, "rejected", Some("bad_model"));
        assert!(ack["detail"].as_str().unwrap().contains(why), "{why}: {ack}");
    }
    assert_eq!((town.site_text(), only(&town, "models")), (new, Some(there)));
    assert!(town.service.is_running());
}
