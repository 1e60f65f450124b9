package model

// Options describe the network. Input size and channels come from tile.Options.
type Options struct {
	Backbone    string  `mapstructure:"backbone"`     // resnet10 | resnet18 | resnet34
	Widths      []int   `mapstructure:"widths"`       // channels of the four stages, multiples of 32
	Strides     [][]int `mapstructure:"strides"`      // [depth, azimuth] stride of the first block of each stage
	WrapAzimuth bool    `mapstructure:"wrap_azimuth"` // circular border in azimuth; false: zeros
	Dim         int     `mapstructure:"dim"`          // transformer width, multiple of 32
	Heads       int     `mapstructure:"heads"`
	FeedForward int     `mapstructure:"feed_forward"`
	Encoders    int     `mapstructure:"encoders"`
	Decoders    int     `mapstructure:"decoders"`
	Queries     int     `mapstructure:"queries"`
	Decoder     string  `mapstructure:"decoder"`    // refine (ours) | plain (published)
	EmptyBias   float64 `mapstructure:"empty_bias"` // initial bias of the no-sinusoid logit
	OffsetDim   int     `mapstructure:"offset_dim"` // refine: hidden width of the per-column offset MLP
}
