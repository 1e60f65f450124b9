package onnx

import "math"

// normEps is added to the variance by the normalisations of package nn, as by PyTorch's.
const normEps = 1e-5

// linear is x W^T + b on the last axis, with the parameters of that name. The weight is stored as [in, out].
func (b *builder) linear(x, name string) string {
	data, shape := b.values(name + ".weight")
	out, in := shape[0], shape[1]
	turned := make([]float32, len(data))
	for o := range out {
		for i := range in {
			turned[i*out+o] = data[o*in+i]
		}
	}
	y := b.matMul(name, x, b.floats(name+".weight", turned, in, out))
	return b.add(name, y, b.parameter(name+".bias"))
}

// layerNorm normalises the last axis.
func (b *builder) layerNorm(x, name string) string {
	return b.node("LayerNormalization", name, []string{x, b.parameter(name + ".weight"), b.parameter(name + ".bias")},
		intAttr("axis", -1), floatAttr("epsilon", normEps))
}

// convNorm is a square convolution with padding k/2 and the normalisation bn behind it, folded into its weights. wrapped says that the
// border in azimuth is the far side of the image; else it is zero.
func (b *builder) convNorm(x, conv, bn string, strideDepth, strideAzimuth int, wrapped bool) string {
	w, shape := b.values(conv + ".weight")
	gamma, _ := b.values(bn + ".weight")
	beta, _ := b.values(bn + ".bias")
	mean, _ := b.values(bn + ".running_mean")
	variance, _ := b.values(bn + ".running_var")
	bias := make([]float32, shape[0])
	block := len(w) / shape[0]
	for o := range bias {
		scale := float64(gamma[o]) / math.Sqrt(float64(variance[o])+normEps)
		bias[o] = float32(float64(beta[o]) - float64(mean[o])*scale)
		for i := range block {
			w[o*block+i] = float32(float64(w[o*block+i]) * scale)
		}
	}
	k := int64(shape[2])
	pad := k / 2
	side := pad
	if wrapped {
		x, side = b.wrap(conv, x, pad, pad), 0
	}
	return b.node("Conv", conv, []string{x, b.floats(conv+".weight", w, shape...), b.floats(conv+".bias", bias, shape[0])},
		intsAttr("kernel_shape", k, k), intsAttr("strides", int64(strideDepth), int64(strideAzimuth)), intsAttr("pads", pad, side, pad, side))
}

// wrap repeats the last columns of an image before its first, and the first behind its last.
func (b *builder) wrap(name, x string, before, after int64) string {
	var parts []string
	if before > 0 {
		parts = append(parts, b.slice(name+".wrap", x, 3, -before, toEnd))
	}
	parts = append(parts, x)
	if after > 0 {
		parts = append(parts, b.slice(name+".wrap", x, 3, 0, after))
	}
	if len(parts) == 1 {
		return x
	}
	return b.concat(name+".wrap", 3, parts...)
}

// maxPool is a 3x3 maximum with stride 2. Column j of the result sees columns 2j-1 to 2j+1: of a wrapped image, whose number of
// columns is even, only the first column looks across the seam.
func (b *builder) maxPool(name, x string, wrapped bool) string {
	pads := []int64{1, 1, 1, 1}
	if wrapped {
		x, pads = b.wrap(name, x, 1, 0), []int64{1, 0, 1, 0}
	}
	return b.node("MaxPool", name, []string{x}, intsAttr("kernel_shape", 3, 3), intsAttr("strides", 2, 2), intsAttr("pads", pads...))
}

// tokens lays the pixels of an image [batch, channels, rows, columns] out as [batch, rows*columns, channels].
func (b *builder) tokens(name, x string, count, channels int) string {
	return b.reshape(name, b.transpose(name, x, 0, 2, 3, 1), 0, int64(count), int64(channels))
}

// harmonics are the mean and the first harmonic over azimuth of x [..., columns, n] as a matrix to multiply it with: [3, columns],
// which gives scale*[mean x, 2 mean(x cos), 2 mean(x sin)].
func harmonics(columns int, scale float64) []float32 {
	m := make([]float32, 3*columns)
	k := scale / float64(columns)
	for j := range columns {
		sin, cos := math.Sincos(azimuth(j, columns))
		m[j], m[columns+j], m[2*columns+j] = float32(k), float32(2*k*cos), float32(2*k*sin)
	}
	return m
}

// azimuth of the middle of column j, radians.
func azimuth(j, columns int) float64 { return (float64(j) + 0.5) * 2 * math.Pi / float64(columns) }
