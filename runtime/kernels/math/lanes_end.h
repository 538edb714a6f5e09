// Ends what `lanes_….h` began.

#if defined(__clang__) && defined(LANES_PUSHED)
#pragma clang attribute pop
#endif
