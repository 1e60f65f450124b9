package review

import (
	"encoding/json"
	"errors"
	"fmt"
	"image/png"
	"math"
	"math/cmplx"
	"net/http"
	"strconv"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/plot"
)

// maxRequest bounds what the page may send.
const maxRequest = 256 << 10

// errStale: the page does not know the last change, which another page has made.
var errStale = errors.New("another page has changed the review: this one was brought up to date, try again")

// reviewJSON is all that the page starts from.
type reviewJSON struct {
	Well      string                  `json:"well"`
	Journal   string                  `json:"journal"`
	Output    string                  `json:"output"`
	Reference string                  `json:"reference"`
	TopM      float64                 `json:"top_m"`
	BaseM     float64                 `json:"base_m"`
	TileRows  int                     `json:"tile_rows"`
	Levels    []level                 `json:"levels"`
	ClassInk  [dip.NumClasses]string  `json:"class_ink"`
	Gap       string                  `json:"gap"`
	Threshold [dip.NumClasses]float64 `json:"threshold"`
	Items     []shownItem             `json:"items"`
	stepJSON
}

// stepJSON is the state of the journal.
type stepJSON struct {
	Seq  int  `json:"seq"`
	Undo bool `json:"undo"`
	Redo bool `json:"redo"`
}

// shownItem is an item with what the page draws.
type shownItem struct {
	Item   Item    `json:"item"`
	TraceM number  `json:"trace_m"`         // amplitude of the curve, known also where the pick's is not
	Doubt  *number `json:"doubt,omitempty"` // only in reviewJSON
}

func shown(it Item) shownItem {
	return shownItem{Item: it, TraceM: number(cmplx.Abs(it.Pick.Trace().Amplitude))}
}

func (s *Server) serveReview(w http.ResponseWriter, _ *http.Request) {
	items, doubt, last := s.Session.Items()
	out := reviewJSON{
		Well: s.Log.Well, Journal: s.Journal, Output: s.Output, Reference: string(s.Log.Reference),
		TopM: s.picture.topM, BaseM: s.picture.topM + s.picture.lengthM, TileRows: tileRows, Levels: s.picture.levels,
		Gap: plot.Hex(s.Palette.Gap), Items: make([]shownItem, len(items)), stepJSON: stepJSON{last.Seq, last.Undo, last.Redo},
	}
	for c := range out.ClassInk {
		out.ClassInk[c], out.Threshold[c] = plot.Hex(s.Palette.Class[c]), s.ThresholdOf(dip.Class(c))
	}
	for i, it := range items {
		out.Items[i] = shown(it)
		d := number(doubt[i])
		out.Items[i].Doubt = &d
	}
	writeJSON(w, http.StatusOK, out)
}

// changeJSON asks for a change. Seq is the last change that the page knows.
type changeJSON struct {
	Seq    int        `json:"seq"`
	Op     Op         `json:"op"`
	ID     int        `json:"id"`
	Class  *dip.Class `json:"class"`  // of class, add
	Curve  *curveJSON `json:"curve"`  // of move
	Points []Point    `json:"points"` // of add
}

type curveJSON struct {
	DepthM     float64 `json:"depth_m"`
	AmplitudeM float64 `json:"amplitude_m"` // 0 or more
	AzimuthDeg float64 `json:"azimuth_deg"`
}

func (s *Server) serveChange(w http.ResponseWriter, r *http.Request) {
	var ask changeJSON
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxRequest))
	d.DisallowUnknownFields()
	if err := d.Decode(&ask); err != nil {
		writeError(w, http.StatusBadRequest, fmt.Errorf("request: %w", err))
		return
	}
	step, err := s.change(ask)
	var refused *RefusedError
	switch {
	case err == nil:
		writeJSON(w, http.StatusOK, struct {
			shownItem
			stepJSON
		}{shown(step.Item), stepJSON{step.Seq, step.Undo, step.Redo}})
	case errors.Is(err, errStale), errors.Is(err, ErrTaken):
		writeError(w, http.StatusConflict, err)
	case errors.As(err, &refused), errors.Is(err, ErrNothing):
		writeError(w, http.StatusUnprocessableEntity, err)
	default:
		writeError(w, http.StatusInternalServerError, err)
	}
}

