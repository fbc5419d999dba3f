package evidence

// readme explains a package to whoever unpacks it.
const readme = `PRÜFPAKET - EVIDENCE PACKAGE

Was das ist
-----------
paket.json         nennt jede Datei des Pakets mit Größe und SHA-256, den Stand des Baums
                   über alle Ereignisse ("checkpoint") und frühere Stände ("earlier").
ereignisse.jsonl   die Ereignisse der Briefe, eines je Zeile, mit ihrem Nachweis ("path").
pruefpunkte/       die Stände als Dateien, wie sie außer Haus verwahrt sind, mit Zeitstempeln
                   nach RFC 3161 (.tsr) und den Zertifikaten, die für die Stelle bürgen.
kurzbericht.pdf    eine Seite in einfachen Worten: was der Brief ist und was bewiesen wird.
briefe/NUMMER/     PDF/A, Transfervermerke, Manifeste und Wörter des Briefs, alle Fassungen.

So wird es geprüft, ohne Netz, ohne Server, ohne Datenbank
----------------------------------------------------------
    mailroom verify PAKET.zip --root WURZEL --certificates ZERTIFIKATE.pem

WURZEL ist die Prüfsumme, die auf einem gedruckten oder sonst sicher verwahrten Tagesbericht
steht. ZERTIFIKATE.pem sind die der Zeitstempelstelle, von ihr selbst bezogen. Ohne beide zeigt die
Prüfung nur, dass das Paket in sich stimmig ist. Einen Zeitstempel prüft auch OpenSSL:

    openssl ts -verify -token_in -in DATEI.tsr -data DATEI.json -CAfile ZERTIFIKATE.pem

Geprüft wird: Jede Datei ist die genannte. Jedes Ereignis hat den Hash, den es nennt, und sein
Inhalt, soweit er nicht gelöscht oder zurückgehalten ist, ist der gehashte. Jedes Ereignis steht
im Baum (RFC 6962, SHA-256; ein Blatt ist der Hash eines Ereignisses als 32 Byte). Frühere
Stände sind Anfänge desselben Baums. PDF/A, Vermerke und Manifeste sind die, die die Ereignisse
nennen; unter briefe/ liegt nichts, von dem sie nichts sagen. Eine Stichprobe ergibt sich aus
ihrer Startzahl noch einmal. Die Berichte (PDF) erklären nur, was bewiesen wird.

Nicht geprüft werden kann mit dem Paket allein, ob es alle Ereignisse eines Briefs enthält:
das zeigt "mailroom verify" im Haus, das die ganze Kette liest.

Der Hash eines Ereignisses ist SHA-256 über: seq und Zeit (Mikrosekunden seit 1970) als je 8 Byte,
dann previous, actor, kind, object und body_hash, jeweils mit ihrer Länge als 4 Byte davor; Zahlen
mit dem höchsten Byte zuerst. body_hash ist SHA-256 über salt und body.

What this is, and how to check it
---------------------------------
paket.json names every file with its size and SHA-256; ereignisse.jsonl holds the events of the
letters with the proof that each is part of the tree over all events; briefe/ holds the letters.
pruefpunkte/ holds the roots of the tree as files, with time stamps (RFC 3161) on them.
Run "mailroom verify PACKAGE.zip --root ROOT --certificates PEM" with the root as it is printed on
a daily report and the certificates as they are had from the authority.
Whether a package holds all events of a letter only the whole chain can show. The reports (PDF) only
explain what is proved.
`
