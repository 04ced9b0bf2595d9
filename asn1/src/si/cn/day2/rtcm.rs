//! RTCM: corrections for satellite positioning. It has no quantity that is a number of steps: both levels are one.

use crate::CodecError;
pub use crate::cn::day2::rtcm::{RTCMcorrections, RTCMmsg};
use crate::si::Si;

impl Si<RTCMcorrections> for RTCMcorrections {
    fn to_wire(&self) -> Result<RTCMcorrections, CodecError> {
        Ok(self.clone())
    }

    fn from_wire(wire: &RTCMcorrections) -> Self {
        wire.clone()
    }
}
