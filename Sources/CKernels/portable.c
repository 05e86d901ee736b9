#pragma STDC FP_CONTRACT OFF
// The definition in plain C: every operation as the loops it is defined by.
//
// It is compiled twice: here with the emulated fma, for every machine; in portable_fma.c with the
// fma of machines that have it as an instruction.
#include "path.h"
#include "threads.h"

#define CK_EMULATE_FMA
#include "body/plain_path.h"

const ck_path_table ck_emulated_table = {CK_OPERATIONS(CK_ENTRY)};
