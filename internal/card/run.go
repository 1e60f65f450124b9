package card

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/geobfdt/geobfdt/internal/train"
)

// Run is how a training went, as its metrics.jsonl tells.
type Run struct {
	Samples     int64        `json:"samples"` // seen in all
	Seconds     float64      `json:"seconds"` // over all sittings
	Loss        float64      `json:"loss"`    // of the last line: mean over the steps before it
	Evaluations []Evaluation `json:"evaluations"`
}

// Evaluation is one look at the held-out tiles.
type Evaluation struct {
	Samples int64        `json:"samples"` // seen until then
	Scores  train.Scores `json:"scores"`
	Score   float64      `json:"score"` // mean F1 of the classes: the best decides which state is kept
}

// ErrNoRun: a folder holds no finished training.
var ErrNoRun = errors.New("no run of geobfdt train")

// maxLineBytes bounds a line of metrics.jsonl; its own lines have some 300 bytes.
const maxLineBytes = 1 << 20

// ReadRun reads the metrics of a run folder.
func ReadRun(dir string) (*Run, error) {
	path := filepath.Join(dir, train.MetricsName)
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%s: %w: it has no %s", dir, ErrNoRun, train.MetricsName)
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r := &Run{}
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, maxLineBytes)
	n := 0
	for lines.Scan() {
		n++
		var l struct {
			Samples int64         `json:"samples"`
			Seconds float64       `json:"seconds"`
			Loss    float64       `json:"loss"`
			Eval    *train.Scores `json:"eval"`
			Score   float64       `json:"score"`
		}
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
			return nil, fmt.Errorf("%s: line %d: %w", path, n, err)
		}
		r.Samples, r.Seconds = max(r.Samples, l.Samples), max(r.Seconds, l.Seconds)
		if l.Eval != nil {
			r.Evaluations = append(r.Evaluations, Evaluation{l.Samples, *l.Eval, l.Score})
		} else {
			r.Loss = l.Loss
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%s: line %d: %w", path, n+1, err)
	}
	if n == 0 {
		return nil, fmt.Errorf("%s: %w: %s is empty", dir, ErrNoRun, train.MetricsName)
	}
	return r, nil
}

// best is the evaluation whose state was kept: the last of the highest score. -1: none.
func (r *Run) best() int {
	at := -1
	for i, e := range r.Evaluations {
		if at < 0 || e.Score >= r.Evaluations[at].Score {
			at = i
		}
	}
	return at
}

// maxShown is how many evaluations a card lists.
const maxShown = 20

// shown are the places of the evaluations that a card lists: evenly spread, with the best and the last among them.
func (r *Run) shown() []int {
	n := len(r.Evaluations)
	var out []int
	for i := range n {
		if n <= maxShown || i%((n+maxShown-1)/maxShown) == 0 || i == n-1 || i == r.best() {
			out = append(out, i)
		}
	}
	return slices.Compact(out)
}
