#!/bin/sh
# The accessibility tests run axe-core in Chromium. It is fetched once from npm, pinned and checked; where it
# cannot be had the tests skip and say why. Nothing of it is published or served.
set -eu
version=4.10.3
expected=880970c081707360e64f34cea25ff91892f5bc95675b0776925b9709dd8a68bb
cd "$(dirname "$0")/.."
target=.cache/axe-core/axe-$version.min.js
[ -s "$target" ] && exit 0
command -v npm >/dev/null || { echo "npm is not installed; the accessibility tests will skip." >&2; exit 0; }
mkdir -p "$(dirname "$target")"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
if (cd "$scratch" && npm pack --silent "axe-core@$version" >/dev/null 2>&1) \
  && tar -xzf "$scratch/axe-core-$version.tgz" -C "$scratch" package/axe.min.js; then
  found=$(sha256sum "$scratch/package/axe.min.js" | cut -d' ' -f1)
  [ "$found" = "$expected" ] || { echo "axe-core $version has another SHA-256 ($found): not used." >&2; exit 1; }
  mv "$scratch/package/axe.min.js" "$target"
else
  echo "axe-core could not be fetched; the accessibility tests will skip." >&2
fi
