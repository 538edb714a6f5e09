// What the C library asks of a system: newlib's calls, or picolibc's streams. Output goes to the host; input is empty.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "bare.h"
#include "exit_report.h"
#include "heap.h"

char* bare_heap = __heap_start;

void _exit(int code) { bare_exit(bare_report_stack(code)); }

void abort(void) { bare_panic("abort"); }

// Grows the heap towards the stack, and never into it.
void* sbrk(ptrdiff_t change);
void* sbrk(ptrdiff_t change) {
  if (change > __heap_end - bare_heap || change < __heap_start - bare_heap) {
    errno = ENOMEM;
    return (void*)-1;
  }
  char* before = bare_heap;
  bare_heap += change;
  return before;
}

#if defined(__PICOLIBC__)
static char line[128];
static size_t filled;

static int flush_line(FILE* stream) {
  (void)stream;
  if (filled > 0) bare_write(BARE_OUTPUT, line, filled);
  filled = 0;
  return 0;
}

static int put_output(char character, FILE* stream) {
  line[filled++] = character;
  if (character == '\n' || filled == sizeof line) flush_line(stream);
  return (unsigned char)character;
}

static int put_error(char character, FILE* stream) {
  (void)stream;
  bare_write(BARE_ERRORS, &character, 1);
  return (unsigned char)character;
}

static int get_nothing(FILE* stream) {
  (void)stream;
  return EOF;
}

static FILE output = FDEV_SETUP_STREAM(put_output, NULL, flush_line, _FDEV_SETUP_WRITE);
static FILE errors = FDEV_SETUP_STREAM(put_error, NULL, NULL, _FDEV_SETUP_WRITE);
static FILE input = FDEV_SETUP_STREAM(NULL, get_nothing, NULL, _FDEV_SETUP_READ);
FILE* const stdout = &output;
FILE* const stderr = &errors;
FILE* const stdin = &input;

__attribute__((destructor)) static void flush_at_exit(void) { flush_line(stdout); }
#else
void* _sbrk(ptrdiff_t change) { return sbrk(change); }

int _write(int stream, const char* text, int size) {
  bare_write(stream, text, (size_t)size);
  return size;
}

int _read(int stream, char* text, int size) {
  (void)stream, (void)text, (void)size;
  return 0;
}

int _close(int stream) {
  (void)stream;
  return -1;
}

int _lseek(int stream, int offset, int whence) {
  (void)stream, (void)offset, (void)whence;
  return 0;
}

int _fstat(int stream, struct stat* status) {
  (void)stream;
  status->st_mode = S_IFCHR;
  return 0;
}

int _isatty(int stream) {
  (void)stream;
  return 1;
}

int _kill(int process, int signal) {
  (void)process, (void)signal;
  bare_panic("signal");
}

int _getpid(void) { return 1; }

// newlib calls these around constructors of its own: start.c runs them all.
void _init(void) {}
void _fini(void) {}
#endif
