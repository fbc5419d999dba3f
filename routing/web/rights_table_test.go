package web_test

import (
	"mailroom/routing/desk"
	"mailroom/routing/desk/desktest"
)

// The rights that are none of the desk's: a page for everybody, and one for
// everybody who is logged in.
const (
	forAll    = desk.Right("-")
	forClerks = desk.Right("+")
)

// door is a route with the right that it asks for, and of what.
type door struct {
	pattern string
	right   desk.Right
	what    []desktest.What
	values  string // path=value and form values, as a query: of a request that changes nothing
}

var house1 = []desktest.What{desktest.House}
var any1 = []desktest.What{desktest.Any}

// doors is all routes of the pages. See TestRights for how a line is added.
var doors = []door{
	{"GET /anmelden", forAll, house1, ""},
	{"POST /anmelden", forAll, house1, ""},
	{"GET /anmelden/dienst", forAll, nil, ""},             // there is no provider here
	{"GET /anmelden/dienst/zurueck", forAll, nil, ""},     // the same
	{"POST /anmelden/dienst/abgemeldet", forAll, nil, ""}, // for the provider alone
	{"POST /anmelden/netz", forAll, house1, ""},
	{"POST /abmelden", forAll, nil, ""}, // ends the session
	{"POST /anzeige", forAll, house1, ""},
	{"GET /barrierefreiheit", forAll, house1, ""},
	{"GET /barrierefreiheit/melden", forAll, house1, ""},
	{"POST /barrierefreiheit/melden", forAll, house1, "worte="},
	{"GET /hilfe", forAll, house1, ""},
	{"/", forAll, nil, ""}, // what is not there
	{"GET /assets/", forAll, nil, ""},
	{"GET /static/", forAll, nil, ""},

	{"GET /{$}", forClerks, house1, ""},
	{"GET /konto", forClerks, house1, ""},
	{"GET /verwaltung/rueckmeldungen", desk.KeepAccounts, house1, ""},
	{"POST /verwaltung/rueckmeldungen/loeschen", desk.KeepAccounts, house1, ""},
	{"GET /konto/schluessel", forClerks, house1, ""},
	{"POST /konto/schluessel", forClerks, house1, "name="},
	{"POST /konto/schluessel/{token}/beenden", forClerks, nil, "token=t-0"},
	{"POST /konto/sitzungen/{visit}/beenden", forClerks, nil, "visit=v-0"},
	{"POST /konto/passwort", forClerks, house1, "neu=kurz&wiederholt=anders"},

	{"GET /konto/tasten", forClerks, house1, ""},
	{"POST /konto/tasten", forClerks, house1, "taste-z=zz"},
	{"GET /konto/abwesenheit", desk.PlanAbsences, any1, ""},
	{"POST /konto/abwesenheit", desk.PlanAbsences, nil, ""}, // see TestDeputies
	{"POST /konto/abwesenheit/{absence}/beenden", desk.PlanAbsences, nil, ""},
	{"POST /vertretung", forClerks, house1, ""},

	{"GET /scanstelle", desk.SeeStations, house1, ""},
	{"GET /scanstelle/stand", desk.SeeStations, house1, ""},
	{"POST /scanstelle/hochladen", desk.RunStations, house1, "station=scan-1&datei=brief.exe"},
	{"POST /scanstelle/{station}/anmelden", desk.RunStations, house1, "station=scan-1&eingang=tag&tag=gestern"},
	{"POST /scanstelle/{station}/abmelden", desk.RunStations, house1, "station=scan-9"},
	{"POST /scanstelle/{station}/nochmal", desk.RunStations, house1, "station=fax&stapel=20261123-00000001"},
	{"GET /scanstelle/trennblaetter", desk.RunStations, house1, ""},
	{"GET /scanstelle/trennblaetter.pdf", desk.RunStations, house1, ""},
	{"POST /scanstelle/stapelblaetter", desk.RunStations, house1, "anzahl=0"},
	{"GET /scanstelle/einfach", desk.RunStations, house1, ""},
	{"POST /stapel/{batch}/weiter", desk.RunStations, desktest.OfStacks, ""}, // the staged stacks have their operator
	{"GET /scanstelle/abschluss", desk.SeeStations, house1, ""},
	{"POST /scanstelle/abschluss", desk.RunStations, house1, "grund="},            // something is missing in the staged house
	{"GET /scanstelle/abschluss/{number}/bericht.pdf", desk.SeeStations, nil, ""}, // not there before the first close
	{"GET /scanstelle/nachscannen", desk.SeeStations, house1, ""},
	{"GET /scanstelle/nachscannen/blaetter.pdf", desk.RunStations, nil, ""}, // not there while no request is open
	{"GET /scanstelle/nachscannen/{rescan}/blatt.pdf", desk.RunStations, nil, ""},
	{"POST /scanstelle/nachscannen/{rescan}/erledigt", desk.RunStations, house1, "rescan=7F3K9Q2M&grund="},
	{"GET /qualitaet", desk.CheckScans, house1, ""},
	{"GET /qualitaet/regel", desk.CheckScans, house1, ""},
	{"POST /qualitaet/stapel/{batch}/ziehen", desk.DrawLate, nil, ""}, // see TestAStackIsDrawnAfterwards
	{"GET /qualitaet/{document}", desk.CheckScans, nil, ""},           // of a letter that was drawn: see TestQualityControl
	{"POST /qualitaet/{document}", desk.CheckScans, nil, ""},
	{"POST /qualitaet/{document}/nachscannen", desk.CheckScans, nil, ""},
	{"POST /qualitaet/{document}/behoben", desk.CheckScans, nil, ""},
	{"GET /qualitaet/{document}/seite/{page}/{size}", desk.CheckScans, nil, ""},
	{"GET /altbestand", desk.SeeBacklog, house1, ""},
	{"POST /altbestand", desk.PlanBacklog, house1, "bereich=wohngeld&akten="},
	{"POST /altbestand/{volume}/streichen", desk.PlanBacklog, house1, "volume=7F3K9Q2M&grund="},
	{"GET /altbestand/aktenblaetter.pdf", desk.PlanBacklog, nil, ""}, // not there before a volume is planned
	{"GET /altbestand/verlauf.csv", desk.SeeBacklog, house1, ""},
	{"GET /verfahren", desk.SeeStations, house1, ""},
	{"GET /verfahren.pdf", desk.SeeStations, house1, ""},
	{"GET /verfahren/{digest}", desk.SeeStations, nil, ""}, // the house of the test keeps no document
	{"GET /originale/ersatzbelege", desk.SeePlaceholders, house1, ""},
	{"POST /originale/ersatzbelege", desk.KeepPlaceholders, house1, "art=&ort="},
	{"GET /originale/ersatzbelege/{placeholder}/blatt.pdf", desk.KeepPlaceholders, nil, ""}, // not there before one is recorded
	{"POST /originale/ersatzbelege/{placeholder}/{step}", desk.KeepPlaceholders, house1, "placeholder=7F3K9Q2M&step=verlegen&wert="},
	{"GET /stapel/{batch}", desk.SeeStations, desktest.OfStacks, ""},
	{"GET /stapel/{batch}/bild/{image}/{size}", desk.SeePictures, desktest.OfStacks, "image=0&size=klein"},
	{"GET /stapel/{batch}/stand", desk.SeeStations, desktest.OfStacks, ""},
	{"POST /stapel/{batch}/aendern", desk.MendStacks, desktest.OfStacks, "stand=9999&tun=turn&bild=0"},
	{"POST /stapel/{batch}/zurueck", desk.MendStacks, desktest.OfStacks, "stand=9999"},
	{"POST /stapel/{batch}/zaehlen", desk.MendStacks, desktest.OfStacks, "stand=9999&blatt=&briefe="},
	{"POST /stapel/{batch}/freigeben", desk.MendStacks, desktest.OfStacks, "stand=9999"},
	{"POST /stapel/{batch}/wiederholen", desk.RunStations, desktest.OfStacks, ""},
	{"POST /stapel/{batch}/bestaetigen", desk.RunStations, desktest.OfStacks, ""},
	{"POST /stapel/{batch}/aufdruck", desk.MoveBoxes, desktest.OfStacks, "nummer="},

	{"GET /postkorb", desk.ReadLetters, any1, ""},
	{"GET /postkorb/{department}", desk.ReadLetters, desktest.OfDepartments, ""},
	{"GET /postkorb/{department}/sicher", desk.AssignLetters, desktest.OfDepartments, ""},
	{"POST /postkorb/{department}/sicher", desk.AssignLetters, desktest.OfDepartments, ""},
	{"POST /postkorb/{department}/rueckgaengig", desk.AssignLetters, desktest.OfDepartments, ""},
	{"POST /postkorb/{department}/zuweisen", desk.AssignLetters, desktest.OfDepartments, ""},
	{"GET /postkorb/{department}/zugewiesen", desk.AssignLetters, desktest.OfDepartments, ""},
	{"POST /postkorb/{department}/umverteilen", desk.AssignLetters, desktest.OfDepartments, ""},
	{"POST /postkorb/{department}/{document}/zurueckholen", desk.AssignLetters, desktest.OfLetters, ""},
	{"POST /postkorb/{department}/{document}/weiterleiten", desk.AssignLetters, desktest.OfLetters, ""},
	{"POST /postkorb/{department}/{document}/zurueckgeben", desk.AssignLetters, desktest.OfLetters, ""},
	{"POST /postkorb/{department}/{document}/beenden", desk.AssignLetters, desktest.OfLetters, ""},
	{"GET /meine-post", desk.WorkLetters, any1, ""},
	{"POST /meine-post/{document}/{step}", desk.WorkLetters, desktest.OfLetters, "step=akte"},
	{"GET /klaerung", desk.ClearLetters, any1, ""},
	{"GET /ueberfaellig", desk.AssignLetters, any1, ""},
	{"GET /zur-kenntnis", desk.CommentLetters, any1, ""},
	{"POST /brief/{document}/vorgang/{step}", desk.HandleLetters, desktest.OfLetters, "step=frist"},
	{"POST /brief/{document}/kommentar", desk.CommentLetters, desktest.OfLetters, "words="},
	{"POST /brief/{document}/vollstaendig", desk.WorkLetters, desktest.OfLetters, ""},
	{"POST /brief/{document}/gelesen", desk.ReadLetters, desktest.OfLetters, ""},
	{"GET /brief/{document}/daten.json", desk.ReadLetters, nil, ""}, // the staged letters have none
	{"POST /brief/{document}/ende-zurueck", desk.AssignLetters, desktest.OfLetters, ""},
	{"GET /suche", desk.ReadLetters, any1, "q=Miete"},
	{"GET /suche/treffer.csv", desk.ExportHits, any1, "q=Miete"},
	{"POST /suche/merken", desk.ReadLetters, any1, "q=Miete&name="},
	{"POST /suche/{search}/vergessen", desk.ReadLetters, nil, ""}, // one's own only: see TestSearchesAreKept
	{"GET /auswertung", desk.SeeFigures, any1, ""},
	{"GET /auswertung/{file}", desk.SeeFigures, any1, "file=verlauf.csv"},
	{"GET /originale/vernichtung", desk.SeeOriginals, any1, ""},
	{"POST /originale/vernichtung", desk.ProposeDisposal, nil, ""},             // leads to the next page: see TestPaperGoesThroughThePages
	{"GET /originale/vernichtung/karton/{box}", desk.ProposeDisposal, nil, ""}, // no box is due in the staged house
	{"POST /originale/vernichtung/karton/{box}", desk.ProposeDisposal, nil, ""},
	{"GET /originale/vernichtung/liste/{disposal}", desk.SeeOriginals, nil, ""}, // nor is there a list
	{"GET /originale/vernichtung/liste/{disposal}/liste.pdf", desk.SeeOriginals, nil, ""},
	{"POST /originale/vernichtung/liste/{disposal}/{step}", desk.ApproveDisposal, nil, ""},
	{"GET /originale/vernichtung/bescheinigung", desk.ProposeDisposal, house1, ""},
	{"POST /originale/vernichtung/bescheinigung", desk.ProposeDisposal, house1, "firma="},
	{"GET /originale/vernichtung/bescheinigung/{certificate}", desk.SeeOriginals, nil, ""},
	{"GET /originale/vernichtung/bescheinigung/{certificate}/{part}", desk.SeeOriginals, nil, ""},
	{"GET /originale/rueckgabe", desk.ProposeDisposal, house1, ""},
	{"GET /originale/brief/{document}/verbleib", desk.SeeOriginals, desktest.OfLetters, ""},
	{"POST /originale/brief/{document}/verbleib/{step}", desk.ProposeDisposal, nil, ""}, // for both rights: see TestPaperGoesThroughThePages
	{"GET /originale/brief/{document}/anschreiben.pdf", desk.ProposeDisposal, nil, ""},
	{"GET /originale/vorkommnisse", desk.SeeOriginals, house1, ""},
	{"POST /originale/vorkommnisse/fund", desk.ProposeDisposal, house1, "karton="},
	{"POST /originale/vorkommnisse/{incident}/klaeren", desk.ProposeDisposal, house1, "incident=P-20261124-2222&antwort="},
	{"GET /brief/{document}", desk.SeeFacts, desktest.OfLetters, ""},
	{"POST /brief/{document}/zuordnen", desk.ClearLetters, desktest.OfLetters, ""},
	{"POST /brief/{document}/nicht-zuweisen", desk.AssignLetters, desktest.OfLetters, ""},
	{"POST /brief/{document}/verschliessen", desk.SealLetters, desktest.OfLetters, ""},
	{"POST /brief/{document}/empfaenger", desk.NameRecipients, nil, ""}, // of a sealed letter only: see TestSealed
	{"POST /brief/{document}/oeffnen", desk.OpenSeals, desktest.OfLetters, ""},
	{"POST /brief/{document}/uebernehmen", desk.OpenSeals, desktest.OfLetters, ""},
	{"GET /verschlossen", forClerks, house1, ""},
	{"GET /brief/{document}/zugriffe", desk.SeeAccess, desktest.OfLetters, ""},
	{"GET /brief/{document}/zugriffe.csv", desk.SeeAccess, desktest.OfLetters, ""},
	{"GET /originale", desk.SeeOriginals, any1, ""},
	{"GET /originale/tabelle/{file}", desk.SeeOriginals, any1, "file=tage.csv"},
	{"GET /originale/tag/{day}", desk.SeeOriginals, any1, "day=2026-12-20"},
	{"GET /originale/ohne-karton", desk.SeeOriginals, any1, ""},
	{"GET /originale/berichte", desk.SeeOriginals, []desktest.What{desktest.Foreign}, ""},
	{"GET /originale/berichte/{period}", desk.SeeOriginals, nil, "period=2026-11"}, // not there before the first night
	{"GET /originale/berichte/{period}/{file}", desk.SeeOriginals, nil, "period=2026-11&file=bericht.pdf"},
	{"GET /pruefung/brief/{document}", desk.SeeAccess, desktest.OfLetters, ""},
	{"GET /pruefung/brief/{document}/paket.zip", desk.SeeAccess, desktest.OfLetters, ""},
	{"GET /pruefung/stichproben", desk.SeeAccess, house1, ""},
	{"POST /pruefung/stichproben", desk.SeeAccess, house1, "anzahl=0"},
	{"GET /pruefung/stichproben/{sample}", desk.SeeAccess, nil, "sample=S-0"},
	{"GET /pruefung/stichproben/{sample}/paket.zip", desk.SeeAccess, nil, "sample=S-0"},
	{"POST /pruefung/stichproben/{sample}/{document}", desk.SeeAccess, nil, "sample=S-0"},
	{"GET /originale/karton", desk.SeeOriginals, any1, ""},
	{"POST /originale/karton", desk.MoveBoxes, house1, "art=daily&anzahl=0"},
	{"POST /originale/karton/scannen", desk.MoveBoxes, house1, "code=nichts"},
	{"GET /originale/karton/etiketten.pdf", desk.MoveBoxes, nil, ""}, // of boxes that are there: see TestABoxFromItsLabelToItsEnd
	{"GET /originale/karton/{box}", desk.SeeOriginals, nil, ""},
	{"POST /originale/karton/{box}/{step}", desk.MoveBoxes, nil, ""},
	{"GET /originale/karton/{box}/ausheben", desk.MoveBoxes, nil, ""},
	{"GET /originale/karton/{box}/ausheben.pdf", desk.MoveBoxes, nil, ""},
	{"GET /originale/papier/{document}", desk.MoveBoxes, nil, ""}, // of paper that is wanted: see TestARecall
	{"GET /originale/anforderungen", desk.RecallPaper, nil, ""},   // or MoveBoxes: see TestARecall
	{"GET /originale/anforderungen/liste.pdf", desk.MoveBoxes, nil, ""},
	{"POST /originale/anforderungen/{recall}/{step}", desk.MoveBoxes, nil, ""},
	{"POST /brief/{document}/original", desk.RecallPaper, nil, ""}, // asks: see TestARecall

	{"GET /konto/datenschutz", forClerks, house1, ""},
	{"GET /originale/sperren", desk.SeeOriginals, any1, ""},
	{"POST /originale/sperren", desk.HoldPaper, any1, "grund="},
	{"POST /originale/sperren/{hold}/aufheben", desk.HoldPaper, nil, "hold=h-0"}, // see TestHolds
	{"GET /originale/fristen", forClerks, house1, ""},
	{"GET /originale/loeschung", desk.EraseCopies, nil, ""}, // or an auditor: see TestALetterIsErasedThroughThePages
	{"GET /originale/loeschung/bericht.pdf", desk.EraseCopies, nil, ""},
	{"POST /originale/loeschung", desk.EraseCopies, any1, "grund="},
	{"POST /originale/loeschung/suche", desk.EraseCopies, any1, "az="},
	{"POST /originale/loeschung/{erasure}/{step}", desk.EraseCopies, nil, "erasure=e-0&step=freigeben"},
	{"POST /pruefung/pruefpunkt", desk.TendStore, house1, ""},
	{"GET /pruefung", desk.SeeAccess, house1, ""},
	{"GET /pruefung/brief", desk.SeeAccess, house1, "nummer=nichts"},
	{"GET /auskunft", desk.Inquire, house1, ""},
	{"POST /auskunft", desk.Inquire, house1, ""},
	{"POST /auskunft/{inquiry}", desk.Inquire, nil, ""}, // of an inquiry that is there: see TestInquiries
	{"GET /auskunft/{inquiry}", desk.Inquire, nil, ""},
	{"GET /verwaltung/sperrlisten", desk.KeepBlocks, any1, ""},
	{"POST /verwaltung/sperrlisten", desk.KeepBlocks, any1, ""},
	{"POST /verwaltung/sperrlisten/{block}/loeschen", desk.KeepBlocks, nil, ""}, // of a block that is there: see TestBlocks
	{"POST /brief/{document}/akten", desk.FileLetters, desktest.OfLetters, ""},
	{"POST /brief/{document}/akten/{filing}/{step}", desk.FileLetters, desktest.OfLetters, "filing=1&step=uebergeben"},
	{"GET /brief/{document}/nachscannen", desk.AskRescans, desktest.OfLetters, ""},
	{"POST /brief/{document}/nachscannen", desk.AskRescans, desktest.OfLetters, ""},
	{"GET /brief/{document}/schnitt", desk.CorrectCuts, desktest.OfLetters, ""},
	{"POST /brief/{document}/teilen", desk.CorrectCuts, desktest.OfLetters, "ab="},
	{"POST /brief/{document}/zusammenfuehren", desk.CorrectCuts, nil, ""}, // of two letters: see TestWhoCorrectsTheCut
	{"GET /brief/{document}/seite/{page}/{size}", desk.ReadLetters, desktest.OfLetters, "page=1&size=klein"},
	{"GET /brief/{document}/dokument.pdf", desk.ReadLetters, desktest.OfLetters, ""},
	{"GET /brief/{document}/text.txt", desk.ReadLetters, desktest.OfLetters, ""},
	{"GET /brief/{document}/transfervermerk.xml", desk.ReadLetters, desktest.OfLetters, ""},
	{"GET /brief/{document}/transfervermerk", desk.ReadLetters, desktest.OfLetters, ""},

	{"GET /verwaltung/e-akten", desk.SeeSystems, house1, ""},
	{"GET /verwaltung/ablage", desk.TendStore, house1, ""},
	{"POST /verwaltung/ablage/nachlesen", desk.TendStore, house1, ""},
	{"GET /verwaltung/konten", desk.KeepAccounts, house1, ""},
	{"POST /verwaltung/konten", desk.KeepAccounts, house1, ""},
	{"GET /verwaltung/konten/{clerk}", desk.KeepAccounts, house1, "clerk=c-0"},
	{"POST /verwaltung/konten/{clerk}/herkunft", desk.KeepAccounts, house1, "clerk=c-0"},
	{"POST /verwaltung/konten/{clerk}/sitzungen/{visit}/beenden", desk.KeepAccounts, house1, "clerk=c-0&visit=v-0"},
	{"POST /verwaltung/konten/{clerk}/rechte", desk.KeepAccounts, house1, "clerk=c-0"},
	{"POST /verwaltung/konten/{clerk}/sperren", desk.KeepAccounts, house1, "clerk=c-0"},
	{"POST /verwaltung/konten/{clerk}/passwort", desk.KeepAccounts, house1, "clerk=c-0"},
	{"GET /verwaltung/regeln", desk.KeepRules, house1, ""},
	{"POST /verwaltung/regeln/probe", desk.KeepRules, house1, "regeln=&tage=7"},
}
