#!/usr/bin/env bash
# Pictures of report pages as a browser shows them, 1280 and 390 px wide, light and dark, and as printed.
#
#   Tests/look-at-pages.sh FOLDER PAGE.html…
#
# Fails if a page is over a megabyte, or if the browser's console says anything: the pages' own policy forbids every
# request, and what it forbids is said there. Needs Chromium (Debian: chromium fonts-dejavu-core).
set -euo pipefail
folder=$(mkdir -p "$1" && realpath "$1")
shift
frame=$folder/frame.html
trap 'rm -f "$frame"' EXIT

browser() {
  chromium --headless=new --no-sandbox --disable-gpu --hide-scrollbars --enable-logging=stderr "$@" 2>&1 |
    { grep CONSOLE || true; }
}

failures=0
for page in "$@"; do
  page=$(realpath "$page")
  name=$(basename "$page" .html)
  size=$(stat -c %s "$page")
  # A window is never as narrow as a telephone; a frame is.
  printf '<body style="margin:0"><iframe src="file://%s" style="border:0;width:390px;height:6000px">' "$page" >"$frame"
  said=$(
    for scheme in 0 1; do
      shade=$([ "$scheme" = 0 ] && echo dark || echo light)
      settings=--blink-settings=preferredColorScheme=$scheme
      browser "$settings" --window-size=1280,6000 --screenshot="$folder/$name-1280-$shade.png" "file://$page"
      browser "$settings" --window-size=500,6000 --screenshot="$folder/$name-390-$shade.png" "file://$frame"
    done
    browser --print-to-pdf="$folder/$name.pdf" "file://$page"
  )
  echo "$name: $size bytes, $([ -z "$said" ] && echo 'nothing on the console' || echo "$said")"
  [ -z "$said" ] && [ "$size" -lt 1000000 ] || failures=1
done
exit "$failures"
