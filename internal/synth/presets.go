package synth

import (
	"fmt"
	"strings"

	"github.com/geobfdt/geobfdt/internal/imagelog"
)

// Preset is a named kind of well.
type Preset struct {
	Name        string
	Description string
	LengthM     float64
	RowM        float64 // sampling that the tool would have
	Columns     int
	Params      Params
}

// Presets lists the named wells and training worlds. Every call returns fresh values.
func Presets() []Preset {
	return []Preset{
		firstWell(),
		vertical(),
		variant("pad-flap", "vertical, FMI: four pad and flap pairs", func(p *Params) { p.Tools = []Tool{PadFlap}; p.DiameterIn = fixed(8.5) }),
		variant("six-arm", "vertical, six-arm tool, 60 % coverage", func(p *Params) { p.Tools = []Tool{SixArm} }),
		variant("deviated", "40 degrees from vertical, 8 pads", func(p *Params) { p.VerticalProb, p.DeviationDeg = 0, fixed(40) }),
		variant("noisy", "8 pads, strong noise, stripes, dropouts and stick-slip", noisy),
		variant("dense", "90 beds in 20 m, with laminae", func(p *Params) {
			p.Counts = &Counts{Beds: 90, Fractures: 6}
			p.LaminaeSD, p.ContactWidthM, p.BedContrast = fixed(0.25), Range{0.002, 0.008}, Range{0.6, 1.6}
		}),
		variant("crossing", "40 crossing fractures in 20 m, few beds", func(p *Params) {
			p.Counts = &Counts{Beds: 10, Fractures: 40}
			p.FractureSets, p.FractureDipDeg = 3, Range{35, 75}
		}),
		highAngle(),
		lwd(),
		lwdDense(),
		lwdThin(),
		lwdBlurred(),
		variant("slim", "6 in hole, 8 pads: nearly full coverage", func(p *Params) { p.DiameterIn = fixed(6) }),
		variant("wide", "12.25 in hole, four pad and flap pairs: half of the wall", func(p *Params) {
			p.DiameterIn, p.Tools = fixed(12.25), []Tool{PadFlap}
		}),
		variant("televiewer", "vertical, full cover, fractures", func(p *Params) {
			p.Tools = []Tool{Televiewer}
			p.FracturesPerM, p.TextureSD, p.ButtonOffsetSD = fixed(1.5), fixed(0.2), fixed(0.12)
		}),
		variant("empty", "no sinusoid at all: laminae, texture, vugs, induced fractures", func(p *Params) {
			p.EmptyProb, p.InducedProb, p.BreakoutProb, p.VugsPerM = 1, 1, 0.5, fixed(3)
		}),
		jointed(),
		messy(),
		field(),
		{"train", "training world: vertical and moderately deviated wells of all tools", 20, 0.005, 96, train()},
		{"train-plain", "training world: vertical and moderately deviated wells of five tools, without the trouble of real logs", 20, 0.005, 96, plain()},
		{"train-wild", "training world: the widest, of every tool, hole and blemish", 20, 0.005, 96, trainWild()},
		{"train-steep", "training world: tall bedding sinusoids, half of them LWD", 20, 0.005, 96, trainSteep()},
		{"train-dense", "training world: beds upon beds among laminae of every strength, of all tools and attitudes", 20, 0.005, 96, trainDense()},
		{"train-thin", "training world: thin beds at high angle, mostly LWD: many to a metre, parallel, wavy, faded", 20, 0.005, 96, trainThin()},
		{"train-blurred", "training world: high angle as LWD tools of coarse sectors see it: blurred round the hole, faded, mottled, striped", 20, 0.005, 96, trainBlurred()},
		{"train-sectors", "training world: density and gamma ray images of high-angle wells, 8 to 32 sectors", 20, 0.005, fewSectors, trainSectors()},
		{"train-sparse", "training world: picks in a few stretches of a well, nothing but laminae and texture between them", 40, 0.005, 96, trainSparse()},
		{"train-fractured", "training world: fractures that cross each other, whole or in part, among all that looks like fractures", 20, 0.005, 96, trainFractured()},
		{"train-jointed", "training world: joints in massive rock, parallel, flat or steep, and none that bedding could be told from", 20, 0.005, 96, trainJointed()},
	}
}

