//! A US roadside unit's Immediate Forward interface in RSU 4.1's text form: one message a UDP datagram.

use std::net::SocketAddr;

use asn1::transport::immediate_forward::{Message, TxMode};
use asn1::transport::wsmp;

use super::{BoxFuture, Handover, MessageSet, Radio, SendError, Transmission, udp::Peer};

/// The channel of C-V2X in the United States.
const CHANNEL: u8 = 183;

/// See the module.
#[derive(Debug)]
pub struct ImmediateForward(Peer);

impl ImmediateForward {
    /// Towards the unit at `to`, usually port 1516.
    pub fn new(to: SocketAddr) -> Self {
        Self(Peer::new(to))
    }
}

impl Radio for ImmediateForward {
    /// The interface has no place for China's messages.
    fn takes(&self, set: MessageSet) -> bool {
        set == MessageSet::Us
    }

    fn send<'a>(&'a mut self, transmission: &'a Transmission) -> BoxFuture<'a, Result<Handover, SendError>> {
        Box::pin(async move { self.0.send(text(transmission)?.as_bytes()).await })
    }
}

/// The unit signs, because what it is given here is a bare MessageFrame.
fn text(transmission: &Transmission) -> Result<String, SendError> {
    let message = Message {
        message_type: transmission.kind.as_str().into(),
        psid_p_encoded: p_encoded(transmission.application_id)?,
        // 0 to 255 in eight steps.
        priority: transmission.priority >> 5,
        tx_mode: TxMode::Continuous,
        tx_channel: CHANNEL,
        tx_interval_ms: 0,
        delivery_start: String::new(),
        delivery_stop: String::new(),
        signature: true,
        encryption: false,
        payload: transmission.payload.to_vec(),
    };
    Ok(message.encode())
}

/// The PSID's p-encoded octets as one number. They lie between the version, the TPID and the length of a frame
/// without data.
fn p_encoded(psid: u32) -> Result<u32, SendError> {
    let frame = wsmp::Frame::new(psid, &[]).encode();
    let frame = frame.map_err(|error| SendError { reason: "frame", detail: format!("PSID {psid:#x}: {error}") })?;
    let octets = frame.get(2..frame.len() - 1).unwrap_or_default();
    Ok(octets.iter().fold(0, |number, octet| number << 8 | u32::from(*octet)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_as_roadside_units_write_them() {
        let known = [(0x20, 0x20), (0x82, 0x8002), (0x90, 0x8010), (0x20_4097, 0xe000_0017)];
        for (psid, written) in known {
            assert_eq!(p_encoded(psid), Ok(written));
        }
        assert!(p_encoded(u32::MAX).is_err());
    }
}
