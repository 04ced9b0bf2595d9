//! The same message for a codec that has no extension markers: the bits that say "nothing after the marker" left out.
//! The members are walked in the order and with the widths of `peers/lukou-bench.asn`.

/// A message of `peers/lukou-bench.asn`, which must use nothing after a marker, without its markers.
pub fn without_markers(octets: &[u8]) -> Vec<u8> {
    let mut walk = Walk { from: octets, at: 0, to: Vec::new(), written: 0 };
    walk.marker();
    match walk.keep(3) {
        2 => walk.seen(),
        3 => walk.lights(),
        other => panic!("alternative {other} is not measured"),
    }
    walk.to
}

struct Walk<'a> {
    from: &'a [u8],
    at: usize,
    to: Vec<u8>,
    written: usize,
}

impl Walk<'_> {
    fn read(&mut self) -> bool {
        let bit = self.from[self.at / 8] & (0x80 >> (self.at % 8)) != 0;
        self.at += 1;
        bit
    }

    fn marker(&mut self) {
        assert!(!self.read(), "something after an extension marker, at bit {}", self.at);
    }

    /// Copies a member of so many bits; its value, of which long ones keep the last bits.
    fn keep(&mut self, bits: usize) -> u32 {
        let mut value = 0;
        for _ in 0..bits {
            let bit = self.read();
            if self.written.is_multiple_of(8) {
                self.to.push(0);
            }
            if let (true, Some(last)) = (bit, self.to.last_mut()) {
                *last |= 0x80 >> (self.written % 8);
            }
            self.written += 1;
            value = value << 1 | u32::from(bit);
        }
        value
    }

    /// The presence bits of so many optional members, the first one first.
    fn options<const N: usize>(&mut self) -> [bool; N] {
        std::array::from_fn(|_| self.keep(1) == 1)
    }

    fn keep_if(&mut self, present: bool, bits: usize) {
        if present {
            self.keep(bits);
        }
    }

    fn list(&mut self, count_bits: usize, mut element: impl FnMut(&mut Self)) {
        for _ in 0..=self.keep(count_bits) {
            element(self);
        }
    }

    fn lights(&mut self) {
        self.marker();
        let [minute, millis, label] = self.options();
        self.keep(7);
        self.keep_if(minute, 20);
        self.keep_if(millis, 16);
        assert!(!label, "a label is not measured");
        self.list(5, Self::junction);
    }

    fn junction(&mut self) {
        self.marker();
        let [minute, millis, clock] = self.options();
        let [region] = self.options();
        self.keep_if(region, 16);
        self.keep(16 + 16);
        self.keep_if(minute, 20);
        self.keep_if(millis, 16);
        self.keep_if(clock, 6);
        self.list(4, |walk| {
            walk.keep(8);
            walk.list(4, Self::step);
        });
    }

    fn step(&mut self) {
        self.marker();
        let [times] = self.options();
        self.marker();
        self.keep(4);
        if times {
            self.marker();
            self.keep(1);
            let [earliest, latest, trust, again, lasting] = self.options();
            self.keep(16);
            self.keep_if(earliest, 16);
            self.keep_if(latest, 16);
            self.keep(16);
            self.keep_if(trust, 8);
            self.keep_if(again, 16);
            self.keep_if(lasting, 16);
        }
    }

    fn seen(&mut self) {
        self.marker();
        self.keep(7 + 64);
        let [height] = self.options();
        self.keep(31 + 32);
        self.keep_if(height, 16);
        self.list(4, Self::user);
    }

    fn user(&mut self) {
        self.marker();
        let [station, gear, wheel, motion, push, form] = self.options();
        self.marker();
        self.keep(3 + 16);
        self.marker();
        self.keep(3);
        self.keep_if(station, 64);
        self.keep(16);
        self.away();
        let [up] = self.options();
        self.keep(4);
        self.keep_if(up, 4);
        self.keep_if(gear, 3);
        self.keep(13 + 15);
        self.keep_if(wheel, 8);
        if motion {
            let [speed, course, wheel] = self.options();
            self.keep_if(speed, 3);
            self.keep_if(course, 3);
            self.keep_if(wheel, 2);
        }
        self.keep_if(push, 12 + 12 + 8 + 16);
        let [height] = self.options();
        self.keep(10 + 12);
        self.keep_if(height, 7);
        if form {
            self.marker();
            let [fuel] = self.options();
            self.keep(8);
            self.keep_if(fuel, 4);
        }
    }

    fn away(&mut self) {
        let [up] = self.options();
        let flat = self.keep(3) as usize;
        self.keep([24, 28, 32, 36, 44, 48, 63][flat]);
        if up {
            let form = self.keep(3) as usize;
            self.keep([7, 8, 9, 10, 11, 12, 16][form]);
        }
    }
}
