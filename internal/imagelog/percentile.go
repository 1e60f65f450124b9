package imagelog

import "math"

// Percentiles of images larger than this are taken from evenly spaced rows with this many pixels in all.
const percentilePixels = 4 << 20

// percentiles returns the values below which a share of the valid pixels lies, and above which the same share lies. It needs
// no sorting: floats order like their bits, so it counts them by the upper 16 bits, then within the one bucket.
func (l *Log) percentiles(share float64) (lo, hi float32, err error) {
	columns := l.Columns()
	all := l.Rows() * columns
	every := 1
	if all >= percentilePixels {
		valid := 0
		err = l.Sections(func(section *Log, _ int) error {
			valid += section.validPixels()
			return nil
		})
		if err != nil {
			return 0, 0, err
		}
		if valid >= percentilePixels { // of a sparse image, evenly spaced rows could miss all
			every = 1 + all/percentilePixels
		}
	}
	keys := make([]uint32, 0, min((l.Rows()/every+1)*columns, percentilePixels+columns))
	upper := make([]int, 1<<16)
	err = l.Sections(func(section *Log, first int) error {
		pixels := section.Pixels()
		for row := (every - first%every) % every; row < section.Rows(); row += every {
			for i := row * columns; i < (row+1)*columns; i++ {
				if section.Mask[i] {
					key := orderKey(pixels[i])
					keys = append(keys, key)
					upper[key>>16]++
				}
			}
		}
		return nil
	})
	if err != nil || len(keys) == 0 {
		return 0, 0, err
	}
	rank := int(share * float64(len(keys)))
	return valueOfRank(keys, upper, rank), valueOfRank(keys, upper, len(keys)-1-rank), nil
}

// validPixels counts the valid pixels of a log in memory.
func (l *Log) validPixels() int {
	n := 0
	for _, ok := range l.Mask {
		if ok {
			n++
		}
	}
	return n
}

// valueOfRank returns the value of a rank (from 0) among keys; upper counts them by their upper 16 bits.
func valueOfRank(keys []uint32, upper []int, rank int) float32 {
	bucket, rest := bucketOf(upper, rank)
	lower := make([]int, 1<<16)
	for _, key := range keys {
		if int(key>>16) == bucket {
			lower[key&0xffff]++
		}
	}
	low, _ := bucketOf(lower, rest)
	return orderValue(uint32(bucket)<<16 | uint32(low))
}

// bucketOf returns the bucket that holds the element of a rank (from 0), and the element's rank within the bucket.
func bucketOf(counts []int, rank int) (bucket, rest int) {
	for b, n := range counts {
		if rank < n {
			return b, rank
		}
		rank -= n
	}
	return len(counts) - 1, 0
}

// orderKey maps finite floats to integers of the same order.
func orderKey(v float32) uint32 {
	bits := math.Float32bits(v)
	if bits>>31 != 0 {
		return ^bits
	}
	return bits | 1<<31
}

// orderValue is the inverse of orderKey.
func orderValue(key uint32) float32 {
	if key>>31 != 0 {
		return math.Float32frombits(key &^ (1 << 31))
	}
	return math.Float32frombits(^key)
}
