#!/bin/sh
# Installs what the pages are dressed with (KERN, its typeface, htmx) into the
# folder that is embedded into the binary, and axe-core for the tests beside
# it. The lock file pins every byte. Run again, it does nothing and needs no
# network.
set -eu
cd "$(dirname "$0")/../routing/web"

want=$(sha256sum package-lock.json | cut -c1-64)
if [ "$(cat assets/.lock 2>/dev/null || true)" = "$want" ] && [ -f node_modules/axe-core/axe.min.js ]; then
	echo "assets: already there"
	exit 0
fi
command -v npm >/dev/null || { echo "assets: npm is missing (Debian: apt-get install npm)" >&2; exit 1; }
npm ci --loglevel=error

kern=node_modules/@kern-ux/native
mkdir -p assets/fira-sans
cp "$kern/dist/kern.min.css" "$kern/LICENSE.md" assets/
for weight in Regular Italic Medium SemiBold Bold; do
	cp "$kern/dist/fonts/fira-sans/FiraSans-$weight.woff2" assets/fira-sans/
done
cp node_modules/htmx.org/dist/htmx.min.js assets/
cp node_modules/htmx.org/LICENSE assets/htmx.LICENSE
echo "$want" >assets/.lock
echo "assets: installed"
