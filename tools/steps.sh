# Sourced by test.sh and test-cluster.sh, which name the folder `out` for what steps print.
unset PYTHONDONTWRITEBYTECODE  # each module is compiled once instead of at each start
bin=.venv/bin
rm -rf "$out"; mkdir -p "$out"
failed=0

step() { # step NAME COMMAND… : run it, keep what it prints, say how it ended
  local name=$1; shift
  local start=$SECONDS
  if "$@" >"$out/$name.log" 2>&1; then
    printf '%-14s ok      %4d s  %s\n' "$name" $((SECONDS - start)) "$(tail -n 1 "$out/$name.log")"
  else
    printf '%-14s FAILED  %4d s\n' "$name" $((SECONDS - start))
    # Which and why first: what a browser saw is long, and a log is often read from its end.
    tail -n 60 "$out/$name.log"
    grep -E '^(E  |FAILED|ERROR|tests/.*: (.*Error|Failed))' "$out/$name.log" | cut -c1-300 | head -n 40
    return 1
  fi
}
