#!/bin/sh
# Holds every path of the kernels against the golden table, as each compiler at hand builds them.
#
#   Tests/check-kernels.sh            check: clang and gcc, -O0 to -O3, once under the sanitizers, and
#                                     for arm64 in an emulator
#   Tests/check-kernels.sh --arm64    the last part alone
#   Tests/check-kernels.sh --golden   write the table anew, from the plain-loop reference
#   Tests/check-kernels.sh --accuracy compare exp, log, tanh and the others with binary64 over all floats;
#                                     the check does so over every 97th
set -eu
here=$(cd "$(dirname "$0")" && pwd)
kernels=$here/../Sources/CKernels
golden=$here/CKernelsTests/Golden/kernels.txt
build=$(mktemp -d)
trap 'rm -rf "$build"' EXIT

compile() {  # compiler, output, options
  compiler=$1 output=$2
  shift 2
  $compiler -std=c17 -ffp-contract=off "$@" \
    -I"$kernels/include" -I"$here/KernelChecks/include" "$kernels"/*.c "$here"/KernelChecks/*.c \
    "$here/check-kernels.c" -pthread -lm -o "$output" 2>"$build/warnings" || {
    cat "$build/warnings"
    exit 1
  }
}

case ${1-} in
  --golden)
    compile "${CC:-clang}" "$build/reference" -O1
    "$build/reference" reference 1 >"$golden"
    echo "wrote $(wc -l <"$golden") digests to $golden"
    exit ;;
  --accuracy)
    compile "${CC:-clang}" "$build/accuracy" -O2
    exec "$build/accuracy" accuracy "${2-1}" ;;
esac

failed=0
emulator=
check() {  # program, what it is, threads, paths
  for path in $4; do
    for threads in $3; do
      status=0
      $emulator "$1" $path $threads >"$build/table" 2>"$build/complaint" || status=$?
      if [ $status = 77 ]; then  # this machine cannot run it
        break
      elif [ $status != 0 ] || ! diff "$golden" "$build/table" >"$build/diff"; then
        echo "FAILED: $2, $path, $threads threads"
        head -n 8 "$build/complaint" "$build/diff"
        failed=1
      fi
    done
  done
  echo "checked: $2"
}

can_run() {  # compiler and options: whether what it makes of an empty program runs
  echo 'int main(void) { return 0; }' >"$build/empty.c"
  $1 "$build/empty.c" -o "$build/empty" 2>"$build/warnings" && $emulator "$build/empty"
}

check_here() {
  paths="portable emulated avx2 sixteen avx512 neon"
  for compiler in clang gcc; do
    command -v $compiler >/dev/null || continue
    for level in -O0 -O1 -O2 -O3; do
      compile $compiler "$build/check" $level
      check "$build/check" "$compiler $level" "1 2 3 7" "$paths"
    done
  done
  "$build/check" accuracy 97 || failed=1
  compile clang "$build/check" -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all
  check "$build/check" "clang, address and undefined behaviour sanitizers" "1 3" "$paths"
  check_races
}

# Swift's clang comes with a runtime that asks for Swift's libdispatch.
check_races() {
  swift=$(dirname "$(readlink -f "$(command -v clang)")")/../lib/swift/linux
  for compiler in "clang" "clang -L$swift -Wl,-rpath,$swift -ldispatch -lBlocksRuntime" "gcc"; do
    if can_run "$compiler -fsanitize=thread" 2>/dev/null; then
      compile "$compiler" "$build/check" -O1 -g -fsanitize=thread
      check "$build/check" "${compiler%% *}, thread sanitizer" 3 "portable avx2 neon"
      return
    fi
  done
  echo "skipped: thread sanitizer (no compiler here has its runtime)"
}

# Static programs, so that the emulator needs none of the other machine's libraries. The emulated fma
# is slow there: once for each compiler.
check_arm64() {
  [ "$(uname -m)" != aarch64 ] || return 0
  emulator=qemu-aarch64
  for compiler in "clang --target=aarch64-linux-gnu" aarch64-linux-gnu-gcc; do
    if ! can_run "$compiler -static" 2>/dev/null; then
      echo "skipped: arm64 with ${compiler%% *} (needs gcc-aarch64-linux-gnu," \
        "libc6-dev-arm64-cross and qemu-user)"
      continue
    fi
    for level in -O0 -O3; do
      compile "$compiler" "$build/check" $level -static
      check "$build/check" "arm64, ${compiler%% *} $level" "1 3" "portable neon"
    done
    check "$build/check" "arm64, ${compiler%% *} $level, emulated fma" 1 emulated
  done
}

case ${1-} in
  --arm64) check_arm64 ;;
  *)
    check_here
    check_arm64 ;;
esac
[ $failed = 0 ] && echo "all equal to $golden"
exit $failed
