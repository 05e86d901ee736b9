#pragma STDC FP_CONTRACT OFF
// The path of x86-64 machines with AVX-512: 16 lanes.
#if defined(__x86_64__)
#include <immintrin.h>

#include "path.h"
#include "threads.h"

#ifdef __clang__
#pragma clang attribute push(__attribute__((target( \
    "avx512f,avx512dq,avx512vl,avx512bw,avx2,fma"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx512f,avx512dq,avx512vl,avx512bw,avx2,fma")
#endif

#define CK_WIDTH 16
#include "body/vector_path.h"

const ck_path_table ck_avx512_table = {CK_OPERATIONS(CK_ENTRY)};

#ifdef __clang__
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#endif
