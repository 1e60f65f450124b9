package tile

import (
	"bufio"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strconv"

	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/picks"
)

// shardLimit is the size that a shard does not exceed, unless a single tile does.
const shardLimit = 64 << 20

// Writer makes a store. Tiles are written as they are cut, into a temporary folder beside the store that takes the store's name
// when Close succeeds: a store is whole or absent.
type Writer struct {
	dir, tmp string
	manifest Manifest
	perShard int // most tiles of a shard
	file     *os.File
	buf      *bufio.Writer
	x        []float32
	bytes    []byte
}

// NewWriter begins the store dir. The folder must not exist, or be empty: otherwise the error is fs.ErrExist.
func NewWriter(dir string, opt Options) (*Writer, error) {
	if err := opt.Validate(); err != nil {
		return nil, err
	}
	if opt.Split != SplitWell && opt.Split != SplitPatch {
		return nil, fmt.Errorf("tile split %q: must be %s or %s", opt.Split, SplitWell, SplitPatch)
	}
	if !(opt.TestFraction >= 0 && opt.TestFraction < 1) {
		return nil, fmt.Errorf("tile test_fraction %g: must lie in [0, 1)", opt.TestFraction)
	}
	dir = filepath.Clean(dir)
	if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 {
		return nil, fmt.Errorf("tile store %s: %w and is not empty: remove it or choose another folder", dir, fs.ErrExist)
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("tile store: %w", err)
	}
	parent := filepath.Dir(dir)
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return nil, fmt.Errorf("tile store: %w", err)
	}
	tmp, err := os.MkdirTemp(parent, "."+filepath.Base(dir)+".tmp-")
	if err != nil {
		return nil, fmt.Errorf("tile store: %w", err)
	}
	return &Writer{
		dir: dir, tmp: tmp,
		manifest: Manifest{Format: manifestFormat, Version: manifestVersion, Options: opt},
		perShard: max(1, shardLimit/(4*opt.Size())),
		x:        make([]float32, opt.Size()),
		bytes:    make([]byte, 4*opt.Size()),
	}, nil
}

// AddLog cuts a log into tiles. The azimuths of truth refer to the log's columns. logPath and labelsPath are recorded with the
// hashes of the files; empty or "-" where there is none. A label outside the log is a *LabelOutsideError and nothing is written;
// after any other error the writer can only be aborted.
func (w *Writer) AddLog(ctx context.Context, log *imagelog.Log, truth []picks.Pick, logPath, labelsPath string) (Source, error) {
	g, err := NewGrid(log, w.manifest.Options)
	if err != nil {
		return Source{}, err
	}
	if err := g.CheckLabels(truth); err != nil {
		return Source{}, err
	}
	src := Source{
		Well: log.Well, LogPath: logPath, LabelsPath: labelsPath, Reference: string(log.Reference),
		TopM: g.TopM(), BaseM: g.BaseM(), Labels: len(truth),
	}
	if src.LogSHA256, err = fileSHA256(logPath); err != nil {
		return Source{}, fmt.Errorf("well %s: hash log: %w", log.Well, err)
	}
	if src.LabelsSHA256, err = fileSHA256(labelsPath); err != nil {
		return Source{}, fmt.Errorf("well %s: hash labels: %w", log.Well, err)
	}
	starts := g.Starts(g.opt.Overlap)
	for _, start := range starts {
		if err := ctx.Err(); err != nil {
			return Source{}, err
		}
		g.Fill(w.x, start)
		top := float64(start)
		info := Info{
			Well: log.Well, Source: len(w.manifest.Sources),
			TopM: g.DepthM(top), BaseM: g.DepthM(top + float64(g.opt.Rows)),
			Labels: g.Labels(truth, start),
		}
		if info.Labels == nil {
			info.Labels = []Label{} // [] in the manifest, not null
		}
		if err := w.append(info); err != nil {
			return Source{}, fmt.Errorf("tile store %s: %w", w.dir, err)
		}
	}
	src.Tiles = len(starts)
	cutBase := g.DepthM(float64(starts[len(starts)-1] + g.opt.Rows))
	for _, p := range truth {
		if p.DepthM >= cutBase {
			src.Uncut++
		}
	}
	w.manifest.Sources = append(w.manifest.Sources, src)
	return src, nil
}

