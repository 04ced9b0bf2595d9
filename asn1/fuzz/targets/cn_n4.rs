#![no_main]

asn1_fuzz::fuzz!("cn_n4");
