// The kernels' golden table: every operation over many shapes, each result's digest a line of it.
#ifndef KERNEL_CHECKS_H
#define KERNEL_CHECKS_H

#include <stdint.h>

/// Implementations beside the paths of ckernels.h, to hold those against.
enum {
  KC_REFERENCE = 100,  // plain loops, one output at a time, with the C library's fma
  KC_SIXTEEN = 101     // the AVX-512 path's code, each vector in two AVX2 registers
};

/// Makes the operations take a path of ckernels.h or one of the above. Returns 0, or -1 where this
/// machine cannot run it.
int kc_select(int path);

/// Runs all operations and hands every line of the table to `line`: the operation and its shape,
/// and the digest of its results.
void kc_table(void (*line)(void *context, const char *name, uint64_t digest), void *context);

/// Calls an operation from a thread that flushes subnormals to zero. Returns 1 where the result is
/// right nevertheless, on all threads, and the caller's mode is afterwards what it was.
int kc_keeps_subnormals(void);

/// Runs one operation on `threads` threads at a time, `rounds` times each. Returns 1 where all got
/// the same result.
int kc_agrees_with_itself(int threads, int rounds);

#endif
