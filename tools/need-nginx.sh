#!/usr/bin/env bash
# The tests of several machines need nginx. It is unpacked into build/ where that is possible
# without asking, so that no web server starts on this machine; else say how to get it.
set -u
cd "$(dirname "$0")/.."
[ -n "${NGINX:-}" ] && [ -x "$NGINX" ] && exit 0
for path in nginx /usr/sbin/nginx "$PWD/build/nginx/usr/sbin/nginx"; do
  command -v "$path" >/dev/null 2>&1 && exit 0
done
if command -v apt-get >/dev/null 2>&1 && command -v dpkg >/dev/null 2>&1; then
  into=$PWD/build/nginx; mkdir -p "$into"
  get() { (cd "$into" && apt-get download -qq nginx >/dev/null 2>&1); }
  if ! get; then  # old lists name a package that is gone
    run=""; [ "$(id -u)" -eq 0 ] || run="sudo -n"
    $run apt-get update -qq >/dev/null 2>&1; get
  fi
  for package in "$into"/nginx_*.deb; do
    [ -f "$package" ] && dpkg -x "$package" "$into" && rm "$package"
  done
  "$into/usr/sbin/nginx" -v >/dev/null 2>&1 && exit 0
fi
echo "nginx is missing and the tests of several machines need it: sudo apt-get install nginx (or name one with NGINX=PATH)" >&2
exit 1
