package ocr

import "regexp"

// sender is what a line in the column of the address says about who sends the
// letter.
type sender int

const (
	senderNone sender = iota
	senderLine        // it is the line over the address, with the whole of the sender's
	senderHead        // it is of the letterhead, above the address
)

var toSomebody = regexp.MustCompile(`(?i)^\W*(?:an\b|herrn?\b|frau\b|z\. ?h)`)

// sendersOn says of each line of a page what it says about the sender. A letterhead
// is told from an address that is set high by what lies apart below it: the house, or
// a town.
func (f *Finder) sendersOn(p *sheet) []sender {
	if p.senders != nil {
		return p.senders
	}
	p.senders = make([]sender, len(p.lines))
	blocks := f.blocksOf(p)
	addressed := false // by a block further down
	for i := len(blocks) - 1; i >= 0; i-- {
		b := blocks[i]
		for _, line := range b.lines {
			switch _, top := p.millimetres(p.lines[line].Box); {
			case b.back && i+1 < len(blocks):
				p.senders[line] = senderLine
			case !p.Envelope() && top < headBottom && addressed && !b.house:
				p.senders[line] = senderHead
			}
		}
		addressed = addressed || b.house || b.town
	}
	return p.senders
}

// block is lines close below one another in the column of the address.
type block struct {
	lines       []int
	back        bool // it is a line of the sender
	house, town bool // it names the house, or ends with a town
}

// blocksOf parts the column of the address above the salutation, or all of an
// envelope. A line of the sender is a block of its own.
func (f *Finder) blocksOf(p *sheet) (out []block) {
	var last Box
	for i, line := range p.lines {
		left, top := p.millimetres(line.Box)
		if !p.Envelope() && (left >= addressRight || top >= addressBottom || p.greeted(i)) {
			continue
		}
		house := f.namesHouse(line.Text)
		back := !house && returnLine(line.Text) && !toSomebody.MatchString(line.Text)
		if len(out) == 0 || back || out[len(out)-1].back || line.Box[1]-last[1]-last[3] >= 2*last[3] {
			out = append(out, block{back: back})
		}
		b := &out[len(out)-1]
		b.lines = append(b.lines, i)
		b.house = b.house || house || !back && addressee.MatchString(line.Text)
		b.town = b.town || townLine.MatchString(line.Text)
		last = line.Box
	}
	return out
}
