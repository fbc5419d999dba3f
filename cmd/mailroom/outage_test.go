package main

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"mailroom/storage"
	"mailroom/storage/storagetest/servers"
)

// bucketSettings are the lines of a configuration for a bucket that can be
// reached at address.
func bucketSettings(t *testing.T, a servers.Access, address string) string {
	t.Helper()
	access, secret := a.KeyFiles(t)
	return fmt.Sprintf("storage: {s3: {endpoint: %q, bucket: %q, create_bucket: true, access_key_file: %q, secret_key_file: %q}}\n",
		"http://"+address, a.Bucket(), access, secret)
}

// page returns a page as the logged-in person sees it.
func (m *mended) page(path string) string {
	m.t.Helper()
	r, err := m.client.Get(m.home + path)
	if err != nil {
		m.t.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != http.StatusOK {
		m.t.Fatalf("%s answers %s, %v", path, r.Status, err)
	}
	return string(b)
}

// says waits until a page says something, or no longer does.
func (m *mended) says(path, what string, want bool) {
	m.t.Helper()
	var text string
	if !m.live(time.Since(m.began)+time.Minute, func() bool { text = m.page(path); return strings.Contains(text, what) == want }) {
		m.t.Errorf("%s says %q: %t, want %t: %.6000s", path, what, !want, want, text)
	}
}

// arrive waits until n stacks are at their end and nothing is left to be done.
func (v *victim) arrive(n int, within time.Duration) {
	v.t.Helper()
	if !v.live(time.Since(v.began)+within, func() bool { return v.count(endedBatches) == n && v.count(openSteps) == 0 }) {
		v.t.Fatalf("%d of %d stacks arrived, %d steps are open", v.count(endedBatches), n, v.count(openSteps))
	}
}

// TestTheBucketIsGone: the service is started before the bucket is there, letters
// are under way when it goes, and many more arrive while it is gone. Their files
// lie where the scanner put them, the page says so, and once the bucket is there
// all of them arrive, each once.
func TestTheBucketIsGone(t *testing.T) {
	minio := servers.MinIO(t)
	home, err := url.Parse(minio.Endpoint)
	if err != nil {
		t.Fatal(err)
	}
	gate := servers.NewGate(t, home.Host)
	const before = outageLetters / 4
	files, truth := smallMail(t, t.TempDir(), outageLetters)
	gate.Shut()
	m := newMendedWith(t, bucketSettings(t, minio, gate.Address), func(*victim) {})
	for _, f := range files[:before] {
		m.drop(f)
	}
	m.testNeverThere(before)
	gate.Open(t)
	if !m.live(time.Since(m.began)+time.Minute, func() bool { return m.count(`SELECT count(*) FROM batches`) > before/2 }) {
		t.Fatal("nothing arrives while the bucket is there")
	}
	gate.Shut()
	for _, f := range files[before:] {
		m.drop(f)
	}
	m.says("/scanstelle", "Die Ablage ist nicht erreichbar", true)
	m.says("/scanstelle", "Ablage nimmt nichts an", true)
	gone := m.count(`SELECT count(*) FROM batches`)
	m.live(time.Since(m.began)+3*time.Second, func() bool { return false })
	if n := m.count(`SELECT count(*) FROM batches`); n > gone || n > before {
		t.Errorf("%d stacks were received by a store that is not there, %d before", n, gone)
	}
	if n := m.waiting(); n != outageLetters-gone {
		t.Errorf("%d files lie in the folder of the station, want %d", n, outageLetters-gone)
	}
	gate.Open(t)
	back := time.Now()
	m.arrive(outageLetters, time.Duration(outageLetters)*5*time.Second+time.Minute)
	t.Logf("%d letters arrived %s after the bucket came back", outageLetters-m.before, time.Since(back).Round(time.Second))
	m.says("/scanstelle", "Die Ablage ist nicht erreichbar", false)
	m.says("/scanstelle", "Ablage nimmt nichts an", false)
	m.kill()
	if log := m.log.String(); !strings.Contains(log, "the bucket cannot be reached") || !strings.Contains(log, "alarm="+storage.AlarmStore) {
		t.Errorf("the log does not say that the bucket is away: %.2000s", log)
	}
	m.testLedger(outageLetters)
	m.testLetters(truth)
	if n := m.waiting(); n > 0 {
		t.Errorf("%d files are left in the folder of the station", n)
	}
	h := openHouse(t, m.config)
	if err := h.blobs.List(t.Context(), "work/", func(o storage.Object) error { return fmt.Errorf("%s is left", o.Key) }); err != nil {
		t.Errorf("in the bucket: %v", err)
	}
}

// testNeverThere: a service that has not seen its bucket yet says so, and keeps n
// scans waiting.
func (m *mended) testNeverThere(n int) {
	m.t.Helper()
	m.says("/scanstelle", "Die Ablage ist nicht erreichbar", true)
	m.says("/scanstelle", "Ablage nimmt nichts an", true)
	if got := m.waiting(); got != n || m.count(`SELECT count(*) FROM batches`) > 0 {
		m.t.Errorf("%d of %d scans wait for a store that was never there", got, n)
	}
	if code, _, said := call(m.t, "check", "--config", m.config); code != exitUsage || !strings.Contains(said, "storage: ") {
		m.t.Errorf("check ends with %d: %s", code, said)
	}
	if code, said, _ := call(m.t, "check", "--config", m.config, "--policy", "service"); code != exitDone || !strings.Contains(said, "s3:PutObjectRetention") {
		m.t.Errorf("check --policy ends with %d: %s", code, said)
	}
	if code, _, said := call(m.t, "check", "--config", m.config, "--policy", "all"); code != exitUsage || !strings.Contains(said, "--policy") {
		m.t.Errorf("check --policy all ends with %d: %s", code, said)
	}
	if code, _, said := call(m.t, "verify", "--config", m.config); code != exitFailed || !strings.Contains(said, storage.ErrUnavailable.Error()) {
		m.t.Errorf("verify ends with %d: %s", code, said)
	}
}

// waiting counts the scans in the station's folder that nobody has received.
func (v *victim) waiting() (n int) {
	v.t.Helper()
	for _, name := range found(v.t, v.folder) {
		if strings.HasSuffix(name, ".tif") && !strings.Contains(name, "/done/") {
			n++
		}
	}
	return n
}
