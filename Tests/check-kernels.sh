#!/bin/sh
# Holds every path of the kernels against the golden table, as each compiler at hand builds them.
#
#   Tests/check-kernels.sh            check: clang and gcc, -O0 to -O3, and once under the sanitizers
#   Tests/check-kernels.sh --golden   write the table anew, from the plain-loop reference
#   Tests/check-kernels.sh --accuracy compare exp, log, tanh, sigmoid with binary64 over all floats
set -eu
here=$(cd "$(dirname "$0")" && pwd)
kernels=$here/../Sources/CKernels
golden=$here/CKernelsTests/Golden/kernels.txt
build=$(mktemp -d)
trap 'rm -rf "$build"' EXIT

compile() {  # compiler, output, options
  compiler=$1 output=$2
  shift 2
  "$compiler" -std=c17 -ffp-contract=off "$@" \
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
check() {  # program, what it is, threads
  for path in portable emulated avx2 sixteen avx512; do
    for threads in $3; do
      status=0
      "$1" $path $threads >"$build/table" 2>"$build/complaint" || status=$?
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

for compiler in clang gcc; do
  command -v $compiler >/dev/null || continue
  for level in -O0 -O1 -O2 -O3; do
    compile $compiler "$build/check" $level
    check "$build/check" "$compiler $level" "1 2 3 7"
  done
done
compile clang "$build/check" -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all
check "$build/check" "clang, address and undefined behaviour sanitizers" "1 3"
[ $failed = 0 ] && echo "all equal to $golden"
exit $failed
