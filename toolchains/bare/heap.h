// Where the heap is: between what is linked and the stack. What start-up takes of it is gone for good.
#pragma once

// Weak: a program without a heap may have a script without one.
extern char __heap_start[] __attribute__((weak)), __heap_end[] __attribute__((weak));

// The first byte that nobody has taken.
extern char* bare_heap;
