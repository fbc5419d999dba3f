package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"

	"mailroom/storage"
	"mailroom/storage/evidence"
	"mailroom/storage/storagetest/servers"
)

func tamperedEvents() map[string]change {
	column := func(set string) func(v *prey) {
		return func(v *prey) { v.exec("UPDATE events SET "+set+" WHERE seq = ?", v.archived()) }
	}
	return map[string]change{
		"an event of another time":     {column("time = time + 1"), theEvent},
		"an event of another person":   {column("actor = 'c-1'"), theEvent},
		"an event of another kind":     {column("kind = 'closed'"), func(v *prey) string { return "event " }},
		"an event about another thing": {column("object = 'x'"), func(v *prey) string { return "event " }},
		"another hash of an event":     {column("hash = replace(hash, substr(hash, 1, 1), 'z')"), theEvent},
		"another predecessor":          {column("previous = body_hash"), theEvent},
		"another body": {func(v *prey) {
			v.body("event_bodies", "seq", fmt.Sprint(v.archived()), `"pages":2`, `"pages":1`)
		}, theEvent},
		"another body with its hash": {func(v *prey) {
			v.body("event_bodies", "seq", fmt.Sprint(v.archived()), `"pages":2`, `"pages":1`)
			column("body_hash = hash")(v)
		}, theEvent},
		"another salt": {func(v *prey) { v.exec("UPDATE event_bodies SET salt = zeroblob(16) WHERE seq = ?", v.archived()) }, theEvent},
		"salt and body of another event": {func(v *prey) {
			v.exec("UPDATE event_bodies SET (salt, body) = (SELECT salt, body FROM event_bodies WHERE seq = ?) WHERE seq = ?", v.seq(storage.EventArchived, string(v.other)), v.archived())
		}, theEvent},
		"a body that is gone": {func(v *prey) { v.exec("DELETE FROM event_bodies WHERE seq = ?", v.archived()) }, theLetter},
		"a body of a stack that is gone": {func(v *prey) {
			v.exec("DELETE FROM event_bodies WHERE seq = ?", v.seq(storage.EventReceived, string(v.batch)))
		}, theBatch},
		"a body that is gone after an erasure": {func(v *prey) {
			v.exec("DELETE FROM event_bodies WHERE seq = ?", v.seq(storage.EventGone, string(v.erased)))
		}, theErased},
		"an event that is gone": {func(v *prey) {
			v.exec("DELETE FROM event_bodies WHERE seq = ?", v.archived())
			v.exec("DELETE FROM events WHERE seq = ?", v.archived())
		}, func(v *prey) string { return "event " }},
		"two events in another order": {func(v *prey) {
			at := v.archived()
			v.exec("DELETE FROM event_bodies WHERE seq IN (?, ?)", at, at+1)
			for _, move := range [][2]int64{{at, -1}, {at + 1, at}, {-1, at + 1}} {
				v.exec("UPDATE events SET seq = ? WHERE seq = ?", move[1], move[0])
			}
		}, func(v *prey) string { return "event " }},
		"an event that never was, behind the last": {func(v *prey) {
			v.exec("INSERT INTO events SELECT seq + 1, hash, time, actor, 'closed', ?, body_hash, body_hash FROM events ORDER BY seq DESC LIMIT 1", v.letter)
		}, func(v *prey) string { return "event " }},
		"an event changed and the chain made anew": {func(v *prey) {
			column("actor = 'c-1'")(v)
			v.chained(v.archived())
		}, theCheckpoint},
		"a body changed and the chain made anew": {func(v *prey) {
			v.body("event_bodies", "seq", fmt.Sprint(v.archived()), `"pages":2`, `"pages":1`)
			v.chained(v.archived())
		}, theCheckpoint},
		"an event taken out and the chain made anew": {func(v *prey) {
			at := v.archived()
			v.exec("DELETE FROM event_bodies WHERE seq = ?", at)
			v.exec("DELETE FROM events WHERE seq = ?", at)
			var last int64
			v.must(v.db.QueryRow("SELECT max(seq) FROM events").Scan(&last))
			_, err := v.db.Exec("PRAGMA foreign_keys = OFF")
			v.must(err)
			for n := at + 1; n <= last; n++ {
				v.exec("UPDATE events SET seq = ? WHERE seq = ?", n-1, n)
				_, err := v.db.Exec("UPDATE event_bodies SET seq = ? WHERE seq = ?", n-1, n)
				v.must(err)
			}
			v.chained(at)
		}, func(v *prey) string { return "" }},
		"the last events taken away": {func(v *prey) {
			v.exec("DELETE FROM event_bodies WHERE seq >= ?", v.anchors[1].Size-3)
			v.exec("DELETE FROM events WHERE seq >= ?", v.anchors[1].Size-3)
			v.chained(v.anchors[1].Size - 4)
		}, theLast},
	}
}

