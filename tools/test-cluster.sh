#!/usr/bin/env bash
# Both sides of the four seams: the suites that hold for either, then every journey on the embedded
# side and through a proxy before several machines, and what only those can show.
set -u
cd "$(dirname "$0")/.."
out=build/tests-cluster
. tools/steps.sh

suites() {
  local bad=0
  step shared "$bin/pytest" -q tests/storage tests/test_queue.py tests/test_limits.py tests/test_{crew,later}.py tests/search || bad=1
  step shared-far "$bin/python" tools/with_postgres.py "$bin/pytest" -q tests/search || bad=1
  step either "$bin/python" tools/with_postgres.py "$bin/pytest" -q -n 2 --dist worksteal -m either || bad=1
  return $bad
}

# A browser waits more than it works, and so do several machines: they go beside the suites.
suites & suites=$!
step journeys env COLLATERAL_PICTURES=1 "$bin/pytest" -q -n 2 --dist loadfile -m journey tests/journeys || failed=1
step journeys-far "$bin/python" tools/with_engines.py "$bin/pytest" -q -n 2 --dist loadfile -m journey tests/journeys || failed=1
step cluster "$bin/python" tools/with_engines.py "$bin/pytest" -q tests/cluster || failed=1
wait "$suites" || failed=1

tail -qn 1 "$out"/*.log
[ "$failed" -eq 0 ] && echo "make test-cluster: all of it passed in $SECONDS s" || echo "make test-cluster: FAILED after $SECONDS s"
exit "$failed"
