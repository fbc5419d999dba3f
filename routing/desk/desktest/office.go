package desktest

import (
	"context"
	"crypto/rand"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"mailroom/ocr"
	"mailroom/routing"
	"mailroom/routing/desk"
	"mailroom/routing/figures"
	"mailroom/routing/sqlstore"
	"mailroom/scanstation"
	"mailroom/scanstation/imaging"
	"mailroom/scanstation/sheets"
	"mailroom/storage"
	"mailroom/storage/disk"
	proof "mailroom/storage/evidence"
	"mailroom/storage/pdfa"
	ledger "mailroom/storage/sqlstore"
)

// Password is that of every clerk of the office.
const Password = "ein langer Satz zum Testen"

// Office is the small office.
type Office struct {
	*desk.Desk
	Archive  *storage.Archive
	Prover   *proof.Verifier // a test may give it certificates
	Sessions sqlstore.Sessions
	Clock    *Clock
	EFiles   map[string]routing.EFile // of the departments; a test may change it
	Folder   string                   // of all its data
	Drop     string                   // drop folder of station scan-1
	t        testing.TB
}

// Clock is a time that tests set.
type Clock struct{ Time time.Time }

// Now is the time that was set.
func (c *Clock) Now() time.Time { return c.Time }

// Departments are those of the office.
func Departments() []routing.Department {
	return []routing.Department{
		{ID: "wohngeld", Name: "Wohngeld", CaseNumbers: []string{`WG-(?:19|20)\d{2}-\d{6}`}, Deadlines: []routing.DeadlineRule{
			{Name: "Widerspruch", Words: []string{"Widerspruch", "lege ich Widerspruch ein"}, Period: scanstation.Period{Months: 3}},
		}},
		{ID: "soziales", Name: "Soziale Hilfen", CaseNumbers: []string{`SO-\d{4}-\d{5}`}},
		{ID: "standesamt", Name: "Standesamt"},
	}
}

// Rules are the office's rules of distribution.
func Rules() []routing.Rule {
	return []routing.Rule{
		{Name: "Klagen", When: `has("Klageschrift") || has("Verwaltungsgericht")`, Review: "Klagen sieht zuerst die Schriftgutverwaltung"},
		{Name: "Heiraten", When: `has("Eheschließung") && number == ""`, Department: "standesamt"},
	}
}

// Open opens an empty office with clerks and register.
func Open(t testing.TB) *Office { return OpenWith(t, nil, nil) }

// OpenWith opens one that has a directory or a single sign-on.
func OpenWith(t testing.TB, directory routing.Directory, provider routing.Provider) *Office {
	t.Helper()
	return open(t, "", time.Date(2026, 11, 24, 9, 30, 0, 0, time.UTC), directory, provider)
}

// OpenOn opens one whose first day is another and whose ledger is a PostgreSQL
// database; without its address it is SQLite.
func OpenOn(t testing.TB, postgres string, now time.Time) *Office {
	t.Helper()
	return open(t, postgres, now, nil, nil)
}

func open(t testing.TB, postgres string, now time.Time, directory routing.Directory, provider routing.Provider) *Office {
	t.Helper()
	o := &Office{EFiles: map[string]routing.EFile{}, Clock: &Clock{now}, Folder: folder(t), t: t}
	zone, err := time.LoadLocation("Europe/Berlin")
	o.must(err)
	o.Drop = filepath.Join(o.Folder, "drop", "scan-1")
	o.must(os.MkdirAll(o.Drop, 0o700))
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	o.Archive = o.archive(postgres, log, zone)
	diary := o.diary()
	o.Archive.Moved, o.Archive.Reread = diary.Follow, o.veil().Again
	o.Archive.Tell = routing.Cabinet{Archive: o.Archive, Filings: sqlstore.Store{}, Now: o.Clock.Now}.PaperGone
	o.Archive.Erased = sqlstore.Store{}.EraseLetter
	o.Prover = &proof.Verifier{Archive: o.Archive, Check: pdfa.Check}
	// The session manager counts by the machine's clock.
	o.Sessions = sqlstore.Sessions{Ledger: o.Archive.Ledger, Now: time.Now}
	o.Desk, err = desk.New(desk.Config{
		Diary:       diary,
		Archive:     o.Archive,
		Clerks:      sqlstore.Store{},
		Accounts:    sqlstore.Store{},
		Visits:      sqlstore.Store{},
		Devices:     sqlstore.Store{},
		Directory:   directory,
		Provider:    provider,
		Find:        o.find,
		Decisions:   sqlstore.Store{},
		Assignments: sqlstore.Store{},
		Register:    sqlstore.Store{},
		Absences:    sqlstore.Store{},
		Keys:        sqlstore.Store{},
		Searches:    sqlstore.Store{},
		Figures:     sqlstore.Store{},
		Uncount:     figures.Letters(o.Archive.Ledger, zone),
		Filings:     sqlstore.Store{},
		EFiles:      o.EFiles,
		Accesses:    sqlstore.Store{},
		Blocks:      sqlstore.Store{},
		Inquiries:   sqlstore.Store{},
		Tokens:      sqlstore.Store{},
		Departments: Departments(),
		Rules:       Rules(),
		Stations:    o.stations(),
		Watch:       watch{o.Clock},
		Renderer:    renderer{},
		Printer:     sheets.Printer{},
		Composer:    pdfa.Assembler{},
		Prover:      o.Prover,
		DayCloses:   sqlstore.Store{},
		Cache:       filepath.Join(o.Folder, "pictures"), UploadBytes: 1 << 20,
		Hashing: desk.Hashing{KiB: 64, Times: 1}, Now: o.Clock.Now, Random: rand.Reader, Log: log,
	})
	o.must(err)
	o.people()
	return o
}

