package synth

import (
	"fmt"
	"math"
	"math/rand/v2"
	"sort"
)

// Tool is a kind of imager.
type Tool int

// Tools.
const (
	EightPads  Tool = iota // eight pads evenly round the hole (FMI-like)
	PadFlap                // four arms, each a pad with a flap beside it (FMI)
	SixArm                 // six-arm pad tool (CMI, EMI, STAR)
	LWD                    // sensors that turn with the drill string: no gaps, 56-120 coarse sectors
	Televiewer             // acoustic or optical scanner: no gaps
	FourPads               // four narrow pads (FMS)
)

// String names the tool.
func (t Tool) String() string {
	if t < 0 || int(t) >= len(toolLayouts) {
		return fmt.Sprintf("Tool(%d)", int(t))
	}
	return toolLayouts[t].name
}

// layout is the arrangement of a tool's pads. No pads: the tool sees all round.
type layout struct {
	name    string
	arms    int
	perArm  int     // pads side by side on an arm
	widthIn float64 // width of wall that all pads see together: 80 % of an 8 in hole for FMI
	gapIn   float64 // between the pads of an arm
}

var toolLayouts = [...]layout{
	EightPads:  {"eight-pads", 8, 1, 20.1, 0},
	PadFlap:    {"pad-flap", 4, 2, 19.5, 0.25},
	SixArm:     {"six-arm", 6, 1, 15, 0},
	LWD:        {name: "lwd"},
	Televiewer: {name: "televiewer"},
	FourPads:   {"four-pads", 4, 1, 10.7, 0},
}

// lookupCells is the resolution of the tool frame in azimuth.
const lookupCells = 1440

// maxPadCover keeps pads from overlapping in slim holes.
const maxPadCover = 0.93

// sensor is one button (or sector): what it does to the latent image.
type sensor struct {
	gain, offset float64
	shiftM       float64 // its readings come from this much deeper
	pad          int16
	noise        float64 // its noise over that of the others
	dead         bool
}

// tool is a drawn tool on its way up the hole.
type tool struct {
	kind     Tool
	lookup   [lookupCells]int16 // sensor under each cell of the tool frame, -1 in gaps
	sensors  []sensor
	turn0    float64 // azimuth of pad 1 at depth 0, turns
	perM     float64 // turns per metre
	sway     harmonic
	dropouts []dropout
	maxShift float64 // largest shiftM
	halfPad  float64 // half the width of a pad, turns
}

// dropout is a stretch where a pad has no contact.
type dropout struct {
	pad int16
	Interval
}

// drawTool draws a tool of a kind for a hole.
func drawTool(rng *rand.Rand, p *Params, kind Tool, diameterIn float64, top, base float64) *tool {
	t := &tool{kind: kind}
	l := toolLayouts[kind]
	pads := l.arms * l.perArm
	if pads == 0 {
		t.layAround(rng, p)
	} else {
		if p.PadCover.Max > 0 {
			l.widthIn *= p.PadCover.uniform(rng)
		}
		t.layPads(rng, p, l, diameterIn)
		t.turn0 = rng.Float64()
		t.perM = p.TurnsPer10M.uniform(rng) / 10
		if rng.Float64() < 0.5 {
			t.perM = -t.perM
		}
		t.sway = harmonic{2 * math.Pi / Range{3, 15}.logUniform(rng), 0.03 * rng.Float64(), 2 * math.Pi * rng.Float64()}
		if rng.Float64() < p.DropoutProb {
			for z := top + 5*rng.ExpFloat64(); z < base; z += 0.2 + 5*rng.ExpFloat64() {
				t.dropouts = append(t.dropouts, dropout{int16(rng.IntN(pads)), Interval{z, z + Range{0.1, 1.2}.logUniform(rng)}})
			}
		}
	}
	if rng.Float64() < p.DeadButtonProb {
		for range 1 + rng.IntN(3) {
			i := rng.IntN(len(t.sensors))
			t.sensors[i].dead, t.sensors[i].offset = true, rng.NormFloat64()
		}
	}
	if share := p.Trouble.NoisyButtons.draw(rng); share > 0 {
		for range 1 + int(share*float64(len(t.sensors))) {
			t.sensors[rng.IntN(len(t.sensors))].noise = Range{3, 8}.uniform(rng)
		}
	}
	return t
}

// layPads fills the tool frame with pads of 24 buttons.
func (t *tool) layPads(rng *rand.Rand, p *Params, l layout, diameterIn float64) {
	for i := range t.lookup {
		t.lookup[i] = -1
	}
	pads := l.arms * l.perArm
	buttons := 192 / pads
	padTurn := min(l.widthIn/(math.Pi*diameterIn), maxPadCover) / float64(pads)
	t.halfPad = padTurn / 2
	gapTurn := min(l.gapIn/(math.Pi*diameterIn), (1/float64(l.arms)-padTurn*float64(l.perArm))/2)
	gainSD, offsetSD, shiftSD := p.PadGainSD.uniform(rng), p.PadOffsetSD.uniform(rng), p.PadShiftM.uniform(rng)
	if v := p.Trouble.ShiftM.draw(rng); v > 0 {
		shiftSD = v
	}
	buttonGain, buttonOffset := p.ButtonGainSD.uniform(rng), p.ButtonOffsetSD.uniform(rng)
	for pad := range pads {
		start := float64(pad/l.perArm)/float64(l.arms) + float64(pad%l.perArm)*(padTurn+gapTurn)
		gain, offset := 1+gainSD*rng.NormFloat64(), offsetSD*rng.NormFloat64()
		shift := max(-3, min(3, rng.NormFloat64())) * shiftSD
		t.maxShift = max(t.maxShift, math.Abs(shift))
		for range buttons {
			t.sensors = append(t.sensors, sensor{
				gain:   max(0.3, gain+buttonGain*rng.NormFloat64()),
				offset: offset + buttonOffset*rng.NormFloat64(),
				shiftM: shift, pad: int16(pad), noise: 1,
			})
		}
		for i := int(math.Ceil(start * lookupCells)); float64(i) < (start+padTurn)*lookupCells; i++ {
			button := int((float64(i)/lookupCells - start) / padTurn * float64(buttons))
			t.lookup[i%lookupCells] = int16(pad*buttons + min(button, buttons-1))
		}
	}
}

