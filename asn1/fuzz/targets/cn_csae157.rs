#![no_main]

asn1_fuzz::fuzz!("cn_csae157");
