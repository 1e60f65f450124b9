package config

import (
	"github.com/geobfdt/geobfdt/internal/infer"
	"github.com/geobfdt/geobfdt/internal/loss"
	"github.com/geobfdt/geobfdt/internal/matched"
	"github.com/geobfdt/geobfdt/internal/model"
	"github.com/geobfdt/geobfdt/internal/segment"
	"github.com/geobfdt/geobfdt/internal/tile"
	"github.com/geobfdt/geobfdt/internal/train"
)

// Config is the whole configuration. Its mapstructure tags are the keys of the file.
type Config struct {
	Tile    tile.Options    `mapstructure:"tile"`
	Augment tile.Augment    `mapstructure:"augment"`
	Model   model.Options   `mapstructure:"model"`
	Loss    loss.Options    `mapstructure:"loss"`
	Train   train.Options   `mapstructure:"train"`
	Pick    infer.Options   `mapstructure:"pick"`
	Matched matched.Options `mapstructure:"matched"` // the classical picker
	Segment segment.Options `mapstructure:"segment"` // the segmentation network of an ablation
	Log     Log             `mapstructure:"log"`
	Threads int             `mapstructure:"threads"` // worker threads; 0: what the environment says, else one per core (cliio.Threads)
}

// Log says what is logged to stderr and how.
type Log struct {
	Level  string `mapstructure:"level"`  // debug | info | warn | error
	Format string `mapstructure:"format"` // text | json
}

// Defaults returns the measured recipe (docs/design.md). It is what runs when nothing is configured, and the same values
// stand, explained, in configs/default.yaml.
func Defaults() Config {
	return Config{
		Tile: tile.Options{
			Rows: 256, Columns: 96, RowM: 0.005, Overlap: 0.5,
			Image: "tile", MaskChannel: true, DynamicM: 1.5,
			Split: "well", TestFraction: 0.2, Seed: 1,
		},
		Augment: tile.Augment{
			Enabled: true, Roll: true, Flip: 0.5, Mirror: 0.5,
			Gain: 0.5, Noise: 0.3, PadDropout: 0.2, Paste: 0,
		},
		Model: model.Options{
			Backbone: "resnet10", Widths: []int{32, 32, 64, 128},
			Strides: [][]int{{1, 1}, {2, 2}, {1, 2}, {1, 1}}, WrapAzimuth: true,
			Dim: 64, Heads: 4, FeedForward: 128, Encoders: 4, Decoders: 4,
			Queries: 48, Decoder: "refine", EmptyBias: 2, OffsetDim: 32,
		},
		Loss: loss.Options{
			Class: "focal", Gamma: 2, Alpha: 0.75, EmptyWeight: 0.1,
			Param: "l1", Form: "tolerance", ClassWeight: 5, ParamWeight: 1,
			DepthTolM: 0.15, DipTolDeg: 15, Auxiliary: true,
			MatchClass: 5, Match: "curve", MatchScaleM: 0.025,
		},
		Train: train.Options{
			Samples: 96_000, Batch: 16, LR: 1e-3, FinalLR: 0.02, WarmupSteps: 50,
			WeightDecay: 1e-4, Beta1: 0.9, Beta2: 0.999, Clip: 1, Seed: 1,
			EvalEvery: 8000, EvalSamples: 200, SaveEvery: 8000, LogEvery: 800,
			SynthPresets: []string{"train-plain"},
		},
		Pick: infer.Options{
			Threshold: 0.5, ThresholdFracture: 0, Candidate: 0.2, RowM: 0, Overlap: 0.5, Dewarp: true,
			MergeM: 0.03, Refine: true, Align: true, RefinedMergeM: 0.035, MinCoverage: 0.25,
			Batch: 16, DiameterIn: 8.5, ElectricalFactor: 1, AssumeVertical: false,
		},
		Matched: matched.Options{MaxAmplitudeM: 1.5},
		Segment: segment.DefaultOptions(),
		Log:     Log{Level: "info", Format: "text"},
		Threads: 0,
	}
}
