//! Network cameras small enough to test with: HTTP (MJPEG, as cheap cameras send it) and RTSP (RTP over its TCP
//! connection, RFC 2326; JPEG payload, RFC 2435). They send as fast as the client reads, over and over.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

/// How a server talks.
#[derive(Clone, Copy)]
pub enum Protocol {
    Http,
    Rtsp,
}

/// A camera that can be switched off.
pub struct Server {
    pub address: SocketAddr,
    off: Arc<AtomicBool>,
    connections: Arc<Mutex<Vec<TcpStream>>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Listens at `address` and shows `pictures` (JPEG); after `frames` of them a connection stays open but silent.
    pub fn start(address: &str, protocol: Protocol, pictures: Vec<Vec<u8>>, frames: usize) -> Self {
        let listener = TcpListener::bind(address).unwrap();
        let address = listener.local_addr().unwrap();
        let off = Arc::new(AtomicBool::new(false));
        let connections = Arc::new(Mutex::new(Vec::new()));
        let (their_off, their_connections) = (off.clone(), connections.clone());
        let thread = std::thread::spawn(move || {
            let pictures = Arc::new(pictures);
            for stream in listener.incoming().map_while(Result::ok) {
                if their_off.load(Ordering::SeqCst) {
                    return;
                }
                their_connections.lock().unwrap().push(stream.try_clone().unwrap());
                let pictures = pictures.clone();
                // An error is the client hanging up, or the server switched off.
                std::thread::spawn(move || match protocol {
                    Protocol::Http => http(stream, &pictures, frames),
                    Protocol::Rtsp => rtsp(stream, &pictures, frames),
                });
            }
        });
        Self { address, off, connections, thread: Some(thread) }
    }

    /// Off: every connection breaks, and nobody listens any more.
    pub fn switch_off(&mut self) {
        self.off.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
        for connection in self.connections.lock().unwrap().drain(..) {
            let _ = connection.shutdown(Shutdown::Both);
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.switch_off();
    }
}

/// A request's head, line by line. Empty: the client hung up.
fn request(reader: &mut BufReader<TcpStream>) -> std::io::Result<Vec<String>> {
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(Vec::new());
        }
        match line.trim_end() {
            "" if lines.is_empty() => {}
            "" => return Ok(lines),
            line => lines.push(line.to_owned()),
        }
    }
}

/// Says nothing more, until the client hangs up.
fn fall_silent(mut reader: BufReader<TcpStream>) -> std::io::Result<()> {
    std::io::copy(&mut reader, &mut std::io::sink()).map(|_| ())
}

fn http(mut stream: TcpStream, pictures: &[Vec<u8>], frames: usize) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    request(&mut reader)?;
    stream.write_all(b"HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=frame\r\n\r\n")?;
    for jpeg in pictures.iter().cycle().take(frames) {
        write!(stream, "--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {}\r\n\r\n", jpeg.len())?;
        stream.write_all(jpeg)?;
        stream.write_all(b"\r\n")?;
    }
    fall_silent(reader)
}

