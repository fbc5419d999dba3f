#!/bin/sh
# Shows the mailroom at work: installs what is missing, builds, starts the
# service with the sample station, drops the sample mail into its folder, and
# prints where to look. Ctrl-C ends it.
#
#   sh cmd/run.sh                    until Ctrl-C
#   sh cmd/run.sh --stop-when-done   until the sample mail has arrived
#
# MAILROOM_LISTEN is another address than 127.0.0.1:8080. Everything is kept
# below data; remove that folder to begin afresh.
set -eu
cd "$(dirname "$0")/.."
PATH=${MAILROOM_CACHE:-$HOME/.cache/mailroom}/go/bin:$PATH # where install.sh puts Go if it must
export PATH
stop=""
for arg in "$@"; do
    case $arg in
    --stop-when-done) stop=yes ;;
    *) echo "run.sh: unknown argument $arg" >&2; exit 2 ;;
    esac
done
sh cmd/install.sh base
data=$PWD/data
listen=${MAILROOM_LISTEN:-127.0.0.1:8080}
mkdir -p "$data/bin" "$data/drop/scan-1" "$data/exchange/wohngeld"
echo "run.sh: building"
go build -o "$data/bin/mailroom" ./cmd/mailroom
{
    printf 'data: .\nlisten: %s\n' "$listen"
    cat <<'EOF'
office:
  name: Stadt Auenstedt
  city: Auenstedt
  unit: Zentrale Scanstelle
  accessibility: {contact: barrierefreiheit@auenstedt.example, enforcement: "Ombudsstelle für barrierefreie Informationstechnik des Landes, Musterplatz 1, 00417 Auenstedt"}
EOF
    cat testdata/mail/mailroom.yaml
    cat <<'EOF'
efile:   # all others by hand: the number under which the e-file has a letter is the receipt
  departments:
    wohngeld:   # PDF/A, transfer note and an index file into a directory; a file answers
      connector: folder
      folder: {out: ./exchange/wohngeld, answer: {ok: <id>.ok, err: <id>.err}}
EOF
} >"$data/mailroom.yaml"
cp testdata/mail/register.csv "$data/register.csv"
mailroom() { "$data/bin/mailroom" "$@"; }
mailroom check --config "$data/mailroom.yaml"
mailroom clerks demo --config "$data/mailroom.yaml" --to "$data/demo-logins.txt"

"$data/bin/mailroom" serve --config "$data/mailroom.yaml" 2>"$data/service.log" &
service=$!
trap 'kill $service 2>/dev/null || true; wait $service 2>/dev/null || true' EXIT
trap 'exit 0' INT TERM
tries=0
alive() {
    kill -0 $service 2>/dev/null && return 0
    echo "run.sh: the service has ended; see $data/service.log" >&2
    tail -n 5 "$data/service.log" >&2
    exit 1
}
until mailroom check --config "$data/mailroom.yaml" --running >/dev/null 2>&1; do
    alive
    tries=$((tries + 1))
    [ $tries -lt 150 ] || { echo "run.sh: the service does not answer; see $data/service.log" >&2; exit 1; }
    sleep 0.2
done
sleep 0.2
alive # and not another program at the same address

before=$(mailroom batches --config "$data/mailroom.yaml" --json | wc -l)
count=0
for f in testdata/mail/mail/*; do
    name=$(basename "$f")
    cp "$f" "$data/drop/scan-1/.$name.part"
    mv "$data/drop/scan-1/.$name.part" "$data/drop/scan-1/$name"
    count=$((count + 1))
done
cat <<EOF

mailroom is running.
  address    http://$listen
  log-ins    $data/demo-logins.txt: name, password, person
$(sed 's/^/    /' "$data/demo-logins.txt")
  mail       $count files were dropped into $data/drop/scan-1; drop your own there,
             or into $data/drop/fax and $data/drop/online
  e-file     letters of Wohngeld are handed over into $data/exchange/wohngeld; a file
             named like the letter's index, with .ok instead of .xml, is its receipt
  results    $data/blobs (PDF/A), "$data/bin/mailroom documents --config $data/mailroom.yaml"
  log        $data/service.log

  Try first:
    scanstelle        see what became of each sheet; sign on to scan-1; press ? for the keys
    leitung-wohngeld  give out the letters: Enter takes the proposal, j all sure ones
    wohngeld-1        take a letter into its file, work on it, close it
    registratur       search for "Bescheinigung"; clear what is in doubt
    pruefung          follow one letter through its whole life
    admin             accounts, rules with a trial run, connected e-files

EOF
if [ -z "$stop" ]; then
    echo "Ctrl-C ends it."
    wait $service
    exit 0
fi
while :; do
    alive
    all=$(mailroom batches --config "$data/mailroom.yaml" --json)
    arrived=$(printf '%s\n' "$all" | grep -cE '"state":"(released|review|parked)"' || true)
    printf 'run.sh: %s of %s stacks have arrived\n' "$((arrived - before))" "$count"
    [ "$((arrived - before))" -ge "$count" ] && break
    sleep 2
done
mailroom batches --config "$data/mailroom.yaml"
mailroom documents --config "$data/mailroom.yaml"
