package synth

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/geobfdt/geobfdt/internal/imagelog"
)

// Range is a closed interval from which a scene draws a value.
type Range struct{ Min, Max float64 }

// fixed is the range of a knob that does not vary.
func fixed(v float64) Range { return Range{v, v} }

// uniform draws from the range with even density.
func (r Range) uniform(rng *rand.Rand) float64 { return r.Min + (r.Max-r.Min)*rng.Float64() }

// logUniform draws with even density of the logarithm; both ends must be positive.
func (r Range) logUniform(rng *rand.Rand) float64 {
	return r.Min * math.Exp(rng.Float64()*math.Log(r.Max/r.Min))
}

// skewed draws with a density that falls from Min to Max: half of the draws lie in the lowest quarter.
func (r Range) skewed(rng *rand.Rand) float64 {
	x := rng.Float64()
	return r.Min + (r.Max-r.Min)*x*x
}

// Interval is a stretch of hole, metres.
type Interval struct{ TopM, BaseM float64 }

// Counts asks for an exact number of labelled sinusoids instead of random densities.
type Counts struct {
	Beds, Fractures int
	Zones           []Interval // where their midlines lie, spread evenly, metres below the scene's top; nil = the whole scene
}

// total is the number of sinusoids asked for.
func (c *Counts) total() int { return c.Beds + c.Fractures }

// Params are the knobs of the forward model. Every Range is drawn once per scene unless its comment says otherwise;
// probabilities lie in [0, 1].
type Params struct {
	TopM      float64            // measured depth of the scene's top
	Reference imagelog.Reference // azimuth reference of the image: north or highside
	Counts    *Counts            // exact counts; nil = densities below

	// Hole.
	DiameterIn   Range // hole diameter, inches
	DeviationDeg Range // of the hole from vertical
	VerticalProb float64

	// Tool.
	Tools           []Tool  // one is drawn with even odds
	PadCover        Range   // factor on the width of wall that the pads see; 0 = as the tool has it
	Sectors         Range   // of a televiewer; 0 = 180
	TurnsPer10M     Range   // rotation of a pad tool, either way
	DepthBlurM      Range   // standard deviation of the vertical response
	AzimuthBlurDeg  Range   // standard deviation of the azimuthal response of pad tools and televiewers
	SectorBlur      Range   // the same for LWD tools, in sectors
	NoiseSD         Range   // white noise, latent units
	PadGainSD       Range   // spread of gain between pads
	PadOffsetSD     Range   // spread of level between pads
	PadShiftM       Range   // spread of depth mismatch between pads
	ButtonGainSD    Range   // spread of gain between buttons: stripes
	ButtonOffsetSD  Range   // spread of level between buttons: stripes
	DeadButtonProb  float64 // probability that a scene has 1-3 dead buttons
	DropoutProb     float64 // probability that pads lose contact, about once in 5 m
	SpeedErrorProb  float64 // probability of stick-slip
	SpeedErrorM     Range   // largest displacement of a row by stick-slip
	GlitchProb      float64 // probability of row glitches
	GlitchesPerM    Range   // their density
	FadeProb        float64 // probability that contrast varies with azimuth and depth, and a sector fades
	FadeDepth       Range   // log of the loss of contrast in the faded sector
	BrightnessSlope Range   // brightness that varies once round the hole, latent units
	Greys           []Grey  // one is drawn with even odds
	InvertProb      float64 // probability of an image with low values resistive
	EqualiseProb    float64 // probability of an image whose histogram has been equalised
	ClipProb        float64 // probability of harsh clipping, which leaves a few standard deviations of grey or less
	GapProb         float64 // probability of missing rows, about once in 4 m

	// Bedding.
	EmptyProb       float64 // probability of a scene without any sinusoid
	TrueDipDeg      Range   // background bedding, skewed to low dips
	BedAmplitudeM   Range   // if Max > 0: apparent half height of background bedding, log-uniform, instead of TrueDipDeg
	BedSpacingM     Range   // median spacing of contacts, log-uniform
	AttitudeScatter Range   // scatter of contacts about the background, degrees of dip
	ContactWidthM   Range   // logistic scale of a contact, log-uniform
	BedContrast     Range   // drawn per contact
	LineShare       Range   // share of thin beds (lines) among contacts
	RampProb        float64 // probability that contrast decays inside beds
	LaminaeSD       Range   // laminae parallel to bedding, not picks
	LaminaM         Range   // their thickness
	WavinessM       Range   // deviation of bedding from a plane
	TextureSD       Range   // mottled texture, all scales together

	// Fractures.
	FractureFreeProb  float64 // probability of a scene without fractures
	FracturesPerM     Range   // density, log-uniform
	FractureSets      int     // at most so many orientation sets
	FractureDipDeg    Range   // apparent dip; sets draw their mean here
	FractureContrast  Range   // drawn per fracture
	ResistiveShare    float64 // share of bright (healed) fractures
	FractureSigmaM    Range   // half thickness of the trace, drawn per fracture
	PartialShare      float64 // share of fractures seen on an arc only
	ArcDeg            Range   // length of that arc, drawn per fracture
	HaloShare         float64 // share of fractures with rims of the other polarity
	PinchShare        float64 // share of fractures whose trace pinches and swells
	RoughnessM        Range   // departure of a trace from its plane
	FractureAmplitude float64 // cap of the half height of a fracture, metres

	// Not picks.
	InducedProb    float64 // probability of drilling-induced fractures
	BreakoutProb   float64 // probability of breakouts
	VugsPerM       Range   // density of vugs and nodules, skewed
	SeamProb       float64 // probability of vertical seams (LWD)
	BlotchesPerM   Range   // density of wide blotches, skewed (LWD)
	CrossLaminProb float64 // probability that laminae of some beds are inclined to bedding (cross-bedding)

	Trouble Trouble // what real logs add; none by default
}

