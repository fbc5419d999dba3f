package xdomea

import "encoding/xml"

// The types below are the parts of the schemas that are sent, in the order of
// the schemas; what is nil or empty is left out.

type code struct {
	URI     string `xml:"listURI,attr"`
	Version string `xml:"listVersionID,attr"`
	Code    string `xml:"code"`
}

const lists = "urn:xoev-de:xdomea:codeliste:"

type contact struct { // KontaktType
	Institution string `xml:"xdomea:Institution>xdomea:Name"`
	Unit        *unit  `xml:"xdomea:Organisationseinheit"`
}

type unit struct {
	Name string `xml:"xdomea:Name"`
}

type system struct { // SystemType
	Instance string `xml:"xdomea:InstanzID,omitempty"`
	Product  string `xml:"xdomea:Produktname,omitempty"`
	Version  string `xml:"xdomea:Version,omitempty"`
}

type head struct { // NkKeineRueckmeldungFVDatenType
	Process  string  `xml:"xdomea:ProzessID"`
	Type     code    `xml:"xdomea:Nachrichtentyp"`
	Created  string  `xml:"xdomea:Erstellungszeitpunkt"`
	Sender   contact `xml:"xdomea:Absender"`
	Receiver contact `xml:"xdomea:Empfaenger"`
	System   system  `xml:"xdomea:SendendesSystem"`
	EFile    *system `xml:"xdomea:EmpfangendesSystem"`
	Arrival  string  `xml:"xdomea:Empfangsbestaetigung"`
	Import   string  `xml:"xdomea:Importbestaetigung"`
	Creator  string  `xml:"xdomea:Erstellerkennung"`
	Stack    string  `xml:"xdomea:Stapel"`
}

type message struct {
	XMLName   xml.Name
	Namespace string   `xml:"xmlns:xdomea,attr"`
	Head      head     `xml:"xdomea:Kopf"`
	Renew     *renewal `xml:"xdomea:DokumentZumAktualisieren"`
	Create    *filing  `xml:"xdomea:SchriftgutobjektZumErstellen"`
	File      *filing  `xml:"xdomea:SchriftgutobjektZumAblegen"`
	Log       *logLine `xml:"xdomea:ProtokolleintragZumErstellen"`
}

type filing struct { // SchriftgutobjektZumAblegenOderErstellenType
	ID        string `xml:"xdomea:FachverfahrenObjektID"`
	Container string `xml:"xdomea:IDContainer,omitempty"`
	Object    object `xml:"xdomea:Schriftgutobjekt"`
}

type renewal struct { // DokumentZumAktualisierenType
	Document string   `xml:"xdomea:IDDokument"`
	Place    string   `xml:"xdomea:Ablageort"` // required, and empty: the file lies in the ZIP
	New      string   `xml:"xdomea:NeueVersionErstellen"`
	Content  document `xml:"xdomea:Dokument"`
}

type object struct {
	Akte     *akte     `xml:"xdomea:Akte"`
	Vorgang  *vorgang  `xml:"xdomea:Vorgang"`
	Document *document `xml:"xdomea:Dokument"`
}

type akte struct {
	ID       string   `xml:"xdomea:Identifikation>xdomea:ID"`
	General  general  `xml:"xdomea:AllgemeineMetadaten"`
	Document document `xml:"xdomea:Akteninhalt>xdomea:Dokument"`
}

type vorgang struct {
	ID       string   `xml:"xdomea:Identifikation>xdomea:ID"`
	General  general  `xml:"xdomea:AllgemeineMetadaten"`
	Document document `xml:"xdomea:Dokument"`
}

type general struct { // AllgemeineMetadatenType
	Subject    string `xml:"xdomea:Betreff,omitempty"`
	CaseNumber string `xml:"xdomea:Kennzeichen,omitempty"`
	Department string `xml:"xdomea:Federfuehrung,omitempty"`
	Medium     *code  `xml:"xdomea:Medium"`
}

type document struct { // DokumentType
	ID         string     `xml:"xdomea:Identifikation>xdomea:ID"`
	General    general    `xml:"xdomea:AllgemeineMetadaten"`
	Foreign    string     `xml:"xdomea:FremdesGeschaeftszeichen,omitempty"`
	ReceivedOn string     `xml:"xdomea:Posteingangsdatum"`
	LetterDate string     `xml:"xdomea:DatumDesSchreibens,omitempty"`
	Worker     string     `xml:"xdomea:Bearbeiter,omitempty"`
	Version    version    `xml:"xdomea:Version"`
	Extension  *extension `xml:"xdomea:AnwendungsspezifischeErweiterungXML"`
}

type version struct { // VersionType
	Number string `xml:"xdomea:Nummer"`
	Format format `xml:"xdomea:Format"`
}

type format struct { // FormatType
	Name    code    `xml:"xdomea:Name"`
	Version string  `xml:"xdomea:Version"`
	File    primary `xml:"xdomea:Primaerdokument"`
}

type primary struct { // PrimaerdokumentType
	Name     string `xml:"xdomea:Dateiname"`
	Original string `xml:"xdomea:DateinameOriginal"`
}

// extension holds XML that was checked by wellFormed.
type extension struct {
	XML []byte `xml:",innerxml"`
}

type logLine struct { // ProtokolleintragZumErstellenType
	Object string `xml:"xdomea:IDSGO"`
	Clerk  string `xml:"xdomea:Protokolleintrag>xdomea:Bearbeiter"`
	Day    string `xml:"xdomea:Protokolleintrag>xdomea:Datum"`
	Time   string `xml:"xdomea:Protokolleintrag>xdomea:Uhrzeit"`
	Text   string `xml:"xdomea:Protokolleintrag>xdomea:Notiz"`
}
