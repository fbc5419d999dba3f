package ocr_test

import (
	"testing"

	"mailroom/ocr"
)

func TestFindWordsThatSeal(t *testing.T) {
	address := []string{"Rita Falk", "", "", "", "Stadt Musterstadt"} // what follows stands in the address field
	body := make([]string, 30)                                        // what follows stands below the subject
	type found struct{ word, zone string }
	for name, tt := range map[string]struct {
		above, lines []string
		want         []found
	}{
		"in the address":                         {address, []string{"Persönlich"}, []found{{"persönlich", "address"}}},
		"with others in the address":             {address, []string{"An den Personalrat z. Hd. Frau Wolf"}, []found{{"Personalrat", "address"}}},
		"two in the address":                     {address, []string{"PERSÖNLICH / VERTRAULICH"}, []found{{"persönlich", "address"}, {"vertraulich", "address"}}},
		"of several words":                       {address, []string{"Nur vom Empfänger zu öffnen!"}, []found{{"nur vom Empfänger zu öffnen", "address"}}},
		"a part of a longer word in the address": {address, []string{"Personalratsamt"}, nil},
		"too far right for an address":           {address, []string{"                                                                       Vertraulich"}, []found{{"vertraulich", "text"}}},
		"a line of its own":                      {body, []string{"- Vertraulich -"}, []found{{"vertraulich", "text"}}},
		"two on a line of their own":             {body, []string{"Persönlich, vertraulich"}, []found{{"persönlich", "text"}, {"vertraulich", "text"}}},
		"in a sentence":                          {body, []string{"Ihre Angaben behandeln wir vertraulich."}, nil},
		"our own officer at the foot":            {body, []string{"Datenschutzbeauftragte: Frau Wolf, Tel. 4711"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			f := finder(t)
			f.SealedBy(ocr.DefaultSealWords())
			got := f.Find([]ocr.Reading{page(append(tt.above[:len(tt.above):len(tt.above)], tt.lines...)...)}).Seals
			if len(got) != len(tt.want) {
				t.Fatalf("found %+v; want %v", got, tt.want)
			}
			for i, s := range got {
				if (found{s.Word, s.Zone}) != tt.want[i] {
					t.Errorf("found %+v; want %v", s, tt.want[i])
				}
			}
		})
	}
}

func TestWordsOnASecondPageAreNoAddress(t *testing.T) {
	f := finder(t)
	f.SealedBy([]string{"Personalrat"})
	got := f.Find([]ocr.Reading{page("Guten Tag"), page("", "", "", "", "An den Personalrat der Stadt"), page("", "", "", "", "Personalrat")}).Seals
	if len(got) != 1 || got[0].Zone != "text" || got[0].Evidence.Page != 3 {
		t.Errorf("found %+v; want the line of its own alone, as text", got)
	}
}
