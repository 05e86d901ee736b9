#pragma STDC FP_CONTRACT OFF
// The path of arm64 machines, all of which have NEON and its fma: 4 lanes.
#if defined(__aarch64__)
#include <arm_neon.h>

#include "path.h"
#include "threads.h"

#define CK_WIDTH 4
#include "body/vector_path.h"

const ck_path_table ck_neon_table = {CK_OPERATIONS(CK_ENTRY)};
#endif