// veil hides letters from those whom a block list names.
func (o *Office) veil() routing.Veil {
	rows := sqlstore.Store{}
	return routing.Veil{Archive: o.Archive, Blocks: rows, Register: rows, Filings: rows, Decisions: rows, Assignments: rows, Now: o.Clock.Now}
}

// folder makes the folder of an office, in memory where the machine has some to
// spare: an archive makes sure of every step on the disk, which is what it is
// for, and a thousand offices wait minutes for that.
func folder(t testing.TB) string {
	t.Helper()
	const memory, spare = "/dev/shm", 1 << 30
	var free syscall.Statfs_t
	if err := syscall.Statfs(memory, &free); err != nil || free.Bavail*uint64(free.Bsize) < spare {
		return t.TempDir()
	}
	dir, err := os.MkdirTemp(memory, "mailroom-test-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func (o *Office) archive(postgres string, log *slog.Logger, zone *time.Location) *storage.Archive {
	ctx := context.Background()
	where := ledger.Config{PostgresURL: postgres, Node: "test"}
	if postgres == "" {
		where.Path = filepath.Join(o.Folder, "ledger.db")
	}
	l, err := ledger.Open(ctx, where, log)
	o.must(err)
	o.t.Cleanup(func() { _ = l.Close() })
	files, err := sqlstore.Migrations()
	o.must(err)
	o.must(l.Migrate(ctx, files, "routing_version"))
	o.must(l.Keep(ctx, sqlstore.Tables()...))
	blobs, err := disk.Open(filepath.Join(o.Folder, "blobs"), o.Clock.Now())
	o.must(err)
	return storage.NewArchive(storage.Config{
		Ledger: l, Blobs: blobs, Assembler: pdfa.Assembler{}, Office: storage.Organisation{Name: "Stadt Musterstadt"},
		Procedure: storage.Procedure{Name: "Verfahren", Version: "1"}, Software: "mailroom test", KeepDays: 30, ShortDays: 14,
		Seals:    storage.SealRules{Words: ocr.DefaultSealWords(), Recipients: map[string][]string{"Personalrat": {"personalrat"}}},
		Receipts: routing.Receipts(sqlstore.Store{}), InCase: sqlstore.Store{}.InCase, Inspect: pdfa.Check, Inspectors: []storage.Inspector{pdfa.Inspect("Test")}, Classes: unchecked(),
		Zone: zone, Temp: o.Folder, Now: o.Clock.Now, Random: rand.Reader,
	})
}

// unchecked are the classes of the office: the built-in ones, but that nothing
// is drawn by chance, for then a test would sometimes find something to check.
func unchecked() storage.Classes {
	classes := storage.BuiltInClasses(30, 14)
	for i := range classes {
		classes[i].Check = 0
	}
	return classes
}

// Check has so much of the letters of a class drawn from now on.
func (o *Office) Check(class string, share float64) {
	c, _ := o.Archive.Classes.Find(class)
	c.Check = share
	o.Archive.Classes = o.Archive.Classes.With(c)
}

func (o *Office) diary() routing.Diary {
	calendar, err := scanstation.NewCalendar("NW")
	o.must(err)
	return routing.Diary{
		Handlings: sqlstore.Store{}, Informed: sqlstore.Store{}, Text: o.Archive.Text, Departments: Departments(), Calendar: calendar, Now: o.Clock.Now,
	}
}

func (o *Office) stations() []scanstation.Station {
	return []scanstation.Station{
		{Name: "scan-1", Folder: o.Drop, SilentAfter: 2 * time.Hour, Handling: scanstation.Handling{Kind: scanstation.Paper, Class: "normal"}, Languages: []string{"deu"}, Batch: "file"},
		{Name: "scan-2", Folder: filepath.Join(o.Folder, "gone"), SilentAfter: time.Hour, Handling: scanstation.Handling{Kind: scanstation.Paper, Class: "normal"}, Languages: []string{"deu"}, Batch: "file"},
		{Name: "fax", Folder: filepath.Join(o.Folder, "gone"), Handling: scanstation.Handling{Kind: scanstation.Fax, Class: "normal"}, Languages: []string{"deu"}, Batch: "file"},
	}
}

// people adds a clerk for each role, whose log-in is the role (with the
// department behind a hyphen), one whom the register names as a worker, and
// the cases.
func (o *Office) people() {
	ctx := context.Background()
	admin := o.FirstStart()
	for _, p := range []struct {
		login, name string
		grant       routing.Grant
	}{
		{"scan", "Sabine Scholz", routing.Grant{Role: routing.ScanRoom}},
		{"worker-wohngeld", "Jens Krüger", routing.Grant{Role: routing.Worker, Department: "wohngeld"}},
		{"wohngeld-2", "Eva Sommer", routing.Grant{Role: routing.Worker, Department: "wohngeld"}},
		{"head-wohngeld", "Ulrike Brandt", routing.Grant{Role: routing.Head, Department: "wohngeld"}},
		{"head-soziales", "Mehmet Yıldız", routing.Grant{Role: routing.Head, Department: "soziales"}},
		{"records", "Anna Vogt", routing.Grant{Role: routing.Records}},
		{"auditor", "Peter Lang", routing.Grant{Role: routing.Auditor}},
	} {
		once, err := o.AddClerk(ctx, admin, p.login, p.name, []routing.Grant{p.grant})
		o.must(err)
		o.own(p.login, once)
	}
	o.must(o.Archive.Do(ctx, func(tx storage.Tx) error {
		for _, dep := range []string{"wohngeld", "soziales"} {
			if err := (sqlstore.Store{}).LoadCases(ctx, tx, dep, "test", casesOf(dep)); err != nil {
				return err
			}
		}
		return nil
	}))
}

// FirstStart opens the first account and gives it Password.
func (o *Office) FirstStart() routing.Clerk {
	login, once, err := o.Desk.FirstStart(context.Background())
	o.must(err)
	return o.own(login, once)
}

// own turns a one-time password into Password.
func (o *Office) own(login, once string) routing.Clerk {
	ctx := context.Background()
	c, err := o.Authenticate(ctx, login, once)
	o.must(err)
	o.must(o.ChangePassword(ctx, c, once, Password))
	return o.Who(login)
}

// Who logs a clerk in.
func (o *Office) Who(login string) routing.Clerk {
	o.t.Helper()
	c, err := o.Authenticate(context.Background(), login, Password)
	o.must(err)
	return c
}

func casesOf(department string) []routing.Case {
	if department == "soziales" {
		return []routing.Case{
			{Number: "SO-2025-00042", Department: "soziales", Worker: "soziales-1", Surname: "Hoffmann", Given: "Klara", Born: "1950-01-17"},
			{Number: "SO-2026-00107", Department: "soziales", Worker: "soziales-2", Surname: "Özdemir", Given: "Elif", Born: "1988-06-02"},
		}
	}
	return []routing.Case{
		{Number: "WG-2023-004711", Department: "wohngeld", Worker: "wohngeld-2", Surname: "Krämer", Given: "Otto", Born: "1961-03-14"},
		{Number: "WG-2024-000815", Department: "wohngeld", Worker: "wohngeld-1", Surname: "Neumann", Given: "Petra", Born: "1979-11-30"},
		{Number: "WG-2024-000816", Department: "wohngeld", Worker: "wohngeld-1", Surname: "Neumann", Given: "Paul", Born: "2004-08-09"},
	}
}

func (o *Office) must(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

type renderer struct{}

func (renderer) Render(_ context.Context, page scanstation.Page, r io.Reader, turn, width int) ([]byte, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	return imaging.Render(page, data, turn, width)
}

type watch struct{ clock *Clock }

func (w watch) Folder(station string) desk.Folder {
	f := desk.Folder{OK: true, Since: w.clock.Now().Add(-2 * time.Hour)}
	switch station {
	case "scan-2":
		f.OK, f.Trouble = false, scanstation.Reason{Code: scanstation.FolderMissing, Detail: "open drop/scan-2: no such file or directory"}
	case "fax":
		since := w.clock.Now().Add(-26 * time.Hour)
		f.Waiting, f.Parked, f.OldestParked, f.Overdue = 1, 2, since, true
		f.Aside = []desk.Aside{
			{ID: AsideID, Name: "fax-0815.tif", Reason: scanstation.Reason{Code: scanstation.Damaged}, Owner: "Sabine Scholz", Since: since},
			{ID: "20261123-00000002", Name: "fax-0816.tif", Reason: scanstation.Reason{Code: scanstation.BadIndex, Detail: "fax-0816.xml"}, Owner: "Scanstelle", Since: since.Add(time.Hour)},
		}
	}
	return f
}

// AsideID is the file set aside at the station fax that may be tried again.
const AsideID = scanstation.BatchID("20261123-00000001")

func (w watch) TakeAgain(station string, id scanstation.BatchID) error {
	if station != "fax" || id != AsideID {
		return storage.ErrNotFound
	}
	return nil
}

// Renditions counts the pictures that are kept for the eye.
func (o *Office) Renditions() (n int) {
	o.t.Helper()
	o.must(filepath.WalkDir(filepath.Join(o.Folder, "pictures"), func(_ string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			n++
		}
		return err
	}))
	return n
}
