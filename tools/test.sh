#!/usr/bin/env bash
# Everything that `make test` runs. Each step's output is kept in build/tests/ and shown when it fails.
set -u
unset PYTHONDONTWRITEBYTECODE  # each module is compiled once instead of at each start
cd "$(dirname "$0")/.."
bin=.venv/bin
out=build/tests
rm -rf "$out"; mkdir -p "$out"
failed=0

step() { # step NAME COMMAND… : run it, keep what it prints, say how it ended
  local name=$1; shift
  local start=$SECONDS
  if "$@" >"$out/$name.log" 2>&1; then
    printf '%-14s ok      %4d s  %s\n' "$name" $((SECONDS - start)) "$(tail -n 1 "$out/$name.log")"
  else
    printf '%-14s FAILED  %4d s\n' "$name" $((SECONDS - start))
    tail -n 60 "$out/$name.log"
    return 1
  fi
}

static_checks() {
  local bad=0
  step lint "$bin/ruff" check . || bad=1
  step format "$bin/ruff" format --check . || bad=1
  step templates "$bin/djlint" --quiet --lint templates || bad=1
  step imports "$bin/lint-imports" || bad=1
  step types "$bin/mypy" || bad=1
  return $bad
}

# Types and the like use one core while the first database's tests use the other.
static_checks & checks=$!
step sqlite "$bin/pytest" -q -n 2 --dist worksteal -m "not journey" || failed=1
wait "$checks" || failed=1
# A browser waits more than it works, so the journeys go beside the second database.
step postgresql "$bin/python" tools/with_postgres.py "$bin/pytest" -q -n 2 --dist worksteal -m "not journey" & postgresql=$!
step journeys "$bin/pytest" -q -n 2 --dist loadfile -m journey || failed=1
wait "$postgresql" || failed=1

# The counts of the three test runs, in pytest's own words.
tail -qn 1 "$out"/sqlite.log "$out"/postgresql.log "$out"/journeys.log
[ "$failed" -eq 0 ] && echo "make test: all of it passed in $SECONDS s" || echo "make test: FAILED after $SECONDS s"
exit "$failed"
