#!/bin/sh
# Page tests drive Debian's Chromium. Where it cannot be installed they skip and say why.
command -v chromium >/dev/null && command -v chromedriver >/dev/null && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing chromium and chromium-driver for the page tests" >&2
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    chromium chromium-driver fonts-dejavu-core; } >/dev/null 2>&1 \
    || echo "They could not be installed; the page tests will skip." >&2
else
  echo "chromium and chromium-driver are not installed; the page tests will skip." >&2
fi
exit 0