fn rtsp(mut stream: TcpStream, pictures: &[Vec<u8>], frames: usize) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    loop {
        let lines = request(&mut reader)?;
        let Some(first) = lines.first() else { return Ok(()) };
        let sequence = lines.iter().find(|line| line.to_ascii_lowercase().starts_with("cseq:")).unwrap();
        let (method, url) = (first.split(' ').next().unwrap(), first.split(' ').nth(1).unwrap());
        let ok = format!("RTSP/1.0 200 OK\r\n{sequence}\r\n");
        match method {
            "OPTIONS" => write!(stream, "{ok}Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN\r\n\r\n")?,
            "DESCRIBE" => {
                let sdp = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=camera\r\nt=0 0\r\n\
                    m=video 0 RTP/AVP 26\r\nc=IN IP4 0.0.0.0\r\na=control:track1\r\n";
                let length = sdp.len();
                write!(stream, "{ok}Content-Base: {url}/\r\nContent-Type: application/sdp\r\n")?;
                write!(stream, "Content-Length: {length}\r\n\r\n{sdp}")?;
            }
            "SETUP" if !lines.iter().any(|line| line.contains("RTP/AVP/TCP")) => {
                write!(stream, "RTSP/1.0 461 Unsupported Transport\r\n{sequence}\r\n\r\n")?;
            }
            "SETUP" => {
                write!(stream, "{ok}Session: 1\r\nTransport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n\r\n")?;
            }
            "PLAY" => {
                write!(stream, "{ok}Session: 1\r\n\r\n")?;
                break;
            }
            _ => write!(stream, "{ok}Session: 1\r\n\r\n")?,
        }
    }
    let mut sequence = 0_u16;
    for (number, jpeg) in (0_u32..).zip(pictures.iter().cycle().take(frames)) {
        for packet in rtp_packets(jpeg, number.wrapping_mul(9000), &mut sequence) {
            stream.write_all(&[b'$', 0])?;
            stream.write_all(&u16::try_from(packet.len()).unwrap().to_be_bytes())?;
            stream.write_all(&packet)?;
        }
    }
    fall_silent(reader)
}

/// One JPEG picture as RTP packets: RFC 2435, its own quantisation tables (Q = 255) in the first packet.
fn rtp_packets(jpeg: &[u8], timestamp: u32, sequence: &mut u16) -> Vec<Vec<u8>> {
    const PAYLOAD: usize = 1300;
    let Jpeg { kind, width, height, tables, scan } = take_apart(jpeg);
    let mut packets = Vec::new();
    for (index, piece) in scan.chunks(PAYLOAD).enumerate() {
        let offset = index * PAYLOAD;
        let last = offset + piece.len() == scan.len();
        let mut packet = vec![0x80, if last { 0x80 | 26 } else { 26 }];
        packet.extend(sequence.to_be_bytes());
        packet.extend(timestamp.to_be_bytes());
        packet.extend(0x1234_5678_u32.to_be_bytes());
        packet.extend(u32::try_from(offset).unwrap().to_be_bytes());
        packet.extend([kind, 255, u8::try_from(width / 8).unwrap(), u8::try_from(height / 8).unwrap()]);
        if index == 0 {
            packet.extend([0, 0]);
            packet.extend(u16::try_from(tables.len()).unwrap().to_be_bytes());
            packet.extend(&tables);
        }
        packet.extend(piece);
        packets.push(packet);
        *sequence = sequence.wrapping_add(1);
    }
    packets
}

struct Jpeg {
    /// RFC 2435's type: 0 is 4:2:2, 1 is 4:2:0.
    kind: u8,
    width: u16,
    height: u16,
    /// The 8 bit quantisation tables, one behind the other.
    tables: Vec<u8>,
    scan: Vec<u8>,
}

fn take_apart(jpeg: &[u8]) -> Jpeg {
    let mut taken = Jpeg { kind: 0, width: 0, height: 0, tables: Vec::new(), scan: Vec::new() };
    let mut rest = &jpeg[2..];
    loop {
        let (marker, length) = (rest[1], usize::from(u16::from_be_bytes([rest[2], rest[3]])));
        let segment = &rest[4..2 + length];
        rest = &rest[2 + length..];
        match marker {
            0xdb => segment.chunks(65).for_each(|table| taken.tables.extend(&table[1..])),
            0xc0 => {
                taken.height = u16::from_be_bytes([segment[1], segment[2]]);
                taken.width = u16::from_be_bytes([segment[3], segment[4]]);
                taken.kind = match segment[7] {
                    0x21 => 0,
                    0x22 => 1,
                    sampling => panic!("sampling {sampling:#x} is none of RFC 2435"),
                };
            }
            0xda => {
                taken.scan = rest.strip_suffix(&[0xff, 0xd9]).unwrap().to_vec();
                return taken;
            }
            _ => {}
        }
    }
}
