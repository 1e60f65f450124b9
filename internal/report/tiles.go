package report

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"math"
	"slices"

	"github.com/geobfdt/geobfdt/internal/imagelog"
)

const (
	tileRows    = 512
	maxColumns  = 240   // of a tile: 1.5 degrees each, finer than buttons are apart
	maxPxPerM   = 400.0 // 2.5 mm: the step of a microresistivity imager
	levelFactor = 8     // a level is so many times coarser than the one before
	levels      = 3
	jpegQuality = 82
	// bytesPerPixel is what a pixel of a noisy image takes; the first guess of the resolution.
	bytesPerPixel = 0.55
	// greyRange is how many standard deviations the grey levels reach to either side of the mean.
	greyRange = 3.0
	// gainRows is the distance in rows of a tile at which the window's mean and contrast are stored.
	gainRows = 16
)

// tile is tileRows rows of a level.
type tile struct {
	grey []byte // JPEG of the dynamic image
	gaps []byte // PNG, opaque where the wall was not seen; nil where all of it was
	// mean and sd bring the grey levels back to the static image, in hundredths of the log's standard deviation, every gainRows
	// rows: static = mean + sd * dynamic.
	mean, sd []int
}

// level is the whole log at one resolution.
type level struct {
	topM, pxPerM float64
	columns      int
	rows         int // of the last tile only those within the log mean anything
	tiles        []tile
}

// newPyramid returns the log at decreasing resolutions; their tiles together take at most maxBytes, up to what a coarse level of a
// very long log takes.
func newPyramid(log *imagelog.Log, maxBytes int) ([]level, error) {
	whole, err := log.Normaliser(0)
	if err != nil {
		return nil, err
	}
	stepM := log.StepM()
	if math.IsNaN(stepM) {
		stepM = 1
	}
	topM := log.DepthM[0] - stepM/2
	lengthM := log.DepthM[log.Rows()-1] + stepM/2 - topM
	columns := min(log.Columns(), maxColumns)
	// A row of a coarse log needs no more pixels than one; a log of a few rows gets some all the same.
	finest := max(min(maxPxPerM, 1/stepM), 1/lengthM)
	pxPerM := max(min(finest, float64(maxBytes)/(bytesPerPixel*lengthM*float64(columns))), 1/lengthM)
	for try := 1; ; try++ {
		out, err := pyramidAt(log, whole, level{topM: topM, pxPerM: pxPerM, columns: columns}, lengthM)
		if err != nil {
			return nil, err
		}
		size := 0
		for _, l := range out {
			size += l.bytes()
		}
		// How well an image packs shows only when it is packed: too large must not be, much too small need not.
		fits := size <= maxBytes || out[0].rows <= tileRows
		if fits && (pxPerM == finest || 10*size >= 6*maxBytes || try > 2) {
			return out, nil
		}
		pxPerM = min(finest, pxPerM*0.9*float64(maxBytes)/float64(size))
	}
}

// pyramidAt returns the levels from one at full resolution on.
func pyramidAt(log *imagelog.Log, whole *imagelog.Normaliser, l level, lengthM float64) ([]level, error) {
	var out []level
	for {
		l.tiles = nil
		l.rows = max(int(math.Ceil(lengthM*l.pxPerM-1e-6)), 1)
		if err := l.fill(log, whole); err != nil {
			return nil, err
		}
		out = append(out, l)
		if len(out) == levels || l.rows <= tileRows {
			return out, nil
		}
		l.pxPerM /= levelFactor
	}
}

func (l *level) bytes() int {
	n := 0
	for _, t := range l.tiles {
		n += len(t.grey) + len(t.gaps)
	}
	return n
}

// fill makes the tiles, reading the log part by part.
func (l *level) fill(log *imagelog.Log, whole *imagelog.Normaliser) error {
	var reuse *imagelog.Log
	tileM := tileRows / l.pxPerM
	for i := 0; i*tileRows < l.rows; i++ {
		topM := l.topM + float64(i)*tileM
		lo, _ := slices.BinarySearch(log.DepthM, topM-windowM/2)
		hi, _ := slices.BinarySearch(log.DepthM, topM+tileM+windowM/2)
		var t tile
		var err error
		if lo < hi {
			if reuse, err = log.Section(lo, hi, reuse); err != nil {
				return err
			}
			t, err = l.newTile(newSection(reuse, whole), topM, min(tileRows, l.rows-i*tileRows))
		}
		if err != nil {
			return err
		}
		l.tiles = append(l.tiles, t) // one within a hole of the log stays empty
	}
	return nil
}

