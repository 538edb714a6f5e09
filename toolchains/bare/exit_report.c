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

// Writes a number before `end`, and returns where it begins.
static char* put_number(char* end, size_t number) {
  do {
    *--end = (char)('0' + number % 10);
    number /= 10;
  } while (number > 0);
  return end;
}

static void write_stack(size_t peak, size_t size) {
  char line[64] = "stack ";
  char digits[24];
  char* at = line + 6;
  for (const char* from = put_number(digits + sizeof digits, peak); from < digits + sizeof digits;) *at++ = *from++;
  for (const char* from = " of "; *from != '\0';) *at++ = *from++;
  for (const char* from = put_number(digits + sizeof digits, size); from < digits + sizeof digits;) *at++ = *from++;
  for (const char* from = " bytes\n"; *from != '\0';) *at++ = *from++;
  bare_write(BARE_ERRORS, line, (size_t)(at - line));
}

int bare_report_stack(int code) {
  if (!bare_guard_is_whole()) {
    static const char kOutgrown[] =
        "hard fault (stack overflow): found at the end, below the limit words are written\n";
    bare_write(BARE_ERRORS, kOutgrown, sizeof kOutgrown - 1);
    return BARE_FAULT;
  }
  write_stack(bare_stack_peak(), bare_stack_size());
  return code;
}
