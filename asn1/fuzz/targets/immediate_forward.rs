#![no_main]

asn1_fuzz::fuzz!("immediate_forward");
