#!/usr/bin/env bash
# The newcomer's path: a fresh clone in a temporary folder, an empty home, and nothing on the PATH but Python, make, git and
# the basic tools of a system. `make run` must serve, and `make test` must run.
#
#   tests/newcomer.sh              # the whole suite, as a newcomer would
#   tests/newcomer.sh tests/core   # one folder of it, for a quick look
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
tests=${1:-tests}
folder=$(mktemp -d)
server=
leave() {
    if [ -n "$server" ]; then kill -- "-$server" 2>/dev/null || true; fi
    rm -rf "$folder"
}
trap leave EXIT

mkdir "$folder/home" "$folder/bin"
for program in make git; do ln -s "$(command -v "$program")" "$folder/bin/"; done
ln -s "$(python3 -c 'import sys; print(sys.executable)')" "$folder/bin/python3"
# A checkout may belong to somebody else than who tests it.
printf '[safe]\n\tdirectory = *\n' >"$folder/gitconfig"
GIT_CONFIG_GLOBAL="$folder/gitconfig" git clone --quiet "$root" "$folder/a fresh clone"
cd "$folder/a fresh clone"

as_newcomer() {
    env --ignore-environment HOME="$folder/home" PATH="$folder/bin:/usr/bin:/bin" LANG=C.UTF-8 TERM=dumb \
        SPECTRON_ROUNDS="${SPECTRON_ROUNDS:-5}" "$@"
}

set -m
as_newcomer make run BIND=127.0.0.1:0 </dev/null >"$folder/run.log" 2>&1 &
server=$!
set +m
for ((second = 0; second < 1200; second++)); do
    url=$(sed -n 's/.*listens on \(http:[^ ;]*\).*/\1/p' "$folder/run.log")
    if [ -n "$url" ]; then break; fi
    kill -0 "$server" 2>/dev/null || { cat "$folder/run.log"; echo "make run ended before it served"; exit 1; }
    sleep 1
done
[ -n "$url" ] || { cat "$folder/run.log"; echo "make run did not serve within twenty minutes"; exit 1; }
key=$(cat data/management.key)
as_newcomer .venv/bin/spectronctl --url "$url" --api-key "$key" ready
as_newcomer .venv/bin/spectronctl --url "$url" --api-key "$key" contexts show demo >/dev/null
kill -- "-$server"
wait "$server" || true
server=
echo "make run serves at $url"

as_newcomer make test TESTS="$tests"
git diff --exit-code
echo "make test passes in a fresh clone"
