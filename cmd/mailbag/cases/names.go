package cases

// Names of people, streets and towns, all invented; towns and streets are
// composed so that none is a real address.
var (
	surnames = []string{"Abel", "Ahrens", "Albers", "Arndt", "Bachmaier", "Barth", "Bergfeld", "Blasius", "Böhm", "Brandis", "Brückner", "Cordes",
		"Dahlke", "Degen", "Dörfler", "Ebert", "Eichner", "Engler", "Faber", "Fiebig", "Fröhlich", "Gabler", "Geßner", "Göbel", "Grüner", "Haase",
		"Hagedorn", "Heißler", "Hübner", "Ihle", "Jahnke", "Jäschke", "Kaluza", "Kessler", "Kißling", "Köhler", "Krüger", "Lachner", "Lindqvist",
		"Löffler", "Lüders", "Maaß", "Mertens", "Mühlbach", "Nagel", "Nowak", "Oertel", "Özdemir", "Pahlke", "Petrovic", "Pröll", "Quandt", "Rasch",
		"Reißmann", "Rößler", "Sauerbier", "Schäfer", "Schlüter", "Schönfeld", "Seiferth", "Strauß", "Tabor", "Thiele", "Uhlig", "Vahle", "Voigt",
		"Wächter", "Weiß", "Wendler", "Yilmaz", "Zabel", "Zöllner", "von Ehren", "El Amrani", "Meier", "Meyer", "Maier", "Schmidt", "Schmitt"}
	givens = []string{"Adele", "Agnes", "Albert", "Amira", "Anke", "Anton", "Astrid", "Bärbel", "Benno", "Birgit", "Bruno", "Carla", "Christa",
		"Dagmar", "Detlef", "Dieter", "Doreen", "Edith", "Elif", "Emil", "Erika", "Ewald", "Falk", "Felix", "Frieda", "Georg", "Gisela", "Günter",
		"Hanna", "Heike", "Holger", "Ilse", "Ingo", "Irmgard", "Jana", "Jens", "Jörg", "Jürgen", "Käthe", "Karin", "Kevin", "Klara", "Lars",
		"Lena", "Lothar", "Magda", "Malte", "Marlies", "Mehmet", "Mila", "Nadja", "Norbert", "Olaf", "Oskar", "Paula", "Peter", "Ralf", "Renate",
		"Rosa", "Rüdiger", "Sabine", "Samira", "Silke", "Sören", "Thea", "Tobias", "Ulla", "Uwe", "Vera", "Walter", "Wilma", "Yusuf", "Zoe"}
	streetHeads = []string{"Amsel", "Ahorn", "Bach", "Birken", "Brunnen", "Distel", "Eichen", "Erlen", "Feld", "Flieder", "Garten", "Ginster",
		"Hasel", "Heide", "Hopfen", "Kiefern", "Kirsch", "Linden", "Mühl", "Nelken", "Obst", "Quell", "Rosen", "Schlehen", "Ulmen", "Weiden", "Ziegel"}
	streetTails = []string{"weg", "straße", "gasse", "ring", "platz", "allee", "steig", "hof"}
	townHeads   = []string{"Auen", "Bruch", "Dorn", "Eller", "Falken", "Grauen", "Hohen", "Kalten", "Lauter", "Mönchs", "Nieder", "Ober", "Rohr", "Silber", "Wald"}
	townTails   = []string{"stedt", "hausen", "rode", "felde", "brunn", "born", "leben"}
)
