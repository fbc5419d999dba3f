package desk_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mailroom/routing"
	"mailroom/routing/desk"
	"mailroom/routing/desk/desktest"
	"mailroom/storage"
	"mailroom/storage/pdfa/verapdf"
)

func wrongCode(t *testing.T, what string, err error, want string) {
	t.Helper()
	if wrong := (*desk.Invalid)(nil); !errors.As(err, &wrong) || wrong.Code != want {
		t.Errorf("%s gives %v; want %s", what, err, want)
	}
}

func TestABoxGoesToItsEndInFourEyes(t *testing.T) {
	o := desktest.Open(t)
	ctx, scan, records := t.Context(), o.Who("scan"), o.Who("records")
	box, other, letters := o.DueBox()
	s, err := o.SurveyBox(ctx, scan, string(box))
	if err != nil || len(s.Go) != 2 || len(s.Pull) != 1 || s.Level != "P-5" {
		t.Fatalf("the box is %+v, %v", s, err)
	}
	if _, err := o.SurveyBox(ctx, o.Who("head-wohngeld"), string(box)); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("a head surveys: %v", err)
	}
	_, err = o.ProposeDisposal(ctx, scan, string(box), "anders")
	wrongCode(t, "a stale survey", err, desk.ListChanged)
	l, err := o.ProposeDisposal(ctx, records, string(box), s.Mark)
	if err != nil {
		t.Fatal(err)
	}
	_, err = o.ApproveDisposal(ctx, records, l.ID, l.Version)
	wrongCode(t, "one's own proposal", err, desk.SamePerson)
	_, err = o.ApproveDisposal(ctx, o.Who("head-wohngeld"), l.ID, l.Version)
	wrongCode(t, "the role that the class does not name", err, desk.NotYours)
	if _, err := o.ApproveDisposal(ctx, scan, l.ID, l.Version); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("the scan room approves: %v", err)
	}
	if _, err := o.WithdrawDisposal(ctx, scan, l.ID, l.Version, "von wem anders"); err != nil {
		t.Fatal(err)
	}
	if s, err = o.SurveyBox(ctx, scan, string(box)); err != nil {
		t.Fatal(err)
	}
	if l, err = o.ProposeDisposal(ctx, scan, string(box), s.Mark); err != nil {
		t.Fatal(err)
	}
	if l, err = o.ApproveDisposal(ctx, records, l.ID, l.Version); err != nil {
		t.Fatal(err)
	}
	_, err = o.SignContainer(ctx, scan, l.ID, l.Version, "C-1", "")
	wrongCode(t, "a letter left in the box", err, desk.PulledMissing)
	if l, err = o.SignContainer(ctx, scan, l.ID, l.Version, "C-1", string(other)); err != nil {
		t.Fatal(err)
	}
	_, err = o.SignContainer(ctx, scan, l.ID, l.Version, "C-1", "")
	wrongCode(t, "both signatures", err, desk.SamePerson)
	if l, err = o.SignContainer(ctx, records, l.ID, l.Version, "C-1", ""); err != nil {
		t.Fatal(err)
	}
	form := desk.CertificateForm{Firm: "Aktenrein GmbH", Number: "1", Level: "P-5", DestroyedOn: "24.11.2026", Witness: "Theo Zeuge", Lists: []storage.DisposalID{l.ID}}
	c, err := o.Certify(ctx, records, form)
	if err != nil || c.Letters != 2 {
		t.Fatalf("certificate %+v, %v", c, err)
	}
	form.Number = "2"
	_, err = o.Certify(ctx, records, form)
	wrongCode(t, "a second certificate", err, desk.Overtaken)
	if d, err := o.PaperOf(ctx, o.Who("head-wohngeld"), letters[0]); err != nil || d.State != storage.Destroyed || d.Handle {
		t.Errorf("the head sees %+v, %v", d, err)
	}
	if _, err := o.PaperOf(ctx, o.Who("head-soziales"), letters[0]); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("another head sees it: %v", err)
	}
	if _, err := o.CertificateFile(ctx, o.Who("head-wohngeld"), c.ID, false); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("a head reads all letters of a certificate: %v", err)
	}
}

