//! Radars that send their scans over UDP, in the packet of `docs/ref/radar-udp.md`.
//!
//! Three parts: bytes ([`encode`], [`decode`]), whole scans from packets ([`Reassembler`]), and the socket on its own
//! thread ([`RadarSource`]).

mod packet;
mod reassemble;
mod source;

pub use packet::{MAX_PACKET_BYTES, MAX_PARTS, Packet, RadarEncodeError, RadarPacketError, VERSION, decode, encode};
pub use reassemble::{PacketDrop, Reassembler, WholeScan};
pub use source::{RadarConfig, RadarSource, RadarSourceStatus, RadarState, RadarStatus, ReceivedScan};
