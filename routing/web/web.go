package web

import (
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"

	"mailroom/routing/desk"
)

// Config is what the pages need.
type Config struct {
	Desk      *desk.Desk
	Sessions  Sessions
	Office    string    // the municipality, as it stands in the head of every page
	Statement Statement // on accessibility
	Secure    bool      // the browser reaches the pages by TLS
	Proxy     Proxy     // what stands before the pages, if anything does
	Log       *slog.Logger
}

// Sessions keeps the sessions, by a digest of their token. Delete of what is
// not there succeeds; Find does not find what has expired.
type Sessions interface {
	Find(token string) (b []byte, found bool, err error)
	Commit(token string, b []byte, expiry time.Time) error
	Delete(token string) error
}

// server is the pages.
type server struct {
	Config
	sessions *scs.SessionManager
	pages    map[string]pageSet // by language
	files    *files
	failures *desk.Limiter // of log-ins, by address
	pace     *desk.Limiter // of all requests, by visit
	slow     *desk.Limiter // of those that cost much, by visit
	signOns  *desk.Limiter // by a proxy's word, by name
	feedback *desk.Limiter // on barriers, of all together
}

// New returns the pages as a handler.
func New(cfg Config) (http.Handler, error) {
	s := &server{Config: cfg, sessions: scs.New(), pages: map[string]pageSet{}}
	s.sessions.Store = cfg.Sessions
	s.sessions.Lifetime = cfg.Desk.Lasting().Longest
	s.sessions.Cookie.Name = s.cookie("mailroom")
	s.sessions.Cookie.Secure = cfg.Secure
	s.sessions.Cookie.SameSite = http.SameSiteLaxMode
	s.sessions.Cookie.Persist = false
	s.sessions.ErrorFunc = func(w http.ResponseWriter, r *http.Request, err error) {
		s.fail(s.visit(w, r), fmt.Errorf("session: %w", err))
	}
	err := s.openLimits()
	if err != nil {
		return nil, err
	}
	if s.files, err = openFiles(); err != nil {
		return nil, err
	}
	if !s.files.styled {
		cfg.Log.Warn("the pages are not dressed: run cmd/assets.sh and build again")
	}
	for _, lang := range languages {
		texts, err := readTexts(lang)
		if err != nil {
			return nil, err
		}
		if s.pages[lang], err = s.parse(texts); err != nil {
			return nil, fmt.Errorf("pages in %q: %w", lang, err)
		}
	}
	return s.secure(s.unproxied(s.sessions.LoadAndSave(s.routes()))), nil
}

