// What the checks share: inputs, digests, and the tables to hold the paths against.
#ifndef CHECKS_H
#define CHECKS_H

#include <stddef.h>
#include <stdint.h>

#include "../../Sources/CKernels/path.h"
#include "kernel_checks.h"

extern const ck_path_table kc_reference_table;
#if defined(__x86_64__)
extern const ck_path_table kc_sixteen_table;
#endif

/// n floats of any value (never NULL); ends the program where there is no memory.
float *kc_floats(ptrdiff_t n);
void kc_free(void *memory);

/// n numbers in -1 ..< 1 of many sizes: zeros of both signs and, times each other, subnormals.
float *kc_numbers(uint64_t seed, ptrdiff_t n);
/// n numbers in -1 ..< 1.
float *kc_uniform(uint64_t seed, ptrdiff_t n);
/// The next number of a sequence (SplitMix64).
uint64_t kc_next(uint64_t *state);

/// The table at hand: where its lines go, and the digest of the line begun.
typedef struct kc_lines {
  void (*line)(void *context, const char *name, uint64_t digest);
  void *context;
  uint64_t digest;
} kc_lines;

/// Adds results to the digest (FNV-1a, little-endian; every NaN is the same).
void kc_add(kc_lines *lines, const float *x, ptrdiff_t n);
void kc_add_bytes(kc_lines *lines, const void *bytes, ptrdiff_t n);
/// Ends a line, named as by printf.
__attribute__((format(printf, 2, 3))) void kc_end(kc_lines *lines, const char *name, ...);

void kc_check_matrices(kc_lines *lines);
void kc_check_convolutions(kc_lines *lines);
void kc_check_elements(kc_lines *lines);
void kc_check_rows(kc_lines *lines);
void kc_check_random(kc_lines *lines);

#endif