// PresetByName finds a preset. The error lists the names.
func PresetByName(name string) (Preset, error) {
	var names []string
	for _, p := range Presets() {
		if p.Name == name {
			return p, nil
		}
		names = append(names, p.Name)
	}
	return Preset{}, fmt.Errorf("unknown well preset %q: use one of %s", name, strings.Join(names, ", "))
}

// train is the world that a network for vertical and moderately deviated wells learns from: the plain one, steeper and taller
// fractures, and all the trouble of real logs.
func train() Params {
	p := plain()
	p.Tools = append(p.Tools, FourPads)
	p.FractureDipDeg, p.FractureAmplitude, p.WavinessM, p.VugsPerM = Range{25, 88}, 1.5, Range{0, 0.006}, Range{0, 20}
	p.DepthBlurM, p.AzimuthBlurDeg, p.FadeProb, p.RoughnessM = Range{0, 0.009}, Range{0, 4.5}, 0.3, Range{0.0005, 0.006}
	p.PadCover, p.Sectors, p.SpeedErrorM = Range{0.75, 1.05}, Range{60, 360}, Range{0.003, 0.018}
	p.ClipProb, p.GapProb, p.EqualiseProb, p.HaloShare, p.PinchShare = 0.15, 0.08, 0.05, 0.15, 0.4
	p.InvertProb = 0.02
	p.Trouble = trainTrouble()
	return p
}

// plain is the world without the trouble of real logs, which the wells of the evaluation suite vary: it never changes.
func plain() Params {
	return Params{
		Reference:  imagelog.RefNorth,
		DiameterIn: Range{6, 12.25}, DeviationDeg: Range{0, 45}, VerticalProb: 0.6,

		Tools:       []Tool{EightPads, EightPads, EightPads, PadFlap, PadFlap, PadFlap, SixArm, SixArm, LWD, Televiewer},
		TurnsPer10M: Range{0, 3}, DepthBlurM: Range{0, 0.006}, AzimuthBlurDeg: Range{0, 3}, SectorBlur: Range{0.3, 1},
		NoiseSD: Range{0.08, 0.5}, PadGainSD: Range{0.02, 0.18}, PadOffsetSD: Range{0.02, 0.25}, PadShiftM: Range{0, 0.003},
		ButtonGainSD: Range{0, 0.1}, ButtonOffsetSD: Range{0, 0.12}, DeadButtonProb: 0.25, DropoutProb: 0.2,
		SpeedErrorProb: 0.25, SpeedErrorM: Range{0.003, 0.012}, GlitchProb: 0.3, GlitchesPerM: Range{0.3, 4},
		FadeProb: 0.2, FadeDepth: Range{0, 0.6}, BrightnessSlope: Range{0, 0.3}, Greys: []Grey{Grey15, Grey255, OhmM, LogOhmM},

		EmptyProb: 0.2, TrueDipDeg: Range{0, 60}, BedSpacingM: Range{0.05, 3}, AttitudeScatter: Range{0.5, 4},
		ContactWidthM: Range{0.0015, 0.015}, BedContrast: Range{0.55, 1.8}, LineShare: Range{0, 0.8}, RampProb: 0.35,
		LaminaeSD: Range{0.04, 0.3}, LaminaM: Range{0.005, 0.06}, WavinessM: Range{0, 0.003}, TextureSD: Range{0.03, 0.35},

		FractureFreeProb: 0.25, FracturesPerM: Range{0.4, 4}, FractureSets: 3, FractureDipDeg: Range{30, 80},
		FractureContrast: Range{0.9, 3}, ResistiveShare: 0.25, FractureSigmaM: Range{0.0018, 0.006}, PartialShare: 0.4,
		ArcDeg: Range{90, 300}, RoughnessM: Range{0.0005, 0.004}, FractureAmplitude: 0.7,

		InducedProb: 0.12, BreakoutProb: 0.12, VugsPerM: Range{0, 10}, SeamProb: 0.4, BlotchesPerM: Range{0, 2}, CrossLaminProb: 0.2,
	}
}

