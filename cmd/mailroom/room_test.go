package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// smallDisk mounts a disk of so many MB at dir for the length of the test.
func smallDisk(t *testing.T, dir string, mb int) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%dm,mode=700", mb)); err != nil {
		if os.Getenv("CI") == "true" && !errors.Is(err, syscall.EPERM) {
			t.Fatalf("MISSING: a small disk at %s: %v", dir, err)
		}
		t.Skipf("SKIPPED: mounting a small disk is forbidden here: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Errorf("unmount %s: %v", dir, err)
		}
	})
}

// ballast fills the disk of a folder to the last byte.
func ballast(t *testing.T, dir string) (name string) {
	t.Helper()
	name = filepath.Join(dir, ".ballast")
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for size := 1 << 20; size >= 1; size /= 16 {
		for err = nil; err == nil; {
			_, err = f.Write(make([]byte, size))
		}
		if !errors.Is(err, syscall.ENOSPC) {
			t.Fatalf("fill %s: %v", dir, err)
		}
	}
	return name
}

// TestADiskIsFull: the disk of the drop folder, of the objects and of the ledger
// run full one after the other while letters arrive. Each time the page says so,
// nothing is lost, and work goes on by itself when there is room.
func TestADiskIsFull(t *testing.T) {
	const each = 3
	files, truth := smallMail(t, t.TempDir(), 3*each)
	m := newMendedWith(t, "", func(v *victim) {
		smallDisk(t, v.folder, 8)
		smallDisk(t, v.data, 48)
		smallDisk(t, filepath.Join(v.data, "blobs"), 16)
	})
	for i, disk := range []struct{ name, dir, alarm string }{
		{"intake", m.folder, "Speicher voll"},
		{"blobs", filepath.Join(m.data, "blobs"), "Ablage nimmt nichts an"},
		{"ledger", m.data, "Die Datenbank nimmt nichts an"},
	} {
		some := files[i*each : (i+1)*each]
		if disk.dir == m.folder { // what does not fit is the scanner's to say
			m.drop(some[0])
			m.drop(some[1])
		}
		fill := ballast(t, disk.dir)
		if disk.dir != m.folder {
			m.drop(some[0])
			m.drop(some[1])
		}
		m.says("/scanstelle", disk.alarm, true)
		if disk.dir != m.folder {
			m.says("/scanstelle", "Eine Platte ist fast voll", true)
		}
		if n := m.count(`SELECT count(*) FROM events WHERE kind = 'parked'`); n > 0 {
			t.Errorf("%s: %d stacks are parked because a disk is full", disk.name, n)
		}
		if err := os.Remove(fill); err != nil {
			t.Fatal(err)
		}
		m.drop(some[2])
		room := time.Now()
		m.arrive((i+1)*each, 2*time.Minute)
		t.Logf("%s: %d letters arrived %s after there was room", disk.name, each, time.Since(room).Round(time.Second))
		m.says("/scanstelle", disk.alarm, false)
	}
	m.kill()
	m.testLedger(3 * each)
	m.testFolders()
	m.testLetters(truth)
}
