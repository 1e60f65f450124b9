package ablate

import (
	"sync"

	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/picks"
)

// keptWells bounds the images that a run keeps in memory, bytes: some twenty wells of 60 m at 2.54 mm and 192 columns.
const keptWells = 512 << 20

// wellCache keeps the first wells that a run has loaded: every cell picks the same ones. What is beyond its room is loaded anew each time:
// cells go through all wells in turn, so dropping an old one for a new one would only drop what is needed next.
type wellCache struct {
	mu   sync.Mutex
	room int64 // bytes left
	by   map[string]*loadedWell
}

// loadedWell is one of them; its lock lets one cell load while others that need the same well wait.
type loadedWell struct {
	mu    sync.Mutex
	log   *imagelog.Log // nil: not kept
	truth []picks.Pick
}

func newWellCache(bytes int64) *wellCache {
	return &wellCache{room: bytes, by: map[string]*loadedWell{}}
}

// load is well.load for many cells. They share what it returns, and must not change it.
func (c *wellCache) load(w well) (*imagelog.Log, []picks.Pick, error) {
	c.mu.Lock()
	one := c.by[w.name]
	if one == nil {
		one = new(loadedWell)
		c.by[w.name] = one
	}
	c.mu.Unlock()
	one.mu.Lock()
	defer one.mu.Unlock()
	if one.log != nil {
		return one.log, one.truth, nil
	}
	log, truth, err := w.load()
	if err == nil && log.InMemory() && c.take(5*int64(log.Rows())*int64(log.Columns())) { // a float32 and a bool each
		one.log, one.truth = log, truth
	}
	return log, truth, err
}

// take takes room; false where there is not so much left.
func (c *wellCache) take(bytes int64) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if bytes > c.room {
		return false
	}
	c.room -= bytes
	return true
}
