package web

import (
	"cmp"
	"net/http"
	"strconv"

	"github.com/goccy/go-yaml"

	"mailroom/routing"
	"mailroom/routing/desk"
)

// rulesBody is the page of the rules of distribution. Text is the rules that
// are tried, as typed.
type rulesBody struct {
	Rules []routing.Rule
	Text  string
	Days  int
	Spans []int
	Tried bool
	desk.Trial
}

const (
	maxRulesText = 256 << 10
	trialDays    = 30
)

func (s *server) rulesPage(v *visit) error {
	text := v.r.PostFormValue("regeln")
	days, _ := strconv.Atoi(v.r.PostFormValue("tage"))
	return s.showRules(v, rulesBody{Text: text, Days: cmp.Or(days, trialDays)})
}

func (s *server) showRules(v *visit, b rulesBody) (err error) {
	if b.Rules, err = s.Desk.Rules(v.who); err != nil {
		return err
	}
	b.Spans = []int{7, 30, 90, 365}
	if b.Text == "" && len(b.Rules) > 0 {
		text, err := yaml.Marshal(b.Rules)
		if err != nil {
			return err
		}
		b.Text = string(text)
	}
	return s.show(v, v.status(), "rules", view{Title: "rules.title", Body: b})
}

// tryRules shows what the rules of the form would have done. It is a question,
// though it comes by POST for its length.
func (s *server) tryRules(v *visit) error {
	v.r.Body = http.MaxBytesReader(v.w, v.r.Body, maxRulesText)
	text := v.r.PostFormValue("regeln")
	days, _ := strconv.Atoi(v.r.PostFormValue("tage"))
	var rules []routing.Rule
	if err := yaml.UnmarshalWithOptions([]byte(text), &rules, yaml.Strict()); err != nil {
		return s.again(v, &desk.Invalid{Code: desk.RulesWrong, Detail: yaml.FormatError(err, false, false)}, s.rulesPage)
	}
	b := rulesBody{Text: text, Days: cmp.Or(days, trialDays), Tried: true}
	var err error
	if b.Trial, err = s.Desk.TryRules(v.r.Context(), v.who, rules, b.Days); err != nil {
		return s.again(v, err, s.rulesPage)
	}
	return s.showRules(v, b)
}
