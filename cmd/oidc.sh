#!/bin/sh
# Installs the OpenID provider that the tests of the single sign-on run against.
# The lock file pins every byte. Run again, it does nothing and needs no network.
set -eu
cd "$(dirname "$0")/../routing/signontest/testdata/provider"

want=$(sha256sum package-lock.json | cut -c1-64)
if [ "$(cat node_modules/.mailroom-lock 2>/dev/null || true)" = "$want" ]; then
	echo "oidc: already there"
	exit 0
fi
command -v npm >/dev/null || { echo "oidc: npm is missing (Debian: apt-get install npm)" >&2; exit 1; }
npm ci --loglevel=error
echo "$want" >node_modules/.mailroom-lock
echo "oidc: installed"
