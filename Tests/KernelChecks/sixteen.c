#pragma STDC FP_CONTRACT OFF
// The AVX-512 path's code for a machine that has only AVX2: a vector of sixteen is two of eight.
#if defined(__x86_64__)
#include <immintrin.h>

#include "../../Sources/CKernels/path.h"
#include "../../Sources/CKernels/threads.h"
#include "checks.h"

// Vectors of sixteen in the parameters of functions that are all inlined.
#pragma GCC diagnostic ignored "-Wpsabi"

#ifdef __clang__
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,fma")
#endif

#define CK_WIDTH 16
#define CK_HALVES
#include "../../Sources/CKernels/body/vector_path.h"

const ck_path_table kc_sixteen_table = {CK_OPERATIONS(CK_ENTRY)};

#ifdef __clang__
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#endif