// Limits that keep a slip in a configuration from asking for all memory.
const (
	maxLengthM   = 10_000.0
	minSpacingM  = 0.02
	maxPerM      = 100.0
	maxBlurM     = 0.2
	maxAmplitude = 3.0 // metres
)

// Validate reports the first knob that no scene can be drawn with.
func (p *Params) Validate() error {
	ranges := []struct {
		name     string
		r        Range
		min, max float64
	}{
		{"diameter_in", p.DiameterIn, 1, 40}, {"deviation_deg", p.DeviationDeg, 0, 95},
		{"turns_per_10m", p.TurnsPer10M, 0, 100}, {"pad_cover", p.PadCover, 0, 2}, {"sectors", p.Sectors, 0, 720},
		{"depth_blur_m", p.DepthBlurM, 0, maxBlurM},
		{"azimuth_blur_deg", p.AzimuthBlurDeg, 0, 30}, {"sector_blur", p.SectorBlur, 0, 5},
		{"noise_sd", p.NoiseSD, 0, 10}, {"pad_gain_sd", p.PadGainSD, 0, 1}, {"pad_offset_sd", p.PadOffsetSD, 0, 5},
		{"pad_shift_m", p.PadShiftM, 0, 0.1}, {"button_gain_sd", p.ButtonGainSD, 0, 1}, {"button_offset_sd", p.ButtonOffsetSD, 0, 5},
		{"speed_error_m", p.SpeedErrorM, 0, 0.5}, {"glitches_per_m", p.GlitchesPerM, 0, maxPerM}, {"fade_depth", p.FadeDepth, 0, 5},
		{"brightness_slope", p.BrightnessSlope, 0, 5}, {"true_dip_deg", p.TrueDipDeg, 0, 90},
		{"bed_amplitude_m", p.BedAmplitudeM, 0, maxAmplitude}, {"bed_spacing_m", p.BedSpacingM, minSpacingM, maxLengthM},
		{"attitude_scatter", p.AttitudeScatter, 0, 45}, {"contact_width_m", p.ContactWidthM, 1e-4, 0.5},
		{"bed_contrast", p.BedContrast, 0, 10}, {"line_share", p.LineShare, 0, 1}, {"laminae_sd", p.LaminaeSD, 0, 5},
		{"lamina_m", p.LaminaM, 1e-3, 10}, {"waviness_m", p.WavinessM, 0, 0.1}, {"texture_sd", p.TextureSD, 0, 5},
		{"fractures_per_m", p.FracturesPerM, 1e-6, maxPerM}, {"fracture_dip_deg", p.FractureDipDeg, 0, 89},
		{"fracture_contrast", p.FractureContrast, 0, 10}, {"fracture_sigma_m", p.FractureSigmaM, 1e-4, 0.1},
		{"arc_deg", p.ArcDeg, 1, 360}, {"roughness_m", p.RoughnessM, 0, 0.1}, {"vugs_per_m", p.VugsPerM, 0, maxPerM},
		{"blotches_per_m", p.BlotchesPerM, 0, maxPerM},
	}
	for _, x := range ranges {
		if !(x.r.Min >= x.min && x.r.Max <= x.max && x.r.Min <= x.r.Max) {
			return fmt.Errorf("synth parameter %s [%g, %g]: must be an ascending range within [%g, %g]", x.name, x.r.Min, x.r.Max, x.min, x.max)
		}
	}
	if p.BedAmplitudeM.Max > 0 && p.BedAmplitudeM.Min <= 0 {
		return errors.New("synth parameter bed_amplitude_m: the lower end of a log-uniform range must be positive")
	}
	probs := []struct {
		name string
		v    float64
	}{
		{"vertical_prob", p.VerticalProb}, {"dead_button_prob", p.DeadButtonProb}, {"dropout_prob", p.DropoutProb},
		{"speed_error_prob", p.SpeedErrorProb}, {"glitch_prob", p.GlitchProb}, {"fade_prob", p.FadeProb}, {"empty_prob", p.EmptyProb},
		{"ramp_prob", p.RampProb}, {"fracture_free_prob", p.FractureFreeProb}, {"resistive_share", p.ResistiveShare},
		{"partial_share", p.PartialShare}, {"induced_prob", p.InducedProb}, {"breakout_prob", p.BreakoutProb},
		{"seam_prob", p.SeamProb}, {"cross_lamin_prob", p.CrossLaminProb},
		{"invert_prob", p.InvertProb}, {"equalise_prob", p.EqualiseProb}, {"clip_prob", p.ClipProb}, {"gap_prob", p.GapProb},
		{"halo_share", p.HaloShare}, {"pinch_share", p.PinchShare},
	}
	for _, x := range probs {
		if !(x.v >= 0 && x.v <= 1) {
			return fmt.Errorf("synth parameter %s %g: must be a probability in [0, 1]", x.name, x.v)
		}
	}
	if err := p.Trouble.validate(); err != nil {
		return err
	}
	return p.validateRest()
}

