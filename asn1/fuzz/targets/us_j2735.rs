#![no_main]

asn1_fuzz::fuzz!("us_j2735");
