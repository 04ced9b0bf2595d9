//! Cameras (files and RTSP through OpenCV), radars (UDP) and recordings (MCAP) as perception's inputs.