// trainWild is the widest world: what a well of a service company or of a forward model that nobody has seen is hoped to lie in.
func trainWild() Params {
	p := train()
	p.DiameterIn, p.DeviationDeg, p.VerticalProb = Range{5.5, 13.5}, Range{0, 60}, 0.5
	p.Tools = []Tool{EightPads, EightPads, PadFlap, PadFlap, PadFlap, SixArm, SixArm, FourPads, LWD, LWD, Televiewer, Televiewer}
	p.PadCover, p.Sectors, p.TurnsPer10M = Range{0.7, 1.2}, Range{48, 360}, Range{0, 8}
	p.DepthBlurM, p.AzimuthBlurDeg, p.SectorBlur = Range{0, 0.01}, Range{0, 6}, Range{0.2, 1.6}
	p.NoiseSD, p.PadGainSD, p.PadOffsetSD, p.PadShiftM = Range{0.03, 0.65}, Range{0, 0.25}, Range{0, 0.4}, Range{0, 0.006}
	p.ButtonGainSD, p.ButtonOffsetSD = Range{0, 0.2}, Range{0, 0.25}
	p.SpeedErrorM, p.GlitchesPerM = Range{0.003, 0.02}, Range{0.3, 8}
	p.FadeProb, p.FadeDepth, p.BrightnessSlope = 0.4, Range{0, 1.4}, Range{0, 0.6}
	p.InvertProb, p.EqualiseProb, p.ClipProb, p.GapProb = 0.04, 0.15, 0.2, 0.15

	p.EmptyProb, p.TrueDipDeg, p.BedSpacingM, p.AttitudeScatter = 0.15, Range{0, 65}, Range{0.045, 2}, Range{0.3, 8}
	p.ContactWidthM, p.BedContrast, p.LineShare = Range{0.001, 0.04}, Range{0.4, 2.5}, Range{0, 1}
	p.LaminaeSD, p.LaminaM, p.WavinessM, p.TextureSD = Range{0.01, 0.4}, Range{0.003, 0.12}, Range{0, 0.006}, Range{0.01, 0.6}
	p.CrossLaminProb, p.RampProb = 0.3, 0.5

	p.FracturesPerM, p.FractureSets, p.FractureDipDeg = Range{0.3, 6}, 4, Range{10, 87}
	p.FractureContrast, p.ResistiveShare, p.FractureSigmaM = Range{0.6, 3.5}, 0.3, Range{0.001, 0.012}
	p.PartialShare, p.HaloShare, p.PinchShare = 0.5, 0.2, 0.5
	p.RoughnessM, p.FractureAmplitude = Range{0, 0.006}, 1.6
	p.InducedProb, p.BreakoutProb, p.VugsPerM, p.BlotchesPerM = 0.25, 0.2, Range{0, 30}, Range{0, 5}
	return p
}

// trainSteep is the world of high-angle wells: bedding sinusoids of 3 cm to 75 cm half height, most of them LWD.
func trainSteep() Params {
	p := train()
	p.VerticalProb, p.DeviationDeg = 0, Range{40, 90}
	p.Reference = imagelog.RefHighSide
	p.Tools = []Tool{LWD, LWD, LWD, LWD, LWD, EightPads, EightPads, SixArm, PadFlap, Televiewer}
	p.DiameterIn = Range{6, 9.5}
	p.BedAmplitudeM, p.BedSpacingM = Range{0.03, 0.75}, Range{0.045, 1.5}
	p.ContactWidthM = Range{0.0025, 0.02}
	p.DepthBlurM, p.SectorBlur = Range{0.0015, 0.015}, Range{0.3, 1.6}
	p.FadeProb, p.FadeDepth, p.BrightnessSlope = 0.5, Range{0, 1.6}, Range{0, 0.6}
	p.FractureDipDeg, p.BlotchesPerM = Range{5, 88}, Range{0, 4}
	return p
}

// trainDense is the world of thin beds, where only contrast against the laminae around tells what a pick is.
func trainDense() Params {
	p := train()
	p.EmptyProb, p.VerticalProb, p.DeviationDeg = 0.05, 0.4, Range{0, 70}
	p.Tools = []Tool{EightPads, EightPads, PadFlap, PadFlap, SixArm, FourPads, LWD, LWD, Televiewer}
	p.BedSpacingM, p.TrueDipDeg, p.AttitudeScatter = Range{0.045, 0.5}, Range{0, 65}, Range{0.3, 5}
	p.LaminaeSD, p.LaminaM, p.BedContrast, p.ContactWidthM = Range{0.05, 0.45}, Range{0.003, 0.1}, Range{0.5, 2}, Range{0.001, 0.02}
	p.FractureFreeProb, p.FracturesPerM, p.CrossLaminProb = 0.4, Range{0.2, 1.5}, 0.3
	return p
}

