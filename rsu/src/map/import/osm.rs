//! To come.
use super::plan::Plan;
use super::{ImportError, Wish};
pub(super) fn read(_source: &[u8], _wish: &Wish) -> Result<Plan, ImportError> { Err(ImportError::new("not yet")) }
