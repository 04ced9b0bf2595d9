//! What the city sees: the schema, and the link over Zenoh.
