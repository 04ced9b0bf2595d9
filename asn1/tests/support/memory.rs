//! An allocator that counts, so that a test can say what memory something takes.

#![allow(unsafe_code, reason = "an allocator can't be written without")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// What a thread took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    /// How often it asked for memory, or for more.
    pub requests: usize,
    /// The most octets that it had at once, beyond what it had before.
    pub peak_octets: usize,
}

/// What `task` takes, beside its result.
pub fn watch<R>(task: impl FnOnce() -> R) -> (R, Memory) {
    COUNTS.with(|counts| counts.set(Counts::default()));
    let result = task();
    let counts = COUNTS.with(Cell::get);
    (result, Memory { requests: counts.requests, peak_octets: usize::try_from(counts.peak).unwrap_or_default() })
}

#[derive(Clone, Copy, Default)]
struct Counts {
    requests: usize,
    /// Octets; negative when memory of before was given back.
    held: isize,
    peak: isize,
}

thread_local! {
    // Constant and without a destructor: neither allocates.
    static COUNTS: Cell<Counts> = const { Cell::new(Counts { requests: 0, held: 0, peak: 0 }) };
}

fn took(octets: usize) {
    COUNTS.with(|cell| {
        let mut counts = cell.get();
        counts.requests += 1;
        counts.held = counts.held.saturating_add_unsigned(octets);
        counts.peak = counts.peak.max(counts.held);
        cell.set(counts);
    });
}

fn gave(octets: usize) {
    COUNTS.with(|cell| {
        let mut counts = cell.get();
        counts.held = counts.held.saturating_sub_unsigned(octets);
        cell.set(counts);
    });
}

struct Watching;

#[global_allocator]
static WATCHING: Watching = Watching;

// SAFETY: everything is the system's allocator's; counting touches nothing that is allocated.
unsafe impl GlobalAlloc for Watching {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        took(layout.size());
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        gave(layout.size());
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        took(layout.size());
        // SAFETY: the caller's promise.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // As if the old were copied into the new, which it may be.
        took(size);
        gave(layout.size());
        // SAFETY: the caller's promise.
        unsafe { System.realloc(pointer, layout, size) }
    }
}
