package imaging

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"

	"mailroom/scanstation"
)

// step is something that was done to a page.
func step(code string, detail any) scanstation.Reason {
	return scanstation.Reason{Code: code, Detail: fmt.Sprint(detail)}
}

// page hands on page with its stream, which is read twice: once for the
// digest, once by keep.
func (k *keeper) page(page scanstation.Page, stream io.ReadSeeker) error {
	sum := sha256.New()
	n, err := io.Copy(sum, stream)
	if err != nil {
		return fmt.Errorf("read page %d: %w", k.pages+1, err)
	}
	if _, err := stream.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("read page %d: %w", k.pages+1, err)
	}
	page.Bytes = n
	if taken, err := k.oversized(page, stream); taken || err != nil {
		return err
	}
	page.Image = k.pages
	page.Digest = scanstation.Digest(hex.EncodeToString(sum.Sum(nil)))
	page.Left, k.left = k.left, nil
	page.PDF = k.pdfPage
	if k.drawn != "" {
		page.Done = append(scanstation.Steps{step(scanstation.StepDrawn, k.drawn)}, page.Done...)
	}
	k.pages++
	return k.keep(page, stream)
}

// oversized hands on page coded anew if its own stream is larger than the station
// wants and becomes smaller by that. CCITT G4 and what 8 bits cannot hold stay, and
// so does a JPEG where nothing may be lost.
func (k *keeper) oversized(page scanstation.Page, stream io.ReadSeeker) (taken bool, err error) {
	if k.rules.OverBytes == 0 || page.Bytes <= k.rules.OverBytes || !page.Untouched ||
		page.Encoding == scanstation.CCITT || page.Bits > 8 || page.Encoding == scanstation.JPEG && k.rules.JPEG == 0 {
		return false, nil
	}
	data, err := io.ReadAll(stream)
	if err != nil {
		return false, fmt.Errorf("read page %d: %w", k.pages+1, err)
	}
	if _, err := stream.Seek(0, io.SeekStart); err != nil {
		return false, fmt.Errorf("read page %d: %w", k.pages+1, err)
	}
	p, err := decodePage(page, data, 1, false)
	if err != nil {
		return false, nil // as it came; who reads it will say what is wrong with it
	}
	defer p.free()
	page.Done = append(page.Done, step(scanstation.StepOversized, page.Bytes), step(scanstation.StepDecoded, kindNames[page.Encoding]))
	again, coded, err := k.coded(page, p)
	if err != nil || int64(len(coded)) >= page.Bytes {
		return false, err
	}
	return true, k.page(again, bytes.NewReader(coded))
}

// kindNames are the names of what streams are coded as.
var kindNames = map[scanstation.Encoding]string{scanstation.JPEG: "JPEG", scanstation.PNG: "PNG", scanstation.CCITT: "CCITT G4"}

// pixels hands on a page of decoded pixels; steps say how they were got.
func (k *keeper) pixels(page scanstation.Page, p *pix, steps ...scanstation.Reason) error {
	page.Done = append(page.Done, steps...)
	page, stream, err := k.coded(page, p)
	if err != nil {
		return err
	}
	return k.page(page, bytes.NewReader(stream))
}

// coded returns pixels as the station wants them: one bit deep as CCITT G4, all
// else as JPEG of its quality or, without loss, as PNG.
func (k *keeper) coded(page scanstation.Page, p *pix) (scanstation.Page, []byte, error) {
	page.Width, page.Height = p.width(), p.height()
	page.Untouched, page.BlackIs1 = false, false
	switch {
	case p.depth() == 1 && !p.mapped():
		return codedG4(page, p)
	case k.rules.JPEG > 0:
		return codedJPEG(page, p, k.rules.JPEG)
	}
	return codedPNG(page, p)
}

func codedG4(page scanstation.Page, p *pix) (scanstation.Page, []byte, error) {
	file, err := p.g4()
	if err != nil {
		return page, nil, err
	}
	stream, err := onlyStrip(file)
	page.Encoding, page.Components, page.Bits, page.Palette = scanstation.CCITT, 1, 1, nil
	page.Done = append(page.Done, scanstation.Reason{Code: scanstation.StepSameG4})
	return page, stream, err
}

func codedJPEG(page scanstation.Page, p *pix, quality int) (scanstation.Page, []byte, error) {
	stream, err := p.jpeg(quality)
	if err != nil {
		return page, nil, err
	}
	head, err := scanJPEG(bytes.NewReader(stream))
	if err != nil {
		return page, nil, fmt.Errorf("read back jpeg: %w", err)
	}
	page.Encoding, page.Components, page.Bits, page.Palette = scanstation.JPEG, head.components, 8, nil
	page.Done = append(page.Done, step(scanstation.StepLossy, quality))
	return page, stream, nil
}

func codedPNG(page scanstation.Page, p *pix) (scanstation.Page, []byte, error) {
	stream, err := p.png()
	if err != nil {
		return page, nil, err
	}
	head, err := scanPNG(bytes.NewReader(stream))
	if err != nil {
		return page, nil, fmt.Errorf("read back png: %w", err)
	}
	page.Encoding, page.Components, page.Bits, page.Palette = scanstation.PNG, head.components(), head.bits, head.palette
	page.Done = append(page.Done, scanstation.Reason{Code: scanstation.StepSameFlate})
	return page, stream, nil
}