// trainThin is the world of thin beds at high angle as LWD tools see them: beds and lines every few centimetres that rise and fall by up to
// one and a half metres round the hole, wavy, harsh or faint within one image, and nothing but their depth to tell one from the next.
func trainThin() Params {
	p := trainSteep()
	p.Tools = []Tool{LWD, LWD, LWD, LWD, LWD, LWD, LWD, EightPads, SixArm, Televiewer}
	p.EmptyProb, p.BedSpacingM, p.AttitudeScatter = 0.05, Range{0.03, 0.4}, Range{0.3, 4}
	p.ContactWidthM, p.BedContrast, p.LineShare, p.LaminaeSD = Range{0.002, 0.015}, Range{0.4, 2.2}, Range{0, 1}, Range{0.02, 0.3}
	p.WavinessM, p.NoiseSD, p.TextureSD = Range{0, 0.02}, Range{0.03, 0.5}, Range{0.01, 0.3}
	p.FadeProb, p.FadeDepth, p.SeamProb, p.BlotchesPerM, p.BrightnessSlope = 0.7, Range{0, 1.6}, 0.6, Range{0, 5}, Range{0, 1}
	p.FractureFreeProb, p.FracturesPerM = 0.5, Range{0.2, 2}
	p.Trouble.Floor = always(0.6, 1.5)
	return p
}

// trainBlurred is the world of steep beds as LWD tools of low resolution see them: what is sharp where beds cross the hole lengthwise, at crest
// and trough, runs together on the flanks, where one sector spans several beds; sectors fade, and the tool leaves stripes and blotches.
func trainBlurred() Params {
	p := trainSteep()
	p.Tools = []Tool{LWD}
	p.EmptyProb, p.BedAmplitudeM, p.BedSpacingM, p.AttitudeScatter = 0.05, Range{0.06, 0.45}, Range{0.045, 0.5}, Range{0.3, 3}
	p.SectorBlur, p.DepthBlurM, p.ContactWidthM, p.LineShare = Range{0.4, 3.2}, Range{0.0015, 0.016}, Range{0.002, 0.016}, Range{0, 1}
	p.LaminaeSD, p.WavinessM, p.NoiseSD, p.TextureSD = Range{0.03, 0.35}, Range{0, 0.012}, Range{0.03, 0.6}, Range{0.01, 0.3}
	p.FadeProb, p.FadeDepth, p.SeamProb, p.BlotchesPerM, p.BrightnessSlope = 0.8, Range{0, 1.8}, 0.6, Range{0, 5}, Range{0, 1}
	p.GlitchProb, p.GlitchesPerM, p.FractureFreeProb, p.FracturesPerM = 0.6, Range{0.3, 6}, 0.6, Range{0.2, 1.5}
	p.Trouble.Floor = always(0.6, 1.5)
	return p
}

// trainSectors is the world of images that are logs of sectors, density and gamma ray, 8 to 32 of them: what is left of a bed is where it crosses
// crest and trough. Their rows are centimetres to decimetres; the network counts in rows, so the world is drawn in rows of the network's.
func trainSectors() Params {
	p := trainBlurred()
	p.BedAmplitudeM, p.BedSpacingM, p.SectorBlur, p.DepthBlurM = Range{0.03, 0.6}, Range{0.12, 1.2}, Range{1.5, 5}, Range{0.002, 0.015}
	p.NoiseSD, p.BrightnessSlope, p.FractureFreeProb = Range{0.05, 0.6}, Range{0, 1.5}, 0.8
	p.LaminaeSD, p.TextureSD, p.BedContrast, p.Trouble.Floor = Range{0.02, 0.15}, Range{0.01, 0.2}, Range{0.8, 2.5}, always(1.2, 2.5)
	return p
}

// fewSectors is the number of columns of images whose columns are the sectors of a log.
const fewSectors = 16