func (s *Server) change(ask changeJSON) (Step, error) {
	s.changing.Lock()
	defer s.changing.Unlock()
	if ask.Seq != s.Session.Seq() {
		return Step{}, errStale
	}
	switch ask.Op {
	case OpAccept:
		return s.Session.Decide(ask.ID, Accepted)
	case OpReject:
		return s.Session.Decide(ask.ID, Rejected)
	case OpReopen:
		return s.Session.Decide(ask.ID, Open)
	case OpSnap:
		return s.Session.Snap(ask.ID)
	case OpUndo:
		return s.Session.Undo()
	case OpRedo:
		return s.Session.Redo()
	}
	switch {
	case ask.Op == OpMove && ask.Curve != nil:
		c := ask.Curve
		if !(c.AmplitudeM >= 0) || math.IsInf(c.AmplitudeM, 0) {
			return Step{}, refusedf("an amplitude of %g m does not exist", c.AmplitudeM)
		}
		return s.Session.Move(ask.ID, dip.NewCurve(c.DepthM, c.AmplitudeM, c.AzimuthDeg))
	case ask.Op == OpClass && ask.Class != nil:
		return s.Session.Reclass(ask.ID, *ask.Class)
	case ask.Op == OpAdd && ask.Class != nil:
		return s.Session.Add(*ask.Class, ask.Points)
	}
	return Step{}, refusedf("a change %q like this does not exist", ask.Op)
}

func (s *Server) serveSave(w http.ResponseWriter, _ *http.Request) {
	if err := s.save(); err != nil {
		writeError(w, http.StatusInternalServerError, err)
		return
	}
	writeJSON(w, http.StatusOK, s.saved())
}

// serveFinish saves and ends the server once it has answered.
func (s *Server) serveFinish(w http.ResponseWriter, _ *http.Request) {
	if err := s.save(); err != nil {
		writeError(w, http.StatusInternalServerError, err)
		return
	}
	writeJSON(w, http.StatusOK, s.saved())
	s.finished.Do(func() { close(s.finish) })
}

func (s *Server) saved() any {
	c := s.Session.Counts()
	n := c.Accepted
	if s.KeepOpen {
		n += c.Open
	}
	return struct {
		Output string `json:"output"`
		Picks  int    `json:"picks"`
	}{s.Output, n}
}

func (s *Server) serveTile(w http.ResponseWriter, r *http.Request) {
	levelNumber, err1 := strconv.Atoi(r.PathValue("level"))
	number, err2 := strconv.Atoi(r.PathValue("number"))
	c, ok1 := contrasts[r.URL.Query().Get("contrast")]
	colours, ok2 := s.colours[r.URL.Query().Get("colours")]
	if err := errors.Join(err1, err2); err != nil || !ok1 || !ok2 || !s.picture.has(levelNumber, number) {
		http.NotFound(w, r)
		return
	}
	img, err := s.picture.tile(levelNumber, number, c, colours)
	if err != nil {
		writeError(w, http.StatusInternalServerError, err)
		return
	}
	// The image does not change while the token in its address holds.
	w.Header().Set("Cache-Control", "private, max-age=86400, immutable")
	w.Header().Set("Content-Type", "image/png")
	_ = (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(w, img) // likewise
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	text, err := json.Marshal(v)
	if err != nil {
		status, text = http.StatusInternalServerError, []byte(`{"error":"internal"}`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(text)
}

func writeError(w http.ResponseWriter, status int, err error) {
	writeJSON(w, status, struct {
		Error string `json:"error"`
	}{err.Error()})
}
