package review

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/picks"
)

// ErrNothing: there is nothing to undo or to redo.
var ErrNothing = errors.New("nothing to undo or redo")

// change is one step of undo.
type change struct{ before, after Item }

// Session is a review of one table. It is safe for concurrent use.
type Session struct {
	mu      sync.Mutex
	table   *picks.Table // as read
	items   []Item
	doubt   []float64 // of each item, see Doubt
	wall    *Wall
	journal *Journal // nil where nothing is changed
	seq     int      // changes made, undone ones and undoings among them

	done, undone []change // the last one last
}

// Step is the outcome of a change.
type Step struct {
	Seq        int // of the journal after it
	Item       Item
	Undo, Redo bool // whether there is more to undo or to redo
}

// NewSession starts a review of a table, or goes on with one whose changes are given. doubt says how doubtful a pick is, the smaller the
// more; see Doubt. journal takes the changes to come; where it is nil, there can be none. wall measures what people draw.
func NewSession(table *picks.Table, wall *Wall, journal *Journal, entries []Entry, doubt func(p *picks.Pick) float64) (*Session, error) {
	s := &Session{table: table, wall: wall, journal: journal}
	for i, p := range table.Picks {
		s.items = append(s.items, newItem(i, p))
		s.doubt = append(s.doubt, doubt(&p))
	}
	for i := range entries {
		if _, err := s.apply(&entries[i]); err != nil {
			return nil, fmt.Errorf("journal, change %d: %w", entries[i].Seq, err)
		}
	}
	return s, nil
}

// Doubt is the order of work: how far a pick's confidence is from the threshold of its class. Picks at the threshold are as likely right
// as wrong.
func Doubt(thresholdOf func(dip.Class) float64) func(p *picks.Pick) float64 {
	return func(p *picks.Pick) float64 { return math.Abs(p.Confidence - thresholdOf(p.Class)) }
}

func hash(contents []byte) string {
	sum := sha256.Sum256(contents)
	return hex.EncodeToString(sum[:])
}

// Items are all items as they stand, in the order of their numbers, with their doubts (NaN: drawn by a person), and the number of the last
// change.
func (s *Session) Items() (items []Item, doubt []float64, last Step) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.items), slices.Clone(s.doubt), s.step(Item{})
}

// Seq is the number of the last change.
func (s *Session) Seq() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seq
}

// Counts of a review.
type Counts struct{ Open, Accepted, Rejected, Added int }

// Counts counts the items; added ones are also among the accepted.
func (s *Session) Counts() (c Counts) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.counts()
}

func (s *Session) counts() (c Counts) {
	for i := range s.items {
		switch s.items[i].Decision {
		case Open:
			c.Open++
		case Accepted:
			c.Accepted++
			if s.items[i].Added {
				c.Added++
			}
		case Rejected:
			c.Rejected++
		}
	}
	return c
}

// Table is the reviewed table: without what was rejected, with flags that say who decided; with open items, too, where keepOpen is set.
func (s *Session) Table(keepOpen bool) *picks.Table {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := &picks.Table{Header: s.table.Header}
	for _, line := range s.table.QC {
		if !isReviewLine(line) {
			out.QC = append(out.QC, line)
		}
	}
	out.QC = append(out.QC, reviewLine(s.counts()))
	for i := range s.items {
		if it := &s.items[i]; it.Decision == Accepted || it.Decision == Open && keepOpen {
			out.Picks = append(out.Picks, it.flagged())
		}
	}
	picks.Sort(out.Picks)
	return out
}

// Decide accepts, rejects or reopens an item.
func (s *Session) Decide(id int, d Decision) (Step, error) {
	op, ok := map[Decision]Op{Accepted: OpAccept, Rejected: OpReject, Open: OpReopen}[d]
	if !ok {
		return Step{}, refusedf("nobody can decide %q", d)
	}
	return s.change(op, id, func(it *Item) error { it.Decision = d; return nil })
}

// Reclass gives an item a class, and accepts it. The confidence of a model's pick is that of the model's class; of another it is 1.
func (s *Session) Reclass(id int, class dip.Class) (Step, error) {
	return s.change(OpClass, id, func(it *Item) error {
		if !class.Valid() {
			return refusedf("class %d does not exist", int(class))
		}
		it.Pick.Class, it.Decision = class, Accepted
		if id >= len(s.table.Picks) {
			return nil // drawn by a person, who is free to change it
		}
		read := newItem(id, s.table.Picks[id])
		it.Reclassed = read.Reclassed || class != read.Pick.Class
		if !it.Moved {
			it.Pick.Confidence = read.Pick.Confidence
			if it.Reclassed {
				it.Pick.Confidence = 1
			}
		}
		return nil
	})
}