// printed saves a PDF and returns its text.
func printed(t *testing.T, name string, f io.ReadCloser, err error) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	if dir := os.Getenv("MAILROOM_LOOK"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, filepath.Base(name)), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(name, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestWhatIsPrintedOfTheEndOfPaperIsPDFA(t *testing.T) {
	o := desktest.Open(t)
	ctx, scan, records := t.Context(), o.Who("scan"), o.Who("records")
	box, other, letters := o.DueBox()
	s, err := o.SurveyBox(ctx, scan, string(box))
	if err != nil {
		t.Fatal(err)
	}
	l, err := o.ProposeDisposal(ctx, scan, string(box), s.Mark)
	if err == nil {
		l, err = o.ApproveDisposal(ctx, records, l.ID, l.Version)
	}
	if err != nil {
		t.Fatal(err)
	}
	dir := t.ArtifactDir()
	files := []string{filepath.Join(dir, "liste.pdf")}
	var list strings.Builder
	err = o.PrintDisposal(ctx, records, l.ID, &list)
	printed(t, files[0], io.NopCloser(strings.NewReader(list.String())), err)
	for _, who := range []routing.Clerk{scan, records} {
		if l, err = o.SignContainer(ctx, who, l.ID, l.Version, "C-1", string(other)); err != nil {
			t.Fatal(err)
		}
	}
	err = o.Archive.Do(ctx, func(tx storage.Tx) error {
		_, err := o.Archive.SetHold(ctx, tx, storage.Hold{ID: "h", Kind: storage.HoldDocument, Reason: "Klage angekündigt", By: "c-1"}, letters[:1])
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	page, err := o.DisposalList(ctx, records, l.ID)
	if err != nil || len(page.Blocked) != 1 {
		t.Errorf("%d letters of the container are blocked, %v", len(page.Blocked), err)
	}
	c, err := o.Certify(ctx, records, desk.CertificateForm{
		Firm: "Aktenrein GmbH & Co. KG", Number: "2026-0815", Level: "P-5", DestroyedOn: "24.11.2026", Witness: "Theo Zeuge", Lists: []storage.DisposalID{l.ID}, PDF: []byte("%PDF-1.7 x"),
	})
	if err != nil || c.Letters != 1 || c.Early != 1 {
		t.Fatalf("certificate %+v, %v", c, err)
	}
	f, err := o.CertificateFile(ctx, records, c.ID, false)
	files = append(files, printed(t, filepath.Join(dir, "bescheinigung.pdf"), f, err))
	_, _, back := o.DueBox()
	if err := o.SetFate(ctx, scan, back[0], storage.ToReturn, "Die Absenderin bittet darum."); err != nil {
		t.Fatal(err)
	}
	_, err = o.WriteReturn(ctx, scan, back[0], "Petra Neumann", "")
	wrongCode(t, "an address of one line", err, desk.AddressMissing)
	if _, err := o.WriteReturn(ctx, scan, back[0], "Frau\nPetra Neumann\nLindenweg 12\n12345 Musterstadt", "Wie am Telefon besprochen, brauchen wir Ihre Urkunde nicht länger."); err != nil {
		t.Fatal(err)
	}
	f, err = o.CoverLetter(ctx, scan, back[0])
	files = append(files, printed(t, filepath.Join(dir, "anschreiben.pdf"), f, err))
	if slices.Contains(files, "") {
		t.Fatal("a file is missing")
	}
	verapdf.Pass(t, "2u", files...)
}

func TestPaperThatIsHeldStaysInTheHouse(t *testing.T) {
	o := desktest.Open(t)
	ctx, scan := t.Context(), o.Who("scan")
	_, _, letters := o.DueBox()
	id := letters[0]
	wrongCode(t, "a fate without a reason", o.SetFate(ctx, scan, id, storage.ToKeep, " "), desk.ReasonMissing)
	if err := o.SetFate(ctx, scan, id, storage.ToReturn, "so gewünscht"); err != nil {
		t.Fatal(err)
	}
	wrongCode(t, "a dispatch without a cover letter", o.SendReturn(ctx, scan, id, "Paketdienst", "1", "24.11.2026"), desk.CoverMissing)
	if _, err := o.WriteReturn(ctx, scan, id, "Petra Neumann\n12345 Musterstadt", ""); err != nil {
		t.Fatal(err)
	}
	err := o.Archive.Do(ctx, func(tx storage.Tx) error {
		_, err := o.Archive.SetHold(ctx, tx, storage.Hold{ID: "h", Kind: storage.HoldDocument, Reason: "Klage", By: "c-1"}, letters[:1])
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	wrongCode(t, "a dispatch of what is held", o.SendReturn(ctx, scan, id, "Paketdienst", "1", "24.11.2026"), desk.LeaveHeld)
}
