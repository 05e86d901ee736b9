#pragma STDC FP_CONTRACT OFF
// The definition in plain C: every operation as the loops it is defined by.
//
// It is compiled twice: here with the fma of the machine that the program is built for or, where
// that has none, with the emulated one; in portable_fma.c for x86-64 machines that have FMA.
#include "path.h"
#include "threads.h"

#if !defined(__FMA__) && !defined(__aarch64__)
#define CK_EMULATE_FMA
#endif

#include "body/plain_path.h"

const ck_path_table ck_emulated_table = {CK_OPERATIONS(CK_ENTRY)};
