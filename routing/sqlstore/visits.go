package sqlstore

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"mailroom/routing"
	"mailroom/storage"
)

const visitColumns = `id, clerk, source, sealed, session, device, begun, seen, asked, sure`

// SaveVisit implements [routing.Visits].
func (Store) SaveVisit(ctx context.Context, tx storage.Tx, v routing.Visit) error {
	_, err := tx.Exec(ctx, `INSERT INTO visits (`+visitColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		ON CONFLICT (id) DO UPDATE SET seen = excluded.seen`,
		string(v.ID), string(v.Clerk), string(v.Source), v.Proof.Sealed, v.Proof.Session, v.Device,
		micros(v.Begun), micros(v.Seen), micros(v.Asked), micros(v.Sure))
	if err != nil {
		return fmt.Errorf("save visit %s: %w", v.ID, err)
	}
	return nil
}

// Visit implements [routing.Visits].
func (Store) Visit(ctx context.Context, tx storage.Tx, id routing.VisitID) (routing.Visit, error) {
	return scanVisit(tx.QueryRow(ctx, `SELECT `+visitColumns+` FROM visits WHERE id = $1`, string(id)))
}

// VisitsOf implements [routing.Visits].
func (Store) VisitsOf(ctx context.Context, tx storage.Tx, clerk routing.ClerkID, limit int) ([]routing.Visit, error) {
	rows, err := tx.Query(ctx, `SELECT `+visitColumns+` FROM visits WHERE clerk = $1 ORDER BY begun DESC, id LIMIT $2`, string(clerk), int64(limit))
	return visitsIn(rows, err)
}

// EndVisits implements [routing.Visits].
func (Store) EndVisits(ctx context.Context, tx storage.Tx, which routing.VisitChoice) (int, error) {
	var tests []string
	var args []any
	add := func(test string, arg any) {
		args = append(args, arg)
		tests = append(tests, test+" $"+strconv.Itoa(len(args)))
	}
	if which.ID != "" {
		add("id =", string(which.ID))
	}
	if which.Clerk != "" {
		add("clerk =", string(which.Clerk))
	}
	if which.Session != "" {
		add("session =", which.Session)
	}
	if !which.SeenBefore.IsZero() {
		add("seen <", micros(which.SeenBefore))
	}
	if !which.BegunBefore.IsZero() {
		add("begun <", micros(which.BegunBefore))
	}
	if len(tests) == 0 {
		return 0, nil
	}
	args = append(args, string(which.Except))
	rows, err := tx.Query(ctx, `DELETE FROM visits WHERE (`+strings.Join(tests, " OR ")+`) AND id <> $`+strconv.Itoa(len(args))+` RETURNING `+visitColumns, args...)
	ended, err := visitsIn(rows, err)
	return len(ended), err
}

// ClaimVisits implements [routing.Visits].
func (Store) ClaimVisits(ctx context.Context, tx storage.Tx, source routing.Source, before, now time.Time, limit int) ([]routing.Visit, error) {
	rows, err := tx.Query(ctx, `UPDATE visits SET asked = $1 WHERE asked <= $2 AND id IN
		(SELECT id FROM visits WHERE source = $3 AND asked <= $2 ORDER BY asked, id LIMIT $4) RETURNING `+visitColumns,
		micros(now), micros(before), string(source), int64(limit))
	return visitsIn(rows, err)
}

// SettleVisit implements [routing.Visits].
func (Store) SettleVisit(ctx context.Context, tx storage.Tx, v routing.Visit) error {
	_, err := tx.Exec(ctx, `UPDATE visits SET sure = $1, sealed = $2, session = $3 WHERE id = $4`, micros(v.Sure), v.Proof.Sealed, v.Proof.Session, string(v.ID))
	if err != nil {
		return fmt.Errorf("settle visit %s: %w", v.ID, err)
	}
	return nil
}

func visitsIn(rows storage.Rows, err error) ([]routing.Visit, error) {
	if err != nil {
		return nil, fmt.Errorf("visits: %w", err)
	}
	defer rows.Close()
	var out []routing.Visit
	for rows.Next() {
		v, err := scanVisit(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, rows.Err()
}

func scanVisit(row storage.Row) (v routing.Visit, err error) {
	var id, clerk, source string
	var begun, seen, asked, sure int64
	if err := row.Scan(&id, &clerk, &source, &v.Proof.Sealed, &v.Proof.Session, &v.Device, &begun, &seen, &asked, &sure); err != nil {
		return v, fmt.Errorf("visit: %w", err)
	}
	v.ID, v.Clerk, v.Source = routing.VisitID(id), routing.ClerkID(clerk), routing.Source(source)
	v.Begun, v.Seen, v.Asked, v.Sure = fromMicros(begun), fromMicros(seen), fromMicros(asked), fromMicros(sure)
	return v, nil
}

// SaveDevice implements [routing.Devices].
func (Store) SaveDevice(ctx context.Context, tx storage.Tx, d routing.Device) error {
	_, err := tx.Exec(ctx, `INSERT INTO devices (digest, clerk, failed, locked_until, expiry) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (digest) DO UPDATE SET clerk = excluded.clerk, failed = excluded.failed,
			locked_until = excluded.locked_until, expiry = excluded.expiry`,
		d.Digest, string(d.Clerk), int64(d.Failed), micros(d.LockedUntil), micros(d.Expiry))
	if err == nil {
		_, err = tx.Exec(ctx, `DELETE FROM devices WHERE clerk = $1 AND digest NOT IN
			(SELECT digest FROM devices WHERE clerk = $1 ORDER BY expiry DESC, digest LIMIT 20)`, string(d.Clerk))
	}
	if err != nil {
		return fmt.Errorf("save device: %w", err)
	}
	return nil
}

// Device implements [routing.Devices].
func (Store) Device(ctx context.Context, tx storage.Tx, clerk routing.ClerkID, digest string, now time.Time) (routing.Device, error) {
	d := routing.Device{Digest: digest, Clerk: clerk}
	var failed, locked, expiry int64
	row := tx.QueryRow(ctx, `SELECT failed, locked_until, expiry FROM devices WHERE digest = $1 AND clerk = $2 AND expiry > $3`, digest, string(clerk), micros(now))
	if err := row.Scan(&failed, &locked, &expiry); err != nil {
		return d, fmt.Errorf("device: %w", err)
	}
	d.Failed, d.LockedUntil, d.Expiry = int(failed), fromMicros(locked), fromMicros(expiry)
	return d, nil
}

// ForgetDevices implements [routing.Devices].
func (Store) ForgetDevices(ctx context.Context, tx storage.Tx, clerk routing.ClerkID, now time.Time) error {
	_, err := tx.Exec(ctx, `DELETE FROM devices WHERE expiry <= $1 OR clerk = $2`, micros(now), string(clerk))
	if err != nil {
		return fmt.Errorf("forget devices: %w", err)
	}
	return nil
}
