#!/bin/sh
# Fetches veraPDF, the PDF/A validator that the tests of storage/pdfa and cmd
# run, into $MAILROOM_VERAPDF or else ~/.cache/mailroom/verapdf. It is needed
# for tests only and is no part of what is shipped.
#
# The set is complete once the file "version" names the pinned version; a second
# run then does nothing and needs no network.
set -eu

version=1.28.2
home=${MAILROOM_VERAPDF:-$HOME/.cache/mailroom/verapdf}

say() { printf 'verapdf.sh: %s\n' "$*" >&2; }

if [ -f "$home/version" ] && [ "$(cat "$home/version")" = "$version" ]; then
	say "veraPDF $version is in $home"
	exit 0
fi
for tool in java mvn; do
	command -v "$tool" >/dev/null || {
		say "$tool not found; on Debian: apt-get install default-jre-headless maven"
		exit 1
	}
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM

cat >"$work/pom.xml" <<POM
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>mailroom</groupId>
  <artifactId>verapdf</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>org.verapdf.apps</groupId>
      <artifactId>greenfield-apps</artifactId>
      <version>$version</version>
    </dependency>
  </dependencies>
</project>
POM

if ! mvn -q -B -f "$work/pom.xml" dependency:copy-dependencies \
	-DincludeScope=runtime -DoutputDirectory="$work/jars" >"$work/log" 2>&1; then
	tail -n 20 "$work/log" >&2
	say "Maven could not fetch veraPDF $version: is Maven Central (repo.maven.apache.org) in reach?"
	exit 1
fi

mkdir -p "$home"
rm -f "$home"/*.jar "$home/version"
cp "$work/jars"/*.jar "$home/"
printf '%s\n' "$version" >"$home/version"
say "veraPDF $version is in $home"
