//! CRC-16 as signal controllers use it: most significant bit first, nothing reflected, nothing xored at the end.

/// The check sum of `bytes` under `polynomial` (without its x^16), beginning at `initial`.
pub fn crc16(polynomial: u16, initial: u16, bytes: &[u8]) -> u16 {
    bytes.iter().fold(initial, |sum, byte| {
        (0..8).fold(sum ^ (u16::from(*byte) << 8), |sum, _| {
            let shifted = sum << 1;
            if sum & 0x8000 == 0 { shifted } else { shifted ^ polynomial }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_the_published_check_values() {
        // Of the CRC catalogue's string; GA/T 1743, GB/T 20999 as captured, CCITT-FALSE, XMODEM.
        let of = |polynomial, initial| crc16(polynomial, initial, b"123456789");
        assert_eq!(
            [of(0x8005, 0xffff), of(0x1005, 0), of(0x1021, 0xffff), of(0x1021, 0)],
            [0xaee7, 0x5bb8, 0x29b1, 0x31c3]
        );
    }
}
