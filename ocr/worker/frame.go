package worker

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// A message is a head in JSON and a body of any length:
//
//	uint32 length, head | uint32 length, chunk | … | uint32 0
//
// A body whose source fails is ended by the length "aborted" instead of 0.
const (
	maxHead  = 8 << 20 // a page of 100,000 words
	maxChunk = 256 << 10
	aborted  = 1<<32 - 1
)

var (
	errTooLong = errors.New("message is longer than agreed")
	errAborted = errors.New("body was broken off by its sender")
)

// conn carries messages over a pair of pipes. Neither side trusts the lengths
// that the other one names.
type conn struct {
	r    *bufio.Reader
	w    *bufio.Writer
	body *body // of the message received last
	buf  []byte
}

func newConn(r io.Reader, w io.Writer) *conn {
	return &conn{r: bufio.NewReaderSize(r, 64<<10), w: bufio.NewWriterSize(w, 64<<10)}
}

// send writes a message. If content itself cannot be read, the receiver is told
// and the error is a *contentError; the connection stays in step.
func (c *conn) send(head any, content io.Reader) error {
	b, err := json.Marshal(head)
	if err != nil {
		return fmt.Errorf("encode head: %w", err)
	}
	if len(b) > maxHead {
		return fmt.Errorf("head of %d bytes: %w", len(b), errTooLong)
	}
	c.length(uint32(len(b)))
	_, _ = c.w.Write(b) // a bufio.Writer keeps its first error for Flush
	var broken error
	if content != nil {
		broken = c.chunks(content)
	}
	if broken != nil {
		c.length(aborted)
	} else {
		c.length(0)
	}
	if err := c.w.Flush(); err != nil {
		return fmt.Errorf("write message: %w", err)
	}
	return broken
}

// contentError is the error of the reader whose content was to be sent.
type contentError struct{ err error }

func (e *contentError) Error() string { return e.err.Error() }
func (e *contentError) Unwrap() error { return e.err }

func (c *conn) chunks(content io.Reader) error {
	if c.buf == nil {
		c.buf = make([]byte, maxChunk)
	}
	for {
		n, err := content.Read(c.buf)
		if n > 0 {
			c.length(uint32(n))
			if _, err := c.w.Write(c.buf[:n]); err != nil {
				return nil // Flush will say it
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return &contentError{err}
		}
	}
}

func (c *conn) length(n uint32) {
	var b [4]byte
	binary.BigEndian.PutUint32(b[:], n)
	_, _ = c.w.Write(b[:])
}

// receive reads the head of the next message and returns its body, which may
// hold up to limit bytes and ends with the next receive. A clean end of the
// connection is io.EOF.
func (c *conn) receive(head any, limit int64) (io.Reader, error) {
	if c.body != nil {
		if _, err := io.Copy(io.Discard, c.body); err != nil && !errors.Is(err, errAborted) {
			return nil, fmt.Errorf("skip body: %w", err)
		}
	}
	n, err := c.readLength()
	if err != nil {
		return nil, err
	}
	if n > maxHead {
		return nil, fmt.Errorf("head of %d bytes: %w", n, errTooLong)
	}
	// ReadAll grows with what really comes, not with what was announced.
	b, err := io.ReadAll(io.LimitReader(c.r, int64(n)))
	if err == nil && len(b) < int(n) {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return nil, fmt.Errorf("read head: %w", err)
	}
	if err := json.Unmarshal(b, head); err != nil {
		return nil, fmt.Errorf("decode head: %w", err)
	}
	c.body = &body{c: c, left: limit}
	return c.body, nil
}

func (c *conn) readLength() (uint32, error) {
	var b [4]byte
	if _, err := io.ReadFull(c.r, b[:]); err != nil {
		return 0, err
	}
	return binary.BigEndian.Uint32(b[:]), nil
}

// body reads the chunks of one message.
type body struct {
	c     *conn
	left  int64 // that the message may still hold
	chunk int   // that is still to be read of the current chunk
	err   error // once it has ended
}

func (b *body) Read(p []byte) (int, error) {
	if b.err == nil && b.chunk == 0 {
		b.err = b.next()
	}
	if b.err != nil {
		return 0, b.err
	}
	n, err := b.c.r.Read(p[:min(len(p), b.chunk)])
	b.chunk -= n
	if err != nil {
		b.err = io.ErrUnexpectedEOF
		return n, b.err
	}
	return n, nil
}

// next reads the length of the next chunk.
func (b *body) next() error {
	n, err := b.c.readLength()
	switch {
	case err != nil:
		return io.ErrUnexpectedEOF
	case n == 0:
		return io.EOF
	case n == aborted:
		return errAborted
	case n > maxChunk || int64(n) > b.left:
		return fmt.Errorf("chunk of %d bytes: %w", n, errTooLong)
	}
	b.chunk, b.left = int(n), b.left-int64(n)
	return nil
}
