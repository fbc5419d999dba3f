#!/bin/sh
# Installs what the mailroom needs and is missing: "base" to run it, "test" also
# what its tests run against. When nothing is missing it uses no network.
set -eu
cd "$(dirname "$0")/.."
what=${1:-base}
cache=${MAILROOM_CACHE:-$HOME/.cache/mailroom}
PATH=$cache/go/bin:$PATH # a Go that golang() put there
root=""
[ "$(id -u)" = 0 ] || root=sudo

base="gcc g++ pkg-config ca-certificates libtesseract-dev libleptonica-dev libzxing-dev tesseract-ocr tesseract-ocr-deu poppler-utils"
test="postgresql qpdf zint chromium samba smbclient libxml2-utils openssl imagemagick libtiff-tools fonts-liberation fonts-dejavu-core slapd samba-dsdb-modules samba-ad-provision samba-vfs-modules"

missing() { # the packages that are not installed
    for p in "$@"; do
        [ "$(dpkg-query -W -f '${Status}' "$p" 2>/dev/null)" = "install ok installed" ] || printf '%s ' "$p"
    done
}

apt() { # installs packages, each on its own if they do not go together
    [ -n "$*" ] || return 0
    command -v apt-get >/dev/null || { echo "install.sh: this is no Debian or Ubuntu; please install: $*" >&2; exit 1; }
    echo "install.sh: installing $*"
    $root apt-get update -q >/dev/null || echo "install.sh: the package lists could not be renewed; trying with the old ones" >&2
    $root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@" >/dev/null && return 0
    for p in "$@"; do
        $root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$p" >/dev/null ||
            echo "install.sh: Debian package $p is not to be had" >&2
    done
}

newer() { # is version $1 at least $2?
    [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]
}

goversion() { go env GOVERSION 2>/dev/null | sed 's/^go//'; }

golang() { # any Go from 1.21 on fetches the one that go.mod asks for by itself
    newer "$(goversion)" 1.21 && return 0
    apt golang-go git
    newer "$(goversion)" 1.21 && return 0
    command -v go >/dev/null || { echo "install.sh: Go is needed and this system's packages have none; please install Go" >&2; exit 1; }
    # An older one can still fetch the toolchain as a module, checked by its sum.
    wanted=1.26.8
    echo "install.sh: fetching Go $wanted with the system's Go"
    module=golang.org/toolchain@v0.0.1-go$wanted.linux-$(dpkg --print-architecture)
    (cd / && go mod download "$module") || { echo "install.sh: Go $wanted cannot be fetched; please install Go 1.21 or newer" >&2; exit 1; }
    mkdir -p "$cache"
    rm -rf "$cache/go.new"
    cp -r "$(go env GOMODCACHE)/$module" "$cache/go.new"
    chmod -R u+w "$cache/go.new"
    chmod +x "$cache/go.new/bin/"* "$cache/go.new/pkg/tool/"*/*
    rm -rf "$cache/go"
    mv "$cache/go.new" "$cache/go"
}

minio() { # the S3 server that the tests run against
    [ -x "$cache/bin/minio" ] && return 0
    echo "install.sh: building the S3 test server (some minutes, once)"
    GOBIN="$cache/bin" GOFLAGS=-mod=mod go install github.com/minio/minio@v0.0.0-20260212201848-7aac2a2c5b7c ||
        echo "install.sh: the S3 test server could not be built; tests that need it will be skipped" >&2
}

[ "$what" = base ] && wanted=$base || wanted="$base $test"
# shellcheck disable=SC2046,SC2086
apt $(missing $wanted)
golang
command -v npm >/dev/null || apt nodejs npm
sh cmd/assets.sh
[ "$what" = base ] && exit 0
command -v java >/dev/null || apt default-jre-headless
command -v mvn >/dev/null || apt maven
minio
[ "$(command -v python3)" ] && python3 -c "import ensurepip" 2>/dev/null || apt python3 python3-venv
sh cmd/schemathesis.sh || echo "install.sh: Schemathesis is not to be had; tests that need it will be skipped" >&2
sh cmd/verapdf.sh || echo "install.sh: veraPDF is not to be had; tests that need it will be skipped" >&2
sh cmd/oidc.sh || echo "install.sh: the OpenID provider is not to be had; tests that need it will be skipped" >&2
