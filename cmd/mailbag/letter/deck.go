package letter

import (
	"math/rand/v2"
	"slices"
)

// Deck deals its cards in random order and shuffles anew when it is empty, so
// that every card comes up before one comes up twice.
type Deck[T any] struct {
	r     *rand.Rand
	cards []T
	at    int
}

// NewDeck returns a deck of the cards.
func NewDeck[T any](r *rand.Rand, cards ...T) *Deck[T] {
	return &Deck[T]{r: r, cards: slices.Clone(cards)}
}

// Deal returns the next card.
func (d *Deck[T]) Deal() T {
	at := d.at % len(d.cards)
	if at == 0 {
		d.r.Shuffle(len(d.cards), func(i, j int) { d.cards[i], d.cards[j] = d.cards[j], d.cards[i] })
	}
	d.at++
	return d.cards[at]
}
