//! What fuzzing has found worth keeping (`fuzz/README.md`), the vectors, and changes of both, through the very checks that
//! the fuzz targets run: so neither the inputs nor the checks can rot.

#![allow(clippy::unwrap_used, reason = "a test that can not read its inputs has failed")]

#[path = "support/checks.rs"]
mod checks;
#[path = "support/vectors.rs"]
mod vectors;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use asn1::{Dialect, decode_to_json};

use checks::CHECKS;
use vectors::{unhex, vectors};

/// So many changed inputs for every target.
const CHANGED: usize = if cfg!(debug_assertions) { 3_000 } else { 40_000 };

fn inputs(target: &str) -> Vec<Vec<u8>> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus").join(target).with_extension("hex");
    let kept = std::fs::read_to_string(file).unwrap();
    assert!(kept.lines().count() >= 20, "only {} inputs of {target} are kept", kept.lines().count());
    let mut inputs: Vec<_> = kept.lines().map(unhex).collect();
    let dialect = |name: &str| Dialect::ALL.into_iter().find(|dialect| dialect.name().starts_with(name));
    match target {
        "json" => {
            for (place, dialect) in Dialect::ALL.into_iter().enumerate() {
                for vector in vectors(dialect) {
                    let json = decode_to_json(dialect, &vector.octets).unwrap();
                    inputs.push([&[place as u8], json.to_string().as_bytes()].concat());
                }
            }
        }
        _ => {
            let dialect = dialect(&target.replace('_', "-"));
            inputs.extend(dialect.into_iter().flat_map(vectors).map(|vector| vector.octets));
        }
    }
    inputs
}

/// Changes an input here and there, or joins it with another.
fn change(random: &mut fastrand::Rng, inputs: &[Vec<u8>]) -> Vec<u8> {
    let mut octets = inputs[random.usize(..inputs.len())].clone();
    for _ in 0..random.usize(1..4) {
        let at = random.usize(..=octets.len());
        match random.u8(0..8) {
            0 => octets.truncate(at),
            1 => octets.insert(at, random.u8(..)),
            2 => {
                let other = &inputs[random.usize(..inputs.len())];
                octets.truncate(at);
                octets.extend_from_slice(&other[at.min(other.len())..]);
            }
            _ if at == octets.len() => {}
            3 => drop(octets.remove(at)),
            4 => octets[at] = [0, 0xff, 0x7f, 0x80, b'"', b'9'][random.usize(..6)],
            bits => octets[at] ^= random.u8(..) & random.u8(..) | 1 << bits,
        }
    }
    octets
}

fn holds(target: &str) {
    let check = CHECKS.iter().find(|(name, _)| *name == target).unwrap().1;
    let inputs = inputs(target);
    let mut random = fastrand::Rng::with_seed(7);
    let changed = (0..CHANGED).map(|_| change(&mut random, &inputs));
    for input in inputs.iter().cloned().chain(changed) {
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| check(&input))) {
            let hex: String = input.iter().map(|octet| format!("{octet:02x}")).collect();
            eprintln!("{target} does not hold for {hex}");
            std::panic::resume_unwind(panic);
        }
    }
}

macro_rules! targets {
    ($($target:ident,)*) => {
        $(#[test]
        fn $target() {
            holds(stringify!($target));
        })*

        #[test]
        fn every_check_is_run() {
            let names: Vec<_> = CHECKS.iter().map(|(name, _)| *name).collect();
            assert_eq!(names, [$(stringify!($target)),*]);
        }
    };
}

targets! { cn_gbt31024, cn_n4, cn_csae157, us_j2735, json, dsmp, wsmp, immediate_forward, }
