package imagelog

import "math"

// Constants of GapValue. Shares are of the valid pixels that are looked at.
const (
	gapShare     = 0.05  // that have the value, at the least, where it is no remote one
	gapRows      = 0.9   // of the rows that have it in part: pads leave gaps everywhere
	gapPart      = 0.05  // of a row that is a part of it, and that is left of it
	gapUpright   = 0.97  // of the pixels with the value that have one above them: gaps run down the hole
	gapNext      = 0.2   // of what has the next value, over what has this one: a tail of the greys has none like it
	gapOther     = 0.1   // of what lies at the other end of the greys, over this one: clipped at both ends is no gap
	remoteShare  = 0.005 // that have a remote value, at the least
	remoteRanges = 3.0   // ranges of all other values that a remote value lies beyond them
)

// GapValue looks for a value that stands for "no wall seen" although nothing says so: the ground of a picture, a null that was not declared.
// It is the least or the greatest of the image, and either far from all others, or that of strips that run down the hole in nearly every row.
// The error is that of the log's temporary file.
func (l *Log) GapValue() (value float64, found bool, err error) {
	low, high := &gapEnd{value: float32(math.Inf(1))}, &gapEnd{value: float32(math.Inf(-1))}
	g := gapSearch{ends: [2]*gapEnd{low, high}}
	if err := l.spread(g.extremes); err != nil {
		return 0, false, err
	}
	low.next, high.next = high.value, low.value
	for _, look := range []func(*Log){g.next, g.count} {
		if err := l.spread(look); err != nil {
			return 0, false, err
		}
	}
	for i, e := range g.ends {
		if g.remote(e, g.ends[1-i]) || g.strips(e, g.ends[1-i]) {
			return float64(e.value), true, nil
		}
	}
	return 0, false, nil
}

// gapSearch is what is known of the least and the greatest value of an image.
type gapSearch struct {
	ends [2]*gapEnd
	n    float64 // valid pixels
	rows float64 // with any
}

// gapEnd is one end of the greys.
type gapEnd struct {
	value, next    float32 // the end, and the value nearest to it
	at, atNext     float64 // pixels that have them
	parts          float64 // rows that have value in part
	below, upright float64 // pixels that have it and a row above them, and of these those under another
}

func (g *gapSearch) extremes(section *Log) {
	low, high := g.ends[0], g.ends[1]
	eachValid(section, func(_ int, v float32) {
		low.value, high.value = min(low.value, v), max(high.value, v)
	})
}

func (g *gapSearch) next(section *Log) {
	low, high := g.ends[0], g.ends[1]
	eachValid(section, func(_ int, v float32) {
		if v > low.value {
			low.next = min(low.next, v)
		}
		if v < high.value {
			high.next = max(high.next, v)
		}
	})
}

func (g *gapSearch) count(section *Log) {
	columns := section.Columns()
	inRow := [2]float64{}
	valid, row := 0.0, 0
	end := func() {
		if valid == 0 {
			return
		}
		g.rows++
		for k, e := range g.ends {
			if inRow[k] >= gapPart*valid && inRow[k] <= (1-gapPart)*valid {
				e.parts++
			}
		}
		inRow, valid = [2]float64{}, 0
	}
	pixels := section.Pixels()
	eachValid(section, func(i int, v float32) {
		if i/columns != row {
			end()
			row = i / columns
		}
		g.n++
		valid++
		for k, e := range g.ends {
			switch v {
			case e.value:
				e.at++
				inRow[k]++
				if i >= columns && section.Mask[i-columns] {
					e.below++
					if pixels[i-columns] == v {
						e.upright++
					}
				}
			case e.next:
				e.atNext++
			}
		}
	})
	end()
}

// remote tells whether an end is far from all other values.
func (g *gapSearch) remote(e, other *gapEnd) bool {
	rest := math.Abs(float64(e.next - other.value))
	return e.at >= remoteShare*g.n && e.at < g.n && rest > 0 && math.Abs(float64(e.value-e.next)) > remoteRanges*rest
}

// strips tells whether an end is that of strips down the hole.
func (g *gapSearch) strips(e, other *gapEnd) bool {
	return e.at >= gapShare*g.n && e.parts >= gapRows*g.rows && e.upright >= gapUpright*e.below && e.atNext <= gapNext*e.at && other.at <= gapOther*e.at
}
