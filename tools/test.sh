#!/usr/bin/env bash
# Everything that `make test` runs. Each step's output is kept in build/tests/ and shown when it fails.
set -u
cd "$(dirname "$0")/.."
out=build/tests
. tools/steps.sh

static_checks() {
  local bad=0
  step lint "$bin/ruff" check . || bad=1
  step format "$bin/ruff" format --check . || bad=1
  step templates "$bin/djlint" --quiet --lint templates || bad=1
  step imports "$bin/lint-imports" || bad=1
  step types "$bin/mypy" || bad=1
  return $bad
}

# Everything but browsers and several machines, whose libraries need not even be loaded.
unit=(-q -n 2 --dist worksteal --ignore=tests/journeys --ignore=tests/cluster)
databases() {
  local bad=0
  step sqlite "$bin/pytest" "${unit[@]}" || bad=1
  step postgresql "$bin/python" tools/with_postgres.py "$bin/pytest" "${unit[@]}" || bad=1
  return $bad
}

# Two rows of steps side by side, so that no core is idle until the shorter one is through: one
# works, in the other types are looked at, several machines wait for one another and browsers for
# pages. tools/test-cluster.sh has all of what goes the short way here.
databases & databases=$!
static_checks || failed=1
step cluster "$bin/python" tools/with_engines.py "$bin/pytest" -q tests/cluster/test_{line,limits,deaths,people_at_work,cut_connections}.py || failed=1
step journeys "$bin/pytest" -q -n 2 --dist loadfile -m journey tests/journeys || failed=1
wait "$databases" || failed=1

# The counts of the test runs, in pytest's own words.
tail -qn 1 "$out"/sqlite.log "$out"/postgresql.log "$out"/journeys.log "$out"/cluster.log
[ "$failed" -eq 0 ] && echo "make test: all of it passed in $SECONDS s" || echo "make test: FAILED after $SECONDS s"
exit "$failed"
