package web

import "testing"

func TestFormulasStayTexts(t *testing.T) {
	for in, want := range map[string]string{
		"":                    "",
		"12":                  "12",
		"Wohngeld":            "Wohngeld",
		"=1+1":                "'=1+1",
		"@SUM(A1)":            "'@SUM(A1)",
		"+49 30":              "'+49 30",
		"-":                   "'-",
		"\t=1":                "'\t=1",
		"a=b":                 "a=b",
		"=HYPERLINK(\"x\";1)": "'=HYPERLINK(\"x\";1)",
	} {
		if got := inert(in); got != want {
			t.Errorf("%q became %q; want %q", in, got, want)
		}
	}
	if got := string(csvOf([][]string{{"a;b", "=x"}})); got != "\ufeff\"a;b\";'=x\r\n" {
		t.Errorf("got %q", got)
	}
}
