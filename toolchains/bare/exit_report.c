// What a program says of its stack at its end. Knows the linker script's symbols, and which processors guard nothing.
#include "exit_report.h"

#include "bare.h"

extern char __stack_guard[], __stack_limit[], __stack_top[];

#if defined(__arm__) && __ARM_ARCH < 7
char* bare_painted(void) { return __stack_guard; }

// Its name is looked for by what runs images on a board that hangs: then the words below the limit are painted.
__attribute__((noinline)) static int bare_guard_is_whole(void) {
  for (const uint32_t* word = (const uint32_t*)__stack_guard; (const char*)word < __stack_limit; ++word) {
    if (*word != BARE_PAINT) return 0;
  }
  return 1;
}
#else
char* bare_painted(void) { return __stack_limit; }

static int bare_guard_is_whole(void) { return 1; }
#endif

size_t bare_stack_size(void) { return (size_t)(__stack_top - __stack_limit); }

size_t bare_stack_peak(void) {
  const uint32_t* word = (const uint32_t*)__stack_limit;
  while ((const char*)word < __stack_top && *word == BARE_PAINT) ++word;
  return (size_t)(__stack_top - (const char*)word);
}

static void write_number(size_t number) {
  char digits[24];
  char* at = digits + sizeof digits - 1;
  *at = '\0';
  do *--at = (char)('0' + number % 10);
  while ((number /= 10) > 0);
  bare_write_text(at);
}

int bare_report_stack(int code) {
  if (!bare_guard_is_whole()) {
    bare_write_text("hard fault (stack overflow): found at the end, below the limit words are written\n");
    return BARE_FAULT;
  }
  bare_write_text("stack ");
  write_number(bare_stack_peak());
  bare_write_text(" of ");
  write_number(bare_stack_size());
  bare_write_text(" bytes\n");
  return code;
}
