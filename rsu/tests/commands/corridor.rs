//! What concerns several junctions is told to all of them at once, and of each it is known whether it does it.

use std::collections::BTreeMap;
use std::process::Command;

use serde_json::Value;

use super::{Town, city_program, notice, start};

/// Sends a notice to these sites by one call: exit code, and each site's answer.
fn send(towns: &[(&str, &Town)], notice: &str, within_s: u32) -> (i32, BTreeMap<String, Value>) {
    let folder = &towns[0].1.folder;
    let payload = folder.join("notice.json");
    std::fs::write(&payload, notice).unwrap();
    let mut city = Command::new(city_program());
    city.args(["command", "--json", "--kind", "rsi", "--seconds", &within_s.to_string()]);
    for (site, town) in towns {
        city.args(["--site", &format!("demo-city/{site}"), "--connect", &town.city]);
    }
    let output = city.arg("--key").args([folder.join("city-1.pem"), payload]).output().unwrap();
    let answers = std::str::from_utf8(&output.stdout).unwrap().lines().map(|line| {
        let answer: Value = serde_json::from_str(line).unwrap();
        (answer["site"].as_str().unwrap().to_owned(), answer)
    });
    (output.status.code().unwrap(), answers.collect())
}

#[test]
fn a_closure_and_a_corridor_are_on_the_air_of_both_junctions_and_who_is_down_is_named() {
    let (west, mut east) = (Town::built("corridor-west", "west", ""), Town::built("corridor-east", "east", ""));
    let (code, answers) = send(&[("west", &west), ("east", &east)], &notice("closure-3", 38, 3600), 90);
    assert_eq!((code, answers.len()), (0, 2), "{answers:?}");
    assert!(answers.values().all(|answer| answer["state"] == "done"), "{answers:?}");
    west.hears_sign(38);
    east.hears_sign(38);

    east.service.signal("KILL");
    east.service.end_within(30.0);
    let corridor = notice("corridor-4", 85, 600);
    let (code, answers) = send(&[("west", &west), ("east", &east)], &corridor, 5);
    assert_eq!((code, &answers["west"]["state"]), (3, &"done".into()), "{answers:?}");
    assert_eq!(answers["east"]["error"], "no answer from demo-city/east");
    west.hears_sign(85);

    // Back again, and told again; the closure it has kept.
    east.service = start(&east.site_file(), east.console);
    east.hears_sign(38);
    let (code, answers) = send(&[("east", &east)], &corridor, 90);
    assert_eq!((code, &answers["east"]["state"]), (0, &"done".into()), "{answers:?}");
    east.hears_sign(85);
}
