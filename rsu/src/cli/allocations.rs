//! Counts the allocations of a thread, for `rsu codec bench`.

#![expect(unsafe_code, reason = "a global allocator is an unsafe trait; this one only counts and hands everything on")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

thread_local! {
    // Constant start and no destructor: reading it allocates nothing, at any moment of a thread's life.
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

/// The system's allocator, with a count for each thread: one addition to thread-local memory an allocation.
#[derive(Debug)]
pub struct CountingAllocator;

// SAFETY: every call goes to `System` unchanged.
unsafe impl GlobalAlloc for CountingAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        count();
        // SAFETY: the caller's promises are passed on.
        unsafe { System.realloc(pointer, layout, new_size) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's promises are passed on.
        unsafe { System.dealloc(pointer, layout) }
    }
}

fn count() {
    ALLOCATIONS.with(|allocations| allocations.set(allocations.get().wrapping_add(1)));
}

/// Allocations of this thread so far. Stands still where [`CountingAllocator`] is not the global allocator.
pub fn of_this_thread() -> u64 {
    ALLOCATIONS.with(Cell::get)
}
