//! Immediate Forward: the text that a US roadside unit takes over UDP (port 1516) and sends at once.
//! Source: USDOT RSU 4.1, as deployed.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::{FrameError, refuse};
use crate::jer::{hex, unhex};

/// The UDP port where roadside units listen.
pub const UDP_PORT: u16 = 1516;

/// Whether the radio sends continuously or in alternating intervals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TxMode {
    /// `CONT`.
    #[default]
    Continuous,
    /// `ALT`.
    Alternating,
}

/// One message to be sent at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// `Type`: `SPAT`, `MAP`, `TIM`, …
    pub message_type: String,
    /// `PSID`, as the file has it: p-encoded octets as a number, so SPAT's 0x82 is 0x8002.
    pub psid_p_encoded: u32,
    /// `Priority`, 0 to 7.
    pub priority: u8,
    /// `TxMode`.
    pub tx_mode: TxMode,
    /// `TxChannel`: 183 for C-V2X.
    pub tx_channel: u8,
    /// `TxInterval`, ms; 0 sends once.
    pub tx_interval_ms: u32,
    /// `DeliveryStart`, as it stands; empty is at once.
    pub delivery_start: String,
    /// `DeliveryStop`, as it stands; empty is never.
    pub delivery_stop: String,
    /// `Signature`: whether the roadside unit signs.
    pub signature: bool,
    /// `Encryption`: whether the roadside unit encrypts.
    pub encryption: bool,
    /// `Payload`: the message, UPER.
    pub payload: Vec<u8>,
}

impl Message {
    /// The text of one datagram.
    pub fn encode(&self) -> String {
        let truth = |flag| if flag { "True" } else { "False" };
        let tx_mode = match self.tx_mode {
            TxMode::Continuous => "CONT",
            TxMode::Alternating => "ALT",
        };
        // A PSID of one octet has two digits, those of more have as many as their octets.
        let psid = format!("{:02X}", self.psid_p_encoded);
        format!(
            "Version=0.7\nType={}\nPSID=0x{psid}\nPriority={}\nTxMode={tx_mode}\nTxChannel={}\nTxInterval={}\n\
             DeliveryStart={}\nDeliveryStop={}\nSignature={}\nEncryption={}\nPayload={}\n",
            self.message_type,
            self.priority,
            self.tx_channel,
            self.tx_interval_ms,
            self.delivery_start,
            self.delivery_stop,
            truth(self.signature),
            truth(self.encryption),
            hex(&self.payload).to_ascii_uppercase(),
        )
    }

    /// The message that a datagram's text tells. Lines may come in any order, blank lines and `#` comments are skipped,
    /// keys that are not known are left aside; `Type`, `PSID` and `Payload` must be there.
    ///
    /// # Errors
    /// When one of those is missing, or a value is malformed; `octet` is where its line starts.
    pub fn decode(text: &str) -> Result<Self, FrameError> {
        let mut message = Self::empty();
        let mut seen = [false; 3];
        let mut octet = 0;
        for line in text.split('\n') {
            let start = octet;
            octet += line.len() + 1;
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let at = |what: String| FrameError { what, octet: start };
            let (key, value) = line.split_once('=').ok_or_else(|| at(format!("{line:?} has no \"=\"")))?;
            let (key, value) = (key.trim(), value.trim());
            let known = message.set(key, value).map_err(|()| at(format!("{key} can't be {value:?}")))?;
            if let Some(index) = known {
                seen[index] = true;
            }
        }
        match ["Type", "PSID", "Payload"].into_iter().zip(seen).find(|(_, seen)| !seen) {
            None => Ok(message),
            Some((key, _)) => Err(refuse(format!("{key} is missing"))),
        }
    }

    /// Takes one line; gives the index of the key among those that must be there.
    fn set(&mut self, key: &str, value: &str) -> Result<Option<usize>, ()> {
        let mut required = None;
        match key {
            "Type" => {
                self.message_type = value.to_owned();
                required = Some(0);
            }
            "PSID" => {
                let digits = value.strip_prefix("0x").or_else(|| value.strip_prefix("0X")).unwrap_or(value);
                self.psid_p_encoded = u32::from_str_radix(digits, 16).map_err(drop)?;
                required = Some(1);
            }
            "Payload" => {
                self.payload = unhex(value).ok_or(())?;
                required = Some(2);
            }
            "Priority" => self.priority = value.parse().ok().filter(|priority| *priority <= 7).ok_or(())?,
            "TxMode" => {
                self.tx_mode = match value.to_ascii_uppercase().as_str() {
                    "CONT" => TxMode::Continuous,
                    "ALT" => TxMode::Alternating,
                    _ => return Err(()),
                }
            }
            "TxChannel" => self.tx_channel = value.parse().map_err(drop)?,
            "TxInterval" => self.tx_interval_ms = value.parse().map_err(drop)?,
            "DeliveryStart" => self.delivery_start = value.to_owned(),
            "DeliveryStop" => self.delivery_stop = value.to_owned(),
            "Signature" => self.signature = truth(value)?,
            "Encryption" => self.encryption = truth(value)?,
            _ => {}
        }
        Ok(required)
    }

    const fn empty() -> Self {
        Self {
            message_type: String::new(),
            psid_p_encoded: 0,
            priority: 0,
            tx_mode: TxMode::Continuous,
            tx_channel: 183,
            tx_interval_ms: 0,
            delivery_start: String::new(),
            delivery_stop: String::new(),
            signature: false,
            encryption: false,
            payload: Vec::new(),
        }
    }
}

fn truth(value: &str) -> Result<bool, ()> {
    match value.to_ascii_lowercase().as_str() {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPAT: &str = "Version=0.7\nType=SPAT\nPSID=0x8002\nPriority=7\nTxMode=CONT\nTxChannel=183\nTxInterval=0\n\
                        DeliveryStart=\nDeliveryStop=\nSignature=True\nEncryption=False\nPayload=0013AB\n";

    #[test]
    fn a_spat_goes_both_ways() {
        let message = Message::decode(SPAT).unwrap();
        assert_eq!((message.psid_p_encoded, message.priority, message.tx_channel), (0x8002, 7, 183));
        assert!(message.signature && !message.encryption);
        assert_eq!(message.payload, [0x00, 0x13, 0xab]);
        assert_eq!(message.encode(), SPAT);
    }

    #[test]
    fn other_makers_files_are_read() {
        let message =
            Message::decode("# by hand\r\nPSID = 20\r\n\r\nType=BSM\r\nNovelty=1\r\nPayload=0014\r\n").unwrap();
        assert_eq!((message.psid_p_encoded, message.payload), (0x20, vec![0x00, 0x14]));
    }

    #[test]
    fn what_is_malformed_is_named() {
        let what = |text: &str| Message::decode(text).unwrap_err();
        assert_eq!(what("Type=SPAT\nPSID=0x8002\n").what, "Payload is missing");
        let payload = what("Type=SPAT\nPayload=0xZZ\n");
        assert_eq!((payload.what.as_str(), payload.octet), ("Payload can't be \"0xZZ\"", 10));
        assert_eq!(what("Priority=9").what, "Priority can't be \"9\"");
        assert_eq!(what("Payload").what, "\"Payload\" has no \"=\"");
    }
}
