// A processor fault, reported: the registers on the host's errors, and an exit code that is no success. The first
// line's form is read by those who run images: "hard fault <what>: pc=0x…".
#include "bare.h"
#include "exit_report.h"

__attribute__((used, aligned(16))) static char fault_stack[1024];
// The linker script cannot know a static's end; a symbol made here can.
__asm__(".globl __fault_stack_top\n .set __fault_stack_top, fault_stack + 1024\n");

void bare_write_text(const char* text) {
  size_t size = 0;
  while (text[size] != '\0') ++size;
  bare_write(BARE_ERRORS, text, size);
}

static void write_register(const char* name, uintptr_t value) {
  char digits[2 + 2 * sizeof value + 1];
  size_t at = sizeof digits - 1;
  digits[at] = '\0';
  for (size_t digit = 0; digit < 2 * sizeof value; ++digit, value >>= 4) digits[--at] = "0123456789abcdef"[value & 15];
  digits[--at] = 'x';
  digits[--at] = '0';
  bare_write_text(name);
  bare_write_text("=");
  bare_write_text(&digits[at]);
}

static void write_registers(const char* const* names, const uintptr_t* values, size_t count) {
  for (size_t index = 0; index < count; ++index) {
    bare_write_text(index % 4 == 0 ? "\n  " : " ");
    write_register(names[index], values[index]);
  }
  bare_write_text("\n");
}

void bare_panic(const char* reason) {
  bare_write_text("panic: ");
  bare_write_text(reason);
  bare_write_text("\n");
  bare_exit(BARE_ABORT);
}

#if defined(__riscv)
extern char __stack_guard[], __stack_limit[];

void bare_fault(const uintptr_t* registers, uintptr_t pc, uintptr_t cause, uintptr_t value) __attribute__((noreturn));
void bare_fault(const uintptr_t* registers, uintptr_t pc, uintptr_t cause, uintptr_t value) {
  static const char* const kNames[32] = {"zero", "ra", "sp", "gp", "tp",  "t0",  "t1", "t2", "s0", "s1", "a0",
                                         "a1",   "a2", "a3", "a4", "a5",  "a6",  "a7", "s2", "s3", "s4", "s5",
                                         "s6",   "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6"};
  static const char* const kCauses[] = {
      "instruction address misaligned", "instruction access", "illegal instruction",      "breakpoint",
      "load address misaligned",        "load access",        "store address misaligned", "store access"};
  const char* what = cause < sizeof kCauses / sizeof *kCauses ? kCauses[cause] : "other";
  bare_write_text("hard fault (");
  bare_write_text(value - (uintptr_t)__stack_guard < (uintptr_t)(__stack_limit - __stack_guard) ? "stack overflow"
                                                                                                : what);
  bare_write_text("): ");
  write_register("pc", pc);
  bare_write_text(" ");
  write_register("mtval", value);
  write_registers(kNames, registers, 32);
  bare_exit(BARE_FAULT);
}
#else
extern char __stack_guard[], __stack_limit[], __stack_top[], __vectors[], __data_load[];

static const char* cause_of(uint32_t cfsr) {
  if (cfsr & 0x02000000u) return "division by zero";
  if (cfsr & 0x01000000u) return "unaligned access";
  if (cfsr & 0x00080000u) return "no coprocessor: the floating-point unit is off or absent";
  if (cfsr & 0x00030000u) return "undefined instruction";
  if (cfsr & 0x0000FF00u) return "bus";
  if (cfsr & 0x000000FFu) return "memory protection";
  return "other";
}

// Whether a word of the stack is where a call returns to: behind the instruction that calls.
static int is_return(uintptr_t word) {
  if ((word & 1) == 0 || word < (uintptr_t)__vectors + 8 || word >= (uintptr_t)__data_load) return 0;
  const uint16_t* next = (const uint16_t*)(word - 1);
  return (next[-1] & 0xFF87) == 0x4780 || ((next[-2] & 0xF800) == 0xF000 && (next[-1] & 0xD000) == 0xD000);
}

// The function that the call before `word` calls, as far as 4 MiB from there; 0 for one by register.
static uintptr_t callee(uintptr_t word) {
  const uint16_t* next = (const uint16_t*)(word - 1);
  if ((next[-2] & 0xF800) != 0xF000) return 0;
  return word + (uintptr_t)((int32_t)((uint32_t)next[-2] << 21) >> 9) + ((next[-1] & 0x7FFu) << 1);
}

// Says what is known where the processor could push nothing: the last call that the stack holds.
static void report_overflow(uintptr_t sp) {
  bare_write_text("hard fault (stack overflow): ");
  write_register("sp", sp);
  bare_write_text(" ");
  write_register("limit", (uintptr_t)__stack_limit);
  const uintptr_t* word = (const uintptr_t*)__stack_limit;
  while ((const char*)word < __stack_top && !is_return(*word)) ++word;
  if ((const char*)word < __stack_top) {
    bare_write_text(" ");
    write_register("callee", callee(*word));
    bare_write_text(" ");
    write_register("lr", *word);
  }
  bare_write_text("\n");
  bare_exit(BARE_FAULT);
}

void bare_fault(const uint32_t* frame, uint32_t exc_return) __attribute__((noreturn));
void bare_fault(const uint32_t* frame, uint32_t exc_return) {
  static const char* const kNames[] = {"r0", "r1", "r2", "r3", "r12", "lr", "pc", "xpsr"};
  uintptr_t values[8];
  uint32_t cfsr = 0;
  uintptr_t mmfar = 0;
#if __ARM_ARCH >= 7
  cfsr = *(volatile uint32_t*)0xE000ED28;
  if (cfsr & 0x80u) mmfar = *(volatile uint32_t*)0xE000ED34;
#endif
  // Nothing was pushed where there is no stack: reading it would be the next fault. A processor that checks the limit
  // itself stops there.
  const uintptr_t limit = (uintptr_t)__stack_limit + ((cfsr & 0x00100000u) != 0);
  if ((uintptr_t)frame < limit || (uintptr_t)frame > (uintptr_t)__stack_top - 32) report_overflow((uintptr_t)frame);
  const int outgrown = (cfsr & 0x00100000u) != 0 ||
                       (mmfar != 0 && mmfar - (uintptr_t)__stack_guard < (uintptr_t)(__stack_limit - __stack_guard));
  for (int index = 0; index < 8; ++index) values[index] = frame[index];
  bare_write_text("hard fault (");
  bare_write_text(outgrown ? "stack overflow" : cause_of(cfsr));
  bare_write_text("): ");
  write_register("pc", values[6]);
  bare_write_text(" ");
  write_register("cfsr", cfsr);
  bare_write_text(" ");
  write_register("sp", (uintptr_t)frame);
  bare_write_text(" ");
  write_register("exc_return", exc_return);
#if __ARM_ARCH >= 7
  if (cfsr & 0x8000u) {
    bare_write_text(" ");
    write_register("bfar", *(volatile uint32_t*)0xE000ED38);
  }
  if (mmfar != 0) {
    bare_write_text(" ");
    write_register("mmfar", mmfar);
  }
#endif
  write_registers(kNames, values, 8);
  bare_exit(BARE_FAULT);
}
#endif