// newTile averages the rows of a section into the pixels of a tile that begins at topM.
func (l *level) newTile(s section, topM float64, rows int) (tile, error) {
	columns := s.log.Columns()
	sum, count := make([]float32, rows*l.columns), make([]int32, rows*l.columns)
	means, sds, inRow := make([]float32, rows), make([]float32, rows), make([]int32, rows)
	columnOf := make([]int, columns)
	for j := range columnOf {
		columnOf[j] = j * l.columns / columns
	}
	for i, d := range s.log.DepthM {
		y := int(math.Floor((d - topM) * l.pxPerM))
		if y < 0 || y >= rows {
			continue
		}
		means[y] += s.mean[i]
		sds[y] += s.sd[i]
		inRow[y]++
		for j := range columns {
			if k := i*columns + j; s.log.Mask[k] {
				sum[y*l.columns+columnOf[j]] += s.dynamic(i, k)
				count[y*l.columns+columnOf[j]]++
			}
		}
	}
	grey := image.NewGray(image.Rect(0, 0, l.columns, rows))
	gaps := image.NewPaletted(grey.Rect, color.Palette{color.Transparent, color.White})
	anyGap := false
	for y := range rows {
		if inRow[y] == 0 && y > 0 && !l.isHole(s.log, topM, y) {
			// Rows that rounding left empty show what is above them.
			copy(grey.Pix[y*l.columns:(y+1)*l.columns], grey.Pix[(y-1)*l.columns:y*l.columns])
			copy(gaps.Pix[y*l.columns:(y+1)*l.columns], gaps.Pix[(y-1)*l.columns:y*l.columns])
			means[y], sds[y], inRow[y] = means[y-1], sds[y-1], inRow[y-1]
			continue
		}
		last := uint8(128)
		for x := range l.columns {
			k := y*l.columns + x
			if count[k] == 0 {
				// What lies under a gap is not seen, but a step there would ring into its surroundings.
				grey.Pix[k], gaps.Pix[k], anyGap = last, 1, true
				continue
			}
			v := sum[k] / float32(count[k])
			last = uint8(min(max(128+v*(127/greyRange), 1), 255))
			grey.Pix[k] = last
		}
	}
	t := tile{}
	for y := 0; y < rows; y += gainRows {
		n := float32(max(inRow[y], 1))
		t.mean = append(t.mean, int(math.Round(float64(100*means[y]/n))))
		t.sd = append(t.sd, int(math.Round(float64(100*sds[y]/n))))
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, grey, &jpeg.Options{Quality: jpegQuality}); err != nil {
		return t, err
	}
	t.grey = out.Bytes()
	if anyGap {
		var out bytes.Buffer
		if err := png.Encode(&out, gaps); err != nil {
			return t, err
		}
		t.gaps = out.Bytes()
	}
	return t, nil
}

// isHole tells whether the log has no row near row y of a tile.
func (l *level) isHole(log *imagelog.Log, topM float64, y int) bool {
	depthM := topM + (float64(y)+0.5)/l.pxPerM
	reachM := max(1/l.pxPerM, 1.5*log.StepM())
	i, _ := slices.BinarySearch(log.DepthM, depthM)
	near := func(i int) bool { return i >= 0 && i < log.Rows() && math.Abs(log.DepthM[i]-depthM) <= reachM }
	return !near(i) && !near(i-1)
}

// write writes the tiles as data blocks of the page: JPEG and mask in base64, separated by a space, and the gains in attributes.
func (l *level) write(w io.Writer, number int) error {
	for i, t := range l.tiles {
		if t.grey == nil {
			continue
		}
		mean, err := json.Marshal(t.mean)
		if err != nil {
			return err
		}
		sd, err := json.Marshal(t.sd)
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(w, `<script type="text/plain" id="tile-%d-%d" data-mean="%s" data-sd="%s">`, number, i, mean, sd); err != nil {
			return err
		}
		text := base64.StdEncoding.AppendEncode(nil, t.grey)
		if t.gaps != nil {
			text = base64.StdEncoding.AppendEncode(append(text, ' '), t.gaps)
		}
		if _, err := w.Write(append(text, "</script>\n"...)); err != nil {
			return err
		}
	}
	return nil
}
