package xdomea

import "mailroom/routing"

// answer is what a code means for the letter.
type answer struct {
	kind  routing.ReceiptKind
	words string // of the code list
}

const (
	retry  = routing.FailedRetry  // the way or the moment was wrong: a new attempt may succeed
	person = routing.FailedPerson // the letter, its file or a setting is wrong: somebody has to look
)

// success is the only code that is none of a failure.
const success = "0000000"

// answers holds every code of the lists AllgemeineRueckmeldung 1.1 and
// SpezifischeFehlermeldung 0601, 0604, 0605 and 0607 1.0. A session that has expired
// is tried again; that a message was processed before is not: we send none
// twice, so somebody has to see what is there.
var answers = map[string]answer{
	"0000001": {retry, "Das DMS ist (Fachverfahren an DMS) nicht verfügbar oder antwortet nicht in angemessener Zeit (Time-out)."},
	"0000002": {retry, "Verbindungsabbruch (Fachverfahren an DMS)."},
	"0000003": {person, "Die Kennung ist dem DMS nicht bekannt."},
	"0000004": {person, "Dem Benutzer bzw. der Rolle fehlen die erforderlichen Rechte zum Aufruf der Nachricht (Fachverfahren an DMS)."},
	"0000005": {person, "Die ID des Fachverfahrens ist (Fachverfahren an DMS) unbekannt."},
	"0000006": {person, "Die ID der Verwaltung ist (Fachverfahren an DMS) unbekannt."},
	"0000007": {retry, "DMS-Session-ID ist (Fachverfahren an DMS) ungültig bzw. nicht bekannt."},
	"0000008": {person, "Die übergebene XML-Struktur entspricht (Fachverfahren an DMS) nicht dem angegebenen Schema und ist nicht valide."},
	"0000009": {person, "Die Nachricht ist (Fachverfahren an DMS) bereits verarbeitet."},
	"0000010": {person, "Die Stapellänge ist (Fachverfahren an DMS) kleiner oder gleich 0."},
	"0000011": {person, "Die Stapellänge ist (Fachverfahren an DMS) größer als 1 und somit in der Dialogverarbeitung unzulässig."},
	"0000012": {person, "Stapellänge ist (Fachverfahren an DMS) kleiner als 1 und somit in der Stapelverarbeitung unzulässig."},
	"0000013": {person, "Die Länge des Stapels stimmt (Fachverfahren an DMS) nicht mit der Anzahl der Objekte im Stapel überein."},
	"0000014": {person, "Der Stapel ist (Fachverfahren an DMS) syntaktisch nicht korrekt."},
	"0000015": {retry, "Übertragungsfehler (Fachverfahren an DMS)."},
	"0000016": {person, "Das Verzeichnis ist (Fachverfahren an DMS) ungültig."},
	"0000017": {person, "Die URL ist (Fachverfahren an DMS) ungültig."},
	"0000018": {retry, "Die Datei kann (Fachverfahren an DMS) nicht gefunden werden."},
	"0000019": {retry, "Die Datenbanktabelle ist (Fachverfahren an DMS) nicht zugreifbar."},
	"0000499": {person, "Unbekannter Fehler (Fachverfahren an DMS)."},
	"0000501": {retry, "Das Fachverfahren ist (DMS an Fachverfahren) nicht verfügbar oder antwortet nicht in angemessener Zeit (Time-out)."},
	"0000502": {retry, "Verbindungsabbruch (DMS an Fachverfahren)."},
	"0000503": {person, "Die Kennung ist (DMS an Fachverfahren) dem System nicht bekannt."},
	"0000504": {person, "Dem Benutzer fehlen (DMS an Fachverfahren) die erforderlichen Rechte zum Aufruf der Nachricht."},
	"0000505": {person, "Die ID des Fachverfahrens ist (DMS an Fachverfahren) nicht bekannt."},
	"0000506": {person, "Die ID der Verwaltung ist (DMS an Fachverfahren) nicht bekannt."},
	"0000507": {retry, "Die FV-Session-ID ist (DMS an Fachverfahren) ungültig bzw. nicht bekannt."},
	"0000508": {person, "Die übergebene XML-Struktur entspricht (DMS an Fachverfahren) nicht dem angegebenen Schema und ist nicht valide."},
	"0000509": {person, "Die Nachricht wurde (DMS an Fachverfahren) bereits verarbeitet."},
	"0000510": {person, "Die Stapellänge ist (DMS an Fachverfahren) kleiner oder gleich 0."},
	"0000511": {person, "Die Länge des Stapels stimmt (DMS an Fachverfahren) nicht mit der Anzahl der Objekte im Stapel überein."},
	"0000512": {person, "Der Stapel ist (DMS an Fachverfahren) syntaktisch nicht korrekt."},
	"0000513": {retry, "Übertragungsfehler (DMS an Fachverfahren)."},
	"0000514": {person, "Das Verzeichnis ist (DMS an Fachverfahren) ungültig."},
	"0000515": {person, "Die URL ist (DMS an Fachverfahren) ungültig."},
	"0000516": {retry, "Die Datei kann (DMS an Fachverfahren) nicht gefunden werden."},
	"0000999": {person, "Unbekannter Fehler (DMS an Fachverfahren)."},
	"0601001": {person, "Die ID des Dokuments im DMS ist unbekannt/ungültig."},
	"0601002": {person, "Das Verzeichnis ist ungültig."},
	"0601003": {person, "Die URL ist ungültig."},
	"0601004": {retry, "Datei kann nicht gefunden werden."},
	"0601005": {retry, "Es kann keine neue Version erstellt werden."},
	"0601006": {person, "Der Name eines Metadatums enthält ungültige Zeichen."},
	"0601007": {person, "Der Wert eines Metadatums enthält ungültige Zeichen."},
	"0604001": {person, "Die ID des Containerobjekts ist unbekannt/ungültig."},
	"0604002": {person, "Der Schriftgutobjekttyp ist nicht definiert."},
	"0604003": {retry, "Das Schriftgutobjekt kann nicht angelegt werden."},
	"0604004": {person, "Das Objekt kann nicht geöffnet werden (bspw. ist zum Dokumenttyp keine Applikation registriert)."},
	"0604005": {person, "Der Name eines Metadatums enthält ungültige Zeichen."},
	"0604006": {person, "Der Wert eines Metadatums enthält ungültige Zeichen."},
	"0604007": {person, "Die Beschreibung eines Metadatums enthält ungültige Zeichen."},
	"0605001": {person, "Die ID des Containers ist im DMS unbekannt/ungültig."},
	"0605002": {person, "Das Verzeichnis ist ungültig."},
	"0605003": {person, "Die URL ist ungültig."},
	"0605004": {retry, "Datei kann nicht gefunden werden."},
	"0605005": {retry, "Datei kann im DMS nicht abgelegt werden."},
	"0605006": {person, "Der Name eines Metadatums enthält ungültige Zeichen."},
	"0605007": {person, "Der Wert eines Metadatums enthält ungültige Zeichen."},
	"0605008": {person, "Die Beschreibung eines Metadatums enthält ungültige Zeichen."},
	"0607001": {person, "Die ID ist unbekannt/ungültig."},
	"0607002": {person, "Die Protokolleintragsinformationen beinhalten ungültige Zeichen."},
	"0607003": {retry, "Der Protokolleintrag kann nicht angelegt werden."},
}