// trainSparse is the world of wells that hold their picks in a few stretches, as most wells do: what is a contact there can be told from how
// the laminae look elsewhere.
func trainSparse() Params {
	p := train()
	p.EmptyProb, p.BedSpacingM, p.LaminaeSD, p.AttitudeScatter = 0, Range{0.08, 0.8}, Range{0.04, 0.25}, Range{0.3, 4}
	p.Trouble.Barren = always(0.5, 0.95)
	return p
}

// trainFractured is the world of fractured rock, with few beds.
func trainFractured() Params {
	p := trainWild()
	p.EmptyProb, p.FractureFreeProb, p.BedSpacingM = 0.05, 0, Range{0.3, 4}
	p.FracturesPerM, p.FractureSets, p.FractureDipDeg = Range{1, 5}, 4, Range{15, 87}
	p.InducedProb, p.BreakoutProb = 0.4, 0.3
	return p
}

// trainJointed is the world of massive rock, which televiewers mostly see: joints of a few sets, flat ones too, one like the next and close
// together, and no bedding for them to be told from.
func trainJointed() Params {
	p := trainFractured()
	p.Tools = []Tool{Televiewer, Televiewer, Televiewer, Televiewer, EightPads, PadFlap, SixArm, LWD}
	p.DiameterIn, p.EmptyProb = Range{3, 9}, 0.1
	p.FracturesPerM, p.FractureSets, p.FractureDipDeg = Range{0.7, 12}, 3, Range{2, 82}
	p.FractureContrast, p.ResistiveShare, p.FractureSigmaM = Range{0.6, 4}, 0.15, Range{0.001, 0.01}
	p.PartialShare, p.TextureSD, p.NoiseSD = 0.3, Range{0.03, 0.4}, Range{0.03, 0.4}
	p.Trouble.Massive, p.Trouble.SetScatter = Chance{0.8, Range{0.005, 0.08}}, always(0.1, 1)
	p.Trouble.Floor, p.Trouble.Stripes = always(0.9, 1.6), Chance{0.6, Range{0.03, 0.4}}
	p.Trouble.Splays, p.Trouble.Pits = Chance{0.4, Range{0.2, 1.5}}, Chance{0.4, Range{0.2, 2}}
	return p
}

// vertical is the well that the other test wells vary: typical values of every knob, on a tool with 8 pads.
func vertical() Preset {
	p := plain()
	p.VerticalProb, p.DiameterIn, p.Tools = 1, fixed(8.5), []Tool{EightPads}
	p.EmptyProb, p.FractureFreeProb = 0, 0
	p.TurnsPer10M = Range{0.3, 1.5}
	p.TrueDipDeg, p.BedSpacingM, p.FracturesPerM = Range{2, 25}, Range{0.25, 0.5}, Range{0.6, 1}
	p.NoiseSD, p.TextureSD, p.LaminaeSD = fixed(0.2), fixed(0.15), fixed(0.12)
	p.FadeProb, p.DropoutProb, p.SpeedErrorProb, p.GlitchProb, p.InducedProb, p.BreakoutProb = 0, 0, 0, 0, 0, 0
	p.PartialShare, p.VugsPerM, p.Greys = 0.25, fixed(1), []Grey{Grey255}
	return Preset{"vertical", "vertical, 8.5 in, 8 pads: the plain case", 20, 0.0025, 192, p}
}

// variant changes the vertical well.
func variant(name, description string, change func(*Params)) Preset {
	w := vertical()
	w.Name, w.Description = name, description
	change(&w.Params)
	return w
}

func noisy(p *Params) {
	p.NoiseSD, p.TextureSD, p.LaminaeSD = fixed(0.5), fixed(0.3), fixed(0.25)
	p.PadGainSD, p.PadOffsetSD, p.ButtonOffsetSD = fixed(0.2), fixed(0.3), fixed(0.15)
	p.DeadButtonProb, p.DropoutProb, p.SpeedErrorProb, p.GlitchProb = 1, 1, 1, 1
	p.SpeedErrorM, p.GlitchesPerM, p.VugsPerM = fixed(0.01), fixed(2), fixed(5)
	p.InducedProb, p.BreakoutProb = 1, 1
}