// Move gives an item another sinusoid, and accepts it.
func (s *Session) Move(id int, c dip.Curve) (Step, error) {
	return s.change(OpMove, id, func(it *Item) error { return it.redraw(s.wall.Measure(it.Pick.Class, c)) })
}

// sameM is the mean distance of two curves below which they are one: a tenth of the finest row, and more than files round away.
const sameM = 2.5e-4

// Snap moves an item to the trace in the image, and accepts it. One that lies there already keeps its numbers.
func (s *Session) Snap(id int) (Step, error) {
	return s.change(OpSnap, id, func(it *Item) error {
		from := it.Pick.Trace()
		p, err := s.wall.Snap(it.Pick.Class, from)
		if err == nil && dip.CurveDistanceM(p.Trace(), from) < sameM {
			it.Decision = Accepted
			return nil
		}
		return it.redraw(p, err)
	})
}

func (it *Item) redraw(p picks.Pick, err error) error {
	if err == nil {
		it.Pick, it.Decision, it.Moved = p, Accepted, !it.Added
	}
	return err
}

// Add adds the sinusoid through points; see Fit.
func (s *Session) Add(class dip.Class, points []Point) (Step, error) {
	c, err := Fit(points)
	if err != nil {
		return Step{}, refusedf("%v: spread three points or more round the hole", err)
	}
	p, err := s.wall.Measure(class, c)
	if err != nil {
		return Step{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.record(OpAdd, &Item{ID: len(s.items), Decision: Accepted, Added: true, Pick: p})
}

// Undo takes back the last change that was not taken back yet. It fails with ErrNothing where there is none.
func (s *Session) Undo() (Step, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.done) == 0 {
		return Step{}, ErrNothing
	}
	return s.record(OpUndo, nil)
}

// Redo makes the change again that was taken back last. It fails with ErrNothing where there is none.
func (s *Session) Redo() (Step, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.undone) == 0 {
		return Step{}, ErrNothing
	}
	return s.record(OpRedo, nil)
}

// change edits an item.
func (s *Session) change(op Op, id int, edit func(it *Item) error) (Step, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if id < 0 || id >= len(s.items) || s.items[id].Decision == Absent {
		return Step{}, refusedf("there is no pick %d", id)
	}
	it := s.items[id]
	if err := edit(&it); err != nil {
		return Step{}, err
	}
	return s.record(op, &it)
}

// record writes a change to the journal, then makes it.
func (s *Session) record(op Op, it *Item) (Step, error) {
	if s.journal == nil {
		return Step{}, errors.New("this review has no journal")
	}
	e := Entry{Seq: s.seq + 1, Time: time.Now().UTC().Truncate(time.Millisecond), Op: op, Item: it}
	if err := s.journal.Append(e); err != nil {
		return Step{}, err
	}
	return s.apply(&e)
}

// apply makes a change that stands in the journal.
func (s *Session) apply(e *Entry) (Step, error) {
	var now Item
	switch e.Op {
	case OpUndo:
		if len(s.done) == 0 {
			return Step{}, ErrNothing
		}
		c := s.done[len(s.done)-1]
		s.done, s.undone = s.done[:len(s.done)-1], append(s.undone, c)
		now = c.before
	case OpRedo:
		if len(s.undone) == 0 {
			return Step{}, ErrNothing
		}
		c := s.undone[len(s.undone)-1]
		s.done, s.undone = append(s.done, c), s.undone[:len(s.undone)-1]
		now = c.after
	default:
		now = *e.Item
		switch {
		case e.Op == OpAdd && now.ID == len(s.items):
			before := now
			before.Decision = Absent
			s.items, s.doubt = append(s.items, before), append(s.doubt, math.NaN())
		case e.Op == OpAdd || now.ID < 0 || now.ID >= len(s.items):
			return Step{}, fmt.Errorf("pick %d does not fit %d picks", now.ID, len(s.items))
		}
		s.done, s.undone = append(s.done, change{s.items[now.ID], now}), nil
	}
	s.items[now.ID] = now
	s.seq = e.Seq
	return s.step(now), nil
}

func (s *Session) step(it Item) Step { return Step{s.seq, it, len(s.done) > 0, len(s.undone) > 0} }