// append writes the tile in w.x to the current shard.
func (w *Writer) append(info Info) error {
	if n := len(w.manifest.Shards); n == 0 || w.manifest.Shards[n-1].Tiles >= w.perShard {
		if err := w.nextShard(); err != nil {
			return err
		}
	}
	shard := &w.manifest.Shards[len(w.manifest.Shards)-1]
	for i, v := range w.x {
		binary.LittleEndian.PutUint32(w.bytes[4*i:], math.Float32bits(v))
	}
	if _, err := w.buf.Write(w.bytes); err != nil {
		return err
	}
	info.Shard, info.Index = len(w.manifest.Shards)-1, shard.Tiles
	shard.Tiles++
	w.manifest.Tiles = append(w.manifest.Tiles, info)
	return nil
}

// nextShard finishes the current shard and begins another.
func (w *Writer) nextShard() error {
	if err := w.closeShard(); err != nil {
		return err
	}
	name := fmt.Sprintf("tiles-%05d.npy", len(w.manifest.Shards))
	f, err := os.Create(filepath.Join(w.tmp, name))
	if err != nil {
		return err
	}
	w.file, w.buf = f, bufio.NewWriterSize(f, 1<<20)
	w.manifest.Shards = append(w.manifest.Shards, Shard{File: name})
	_, err = w.buf.Write(npyHeader(0, w.manifest.Options))
	return err
}

// closeShard writes the final header of the current shard and closes it.
func (w *Writer) closeShard() error {
	if w.file == nil {
		return nil
	}
	f := w.file
	w.file = nil
	tiles := w.manifest.Shards[len(w.manifest.Shards)-1].Tiles
	err := w.buf.Flush()
	if err == nil {
		_, err = f.WriteAt(npyHeader(tiles, w.manifest.Options), 0)
	}
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// Close splits the tiles, writes the manifest and puts the store in its place. On failure nothing is left behind.
func (w *Writer) Close() (m *Manifest, err error) {
	defer func() {
		if err != nil {
			w.Abort()
			err = fmt.Errorf("tile store %s: %w", w.dir, err)
		}
	}()
	if len(w.manifest.Tiles) == 0 {
		return nil, errors.New("no tiles: add at least one log")
	}
	if err := w.closeShard(); err != nil {
		return nil, err
	}
	w.split()
	data, err := json.MarshalIndent(&w.manifest, "", " ")
	if err != nil {
		return nil, err
	}
	if err := writeSynced(filepath.Join(w.tmp, ManifestName), append(data, '\n')); err != nil {
		return nil, err
	}
	if err := os.Chmod(w.tmp, 0o755); err != nil { // MkdirTemp makes private folders
		return nil, err
	}
	if err := os.Remove(w.dir); err != nil && !errors.Is(err, fs.ErrNotExist) { // an empty folder only
		return nil, err
	}
	if err := os.Rename(w.tmp, w.dir); err != nil {
		return nil, err
	}
	return &w.manifest, nil
}

// Abort removes what was written. After Close it does nothing.
func (w *Writer) Abort() {
	if w.file != nil {
		w.file.Close()
		w.file = nil
	}
	os.RemoveAll(w.tmp)
}

// split assigns every tile to training or test, by well or by tile.
func (w *Writer) split() {
	m := &w.manifest
	key := func(t Info) string { return wellKey(t.Well) }
	if m.Options.Split == SplitPatch {
		key = func(t Info) string {
			return wellKey(t.Well) + "\x00" + strconv.Itoa(t.Source) + "\x00" + strconv.FormatFloat(t.TopM, 'f', 4, 64)
		}
	}
	keys := make([]string, len(m.Tiles))
	for i, t := range m.Tiles {
		keys[i] = key(t)
	}
	test := pickTest(keys, m.Options.TestFraction, m.Options.Seed)
	for i := range m.Tiles {
		m.Tiles[i].Split = Train
		if test[keys[i]] {
			m.Tiles[i].Split = Test
		}
	}
	m.Counts = m.countTiles()
}

// writeSynced writes a file and waits until it is on disk.
func writeSynced(path string, data []byte) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}
