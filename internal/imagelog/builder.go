package imagelog

import (
	"fmt"
	"math"
)

// Storage says where the rows of an image are kept. The zero value keeps all of them in memory.
type Storage struct {
	// MemoryBytes is the size, at 4 bytes a pixel, beyond which an image goes to a temporary file; 0: never.
	MemoryBytes int64
	// Dir is the folder of temporary files, "" that of the system (os.TempDir).
	Dir string
}

// DefaultMemoryBytes is the Storage.MemoryBytes of programs that work through a log part by part: a few hundred metres of a
// microresistivity image. Shorter ones are faster to work on in memory.
const DefaultMemoryBytes = 128 << 20

// keeps tells whether an image stays in memory.
func (s Storage) keeps(pixels int64) bool { return s.MemoryBytes == 0 || 4*pixels <= s.MemoryBytes }

// Builder collects the rows of an image as a file holds them, in memory or, where they become too many, in a temporary file. Use it
// so:
//
//	b := imagelog.NewBuilder(columns, storage)
//	defer b.Close()
//	... b.Append(row) ...
//	return b.Log(depthM, nil)
type Builder struct {
	storage Storage
	columns int
	pixels  []float32 // the image, or those of its last rows that are not in the spool yet
	spool   *spool
	owned   bool // a log has the spool
}

// spoolPixels is how many pixels are written to a temporary file at a time.
const spoolPixels = 1 << 18

// NewBuilder makes a builder for rows of so many columns.
func NewBuilder(columns int, storage Storage) *Builder {
	return &Builder{storage: storage, columns: max(1, columns)}
}

// Expect says how many rows will come, so that an image that is too large for memory never gets there. It takes no memory.
func (b *Builder) Expect(rows int) error {
	if int64(rows) > math.MaxInt64/8/int64(b.columns) || !b.storage.keeps(int64(len(b.pixels))+int64(rows)*int64(b.columns)) {
		return b.spill()
	}
	return nil
}

// Grow is Expect, and makes room in memory at once. Give it only numbers that the size of a file bounds.
func (b *Builder) Grow(rows int) error {
	if err := b.Expect(rows); err != nil {
		return err
	}
	if n := len(b.pixels) + rows*b.columns; b.spool == nil && cap(b.pixels) < n {
		b.pixels = append(make([]float32, 0, n), b.pixels...)
	}
	return nil
}

// Append adds whole rows, [n*columns] row-major, with NaN or infinity where the tool saw no wall. It keeps nothing of pixels. The
// error is that of the temporary file.
func (b *Builder) Append(pixels []float32) error {
	// Memory that has to grow is there twice for a moment.
	if n := len(b.pixels) + len(pixels); b.spool == nil && n > cap(b.pixels) && !b.storage.keeps(2*int64(n)) {
		if err := b.spill(); err != nil {
			return err
		}
	}
	b.pixels = append(b.pixels, pixels...)
	if b.spool != nil && len(b.pixels) >= spoolPixels {
		return b.flush()
	}
	return nil
}

// spill moves the image from memory to a temporary file.
func (b *Builder) spill() error {
	if b.spool != nil {
		return nil
	}
	var err error
	if b.spool, err = newSpool(b.storage, b.columns); err != nil {
		return err
	}
	if err := b.flush(); err != nil {
		return err
	}
	b.pixels = make([]float32, 0, spoolPixels+b.columns)
	return nil
}

// flush writes the rows that are still in memory.
func (b *Builder) flush() error {
	whole := len(b.pixels) / b.columns * b.columns
	if whole == 0 {
		return nil
	}
	err := b.spool.append(b.pixels[:whole])
	b.pixels = b.pixels[:copy(b.pixels, b.pixels[whole:])]
	return err
}

// Log makes a log of the rows, as FromRaw does. The builder must not be used any more, but for Close.
func (b *Builder) Log(depthM []float64, curves func(*Log)) (*Log, error) {
	if b.spool == nil {
		l, err := FromRaw(depthM, b.pixels, b.columns, curves)
		if l != nil {
			l.storage = b.storage
		}
		return l, err
	}
	if err := b.flush(); err != nil {
		return nil, err
	}
	rows := len(depthM)
	if b.spool.rows != rows || len(b.pixels) > 0 {
		return nil, fmt.Errorf("image of %d pixels is not %d rows of %d columns", b.spool.rows*b.columns+len(b.pixels), rows, b.columns)
	}
	l := &Log{DepthM: depthM, Reference: RefUnknown, storage: b.storage, rows: &spooledRows{spool: b.spool, order: make([]int32, rows)}}
	for i := range l.rows.order {
		l.rows.order[i] = int32(i)
	}
	if err := l.arrange(curves); err != nil {
		return nil, err
	}
	b.owned = true
	return l, nil
}

// Close removes the temporary file, unless a log has it.
func (b *Builder) Close() error {
	if b.spool == nil || b.owned {
		return nil
	}
	b.owned = true
	return b.spool.close()
}
