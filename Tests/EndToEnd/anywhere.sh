#!/bin/sh
# A run comes out the same to the last bit after everything around it has changed:
#
#   Tests/EndToEnd/anywhere.sh .build/release/repro
#
# First at home: the pipeline and the data are edited, the outputs deleted, all but the pinned run collected, the
# folder moved. Then from a bundle in a bare container with another user, umask, time zone, language and folder,
# with 1 and 2 threads and every vector path that the machine has.
set -eu

repro=$(realpath "$1")
package=$(cd "$(dirname "$0")/../.." && pwd)
scratch=$(mktemp -d)
trap 'chmod -R u+w "$scratch"; rm -rf "$scratch"' EXIT
REPRO_KEEP_ENGINE=off
export REPRO_KEEP_ENGINE

step() { printf '\n%s\n' "$*"; }
fail() { printf 'FAILED: %s\n' "$*" >&2; exit 1; }
identical() { # what, the output of a rerun
  printf '%s\n' "$2" | grep "^bit-identical: $stages of $stages stages" || fail "$1: $2"
}

step "run"
mkdir "$scratch/lab"
cd "$scratch/lab"
cp -r "$package/pipelines/data" .
cp "$package/pipelines/quickstart.yaml" .
cat >> quickstart.yaml <<'STAGE'
  count:
    run: wc -l < ${inputs.metrics} > count
    inputs: { metrics: fine-tune.metrics }
    outputs: { count: count }
STAGE
set -- --set stages.pretrain.epochs=3 --set stages.reweight.epochs=2 \
  --set stages.revise.epochs=2 --set stages.fine-tune.epochs=2
"$repro" run quickstart.yaml "$@" > first.txt 2> first.log || { cat first.log; fail run; }
run=$(sed -n 's/^run \([0-9a-f]*\):.*/\1/p' first.txt)
stages=14
"$repro" cache pin "$run" --name paper
"$repro" export "$run" "$scratch/run.tar"

step "edit the pipeline and the data, run that"
"$repro" run quickstart.yaml "$@" --set noise.rate=0.2 > /dev/null 2>&1
echo "stages: {}" > quickstart.yaml
for file in data/*; do echo edited > "$file"; done

step "delete the outputs, collect all but the pinned run, move the folder"
"$repro" cache gc --keep-runs 0 | tail -n 1
"$repro" show "$run" | grep -oE '[0-9a-f]{32}  +[0-9.]+ [KM]?i?B$' | cut -c 1-32 | sort -u > digests
while read -r digest; do
  rm "cache/objects/$(echo "$digest" | cut -c 1-2)/$(echo "$digest" | cut -c 3-)"
done < digests
[ "$(wc -l < digests)" -gt 20 ] || fail "only $(wc -l < digests) objects deleted"
cd "$scratch"
mv lab "moved elsewhere"
cd "moved elsewhere"
identical "at home" "$("$repro" rerun "$run" 2> rerun.log)"

step "from the bundle, in a bare container"
# The program's libraries, wherever they are.
set -- --ro-bind /usr /usr
for link in bin sbin lib lib64; do
  [ -L "/$link" ] && set -- "$@" --symlink "usr/$link" "/$link" || [ ! -e "/$link" ] || set -- "$@" --ro-bind "/$link" "/$link"
done
for folder in $(ldd "$repro" | sed -n 's/.*=> \(\/.*\)\/[^/]* (.*/\1/p' | sort -u); do
  case $(realpath "$folder") in
    /usr/* | /lib*) ;;
    *) set -- "$@" --ro-bind "$folder" "$folder" ;;
  esac
done
umask 077
count=0
for kernels in portable avx2 avx512 neon emulated; do
  for threads in 1 2; do
    said=$(env -i bwrap --unshare-all --uid 4711 --gid 4711 --new-session --die-with-parent "$@" \
      --proc /proc --dev /dev --tmpfs /tmp --dir "/some where" --chdir "/some where" \
      --ro-bind "$repro" /repro --ro-bind "$scratch/run.tar" /run.tar \
      --setenv TZ Asia/Kathmandu --setenv LANG tr_TR.UTF-8 --setenv REPRO_KERNELS "$kernels" \
      /bin/sh -c "umask 0; /repro import /run.tar > /dev/null && /repro rerun $run --threads $threads" 2>&1) || true
    case $said in
      *"this machine has no '$kernels' kernels"*) echo "$kernels: not on this machine" && break ;;
    esac
    printf '%-9s %s thread(s)  ' "$kernels" "$threads"
    identical "$kernels, $threads threads" "$said"
    count=$((count + 1))
  done
done
[ "$count" -ge 4 ] || fail "only $count of the vector paths"
