#pragma STDC FP_CONTRACT OFF
// The plain loops of portable.c on an x86-64 machine with FMA: the same definition, with fma as one
// instruction in place of its emulation.
#if defined(__x86_64__)
#include "path.h"
#include "threads.h"

#ifdef __clang__
#pragma clang attribute push(__attribute__((target("fma"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("fma")
#endif

#include "body/plain_path.h"

const ck_path_table ck_portable_table = {CK_OPERATIONS(CK_ENTRY)};

#ifdef __clang__
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#endif
