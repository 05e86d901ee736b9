#pragma STDC FP_CONTRACT OFF
// The path of x86-64 machines with AVX2 and FMA: 8 lanes.
#if defined(__x86_64__)
#include <immintrin.h>

#include "path.h"
#include "threads.h"

#ifdef __clang__
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,fma")
#endif

#define CK_WIDTH 8
#include "body/vector_path.h"

const ck_path_table ck_avx2_table = {CK_OPERATIONS(CK_ENTRY)};

#ifdef __clang__
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#endif
