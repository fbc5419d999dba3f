#!/bin/sh
# Installs Schemathesis, which the tests of routing/api let loose on the API,
# into $MAILROOM_SCHEMATHESIS or else ~/.cache/mailroom/schemathesis. It is
# needed for tests only. Once the pinned version is there, a second run does
# nothing and needs no network.
set -eu

version=4.32.5
home=${MAILROOM_SCHEMATHESIS:-$HOME/.cache/mailroom/schemathesis}

say() { printf 'schemathesis.sh: %s\n' "$*" >&2; }

if [ "$(cat "$home/pinned" 2>/dev/null || true)" = "$version" ] && [ -x "$home/bin/schemathesis" ]; then
	say "Schemathesis $version is in $home"
	exit 0
fi
command -v python3 >/dev/null || {
	say "python3 not found; on Debian: apt-get install python3 python3-venv"
	exit 1
}
rm -rf "$home"
python3 -m venv "$home" || {
	say "a virtual environment cannot be made; on Debian: apt-get install python3-venv"
	exit 1
}
"$home/bin/pip" install -q --disable-pip-version-check "schemathesis==$version" || {
	say "Schemathesis $version cannot be fetched: is the Python package index in reach?"
	exit 1
}
printf '%s\n' "$version" >"$home/pinned"
say "Schemathesis $version is in $home"