// layAround fills the tool frame with sectors of a tool that sees all round.
func (t *tool) layAround(rng *rand.Rand, p *Params) {
	sectors := 56 + rng.IntN(65)
	if t.kind == Televiewer {
		sectors = 180
		if p.Sectors.Max > 0 {
			sectors = max(16, int(p.Sectors.logUniform(rng)))
		}
	}
	gain, offset := p.ButtonGainSD.uniform(rng), p.ButtonOffsetSD.uniform(rng)
	for range sectors {
		t.sensors = append(t.sensors, sensor{gain: max(0.3, 1+gain*rng.NormFloat64()), offset: offset * rng.NormFloat64(), pad: -1, noise: 1})
	}
	for i := range t.lookup {
		t.lookup[i] = int16(i * sectors / lookupCells)
	}
}

// aroundHole tells whether the tool has no gaps.
func (t *tool) aroundHole() bool { return toolLayouts[t.kind].arms == 0 }

// padOneTurn is the azimuth of the tool frame's zero (the start of pad 1) at a recorded depth, turns.
func (t *tool) padOneTurn(zM float64) float64 {
	if t.aroundHole() {
		return 0
	}
	return t.turn0 + t.perM*zM + t.sway.ampM*math.Cos(t.sway.periods*zM+t.sway.phase)
}

// under is the index of the sensor that saw an azimuth (turns), -1 where none did. down lists the pads without contact.
func (t *tool) under(turn, padOne float64, down uint16) int {
	x := turn - padOne
	i := t.lookup[min(lookupCells-1, int((x-math.Floor(x))*lookupCells))]
	if i >= 0 && down != 0 && down>>uint(t.sensors[i].pad)&1 != 0 {
		return -1
	}
	return int(i)
}

// padsDown is the set of pads without contact at a recorded depth.
func (t *tool) padsDown(zM float64) (down uint16) {
	// Dropouts start in ascending order and last at most 1.2 m, so only the few that start just above can reach here.
	i := sort.Search(len(t.dropouts), func(i int) bool { return t.dropouts[i].TopM > zM })
	for i--; i >= 0 && t.dropouts[i].TopM > zM-1.3; i-- {
		if zM < t.dropouts[i].BaseM {
			down |= 1 << uint(t.dropouts[i].pad)
		}
	}
	return down
}

// motion is stick-slip: a row recorded at z was measured at z + error(z). During a stick the tool falls behind, then catches up.
type motion struct {
	events []stick
	maxM   float64
}

// stick is one event: the tool loses dropM over the first part of it and wins it back over the second.
type stick struct {
	Interval
	turnM float64 // depth of the largest error
	dropM float64
}

// drawMotion draws stick-slip events, about one in 1.5 m.
func drawMotion(rng *rand.Rand, maxErrorM, top, base float64) *motion {
	m := &motion{}
	if maxErrorM <= 0 {
		return m
	}
	for z := top + 1.5*rng.ExpFloat64(); z < base; {
		drop := maxErrorM * rng.Float64()
		stuck := drop * Range{1.05, 4}.logUniform(rng) // longer than drop: recorded depth never runs backward
		length := stuck + drop*Range{1, 8}.uniform(rng)
		m.events = append(m.events, stick{Interval{z, z + length}, z + stuck, drop})
		m.maxM = max(m.maxM, drop)
		z += length + 1.5*rng.ExpFloat64()
	}
	return m
}

// error is where a row was measured relative to its recorded depth, metres, at most 0.
func (m *motion) error(zM float64) float64 {
	i := sort.Search(len(m.events), func(i int) bool { return m.events[i].BaseM > zM })
	if i == len(m.events) || zM <= m.events[i].TopM {
		return 0
	}
	e := m.events[i]
	if zM < e.turnM {
		return -e.dropM * (zM - e.TopM) / (e.turnM - e.TopM)
	}
	return -e.dropM * (e.BaseM - zM) / (e.BaseM - e.turnM)
}

// recorded inverts z + error(z): the recorded depth of a true depth.
func (m *motion) recorded(trueM float64) float64 {
	if m.maxM == 0 {
		return trueM
	}
	lo, hi := trueM, trueM+m.maxM // error is in [-maxM, 0]
	for range 40 {
		mid := (lo + hi) / 2
		if mid+m.error(mid) < trueM {
			lo = mid
		} else {
			hi = mid
		}
	}
	return (lo + hi) / 2
}
