package infer

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/hough"
	"github.com/geobfdt/geobfdt/internal/kernel"
	"github.com/geobfdt/geobfdt/internal/tile"
)

// Constants of the search for what the network has overlooked. Lengths are in rows of the network's grid.
const (
	overlookedPart   = 1 << 14 // rows of the grid that are searched at a time, whatever its length: the maxima depend on the part a little
	overlookedRows   = 2       // that a sample of the transform averages
	overlookedReach  = 128     // half height of the tallest sinusoid that is looked for
	overlookedMargin = 340     // of a part on either side: the reach, and how far the transform takes the noise from
	overlookedZ      = 7.0     // least strength
	crossingRows     = 20.0    // least difference of attitude to the beds around: what runs along them are laminae, or beds that the network sees better
	explainedRows    = 5.0     // beside a known curve that are not searched
	believed         = 0.5     // least probability of a sinusoid of a curve that explains what is seen
	ghostShare       = 0.5     // of a maximum's columns that a stronger one explains as well, from which on it is none
	ghostRows        = 8.0     // beside a maximum that it explains
)

// overlookedScore is what the network's score of a curve is taken for that it has not seen: it leaves both classes the same.
const overlookedScore = otherShare / (1 + otherShare)

// overlookedFractures proposes curves that cross the beds in what the image shows beside the curves that the verifier believes: where these
// run, the wall counts as not seen, and in the rest the maxima of a Hough transform are what the network may have overlooked. Faint
// fractures that go all round the hole are many of them: the transform sums up the whole trace, the network sees it bit by bit.
func overlookedFractures(ctx context.Context, image rasters, rs []Refined, pool *kernel.Pool) ([]Curve, error) {
	const rowM = 1e-3 // the transform wants metres: any will do
	opt := hough.Options{MaxAmplitudeM: overlookedReach * rowM, LeastZ: overlookedZ, OnlyRows: overlookedRows}
	var out []Curve
	beds, rows := believedBeds(rs), image.Rows()
	for core := 0; core < rows; core += overlookedPart - 2*overlookedMargin {
		end := min(rows, core+overlookedPart-2*overlookedMargin)
		part, err := image.raster(tile.Span{Lo: max(0, core-overlookedMargin), Hi: min(rows, end+overlookedMargin)})
		if err != nil {
			return nil, err
		}
		maxima, err := hough.Proposals(ctx, hough.Image{Pixels: part.Image, Mask: part.unexplained(rs), Rows: part.Rows, Columns: part.Columns, RowM: rowM}, opt, pool)
		if err != nil {
			return nil, err
		}
		for _, c := range withoutGhosts(maxima, part) {
			if c.D >= float64(core) && c.D < float64(end) && beds.crossedBy(c) {
				out = append(out, c)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Curve) int { return cmp.Compare(a.D, b.D) })
	return out, nil
}

// unexplained is the mask without the wall along curves that are believed.
func (r Raster) unexplained(rs []Refined) []bool {
	mask := slices.Clone(r.Mask)
	cos, sin := dip.ColumnAzimuths(r.Columns)
	halfColumn := math.Pi / float64(r.Columns)
	for i := range rs {
		c := rs[i].Curve
		first, half := float64(r.First), c.Amplitude()*(1+halfColumn)+explainedRows
		if rs[i].sinusoid() < believed || c.D+half < first || c.D-half > first+float64(r.Rows) {
			continue
		}
		for j := range r.Columns {
			u := c.D + c.A*cos[j] + c.B*sin[j] - first
			width := explainedRows + c.fall(cos[j], sin[j], halfColumn)
			for k := max(0, int(math.Floor(u-width))); k < min(r.Rows, int(math.Ceil(u+width))); k++ {
				mask[k*r.Columns+j] = false
			}
		}
	}
	return mask
}

// withoutGhosts are the maxima as curves, strongest first, without those that run along stronger ones: many a maximum is another's, seen askew.
func withoutGhosts(maxima []hough.Proposal, part Raster) []Curve {
	slices.SortStableFunc(maxima, func(a, b hough.Proposal) int { return cmp.Compare(b.Z, a.Z) })
	claims, free := NewClaims(part.Columns), make([]bool, part.Columns)
	var out []Curve
	for _, m := range maxima {
		c := Curve{Class: dip.Fracture, D: m.D + float64(part.First), A: m.A, B: m.B, Score: overlookedScore}
		if claims.Free(free, c) >= ghostShare {
			claims.Add(c, ghostRows)
			out = append(out, c)
		}
	}
	return out
}

// bedAttitudes are the beds that are believed, ascending in depth.
type bedAttitudes []Curve

func believedBeds(rs []Refined) bedAttitudes {
	var beds bedAttitudes
	for _, r := range rs {
		if r.Verdicts[dip.Bedding] > 0 {
			beds = append(beds, r.Curve)
		}
	}
	slices.SortStableFunc(beds, func(a, b Curve) int { return cmp.Compare(a.D, b.D) })
	return beds
}

// has tells whether a curve is one of the beds.
func (b bedAttitudes) has(c Curve) bool {
	for i, _ := slices.BinarySearchFunc(b, c.D, func(bed Curve, d float64) int { return cmp.Compare(bed.D, d) }); i < len(b) && b[i].D == c.D; i++ {
		if b[i] == c {
			return true
		}
	}
	return false
}

// crossedBy tells whether a curve lies otherwise than the beds above and below it, if any.
func (b bedAttitudes) crossedBy(c Curve) bool {
	below, _ := slices.BinarySearchFunc(b, c.D, func(bed Curve, d float64) int { return cmp.Compare(bed.D, d) })
	near := b[max(0, below-1):min(len(b), below+1)]
	return !slices.ContainsFunc(near, func(bed Curve) bool { return math.Hypot(c.A-bed.A, c.B-bed.B) < crossingRows })
}
