//! A network camera that shows the demo's video, and can be unplugged.

use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::time::Duration;

use opencv::core::{Mat, Vector};
use opencv::imgcodecs;
use opencv::prelude::*;
use opencv::videoio::{CAP_FFMPEG, VideoCapture};

use crate::bench::Going;

/// The first pictures of a video, JPEG.
pub fn pictures(video: &Path, count: usize) -> Vec<Vec<u8>> {
    let mut capture = VideoCapture::from_file(video.to_str().unwrap(), CAP_FFMPEG).unwrap();
    let mut next = || {
        let (mut picture, mut jpeg) = (Mat::default(), Vector::new());
        assert!(capture.read(&mut picture).unwrap(), "the video is longer");
        imgcodecs::imencode(".jpg", &picture, &mut jpeg, &Vector::new()).unwrap();
        jpeg.into()
    };
    (0..count).map(|_| next()).collect()
}

/// Shows the pictures over and over, ten a second, as cheap cameras do (MJPEG over HTTP). Unplugged when dropped.
pub fn network_camera(port: u16, pictures: Vec<Vec<u8>>) -> Going {
    let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
    listener.set_nonblocking(true).unwrap();
    let (mut clients, mut shown) = (Vec::new(), 0);
    Going::start(move || {
        loop {
            match listener.accept() {
                Ok((client, _)) => clients.extend(greet(client)),
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) => panic!("{error}"),
            }
        }
        let jpeg: &[u8] = &pictures[shown % pictures.len()];
        shown += 1;
        clients.retain_mut(|client| show(client, jpeg).is_ok());
        // The camera's own rhythm.
        std::thread::sleep(Duration::from_millis(100));
    })
}

/// Reads the request and begins the answer; a client that says nothing is none.
fn greet(mut client: TcpStream) -> std::io::Result<TcpStream> {
    client.set_nonblocking(false)?;
    client.set_read_timeout(Some(Duration::from_secs(5)))?;
    client.set_write_timeout(Some(Duration::from_secs(5)))?;
    let mut head = Vec::new();
    let mut octet = [0];
    while !head.ends_with(b"\r\n\r\n") {
        client.read_exact(&mut octet)?;
        head.extend(octet);
    }
    client.write_all(b"HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=frame\r\n\r\n")?;
    Ok(client)
}

fn show(client: &mut TcpStream, jpeg: &[u8]) -> std::io::Result<()> {
    write!(client, "--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {}\r\n\r\n", jpeg.len())?;
    client.write_all(jpeg)?;
    client.write_all(b"\r\n")
}
