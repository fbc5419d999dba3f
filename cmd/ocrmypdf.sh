#!/bin/sh
# Installs OCRmyPDF, with which `mailroom bench --ocrmypdf` compares, into
# $MAILROOM_OCRMYPDF or else ~/.cache/mailroom/ocrmypdf, and prints its path. It
# is needed for comparing only. Once the pinned version is there, a second run
# does nothing and needs no network.
set -eu

version=17.13.0
home=${MAILROOM_OCRMYPDF:-$HOME/.cache/mailroom/ocrmypdf}

say() { printf 'ocrmypdf.sh: %s\n' "$*" >&2; }

for program in gs unpaper; do
	command -v "$program" >/dev/null || say "$program not found; on Debian: apt-get install ghostscript unpaper"
done
if [ "$(cat "$home/pinned" 2>/dev/null || true)" != "$version" ] || ! [ -x "$home/bin/ocrmypdf" ]; then
	rm -rf "$home"
	python3 -m venv "$home" || {
		say "a virtual environment cannot be made; on Debian: apt-get install python3 python3-venv"
		exit 1
	}
	"$home/bin/pip" install -q --disable-pip-version-check "ocrmypdf==$version" || {
		say "OCRmyPDF $version cannot be fetched: is the Python package index in reach?"
		exit 1
	}
	printf '%s\n' "$version" >"$home/pinned"
fi
printf '%s\n' "$home/bin/ocrmypdf"
