package infer

import "github.com/geobfdt/geobfdt/internal/dip"

// Options of picking.
type Options struct {
	Threshold         float64 `mapstructure:"threshold"`          // least confidence of a pick
	ThresholdFracture float64 `mapstructure:"threshold_fracture"` // of fractures; 0: as Threshold
	Candidate         float64 `mapstructure:"candidate"`          // least score of the network that refinement looks at, where the model is calibrated
	RowM              float64 `mapstructure:"row_m"`              // height of the grid's rows; 0: the model's, or the log's own step where that is over ten times as high
	Overlap           float64 `mapstructure:"overlap"`            // share of a tile that the next one repeats
	Dewarp            bool    `mapstructure:"dewarp"`             // look at tiles also along their steep attitude: beds of high-angle wells
	MergeM            float64 `mapstructure:"merge_m"`            // picks of one class closer than this mean curve distance are one
	Refine            bool    `mapstructure:"refine"`             // refine on the image after the network
	Align             bool    `mapstructure:"align"`              // bring pads to one depth, and with them the attitudes of all curves; only after refinement
	RefinedMergeM     float64 `mapstructure:"refined_merge_m"`    // merge distance after refinement
	MinCoverage       float64 `mapstructure:"min_coverage"`       // least share of a sinusoid with data under it; below: flagged low_coverage
	Batch             int     `mapstructure:"batch"`              // tiles a forward pass
	DiameterIn        float64 `mapstructure:"diameter_in"`        // hole diameter where the log has no caliper and no bit size
	ElectricalFactor  float64 `mapstructure:"electrical_factor"`  // of the diameter that the tool sees to that of the hole; 0: 1
	AssumeVertical    bool    `mapstructure:"assume_vertical"`    // fill true dip as if the hole were vertical where deviation is not known
}

// ThresholdOf is the least confidence of a pick of a class.
func (o Options) ThresholdOf(class dip.Class) float64 {
	if class == dip.Fracture && o.ThresholdFracture > 0 {
		return o.ThresholdFracture
	}
	return o.Threshold
}