// routes is the whole map of the house.
func (s *server) routes() *routeMap {
	mux := &routeMap{}
	open := func(pattern string, h handler) { mux.Handle(pattern, s.serve(h)) }
	own := func(pattern string, h handler) { mux.Handle(pattern, s.serve(s.loggedIn(h))) }

	open("GET /anmelden", s.loginPage)
	open("POST /anmelden", s.login)
	open("GET /anmelden/dienst", s.startSignOn)
	open("GET /anmelden/dienst/zurueck", s.finishSignOn)
	open("POST /anmelden/dienst/abgemeldet", s.providerEnded)
	open("POST /anmelden/netz", s.enterByProxy)
	open("POST /abmelden", s.logout)
	open("POST /anzeige", s.setPrefs)
	open("GET /barrierefreiheit", s.accessibilityPage)
	open("GET /barrierefreiheit/melden", s.feedbackPage)
	open("POST /barrierefreiheit/melden", s.giveFeedback)
	open("GET /hilfe", s.helpPage)
	open("/", s.unknownPage)

	own("GET /{$}", s.home)
	own("GET /konto", s.accountPage)
	own("POST /konto/passwort", s.changePassword)
	own("GET /konto/tasten", s.keysPage)
	own("POST /konto/tasten", s.setKeys)
	own("GET /konto/abwesenheit", s.absencesPage)
	own("POST /konto/abwesenheit", s.enterAbsence)
	own("POST /konto/abwesenheit/{absence}/beenden", s.endAbsence)
	own("POST /vertretung", s.setInstead)
	own("GET /konto/schluessel", s.tokensPage)
	own("POST /konto/schluessel", s.newToken)
	own("POST /konto/schluessel/{token}/beenden", s.revokeToken)
	own("POST /konto/sitzungen/{visit}/beenden", s.endOwnVisit)

	own("GET /scanstelle", s.stationsPage)
	own("GET /scanstelle/stand", s.stationsNow)
	own("POST /scanstelle/hochladen", s.costly(s.upload))
	own("POST /scanstelle/{station}/anmelden", s.signOn)
	own("POST /scanstelle/{station}/abmelden", s.signOff)
	own("POST /scanstelle/{station}/nochmal", s.takeAgain)
	own("GET /scanstelle/trennblaetter", s.separatorsPage)
	own("GET /scanstelle/trennblaetter.pdf", s.separatorSheets)
	own("POST /scanstelle/stapelblaetter", s.batchSheets)
	own("GET /scanstelle/einfach", s.simplePage)
	own("POST /stapel/{batch}/weiter", s.goOn)
	own("GET /scanstelle/abschluss", s.closePage)
	own("POST /scanstelle/abschluss", s.signDay)
	own("GET /scanstelle/abschluss/{number}/bericht.pdf", s.closeReport)
	own("GET /scanstelle/nachscannen", s.rescansPage)
	own("GET /scanstelle/nachscannen/blaetter.pdf", s.rescanSheet)
	own("GET /scanstelle/nachscannen/{rescan}/blatt.pdf", s.rescanSheet)
	own("POST /scanstelle/nachscannen/{rescan}/erledigt", s.answerRescan)
	own("GET /qualitaet", s.drawsPage)
	own("GET /qualitaet/regel", s.quotasPage)
	own("POST /qualitaet/stapel/{batch}/ziehen", s.drawLate)
	own("GET /qualitaet/{document}", s.checkPage)
	own("POST /qualitaet/{document}", s.judge)
	own("POST /qualitaet/{document}/nachscannen", s.mendCheck)
	own("POST /qualitaet/{document}/behoben", s.settleCheck)
	own("GET /qualitaet/{document}/seite/{page}/{size}", s.checkImage)
	own("GET /altbestand", s.backlogPage)
	own("POST /altbestand", s.planVolumes)
	own("POST /altbestand/{volume}/streichen", s.dropVolume)
	own("GET /altbestand/aktenblaetter.pdf", s.volumeSheets)
	own("GET /altbestand/verlauf.csv", s.backlogFile)
	own("GET /verfahren", s.procedurePage)
	own("GET /verfahren.pdf", s.costly(s.procedurePrint))
	own("GET /verfahren/{digest}", s.procedureFile)
	own("GET /originale/ersatzbelege", s.thingsPage)
	own("POST /originale/ersatzbelege", s.recordThing)
	own("GET /originale/ersatzbelege/{placeholder}/blatt.pdf", s.thingSheet)
	own("POST /originale/ersatzbelege/{placeholder}/{step}", s.thingStep)
	own("GET /stapel/{batch}", s.stackPage)
	own("GET /stapel/{batch}/bild/{image}/{size}", s.stackImage)
	own("GET /stapel/{batch}/stand", s.stackNow)
	own("POST /stapel/{batch}/aendern", s.mendStack)
	own("POST /stapel/{batch}/zurueck", s.unmendStack)
	own("POST /stapel/{batch}/zaehlen", s.countStack)
	own("POST /stapel/{batch}/freigeben", s.releaseStack)
	own("POST /stapel/{batch}/wiederholen", s.retryStack)
	own("POST /stapel/{batch}/bestaetigen", s.confirmStack)
	own("POST /stapel/{batch}/aufdruck", s.setImprint)

	own("GET /postkorb", s.inboxes)
	own("GET /postkorb/{department}", s.inboxPage)
	own("GET /postkorb/{department}/sicher", s.surePage)
	own("POST /postkorb/{department}/sicher", s.assignSure)
	own("POST /postkorb/{department}/rueckgaengig", s.undo)
	own("POST /postkorb/{department}/zuweisen", s.assign)
	own("GET /postkorb/{department}/zugewiesen", s.givenPage)
	own("POST /postkorb/{department}/umverteilen", s.reassign)
	own("POST /postkorb/{department}/{document}/zurueckholen", s.takeBack)
	own("POST /postkorb/{department}/{document}/weiterleiten", s.forward)
	own("POST /postkorb/{department}/{document}/zurueckgeben", s.refuse)
	own("POST /postkorb/{department}/{document}/beenden", s.endLetter)
	own("GET /meine-post", s.ownPage)
	own("POST /meine-post/{document}/{step}", s.ownStep)
	own("GET /klaerung", s.reviewPage)
	own("GET /ueberfaellig", s.latePage)
	own("GET /zur-kenntnis", s.noticesPage)
	own("GET /suche", s.costly(s.searchPage))
	own("GET /suche/treffer.csv", s.costly(s.hitsFile))
	own("POST /suche/merken", s.keepSearch)
	own("POST /suche/{search}/vergessen", s.dropSearch)
	own("GET /auswertung", s.figuresPage)
	own("GET /auswertung/{file}", s.figuresFile)
	own("GET /brief/{document}", s.letterPage)
	own("POST /brief/{document}/zuordnen", s.resolve)
	own("POST /brief/{document}/nicht-zuweisen", s.unassign)
	own("POST /brief/{document}/verschliessen", s.seal)
	own("POST /brief/{document}/empfaenger", s.nameRecipients)
	own("POST /brief/{document}/oeffnen", s.unseal)
	own("POST /brief/{document}/uebernehmen", s.takeSealed)
	own("GET /verschlossen", s.sealedPage)
	own("POST /brief/{document}/vorgang/{step}", s.affairStep)
	own("POST /brief/{document}/kommentar", s.comment)
	own("POST /brief/{document}/gelesen", s.takeNote)
	own("POST /brief/{document}/vollstaendig", s.complete)
	own("POST /brief/{document}/ende-zurueck", s.unend)
	own("POST /brief/{document}/akten", s.addFiling)
	own("POST /brief/{document}/akten/{filing}/{step}", s.filingStep)
	own("GET /brief/{document}/nachscannen", s.askRescanPage)
	own("POST /brief/{document}/nachscannen", s.askRescan)
	own("GET /brief/{document}/schnitt", s.correctPage)
	own("POST /brief/{document}/teilen", s.splitLetter)
	own("POST /brief/{document}/zusammenfuehren", s.joinLetters)
	own("GET /brief/{document}/seite/{page}/{size}", s.pageImage)
	own("GET /brief/{document}/dokument.pdf", s.costly(s.pdf))
	own("GET /brief/{document}/text.txt", s.text)
	own("GET /brief/{document}/transfervermerk.xml", s.note)
	own("GET /brief/{document}/transfervermerk", s.notePage)
	own("GET /brief/{document}/daten.json", s.channelData)

	own("GET /originale/vernichtung", s.disposalPage)
	own("POST /originale/vernichtung", s.findBox)
	own("GET /originale/vernichtung/karton/{box}", s.surveyPage)
	own("POST /originale/vernichtung/karton/{box}", s.propose)
	own("GET /originale/vernichtung/liste/{disposal}", s.listPage)
	own("GET /originale/vernichtung/liste/{disposal}/liste.pdf", s.costly(s.listPrint))
	own("POST /originale/vernichtung/liste/{disposal}/{step}", s.listStep)
	own("GET /originale/vernichtung/bescheinigung", s.certifyPage)
	own("POST /originale/vernichtung/bescheinigung", s.costly(s.certify))
	own("GET /originale/vernichtung/bescheinigung/{certificate}", s.certificatePage)
	own("GET /originale/vernichtung/bescheinigung/{certificate}/{part}", s.certificateFile)
	own("GET /originale/rueckgabe", s.returnsPage)
	own("GET /originale/brief/{document}/verbleib", s.stayPage)
	own("POST /originale/brief/{document}/verbleib/{step}", s.paperStep)
	own("GET /originale/brief/{document}/anschreiben.pdf", s.coverLetter)
	own("GET /originale/vorkommnisse", s.incidentsPage)
	own("POST /originale/vorkommnisse/fund", s.addFind)
	own("POST /originale/vorkommnisse/{incident}/klaeren", s.settleFind)
	own("GET /originale", s.originalsPage)
	own("GET /originale/tabelle/{file}", s.originalsFile)
	own("GET /originale/tag/{day}", s.originalsDayPage)
	own("GET /originale/ohne-karton", s.loosePage)
	own("GET /originale/berichte", s.booksPage)
	own("GET /originale/berichte/{period}", s.reportPage)
	own("GET /originale/berichte/{period}/{file}", s.reportFile)
	own("GET /originale/karton", s.boxesPage)
	own("POST /originale/karton", s.makeBoxes)
	own("POST /originale/karton/scannen", s.scanCode)
	own("GET /originale/karton/etiketten.pdf", s.boxLabels)
	own("GET /originale/karton/{box}", s.boxPage)
	own("POST /originale/karton/{box}/{step}", s.boxStep)
	own("GET /originale/karton/{box}/ausheben", s.boxPullsPage)
	own("GET /originale/karton/{box}/ausheben.pdf", s.costly(s.boxPullsPrint))
	own("GET /originale/papier/{document}", s.paperImage)
	own("GET /originale/anforderungen", s.recallsPage)
	own("GET /originale/anforderungen/liste.pdf", s.costly(s.recallPullsPrint))
	own("POST /originale/anforderungen/{recall}/{step}", s.recallStep)
	own("POST /brief/{document}/original", s.askPaper)

	own("GET /konto/datenschutz", s.staffPage)
	own("GET /originale/sperren", s.holdsPage)
	own("POST /originale/sperren", s.costly(s.setHold))
	own("POST /originale/sperren/{hold}/aufheben", s.releaseHold)
	own("GET /originale/fristen", s.papersDuePage)
	own("GET /originale/loeschung", s.copiesPage)
	own("POST /originale/loeschung", s.costly(s.proposeErasure))
	own("POST /originale/loeschung/suche", s.costly(s.copiesPage))
	own("GET /originale/loeschung/bericht.pdf", s.costly(s.copiesPrint))
	own("POST /originale/loeschung/{erasure}/{step}", s.costly(s.decideErasure))
	own("POST /pruefung/pruefpunkt", s.costly(s.anchorNow))
	own("GET /pruefung", s.auditPage)
	own("GET /pruefung/brief", s.findLetter)
	own("GET /pruefung/brief/{document}", s.lifePage)
	own("GET /pruefung/brief/{document}/paket.zip", s.costly(s.lifePackage))
	own("GET /pruefung/stichproben", s.samplesPage)
	own("POST /pruefung/stichproben", s.costly(s.drawSample))
	own("GET /pruefung/stichproben/{sample}", s.samplePage)
	own("GET /pruefung/stichproben/{sample}/paket.zip", s.costly(s.samplePackage))
	own("POST /pruefung/stichproben/{sample}/{document}", s.examine)
	own("GET /brief/{document}/zugriffe", s.readingsPage)
	own("GET /brief/{document}/zugriffe.csv", s.readingsTable)
	own("GET /auskunft", s.questionsPage)
	own("POST /auskunft", s.ask)
	own("POST /auskunft/{inquiry}", s.reply)
	own("GET /auskunft/{inquiry}", s.disclosurePage)
	own("GET /verwaltung/sperrlisten", s.blocksPage)
	own("POST /verwaltung/sperrlisten", s.addBlock)
	own("POST /verwaltung/sperrlisten/{block}/loeschen", s.removeBlock)

	own("GET /verwaltung/e-akten", s.efilesPage)
	own("GET /verwaltung/ablage", s.carePage)
	own("POST /verwaltung/ablage/nachlesen", s.beginCare)
	own("GET /verwaltung/konten", s.clerksPage)
	own("POST /verwaltung/konten", s.addClerk)
	own("GET /verwaltung/konten/{clerk}", s.clerkPage)
	own("POST /verwaltung/konten/{clerk}/herkunft", s.handOver)
	own("POST /verwaltung/konten/{clerk}/sitzungen/{visit}/beenden", s.endVisit)
	own("POST /verwaltung/konten/{clerk}/rechte", s.setGrants)
	own("POST /verwaltung/konten/{clerk}/sperren", s.disableClerk)
	own("POST /verwaltung/konten/{clerk}/passwort", s.resetPassword)

	own("GET /verwaltung/rueckmeldungen", s.feedbacksPage)
	own("POST /verwaltung/rueckmeldungen/loeschen", s.eraseFeedback)
	own("GET /verwaltung/regeln", s.rulesPage)
	own("POST /verwaltung/regeln/probe", s.tryRules)

	mux.Handle("GET /assets/", s.files)
	mux.Handle("GET /static/", s.files)
	return mux
}

// routeMap is a ServeMux that can say which routes it has, so that a test can
// ask of each of them who may go there.
type routeMap struct {
	mux      http.ServeMux
	patterns []string
}

// Handle adds a route.
func (m *routeMap) Handle(pattern string, h http.Handler) {
	m.patterns = append(m.patterns, pattern)
	m.mux.Handle(pattern, h)
}

// ServeHTTP implements http.Handler.
func (m *routeMap) ServeHTTP(w http.ResponseWriter, r *http.Request) { m.mux.ServeHTTP(w, r) }
