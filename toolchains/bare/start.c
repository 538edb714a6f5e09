// From reset to main and to the exit, in C, on any processor. Knows the linker script's symbols; the processor's own
// part came before.
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "bare.h"
#include "exit_report.h"
#include "heap.h"
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

enum { STACK_IN_USE = 128 };

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

// Ends a word where it ends, without its quotes; returns what follows. A space in double quotes is the word's, and so
// is what stands behind a backslash there.
static char* end_word(char* at) {
  char* to = at;
  for (int quoted = 0; *at != '\0' && (quoted || *at != ' '); ++at) {
    if (*at == '"') {
      quoted = !quoted;
    } else {
      if (quoted && *at == '\\' && at[1] != '\0') ++at;
      *to++ = *at;
    }
  }
  char* next = *at == '\0' ? at : at + 1;
  *to = '\0';
  return next;
}

// Cuts the command line into words, at its spaces. It takes the beginning of the heap, and the words what follows it.
static int split_words(char*** words) {
  static char* none[1];
  *words = none;
  const size_t length = semihosting_command_line(bare_heap, (size_t)(__heap_end - bare_heap));
  if (length == 0) return 0;
  char** table = (char**)(((uintptr_t)bare_heap + length + sizeof(char*)) & ~(uintptr_t)(sizeof(char*) - 1));
  int count = 0;
  for (char* at = bare_heap; *at != '\0' && (char*)&table[count + 2] <= __heap_end;) {
    if (*at == ' ') {
      ++at;
    } else {
      table[count++] = at;
      at = end_word(at);
    }
  }
  if ((char*)&table[count + 1] > __heap_end) return 0;
  table[count] = NULL;
  *words = table;
  bare_heap = (char*)&table[count + 1];
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
  char** words;
  const int count = split_words(&words);  // Before anything else has taken of the heap.
  run_all(__preinit_array_start, __preinit_array_end);
  run_all(__init_array_start, __init_array_end);
  exit(main(count, words));
}
