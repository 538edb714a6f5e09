// From reset to main and to the exit, in C, on any processor. Knows the linker script's symbols; the processor's own
// part came before.
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "bare.h"
#include "exit_report.h"
#include "semihosting.h"

typedef void (*Function)(void);
// A part of a platform's further memory. The linker's script knows this form.
typedef struct {
  const char* from;
  char* start;
  char* end;
} Tier;

extern char __data_start[], __data_end[], __data_load[], __bss_start[], __bss_end[];
extern const Tier __tiers[] __attribute__((weak)), __tiers_end[] __attribute__((weak));  // Scripts may have none.
extern Function __preinit_array_start[], __preinit_array_end[], __init_array_start[], __init_array_end[];
extern Function __fini_array_start[], __fini_array_end[];
int main(int argc, char** argv);

enum { MAX_WORDS = 16, COMMAND_LINE = 256, STACK_IN_USE = 128 };
static char command_line[COMMAND_LINE];
static char* words[MAX_WORDS + 1];

// Fills what no call has touched yet, a margin for this call itself aside.
static void paint_stack(void) {
  char* here = (char*)__builtin_frame_address(0) - STACK_IN_USE;
  for (volatile uint32_t* word = (volatile uint32_t*)bare_painted(); (char*)word < here; ++word) {
    *word = BARE_PAINT;
  }
}

// Copies what `from` holds, zeros if it is null, to where it must be.
static void fill(char* start, char* end, const char* from) {
  const uint32_t* next = (const uint32_t*)from;
  for (volatile uint32_t* word = (volatile uint32_t*)start; (char*)word < end; ++word) {
    *word = next == NULL ? 0 : *next++;
  }
}

static void fill_memory(void) {
  fill(__data_start, __data_end, __data_load);
  fill(__bss_start, __bss_end, NULL);
  for (const Tier* tier = __tiers; tier < __tiers_end; ++tier) fill(tier->start, tier->end, tier->from);
}

// Cuts the command line at its spaces.
static int split_words(void) {
  int count = 0;
  semihosting_command_line(command_line, sizeof command_line);
  for (char* at = command_line; *at != '\0' && count < MAX_WORDS;) {
    while (*at == ' ') *at++ = '\0';
    if (*at != '\0') words[count++] = at;
    while (*at != '\0' && *at != ' ') ++at;
  }
  return count;
}

static void run_all(const Function* from, const Function* to) {
  for (; from < to; ++from) (*from)();
}

#if !defined(__PICOLIBC__)  // Its own is as short.
void __call_exitprocs(int code, void* object) __attribute__((weak));
#pragma weak fflush

// In newlib's place, in which destructors would have to be registered: that takes a heap. What a program does not use,
// atexit and streams, is not linked for this.
void exit(int code) {
  if (__call_exitprocs != NULL) __call_exitprocs(code, NULL);
  for (const Function* at = __fini_array_end; at > __fini_array_start;) (*--at)();
  if (fflush != NULL) fflush(NULL);
  _exit(code);
}
#endif

void bare_start(void) __attribute__((noreturn));
void bare_start(void) {
  paint_stack();
  fill_memory();
  run_all(__preinit_array_start, __preinit_array_end);
  run_all(__init_array_start, __init_array_end);
  exit(main(split_words(), words));
}
