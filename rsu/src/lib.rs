//! Lukou: the roadside edge service. The only place where everything meets.
