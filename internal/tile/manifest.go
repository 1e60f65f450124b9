package tile

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/geobfdt/geobfdt/internal/checkpoint"
	"github.com/geobfdt/geobfdt/internal/dip"
)

// The store's format. Version changes when an older reader would misread a store.
const (
	ManifestName    = "manifest.json"
	manifestFormat  = "geobfdt-tiles"
	manifestVersion = 1
)

// ErrNotStore marks folders that hold no readable tile store.
var ErrNotStore = errors.New("not a tile store")

// Manifest describes a store: how the tiles were cut, from what, and where each one is.
type Manifest struct {
	Format  string            `json:"format"`
	Version int               `json:"version"`
	Options Options           `json:"options"`
	Sources []Source          `json:"sources"`
	Counts  map[string]Counts `json:"counts"` // by split
	Shards  []Shard           `json:"shards"`
	Tiles   []Info            `json:"tiles"`
}

// Source is one log that was cut into tiles.
type Source struct {
	Well         string  `json:"well"`
	LogPath      string  `json:"log,omitempty"`           // as given; empty where the log did not come from a file
	LogSHA256    string  `json:"log_sha256,omitempty"`    // of the file
	LabelsPath   string  `json:"labels,omitempty"`        // as given
	LabelsSHA256 string  `json:"labels_sha256,omitempty"` // of the file
	Reference    string  `json:"azimuth_reference"`
	TopM         float64 `json:"top_m"`
	BaseM        float64 `json:"base_m"`
	Tiles        int     `json:"tiles"`
	Labels       int     `json:"labels_given"`
	Uncut        int     `json:"labels_uncut"` // labels in the remainder below the last full tile, in no tile
}

// Shard is one file of tiles: an NPY array float32 [tiles, rows, columns, channels].
type Shard struct {
	File  string `json:"file"`
	Tiles int    `json:"tiles"`
}

// Info is what the manifest says of one tile.
type Info struct {
	Well   string  `json:"well"`
	Source int     `json:"source"` // index into Manifest.Sources
	TopM   float64 `json:"top_m"`  // measured depths of the tile's edges, metres
	BaseM  float64 `json:"base_m"`
	Shard  int     `json:"shard"` // index into Manifest.Shards
	Index  int     `json:"index"` // of the tile in its shard
	Split  string  `json:"split"` // train | test
	Labels []Label `json:"labels"`
}

// Counts sums up tiles. A tile is positive where it holds the midline of a sinusoid.
type Counts struct {
	Tiles    int `json:"tiles"`
	Positive int `json:"positive"`
	Empty    int `json:"empty"`
	// By class: tiles that hold one of the class, and sinusoids. A sinusoid in the overlap of two tiles counts in both.
	PositiveBedding  int `json:"positive_bedding"`
	PositiveFracture int `json:"positive_fracture"`
	Beddings         int `json:"beddings"`
	Fractures        int `json:"fractures"`
}

// add counts a tile with these labels.
func (c *Counts) add(labels []Label) {
	c.Tiles++
	if len(labels) == 0 {
		c.Empty++
		return
	}
	c.Positive++
	var beds, fractures int
	for _, l := range labels {
		if l.Class == dip.Bedding {
			beds++
		} else {
			fractures++
		}
	}
	c.Beddings += beds
	c.Fractures += fractures
	if beds > 0 {
		c.PositiveBedding++
	}
	if fractures > 0 {
		c.PositiveFracture++
	}
}

// Wells lists the wells with tiles in a split, in the order of the store.
func (m *Manifest) Wells(split string) []string {
	var wells []string
	seen := map[string]bool{}
	for _, t := range m.Tiles {
		if t.Split == split && !seen[t.Well] {
			seen[t.Well] = true
			wells = append(wells, t.Well)
		}
	}
	return wells
}

// countTiles counts the tiles of each split.
func (m *Manifest) countTiles() map[string]Counts {
	train, test := Counts{}, Counts{}
	for _, t := range m.Tiles {
		if t.Split == Test {
			test.add(t.Labels)
		} else {
			train.add(t.Labels)
		}
	}
	return map[string]Counts{Train: train, Test: test}
}

// readManifest reads and checks the manifest of the store in dir. What it returns is consistent in itself; the shards are not
// looked at.
func readManifest(dir string) (*Manifest, error) {
	path := filepath.Join(dir, ManifestName)
	data, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%s: %w: no %s in it; cut tiles with `geobfdt tile`", dir, ErrNotStore, ManifestName)
	}
	if err != nil {
		return nil, err
	}
	m := new(Manifest)
	if err := json.Unmarshal(data, m); err != nil {
		return nil, fmt.Errorf("%s: %w: %w", path, ErrNotStore, err)
	}
	if err := m.check(); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return m, nil
}

// check tells the first thing that makes a manifest unusable.
func (m *Manifest) check() error {
	if m.Format != manifestFormat {
		return fmt.Errorf("%w: format %q, want %q", ErrNotStore, m.Format, manifestFormat)
	}
	if m.Version != manifestVersion {
		return fmt.Errorf("%w: version %d, this program reads %d: cut the tiles again", ErrNotStore, m.Version, manifestVersion)
	}
	if err := m.Options.Validate(); err != nil {
		return fmt.Errorf("%w: %w", ErrNotStore, err)
	}
	for i, s := range m.Shards {
		if s.File != filepath.Base(s.File) || !filepath.IsLocal(s.File) || s.Tiles < 1 {
			return fmt.Errorf("%w: shard %d: file %q with %d tiles: want a file beside the manifest with at least one", ErrNotStore, i, s.File, s.Tiles)
		}
	}
	for i, t := range m.Tiles {
		if t.Shard < 0 || t.Shard >= len(m.Shards) || t.Index < 0 || t.Index >= m.Shards[t.Shard].Tiles {
			return fmt.Errorf("%w: tile %d: no tile %d in shard %d", ErrNotStore, i, t.Index, t.Shard)
		}
		if t.Split != Train && t.Split != Test {
			return fmt.Errorf("%w: tile %d: split %q, want %s or %s", ErrNotStore, i, t.Split, Train, Test)
		}
		for _, l := range t.Labels {
			if !l.finite() || l.Class < 0 || l.Class >= dip.NumClasses || l.D < 0 || l.D >= float64(m.Options.Rows) {
				return fmt.Errorf("%w: tile %d: label %+v is not a sinusoid of the tile", ErrNotStore, i, l)
			}
		}
	}
	return nil
}

// fileSHA256 is the SHA-256 of a file in hex; empty for the path "" or "-".
func fileSHA256(path string) (string, error) {
	if path == "" || path == "-" {
		return "", nil
	}
	return checkpoint.Hash(path)
}
