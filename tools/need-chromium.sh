#!/usr/bin/env bash
# Browser tests need Chromium. Install it where that is possible without asking; else say how.
set -u
for name in chromium-headless-shell chromium chromium-browser google-chrome; do
  command -v "$name" >/dev/null 2>&1 && exit 0
done
[ -n "${CHROMIUM:-}" ] && [ -x "$CHROMIUM" ] && exit 0
run=""
[ "$(id -u)" -eq 0 ] || { sudo -n true 2>/dev/null && run="sudo -n"; }
if command -v apt-get >/dev/null 2>&1 && { [ "$(id -u)" -eq 0 ] || [ -n "$run" ]; }; then
  export DEBIAN_FRONTEND=noninteractive
  $run apt-get update -qq >/dev/null
  for name in chromium-headless-shell chromium; do  # the first is quicker; older systems lack it
    $run apt-get install -y -qq "$name" >/dev/null 2>&1
    command -v "$name" >/dev/null 2>&1 && exit 0
  done
fi
echo "Chromium is missing and the browser tests need it: sudo apt-get install chromium (or name one with CHROMIUM=PATH)" >&2
exit 1