func highAngle() Preset {
	w := variant("high-angle", "hole 75-90 degrees from vertical, low true dips: tall sinusoids, high-side image", func(p *Params) {
		p.VerticalProb, p.DeviationDeg, p.Reference = 0, Range{75, 90}, imagelog.RefHighSide
		p.BedAmplitudeM, p.BedSpacingM = Range{0.2, 0.7}, Range{0.2, 0.4}
		p.FractureDipDeg, p.AttitudeScatter = Range{20, 75}, fixed(1.5)
	})
	w.LengthM = 30
	return w
}

func lwd() Preset {
	w := highAngle()
	w.Name, w.Description = "lwd", "LWD image of a high-angle well: 56 sectors, no gaps, blurred, faded sectors"
	p := &w.Params
	p.Tools, p.DepthBlurM, p.FadeProb, p.FadeDepth = []Tool{LWD}, Range{0.004, 0.012}, 1, Range{0.3, 1}
	p.GlitchProb, p.GlitchesPerM, p.BrightnessSlope, p.SeamProb, p.BlotchesPerM = 1, fixed(0.5), fixed(0.3), 1, fixed(1)
	w.RowM, w.Columns = 0.01, 56
	return w
}

// lwdDense is the interval that a geosteered well runs in: five to ten beds a metre, all steep against the hole, no fractures.
func lwdDense() Preset {
	w := lwd()
	w.Name, w.Description = "lwd-dense", "LWD image as lwd, five to ten beds a metre at 60-75 degrees apparent dip"
	p := &w.Params
	p.BedAmplitudeM, p.BedSpacingM, p.FractureFreeProb = Range{0.187, 0.403}, Range{0.1, 0.2}, 1
	return w
}

// lwdThin is lwd-dense where the layers are as thin as the tool resolves: the beds that a geologist picks where he picks all that he sees.
func lwdThin() Preset {
	w := lwd()
	w.Name, w.Description = "lwd-thin", "LWD image as lwd, eight to sixteen thin beds and lines a metre, wavy, faded, apparent dips of 50-75 degrees"
	p := &w.Params
	p.BedAmplitudeM, p.BedSpacingM, p.FractureFreeProb, p.FracturesPerM = Range{0.13, 0.403}, Range{0.06, 0.12}, 0.5, Range{0.2, 0.5}
	p.BedContrast, p.LineShare, p.WavinessM, p.FadeDepth = Range{0.5, 1.8}, Range{0.2, 0.8}, Range{0.002, 0.01}, Range{0.5, 1.5}
	p.Trouble.Floor = always(0.8, 1.2)
	return w
}

// lwdBlurred is lwd-dense as a tool of low resolution sees it: sharp at crest and trough, run together on the flanks, in part faded.
func lwdBlurred() Preset {
	w := lwdDense()
	w.Name, w.Description = "lwd-blurred", "LWD image as lwd-dense, blurred round the hole by 5 to 15 degrees, faded, mottled"
	p := &w.Params
	p.SectorBlur, p.FadeDepth, p.BlotchesPerM, p.BrightnessSlope = Range{0.8, 2.4}, Range{0.5, 1.5}, fixed(2), fixed(0.6)
	p.NoiseSD, p.WavinessM = Range{0.1, 0.5}, Range{0, 0.008}
	p.Trouble.Floor = always(0.8, 1.2)
	return w
}

// firstWell is the first well of the published system: 60 m, vertical, 32 sinusoids, so clustered that 19 of the 236 tiles of 100
// rows of 2.54 mm hold one and 217 are empty.
func firstWell() Preset {
	w := variant("first-well", "the published first well: 60 m, vertical, FMI, 32 sinusoids in 19 of 236 tiles", func(p *Params) {
		const tileM = 0.254
		var zones []Interval
		for _, z := range [][2]int{{11, 14}, {47, 51}, {83, 85}, {120, 124}, {158, 160}, {196, 200}} { // tiles, 19 in all
			zones = append(zones, Interval{float64(z[0]) * tileM, float64(z[1]) * tileM})
		}
		p.Counts = &Counts{Beds: 21, Fractures: 11, Zones: zones}
		p.Tools = []Tool{PadFlap}
		p.PartialShare = 0
	})
	w.LengthM, w.RowM = 60, 0.00254
	return w
}

