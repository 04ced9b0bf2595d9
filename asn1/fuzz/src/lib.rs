//! The targets: each is one check of `tests/support/checks.rs`, which `tests/corpus.rs` runs as well.

#[path = "../../tests/support/checks.rs"]
pub mod checks;

pub use libfuzzer_sys;

/// The check of a target.
pub fn check(target: &str) -> checks::Check {
    let found = checks::CHECKS.iter().find(|(name, _)| *name == target);
    found.unwrap_or_else(|| panic!("no check {target:?}")).1
}

/// A whole target, by the name of its check.
#[macro_export]
macro_rules! fuzz {
    ($target:literal) => {
        $crate::libfuzzer_sys::fuzz_target!(|input: &[u8]| $crate::check($target)(input));
    };
}
