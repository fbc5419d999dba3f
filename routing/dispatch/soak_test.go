//go:build soak

package dispatch_test

// killRounds is how often the service is killed while it hands over so many letters.
const (
	killRounds    = 60
	killedLetters = 180
)
