// The C library's <assert.h> where ExecuTorch's headers do not get on with it: with NDEBUG, they declare __assert_fail
// as glibc does, which musl's own declaration contradicts. Then no assertion calls it, so musl's may have another name.
#ifdef NDEBUG
#define __assert_fail etbuild_unused_assert_fail
#include_next <assert.h>
#undef __assert_fail
#else
#include_next <assert.h>
#endif
