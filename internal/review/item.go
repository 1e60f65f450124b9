package review

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/picks"
)

// Flags of a reviewed table. Every pick carries one of the first two, which say who decided that it is one; a pick of a person's also
// what that person did besides accepting it.
const (
	FlagHuman     = "decided_human"
	FlagModel     = "decided_model"
	FlagMoved     = "human_moved"     // its sinusoid was changed
	FlagReclassed = "human_reclassed" // its class was changed
	FlagAdded     = "human_added"     // drawn by a person
)

var reviewFlags = []string{FlagHuman, FlagModel, FlagMoved, FlagReclassed, FlagAdded}

// Decision on an item.
type Decision string

// Decisions.
const (
	Open     Decision = "open"     // nobody has looked at it yet
	Accepted Decision = "accepted" // by a person
	Rejected Decision = "rejected" // by a person: it is no sinusoid
	Absent   Decision = "absent"   // added, and the adding undone
)

// Item is a pick under review.
type Item struct {
	ID                      int // place in the session, from 0; it never changes
	Decision                Decision
	Moved, Reclassed, Added bool
	Pick                    picks.Pick // as it stands now
}

// newItem is a pick as a table brings it. One of an earlier review stays decided.
func newItem(id int, p picks.Pick) Item {
	it := Item{ID: id, Decision: Open, Pick: p, Moved: p.HasFlag(FlagMoved), Reclassed: p.HasFlag(FlagReclassed), Added: p.HasFlag(FlagAdded)}
	if p.HasFlag(FlagHuman) {
		it.Decision = Accepted
	}
	it.Pick.Flags = withoutReviewFlags(p.Flags)
	return it
}

func withoutReviewFlags(flags []string) []string {
	return slices.DeleteFunc(slices.Clone(flags), func(f string) bool { return slices.Contains(reviewFlags, f) })
}

// flagged is the item's pick with the flags of a reviewed table.
func (it *Item) flagged() picks.Pick {
	p := it.Pick
	p.Flags = slices.Clone(p.Flags)
	for _, f := range []struct {
		on   bool
		name string
	}{
		{it.Decision == Accepted, FlagHuman},
		{it.Decision == Open, FlagModel},
		{it.Moved, FlagMoved},
		{it.Reclassed, FlagReclassed},
		{it.Added, FlagAdded},
	} {
		if f.on {
			p.Flags = append(p.Flags, f.name)
		}
	}
	return p
}

// itemJSON is an item in the journal and on the page. The keys of a pick are the columns of a picks file.
type itemJSON struct {
	ID        int       `json:"id"`
	Decision  Decision  `json:"decision"`
	Moved     bool      `json:"moved,omitempty"`
	Reclassed bool      `json:"reclassed,omitempty"`
	Added     bool      `json:"added,omitempty"`
	Class     dip.Class `json:"class"`

	DepthM         number `json:"depth_m"`
	Confidence     number `json:"confidence"`
	DipDeg         number `json:"apparent_dip_deg"`
	AzimuthDeg     number `json:"apparent_azimuth_deg"`
	TrueDipDeg     number `json:"true_dip_deg"`
	TrueAzimuthDeg number `json:"true_azimuth_deg"`
	AmplitudeM     number `json:"amplitude_m"`
	HoleDiameterM  number `json:"hole_diameter_m"`
	Coverage       number `json:"coverage"`
	Quality        string `json:"quality,omitempty"`
	Flags          string `json:"flags,omitempty"` // separated by |
}

const flagSeparator = "|"

// MarshalJSON implements json.Marshaler.
func (it Item) MarshalJSON() ([]byte, error) {
	p := &it.Pick
	return json.Marshal(itemJSON{
		it.ID, it.Decision, it.Moved, it.Reclassed, it.Added, p.Class,
		number(p.DepthM), number(p.Confidence), number(p.DipDeg), number(p.AzimuthDeg), number(p.TrueDipDeg), number(p.TrueAzimuthDeg),
		number(p.AmplitudeM), number(p.HoleDiameterM), number(p.Coverage), p.Quality, strings.Join(p.Flags, flagSeparator),
	})
}

// UnmarshalJSON implements json.Unmarshaler. The item's pick is valid, or there is an error.
func (it *Item) UnmarshalJSON(text []byte) error {
	var v itemJSON
	if err := json.Unmarshal(text, &v); err != nil {
		return err
	}
	switch v.Decision {
	case Open, Accepted, Rejected, Absent:
	default:
		return fmt.Errorf("decision %q does not exist", v.Decision)
	}
	p := picks.New(v.Class, dip.Sinusoid{DepthM: float64(v.DepthM), DipDeg: float64(v.DipDeg), AzimuthDeg: float64(v.AzimuthDeg)})
	p.Confidence, p.TrueDipDeg, p.TrueAzimuthDeg = float64(v.Confidence), float64(v.TrueDipDeg), float64(v.TrueAzimuthDeg)
	p.AmplitudeM, p.HoleDiameterM, p.Coverage = float64(v.AmplitudeM), float64(v.HoleDiameterM), float64(v.Coverage)
	p.Quality = v.Quality
	if v.Flags != "" {
		p.Flags = strings.Split(v.Flags, flagSeparator)
	}
	if err := p.Validate(); err != nil {
		return err
	}
	*it = Item{v.ID, v.Decision, v.Moved, v.Reclassed, v.Added, p}
	return nil
}

// number is null in JSON where it is NaN: unknown.
type number float64

// MarshalJSON implements json.Marshaler.
func (n number) MarshalJSON() ([]byte, error) {
	if math.IsNaN(float64(n)) {
		return []byte("null"), nil
	}
	return json.Marshal(float64(n))
}

// UnmarshalJSON implements json.Unmarshaler.
func (n *number) UnmarshalJSON(text []byte) error {
	if string(text) == "null" {
		*n = number(math.NaN())
		return nil
	}
	return json.Unmarshal(text, (*float64)(n))
}
