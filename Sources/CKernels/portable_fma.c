#pragma STDC FP_CONTRACT OFF
// The plain loops of portable.c on a machine with FMA, which x86-64 may have and arm64 has: the same
// definition, with fma as one instruction in place of its emulation.
#if defined(__x86_64__) || defined(__aarch64__)
#include "path.h"
#include "threads.h"

#if defined(__x86_64__)
#ifdef __clang__
#pragma clang attribute push(__attribute__((target("fma"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("fma")
#endif
#endif

#include "body/plain_path.h"

const ck_path_table ck_portable_table = {CK_OPERATIONS(CK_ENTRY)};

#if defined(__x86_64__)
#ifdef __clang__
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#endif
#endif
