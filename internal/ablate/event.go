package ablate

import (
	"encoding/json"
	"time"
)

// Stages of a cell, as events name them. An event is at a stage's end.
const (
	StageBegin   = "begin"
	StageTiles   = "tiles" // tiles of wells cut; shared, so only the first cell that needs them does it
	StageTrain   = "train"
	StageMatch   = "match" // queries matched to the truths of test tiles
	StagePick    = "pick"  // one well
	StageScore   = "score"
	StageDone    = "done"
	StageFailed  = "failed"
	StageStopped = "stopped" // by the context: it goes on with the next run
	StageWarning = "warning" // what does not stop the cell
)

// Event is a line of a cell's log.jsonl.
type Event struct {
	Time      time.Time `json:"time"`
	Cell      string    `json:"cell"`
	Stage     string    `json:"stage"`
	Well      string    `json:"well,omitempty"`
	Seconds   float64   `json:"seconds"` // that the stage took; of the whole cell where that ends
	Samples   int64     `json:"samples,omitempty"`
	PerSecond float64   `json:"samples_per_second,omitempty"`
	Threads   int       `json:"threads,omitempty"`
	Picks     int       `json:"picks,omitempty"` // confident enough for the lowest threshold
	Error     string    `json:"error,omitempty"`
}

// event tells the hook and the cell's log.
func (a *attempt) event(e Event) {
	e.Time, e.Cell = time.Now().UTC(), a.cell.Name
	if a.log != nil {
		// A log that cannot be written is no reason to lose a training; a full disk fails the next file that counts.
		_ = json.NewEncoder(a.log).Encode(e)
	}
	if a.Event != nil {
		a.hooks.Lock()
		defer a.hooks.Unlock()
		a.Event(a.cell, e)
	}
}
