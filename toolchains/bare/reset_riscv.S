// RISC-V: what must be set before C runs, and the way into the fault report.
#if defined(__riscv)
#if __riscv_xlen == 64
#define LOAD ld
#define STORE sd
#define POINTER .dword
#define WORD 8
#else
#define LOAD lw
#define STORE sw
#define POINTER .word
#define WORD 4
#endif

    .option arch, +zicsr
    .section .vectors, "ax"
    .globl Reset_Handler
    .type Reset_Handler, @function
Reset_Handler:
    csrr t0, mhartid
    bnez t0, sleep                  // One processor runs the program; the others wait for an interrupt that never comes.
    .option push
    .option norelax
    la gp, __global_pointer$
    .option pop
    la sp, __stack_top
    la tp, __tls_start
    la t0, unguarded                // A processor without memory protection traps here, and goes on.
    csrw mtvec, t0
    la t0, guard
    LOAD t0, 0(t0)
    csrw pmpaddr0, t0
    li t0, 0x98                     // Locked, naturally aligned, no access.
    csrw pmpcfg0, t0
    .balign 4
unguarded:
    la t0, fault
    csrw mtvec, t0
#if defined(__riscv_flen)
    li t0, 0x6000                   // mstatus.FS: the floating-point unit is on.
    csrs mstatus, t0
    csrwi fcsr, 0
#endif
    j bare_start
sleep:
    wfi
    j sleep
    .balign WORD
guard:
    POINTER __stack_guard_napot

// Stores the 32 integer registers where bare_fault reads them, and goes there on a stack of its own.
    .balign 4
fault:
    csrw mscratch, sp
    la sp, __fault_stack_top - 32 * WORD
    .irp register, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    STORE x\register, \register * WORD(sp)
    .endr
    csrr t0, mscratch
    STORE t0, 2 * WORD(sp)
    STORE zero, 0(sp)
    mv a0, sp
    csrr a1, mepc
    csrr a2, mcause
    csrr a3, mtval
    j bare_fault
#endif