// validateRest checks the knobs that are neither a range nor a probability.
func (p *Params) validateRest() error {
	switch {
	case len(p.Tools) == 0:
		return errors.New("synth parameter tools: name at least one tool")
	case len(p.Greys) == 0:
		return errors.New("synth parameter greys: name at least one grey scale")
	case p.Reference != imagelog.RefNorth && p.Reference != imagelog.RefHighSide:
		return fmt.Errorf("synth parameter reference %q: must be north or highside", p.Reference)
	case !(math.Abs(p.TopM) <= 1e5):
		return fmt.Errorf("synth parameter top_m %g: must lie within 100 km", p.TopM)
	case !(p.FractureAmplitude > 0 && p.FractureAmplitude <= maxAmplitude):
		return fmt.Errorf("synth parameter fracture_amplitude %g: must lie in (0, %g] m", p.FractureAmplitude, maxAmplitude)
	case p.FractureSets < 1 || p.FractureSets > 20:
		return fmt.Errorf("synth parameter fracture_sets %d: must lie in [1, 20]", p.FractureSets)
	case p.Counts != nil && (p.Counts.Beds < 0 || p.Counts.Fractures < 0 || p.Counts.total() > 1e6):
		return fmt.Errorf("synth parameter counts: %d beds and %d fractures cannot be drawn", p.Counts.Beds, p.Counts.Fractures)
	}
	for _, t := range p.Tools {
		if t < 0 || int(t) >= len(toolLayouts) {
			return fmt.Errorf("synth parameter tools: tool %d is not known", t)
		}
	}
	for _, g := range p.Greys {
		if g < 0 || int(g) >= greyCount {
			return fmt.Errorf("synth parameter greys: grey scale %d is not known", g)
		}
	}
	if p.Counts != nil {
		for _, z := range p.Counts.Zones {
			if !(z.BaseM > z.TopM) {
				return fmt.Errorf("synth parameter counts: zone [%g, %g] m is not an interval", z.TopM, z.BaseM)
			}
		}
	}
	return nil
}