// jointed is massive rock as an optical televiewer sees it: joints in two sets or three, close together and nearly parallel.
func jointed() Preset {
	return variant("jointed", "massive rock without beds, televiewer: 5 to 9 joints a metre in up to three sets, nearly parallel", func(p *Params) {
		p.Tools, p.DiameterIn, p.Sectors = []Tool{Televiewer}, Range{4, 6}, Range{180, 360}
		p.FracturesPerM, p.FractureSets, p.FractureDipDeg = Range{5, 9}, 3, Range{5, 70}
		p.FractureContrast, p.ResistiveShare, p.RoughnessM = Range{0.8, 3}, 0.1, Range{0.001, 0.004}
		p.TextureSD, p.ButtonOffsetSD = fixed(0.15), fixed(0.1)
		p.Trouble = Trouble{Massive: always(0.02, 0.06), SetScatter: always(0.2, 0.6), Stripes: always(0.1, 0.3),
			Fading: always(0.2, 0.5), Splays: always(0.2, 0.6), Pits: always(0.1, 0.4)}
	})
}

// messy is many troubles at once, as in a fractured granite: 40 natural fractures among foliation, cracks, vugs, induced fractures and
// breakouts, seen by four pad and flap pairs as a dynamic image.
func messy() Preset {
	const what = "fractured granite, pad and flap: 40 partial fractures among textures, cracks, induced fractures, breakouts"
	return variant("messy", what, func(p *Params) {
		p.Counts = &Counts{Beds: 6, Fractures: 40}
		p.DiameterIn, p.Tools, p.TurnsPer10M = fixed(8.75), []Tool{PadFlap}, Range{0.4, 1}
		p.TextureSD, p.LaminaeSD, p.VugsPerM, p.DepthBlurM = fixed(0.15), fixed(0.1), fixed(6), fixed(0.002)
		p.FractureSets, p.FractureDipDeg, p.PartialShare, p.ArcDeg = 3, Range{20, 80}, 0.7, Range{110, 300}
		p.InducedProb, p.BreakoutProb, p.DeadButtonProb = 1, 1, 1
		p.PinchShare, p.ResistiveShare, p.RoughnessM = 0.6, 0.2, Range{0.001, 0.005}
		p.Trouble = Trouble{
			Swell: always(0.06, 0.12), Ovality: always(0.01, 0.03), CaliperError: always(0.002, 0.008),
			ShiftM: always(0.002, 0.004), NoisyButtons: always(0.02, 0.04), Grain: always(0.6, 0.9), RowNoise: always(0.03, 0.06),
			Stripes: always(0.03, 0.08), EqualiseM: always(1, 1.5), Streaks: always(0.15, 0.25), Patches: always(0.15, 0.3),
			Fading: always(0.3, 0.6), Splays: always(0.4, 0.8), Pits: always(0.2, 0.5),
			CracksPerM: always(10, 16), WashoutsPerM: always(0.2, 0.4),
		}
	})
}

// field lies outside of what the training worlds draw, as a new field does: wavy, gradual beds under a woven interference, and fractures
// that show as two bright rims with a dark core. It is there to show what fine-tuning on a few of a user's wells does.
func field() Preset {
	const what = "a field outside of the training worlds: gradual, wavy beds, double bright fractures, woven noise"
	return variant("field", what, func(p *Params) {
		p.Counts = &Counts{Beds: 36, Fractures: 16}
		p.InvertProb, p.WavinessM, p.LineShare, p.RampProb = 1, fixed(0.05), fixed(0), 0
		p.BedContrast, p.FractureContrast, p.ResistiveShare = Range{1, 1.6}, Range{1.6, 2.6}, 0
		p.FractureDipDeg, p.FractureSigmaM, p.PartialShare, p.RoughnessM = Range{25, 65}, Range{0.003, 0.005}, 0.2, Range{0.002, 0.005}
		p.Trouble = Trouble{HatchSD: always(0.45, 0.6), Gradual: always(1, 1), GradualWidthM: Range{0.02, 0.05},
			RimM: always(0.1, 0.12), Warp: always(0.1, 0.2)}
	})
}

// always is a knob that every scene draws.
func always(lo, hi float64) Chance { return Chance{1, Range{lo, hi}} }
