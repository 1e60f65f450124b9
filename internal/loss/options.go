package loss

// Options choose the criterion. The total is ClassWeight * class loss + ParamWeight * parameter loss, at every decoder layer
// when Auxiliary is set.
type Options struct {
	Class       string  `mapstructure:"class"`        // focal | weighted_ce | ce
	Gamma       float64 `mapstructure:"gamma"`        // focal exponent
	Alpha       float64 `mapstructure:"alpha"`        // focal weight of real classes; no-sinusoid gets 1 - alpha
	EmptyWeight float64 `mapstructure:"empty_weight"` // weighted_ce: weight of no-sinusoid against 1
	Param       string  `mapstructure:"param"`        // l1 | l2 | smooth_l1 | curve
	Form        string  `mapstructure:"form"`         // tolerance: depth/DepthTolM and dip vector/DipTolDeg | normalised: depth/tile, dip/90, azimuth/180
	ClassWeight float64 `mapstructure:"class_weight"` // the 5 of 5:1
	ParamWeight float64 `mapstructure:"param_weight"` // the 1 of 5:1
	DepthTolM   float64 `mapstructure:"depth_tol_m"`
	DipTolDeg   float64 `mapstructure:"dip_tol_deg"`
	Auxiliary   bool    `mapstructure:"auxiliary"` // loss at every decoder layer

	MatchClass  float64 `mapstructure:"match_class"`   // matching cost: weight of -p(class)
	Match       string  `mapstructure:"match"`         // curve: mean distance round the hole | param: the parameter loss
	MatchScaleM float64 `mapstructure:"match_scale_m"` // curve distance that costs 1
}