func tamperedCheckpoints() map[string]change {
	file := func(v *prey, from, to string) []byte {
		data := v.read(v.anchors[0].Key)
		after := bytes.Replace(data, []byte(from), []byte(to), 1)
		if bytes.Equal(data, after) {
			v.t.Fatalf("%s does not stand in %s", from, data)
		}
		return after
	}
	day := func(v *prey) string { return v.anchors[0].At.Format("2006-01-02") }
	return map[string]change{
		"a checkpoint dated back": {func(v *prey) { v.write(v.anchors[0].Key, file(v, day(v), "2026-10-01")) }, theCheckpoint},
		"a checkpoint of another root": {func(v *prey) {
			v.write(v.anchors[0].Key, file(v, string(v.anchors[0].Root), strings.Repeat("a", 64)))
		}, theCheckpoint},
		"a checkpoint that is gone": {func(v *prey) { v.remove(v.anchors[0].Key) }, theCheckpoint},
		"a checkpoint that is none": {func(v *prey) { v.write(v.anchors[0].Key, []byte("{}")) }, func(v *prey) string { return v.anchors[0].Key }},
		"a checkpoint that no event names": {func(v *prey) {
			v.write(storage.CheckpointPrefix+"2026/11/24/000000000009-000000.json", file(v, fmt.Sprintf(`"size": %d`, v.anchors[0].Size), `"size": 9`))
		}, func(v *prey) string { return "checkpoint of 9 events: " }},
		"a checkpoint's row": {func(v *prey) {
			v.body("anchors", "size", fmt.Sprint(v.anchors[0].Size), string(v.anchors[0].Root), strings.Repeat("a", 64))
		}, theCheckpoint},
		"a time stamp that is gone": {func(v *prey) { v.remove(v.anchors[0].Stamp.Key) }, theCheckpoint},
		"a bit in a time stamp":     {func(v *prey) { v.flip(v.anchors[0].Stamp.Key) }, theCheckpoint},
		"the time stamp of another": {func(v *prey) { v.write(v.anchors[0].Stamp.Key, v.read(v.anchors[1].Stamp.Key)) }, theCheckpoint},
		"a later time stamp in its place": {func(v *prey) {
			token, _, err := v.tsa.Stamp(context.Background(), v.read(v.anchors[0].Key))
			v.must(err)
			v.write(v.anchors[0].Stamp.Key, token)
		}, theCheckpoint},
		"a time stamp of a foreign authority, all written anew": {func(v *prey) {
			other := servers.TimeAuthority(v.t)
			data, err := os.ReadFile(other.Certificates)
			v.must(err)
			trusted, err := evidence.ParseCertificates(data)
			v.must(err)
			authority := evidence.Authority{URL: other.URL, Trusted: trusted, Client: v.tsa.Client}
			token, stamp, err := authority.Stamp(context.Background(), v.read(v.anchors[1].Key))
			v.must(err)
			v.write(v.anchors[1].Stamp.Key, token)
			was := string(v.anchors[1].Stamp.Digest)
			last := fmt.Sprint(v.anchors[1].Size)
			v.body("anchors", "size", last, was, string(stamp.Digest))
			var seq int64
			v.must(v.db.QueryRow("SELECT max(seq) FROM events WHERE kind = ?", storage.EventStamped).Scan(&seq))
			v.body("event_bodies", "seq", fmt.Sprint(seq), was, string(stamp.Digest))
			v.chained(seq) // no checkpoint holds that event yet
		}, theLast},
	}
}
