#!/bin/sh
# Installs what is missing, also the test peers, and runs every test. What
# cannot be had is skipped loudly, by name; with CI=true that is a failure.
#
#   sh cmd/test.sh              all tests
#   sh cmd/test.sh -tags soak   also the long ones
set -eu
cd "$(dirname "$0")/.."
PATH=${MAILROOM_CACHE:-$HOME/.cache/mailroom}/go/bin:$PATH # where install.sh puts Go if it must
export PATH
sh cmd/install.sh test
export OMP_THREAD_LIMIT=1
go vet ./...
unformatted=$(gofmt -l .)
[ -z "$unformatted" ] || { echo "not formatted: $unformatted" >&2; exit 1; }
# Two packages at a time: some start servers, and most of them decode images.
go test -count=1 -p 2 -timeout 40m "$@" ./...
