#!/bin/sh
# Sees to the C libraries that repro builds on: installs what is missing on Debian and Ubuntu, names it elsewhere.
set -eu

missing=""
need() { # header, Debian package
  if ! printf '#include <%s>\n' "$1" | "${CC:-clang}" -E -x c - >/dev/null 2>&1; then
    missing="$missing $2"
  fi
}

if ! command -v swift >/dev/null 2>&1; then
  echo "error: no 'swift' on the PATH" >&2
  echo "  fix: install a Swift 6.2 or newer toolchain, see https://www.swift.org/install/linux" >&2
  exit 2
fi
command -v "${CC:-clang}" >/dev/null 2>&1 || CC="$(dirname "$(readlink -f "$(command -v swift)")")/clang"

need sqlite3.h libsqlite3-dev
need xxhash.h libxxhash-dev
need openssl/evp.h libssl-dev
need zlib.h zlib1g-dev
# Programs that repro starts, installed where that is easy. Without bubblewrap commands see undeclared files,
# without curl nothing is downloaded, without ssh-keygen no verdict is signed.
if [ "$(id -u)" = 0 ] && [ -e /etc/debian_version ]; then
  command -v bwrap >/dev/null 2>&1 || missing="$missing bubblewrap"
  command -v curl >/dev/null 2>&1 || missing="$missing curl ca-certificates"
  command -v ssh-keygen >/dev/null 2>&1 || missing="$missing openssh-client"
fi
[ -z "$missing" ] && exit 0

if ! command -v apt-get >/dev/null 2>&1; then
  echo "error: C libraries are missing; Debian calls them:$missing" >&2
  echo "  fix: install their development packages (headers sqlite3.h, xxhash.h, openssl/evp.h, zlib.h)" >&2
  exit 2
fi
sudo=""
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null 2>&1; then
    echo "error: missing packages:$missing" >&2
    echo "  fix: as root, run 'apt-get install$missing'" >&2
    exit 2
  fi
  sudo="sudo"
fi
echo "installing$missing"
$sudo apt-get update -qq
DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y --no-install-recommends $missing
