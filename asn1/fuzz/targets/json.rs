#![no_main]

asn1_fuzz::fuzz!("json");
