//! Finding and loading ONNX Runtime, a shared library that the programs do not link.

use std::env;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use ort::environment::Environment;

/// The environment variable that names the library and goes before everything else.
pub const RUNTIME_VARIABLE: &str = "LUKOU_ONNXRUNTIME";

/// Where `make setup` puts the library, below a working copy.
const SETUP_DIRECTORY: &str = ".cache/onnxruntime";
const LIBRARY_PREFIX: &str = "libonnxruntime.so";

/// Why there is no ONNX Runtime.
#[derive(Debug, thiserror::Error)]
pub enum RuntimeError {
    /// Not found anywhere.
    #[error("ONNX Runtime not found: run `make setup`, or set LUKOU_ONNXRUNTIME to libonnxruntime.so ({0})")]
    NotFound(String),
    /// Named in the environment or the configuration, but not there.
    #[error("{named_by} names {path}, but there is no {LIBRARY_PREFIX} there")]
    NotThere {
        /// Where the path comes from.
        named_by: &'static str,
        /// The path.
        path: PathBuf,
    },
    /// There, but not a library that works here.
    #[error("ONNX Runtime at {path} cannot be used: {problem}")]
    Unusable {
        /// The library.
        path: PathBuf,
        /// What the loader or the runtime said.
        problem: String,
    },
}

/// The process's one environment: the library stays loaded once it is.
static ENVIRONMENT: Mutex<Option<Environment>> = Mutex::new(None);

/// The runtime's environment; the library is looked for and loaded the first time, later `setting`s are not looked at.
pub(crate) fn environment(setting: Option<&Path>) -> Result<Environment, RuntimeError> {
    let mut loaded = ENVIRONMENT.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    if let Some(environment) = &*loaded {
        return Ok(environment.clone());
    }
    let variable = env::var_os(RUNTIME_VARIABLE).map(PathBuf::from);
    let directory = env::current_dir().ok();
    let executable = env::current_exe().ok();
    let found = locate(variable.as_deref(), setting, directory.as_deref(), executable.as_deref())?;
    // Without a file of our own, the system's loader has the last word.
    let path = found.clone().unwrap_or_else(|| PathBuf::from(LIBRARY_PREFIX));
    let builder = ort::init_from(&path).map_err(|error| match found {
        None => RuntimeError::NotFound(error.to_string()),
        Some(_) => RuntimeError::Unusable { path: path.clone(), problem: error.to_string() },
    })?;
    let environment = builder
        .with_name("lukou")
        .with_telemetry(false)
        .build()
        .map_err(|error| RuntimeError::Unusable { path: path.clone(), problem: error.to_string() })?;
    tracing::debug!(path = %path.display(), "ONNX Runtime loaded");
    Ok(loaded.insert(environment).clone())
}

/// The first place that has the library; `None`: only the system's loader is left to ask. What a person named must be
/// there: falling back from it would run something else than was asked for.
fn locate(
    variable: Option<&Path>,
    setting: Option<&Path>,
    directory: Option<&Path>,
    executable: Option<&Path>,
) -> Result<Option<PathBuf>, RuntimeError> {
    for (named_by, path) in [(RUNTIME_VARIABLE, variable), ("the configuration", setting)] {
        if let Some(path) = path {
            let library = library_at(path);
            return library.map(Some).ok_or_else(|| RuntimeError::NotThere { named_by, path: path.to_owned() });
        }
    }
    let above_executable = executable.into_iter().flat_map(|path| path.ancestors().skip(1));
    let places = directory.into_iter().chain(above_executable);
    Ok(places.filter(|place| place.is_absolute()).find_map(|place| library_at(&place.join(SETUP_DIRECTORY))))
}

/// `path` itself when it is a file, or the library in it when it is a directory (the last by name when several).
fn library_at(path: &Path) -> Option<PathBuf> {
    if path.is_file() {
        return Some(path.to_owned());
    }
    let entries = path.read_dir().ok()?;
    entries
        .filter_map(Result::ok)
        .filter(|entry| entry.file_name().to_string_lossy().starts_with(LIBRARY_PREFIX))
        .map(|entry| entry.path())
        .filter(|path| path.is_file())
        .max()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// A directory of this test's own, removed at the end.
    struct Scratch(PathBuf);

    impl Scratch {
        fn new(name: &str) -> Self {
            let path = env::temp_dir().join(format!("lukou-runtime-{name}-{}", std::process::id()));
            fs::create_dir_all(&path).unwrap();
            Self(path)
        }

        fn library(&self, place: &str, name: &str) -> PathBuf {
            let directory = self.0.join(place);
            fs::create_dir_all(&directory).unwrap();
            fs::write(directory.join(name), b"").unwrap();
            directory.join(name)
        }
    }

    impl Drop for Scratch {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn the_order_is_variable_setting_directory_executable_system() {
        let scratch = Scratch::new("order");
        let by_variable = scratch.library("a", "anything.so");
        let by_setting = scratch.library("b", "libonnxruntime.so.1.32.0");
        let in_directory = scratch.library("work/.cache/onnxruntime", "libonnxruntime.so.1.32.0");
        let by_executable = scratch.library("prefix/.cache/onnxruntime", "libonnxruntime.so.1.32.0");
        let (setting, work) = (scratch.0.join("b"), scratch.0.join("work"));
        let executable = scratch.0.join("prefix/target/release/rsu");
        let locate =
            |variable, setting, directory, executable| locate(variable, setting, directory, executable).unwrap();
        assert_eq!(
            locate(Some(&by_variable), Some(&setting), Some(&work), Some(&executable)),
            Some(by_variable.clone())
        );
        assert_eq!(locate(None, Some(&setting), Some(&work), Some(&executable)), Some(by_setting));
        assert_eq!(locate(None, None, Some(&work), Some(&executable)), Some(in_directory));
        assert_eq!(locate(None, None, Some(&scratch.0), Some(&executable)), Some(by_executable));
        assert_eq!(locate(None, None, Some(&scratch.0), None), None);
    }

    #[test]
    fn what_was_named_must_be_there() {
        let scratch = Scratch::new("named");
        let work = scratch.library("work/.cache/onnxruntime", "libonnxruntime.so");
        let missing = scratch.0.join("nowhere/libonnxruntime.so");
        let error = locate(Some(&missing), None, work.ancestors().nth(3), None).unwrap_err();
        assert!(error.to_string().starts_with("LUKOU_ONNXRUNTIME names "), "{error}");
        let error = locate(None, Some(&missing), None, None).unwrap_err();
        assert!(error.to_string().starts_with("the configuration names "), "{error}");
    }

    #[test]
    fn of_several_versions_in_a_directory_the_last_by_name_is_taken() {
        let scratch = Scratch::new("several");
        scratch.library("d", "libonnxruntime.so.1.31.0");
        let newest = scratch.library("d", "libonnxruntime.so.1.32.0");
        scratch.library("d", "libonnxruntime_providers_shared.so");
        assert_eq!(library_at(&scratch.0.join("d")), Some(newest));
    }
}
