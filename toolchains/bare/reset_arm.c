// Cortex-M: the vector table, what must be on before C runs, and the way into the fault report. Arm's names for
// handlers are weak: a program that defines one has it.
#if defined(__arm__)
#include <stdint.h>

extern char __stack_top[], __stack_limit[], __fault_stack_top[];
void bare_start(void) __attribute__((noreturn));
void bare_fault(const uint32_t* frame, uint32_t exc_return) __attribute__((noreturn));

typedef union {
  void* stack;
  void (*handler)(void);
} Vector;

extern const Vector __vectors[];

void Reset_Handler(void) __attribute__((naked, noreturn));
void Reset_Handler(void) {
  __asm__ volatile(
#if __ARM_ARCH >= 7
      "ldr r0, =0xE000ED08\n ldr r1, =__vectors\n str r1, [r0]\n"              // VTOR.
      "ldr r0, =0xE000ED24\n ldr r1, [r0]\n ldr r2, =0x70000\n orrs r1, r2\n"  // SHCSR: each fault has its handler.
      "str r1, [r0]\n"
#endif
      "ldr r0, =__stack_top\n mov sp, r0\n"
#if __ARM_ARCH >= 8
      "ldr r0, =__stack_limit\n msr msplim, r0\n"  // The processor itself refuses a stack that outgrows its place.
#elif __ARM_ARCH == 7
      "ldr r0, =0xE000ED90\n ldr r1, [r0]\n cbz r1, 1f\n"              // MPU_TYPE: without regions there is no guard.
      "ldr r1, =__stack_guard\n orr r1, #0x10\n str r1, [r0, #0xC]\n"  // RBAR: region 0.
      "ldr r1, =__stack_guard_rasr\n str r1, [r0, #0x10]\n"            // RASR: no access.
      "movs r1, #5\n str r1, [r0, #4]\n dsb\n isb\n 1:\n"              // CTRL: on; all else as it was.
#endif
#if defined(__ARM_FP) || defined(__ARM_FEATURE_MVE)
      "ldr r0, =0xE000ED88\n ldr r1, [r0]\n ldr r2, =0xF00000\n orrs r1, r2\n str r1, [r0]\n dsb\n isb\n"  // CPACR.
#endif
      "bl bare_start\n .ltorg\n");
}

// Where thread_local variables are: there is one thread. Compiled code counts on every register but r0.
void __aeabi_read_tp(void) __attribute__((naked));
void __aeabi_read_tp(void) { __asm__ volatile("ldr r0, =__aeabi_thread_pointer\n bx lr\n .ltorg\n"); }

// Hands the frame that the processor pushed to C, on a stack that is whole even if the fault is a stack overflow.
static void fault(void) __attribute__((naked));
static void fault(void) {
  __asm__ volatile(
      "mov r1, lr\n movs r2, #4\n mrs r0, msp\n tst r1, r2\n beq 1f\n mrs r0, psp\n 1:\n"
#if __ARM_ARCH >= 8
      "movs r2, #0\n msr msplim, r2\n"
#endif
      "ldr r2, =__fault_stack_top\n mov sp, r2\n bl bare_fault\n .ltorg\n");
}

#define HANDLER(name) void name(void) __attribute__((weak, alias("fault")))
HANDLER(NMI_Handler);
HANDLER(HardFault_Handler);
HANDLER(MemManage_Handler);
HANDLER(BusFault_Handler);
HANDLER(UsageFault_Handler);
HANDLER(SecureFault_Handler);
HANDLER(SVC_Handler);
HANDLER(DebugMon_Handler);
HANDLER(PendSV_Handler);
HANDLER(SysTick_Handler);

const Vector __vectors[16] __attribute__((section(".vectors"), used)) = {
    {.stack = __stack_top},
    {.handler = Reset_Handler},
    {.handler = NMI_Handler},
    {.handler = HardFault_Handler},
    {.handler = MemManage_Handler},
    {.handler = BusFault_Handler},
    {.handler = UsageFault_Handler},
    {.handler = SecureFault_Handler},
    {0},
    {0},
    {0},
    {.handler = SVC_Handler},
    {.handler = DebugMon_Handler},
    {0},
    {.handler = PendSV_Handler},
    {.handler = SysTick_Handler},
};
#endif
