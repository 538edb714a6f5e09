#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "testing/bare/check.h"

static int initialised = 3;
static int cleared[16];
static const char* const kWords[] = {"zero", "one"};

static void statics_are_filled_and_cleared(void) {
  CHECK_EQUAL(initialised++, 3);
  for (int index = 0; index < 16; ++index) CHECK_EQUAL(cleared[index], 0);
  CHECK_TEXT(kWords[1], "one");
}

static void the_heap_gives_memory(void) {
  char* memory = malloc(1000);
  CHECK(memory != NULL);
  if (memory == NULL) return;
  memset(memory, 'x', 999);
  memory[999] = '\0';
  CHECK_EQUAL(strlen(memory), 999);
  free(memory);
}

static void text_is_formatted(void) {
  char text[64];
  snprintf(text, sizeof text, "%d %s %x", -5, "words", 255u);
  CHECK_TEXT(text, "-5 words ff");
}

TESTS(TEST(statics_are_filled_and_cleared), TEST(the_heap_gives_memory), TEST(text_is_formatted))
