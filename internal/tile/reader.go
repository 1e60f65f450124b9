package tile

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"gorgonia.org/tensor"
)

// Reader reads the tiles of a store in any order. It keeps no tile in memory and may be used by several goroutines.
type Reader struct {
	dir      string
	manifest *Manifest
	buffers  sync.Pool // of *[]byte, one tile each
}

// Open opens the store in dir and checks that every shard has the size and shape that the manifest says. A folder without a
// readable manifest is ErrNotStore.
func Open(dir string) (*Reader, error) {
	m, err := readManifest(dir)
	if err != nil {
		return nil, err
	}
	for _, s := range m.Shards {
		if err := checkShard(filepath.Join(dir, s.File), s.Tiles, m.Options); err != nil {
			return nil, fmt.Errorf("tile store %s: %w: copy the store again or cut the tiles again", dir, err)
		}
	}
	r := &Reader{dir: dir, manifest: m}
	size := 4 * m.Options.Size()
	r.buffers.New = func() any { b := make([]byte, size); return &b }
	return r, nil
}

// checkShard compares a shard's length and header with what they must be.
func checkShard(path string, tiles int, opt Options) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	// Divided, not multiplied: the number of tiles comes from a file.
	if body := info.Size() - npyHeaderLen; body != int64(tiles)*int64(opt.Size())*4 || body/int64(opt.Size())/4 != int64(tiles) {
		return fmt.Errorf("shard %s: %d bytes do not hold %d tiles", path, info.Size(), tiles)
	}
	header := make([]byte, npyHeaderLen)
	if _, err := io.ReadFull(f, header); err != nil {
		return fmt.Errorf("shard %s: header: %w", path, err)
	}
	if !bytes.Equal(header, npyHeader(tiles, opt)) {
		return fmt.Errorf("shard %s: header does not say %d tiles of %d x %d x %d float32", path, tiles, opt.Rows, opt.Columns, opt.Channels())
	}
	return nil
}

// Manifest is the store's description; it must not be changed.
func (r *Reader) Manifest() *Manifest { return r.manifest }

// Len counts the tiles.
func (r *Reader) Len() int { return len(r.manifest.Tiles) }

// Indices lists the tiles of a split, ascending.
func (r *Reader) Indices(split string) []int {
	var out []int
	for i, t := range r.manifest.Tiles {
		if t.Split == split {
			out = append(out, i)
		}
	}
	return out
}

// Read reads tile i into x, Options.Size() values, and returns a copy of its labels.
func (r *Reader) Read(i int, x []float32) ([]Label, error) {
	opt := r.manifest.Options
	if i < 0 || i >= r.Len() {
		return nil, fmt.Errorf("tile store %s: tile %d of %d", r.dir, i, r.Len())
	}
	if len(x) != opt.Size() {
		return nil, fmt.Errorf("tile buffer of %d values: want %d", len(x), opt.Size())
	}
	t := r.manifest.Tiles[i]
	path := filepath.Join(r.dir, r.manifest.Shards[t.Shard].File)
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("tile %d: %w", i, err)
	}
	defer f.Close()
	buf := r.buffers.Get().(*[]byte)
	defer r.buffers.Put(buf)
	if _, err := f.ReadAt(*buf, npyOffset(t.Index, opt)); err != nil {
		return nil, fmt.Errorf("tile %d: %s: %w", i, path, err)
	}
	for k := range x {
		v := math.Float32frombits(binary.LittleEndian.Uint32((*buf)[4*k:]))
		if v-v != 0 { // NaN or infinite
			return nil, fmt.Errorf("tile %d: %s: value %d is %g: the shard is damaged, cut the tiles again", i, path, k, v)
		}
		x[k] = v
	}
	return slices.Clone(t.Labels), nil
}

// Sample reads tile i into a new Sample.
func (r *Reader) Sample(i int) (*Sample, error) {
	opt := r.manifest.Options
	x := make([]float32, opt.Size())
	labels, err := r.Read(i, x)
	if err != nil {
		return nil, err
	}
	t := r.manifest.Tiles[i]
	return &Sample{
		X:      tensor.New(tensor.WithShape(opt.Rows, opt.Columns, opt.Channels()), tensor.WithBacking(x)),
		Labels: labels, Well: t.Well, TopM: t.TopM,
	}, nil
}
