#![no_main]

asn1_fuzz::fuzz!("cn_gbt31024");
