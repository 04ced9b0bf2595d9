//! A program without std that decodes a message and encodes it again: exit status 0 when the octets came back.

#![no_std]
#![no_main]

use core::alloc::{GlobalAlloc, Layout};
use core::cell::UnsafeCell;
use core::sync::atomic::{AtomicUsize, Ordering};

/// The test message of T/CSAE 157: `msgCnt` 0, two octets of data.
const MESSAGE: [u8; 10] = [0x80, 0x08, 0x00, 0x00, 0x05, 0x02, 0x00, 0x6a, 0xae, 0xc0];

#[link(name = "c")]
unsafe extern "C" {
    fn exit(status: i32) -> !;
}

/// Hands out a fixed piece of memory, and takes none back: enough for one message.
struct Bump(UnsafeCell<[u8; 1 << 16]>, AtomicUsize);

// SAFETY: every byte is handed out once, by the atomic counter.
unsafe impl Sync for Bump {}

// SAFETY: what is handed out lies within the piece, is aligned, and is never handed out again.
unsafe impl GlobalAlloc for Bump {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let start = self.0.get() as usize;
        let taken = self.1.fetch_add(layout.size() + layout.align(), Ordering::Relaxed);
        let at = (start + taken).next_multiple_of(layout.align());
        if at + layout.size() > start + (1 << 16) { core::ptr::null_mut() } else { at as *mut u8 }
    }

    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}

#[global_allocator]
static MEMORY: Bump = Bump(UnsafeCell::new([0; 1 << 16]), AtomicUsize::new(0));

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    // SAFETY: the C library's, which the linker brings for the start of the program.
    unsafe { exit(101) }
}

/// Where the C start-up code calls.
#[unsafe(no_mangle)]
pub extern "C" fn main() -> i32 {
    let dialect = asn1::Dialect::CnCsae157;
    let again = asn1::cn::decode(&MESSAGE, dialect).and_then(|frame| asn1::cn::encode(&frame, dialect));
    i32::from(again.as_deref() != Ok(&MESSAGE[..]))
}

/// The precompiled `alloc` names these two, though a program that aborts on panic never unwinds.
#[unsafe(no_mangle)]
pub extern "C" fn rust_eh_personality() {}

#[unsafe(no_mangle)]
pub extern "C" fn _Unwind_Resume() -> ! {
    // SAFETY: as above.
    unsafe { exit(102) }
}
