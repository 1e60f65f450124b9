package train

// Options of a training run. Samples, not steps or time, say how long it is.
type Options struct {
	Samples      int64    `mapstructure:"samples"`       // tiles seen in total
	Batch        int      `mapstructure:"batch"`         // tiles a step
	LR           float64  `mapstructure:"lr"`            // peak learning rate
	FinalLR      float64  `mapstructure:"final_lr"`      // share of lr at the end of the cosine
	WarmupSteps  int      `mapstructure:"warmup_steps"`  // linear warm-up
	WeightDecay  float64  `mapstructure:"weight_decay"`  // decoupled (AdamW)
	Beta1        float64  `mapstructure:"beta1"`         // AdamW
	Beta2        float64  `mapstructure:"beta2"`         // AdamW
	Clip         float64  `mapstructure:"clip"`          // global gradient norm; 0: none
	Seed         int64    `mapstructure:"seed"`          // of weights, samples and augmentation
	EvalEvery    int64    `mapstructure:"eval_every"`    // samples between evaluations
	EvalSamples  int      `mapstructure:"eval_samples"`  // held-out tiles of an evaluation
	SaveEvery    int64    `mapstructure:"save_every"`    // samples between checkpoints of the last state
	LogEvery     int64    `mapstructure:"log_every"`     // samples between lines of metrics.jsonl
	SynthPresets []string `mapstructure:"synth_presets"` // training world when no tiles are given
	SynthShare   float64  `mapstructure:"synth_share"`   // share of synthetic samples when tiles are given
	SynthShear   float64  `mapstructure:"synth_shear"`   // share of synthetic samples that are dewarped tiles, see infer.Options.Dewarp
}
