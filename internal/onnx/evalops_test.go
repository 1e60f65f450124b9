package onnx

import (
	"fmt"
	"math"
	"slices"
)

// lastAxis applies f to every row of the last axis.
func lastAxis(x array, f func(dst, row []float32)) array {
	y := newArray(x.dims...)
	n := x.dims[len(x.dims)-1]
	for i := 0; i < len(x.data); i += n {
		f(y.data[i:i+n], x.data[i:i+n])
	}
	return y
}

func softmaxRow(dst, x []float32) {
	top, sum := slices.Max(x), 0.0
	for _, v := range x {
		sum += math.Exp(float64(v - top))
	}
	for i, v := range x {
		dst[i] = float32(math.Exp(float64(v-top)) / sum)
	}
}

func layerNormRow(dst, x, gamma, beta []float32, eps float64) {
	var mean, squares float64
	for _, v := range x {
		mean += float64(v) / float64(len(x))
	}
	for _, v := range x {
		squares += (float64(v) - mean) * (float64(v) - mean) / float64(len(x))
	}
	for i, v := range x {
		dst[i] = float32((float64(v)-mean)/math.Sqrt(squares+eps)*float64(gamma[i]) + float64(beta[i]))
	}
}

func reduceSum(x array, axes []int64, keep int64) (array, error) {
	if !slices.Equal(axes, []int64{-1}) || keep != 0 {
		return array{}, fmt.Errorf("ReduceSum over %v, keepdims %d", axes, keep)
	}
	last := len(x.dims) - 1
	y := newArray(x.dims[:last]...)
	for i, v := range x.data {
		y.data[i/x.dims[last]] += v
	}
	return y, nil
}

func transpose(x array, perm []int64) array {
	own, _ := x.strides(x.dims)
	dims, from := make([]int, len(perm)), make([]int, len(perm))
	for i, p := range perm {
		dims[i], from[i] = x.dims[p], own[p]
	}
	y := newArray(dims...)
	walk(dims, func(i int, at []int) { y.data[i] = x.data[at[0]] }, from)
	return y
}

func reshape(x array, shape []int64) (array, error) {
	y, known, free := array{data: x.data}, 1, -1
	for i, d := range shape {
		switch d {
		case 0:
			d = int64(x.dims[i])
		case -1:
			free, d = i, 1
		}
		known *= int(d)
		y.dims = append(y.dims, int(d))
	}
	if free >= 0 {
		y.dims[free] = len(x.data) / known
		known *= y.dims[free]
	}
	if known != len(x.data) {
		return y, fmt.Errorf("%v reshaped to %v", x.dims, shape)
	}
	return y, nil
}

func unsqueeze(x array, axes []int64) array {
	dims := slices.Clone(x.dims)
	for _, a := range axes {
		dims = slices.Insert(dims, int(a), 1)
	}
	return array{dims: dims, data: x.data}
}

func slice(x array, from, to int64, axis int) array {
	n := int64(x.dims[axis])
	if from < 0 {
		from += n
	}
	if to > n {
		to = n
	}
	own, _ := x.strides(x.dims)
	if x.dims[axis] == 1 {
		return x
	}
	dims := slices.Clone(x.dims)
	dims[axis] = int(to - from)
	y := newArray(dims...)
	walk(dims, func(i int, at []int) { y.data[i] = x.data[int(from)*own[axis]+at[0]] }, own)
	return y
}

func concat(xs []array, axis int) array {
	if axis < 0 {
		axis += len(xs[0].dims)
	}
	dims := slices.Clone(xs[0].dims)
	dims[axis] = 0
	inner := 1
	for _, d := range dims[axis+1:] {
		inner *= d
	}
	for _, x := range xs {
		dims[axis] += x.dims[axis]
	}
	y := newArray(dims...)
	row, at := dims[axis]*inner, 0
	for _, x := range xs {
		n := x.dims[axis] * inner
		for i := 0; i*n < len(x.data); i++ {
			copy(y.data[i*row+at:][:n], x.data[i*n:])
		}
		at += n
	}
	return y
}

// window is Conv, or MaxPool where there are no weights.
func window(x, w array, bias []float32, attrs map[string]Attribute) array {
	k, s, pads := attrs["kernel_shape"].Ints, attrs["strides"].Ints, attrs["pads"].Ints
	kh, kw, sy, sx := int(k[0]), int(k[1]), int(s[0]), int(s[1])
	b, ci, h, wd := x.dims[0], x.dims[1], x.dims[2], x.dims[3]
	co := ci
	if w.data != nil {
		co = w.dims[0]
	}
	y := newArray(b, co, (h+int(pads[0]+pads[2])-kh)/sy+1, (wd+int(pads[1]+pads[3])-kw)/sx+1)
	oh, ow := y.dims[2], y.dims[3]
	// visit calls f for every tap of a channel of an image that lies in it.
	visit := func(image []float32, r, c int, f func(tap int, v float32)) {
		for i := range kh {
			for j := range kw {
				yy, xx := r*sy+i-int(pads[0]), c*sx+j-int(pads[1])
				if yy >= 0 && yy < h && xx >= 0 && xx < wd {
					f(i*kw+j, image[yy*wd+xx])
				}
			}
		}
	}
	for n := range b {
		for o := range co {
			for r := range oh {
				for c := range ow {
					at := ((n*co+o)*oh+r)*ow + c
					if w.data == nil {
						top := float32(math.Inf(-1))
						visit(x.data[(n*ci+o)*h*wd:][:h*wd], r, c, func(_ int, v float32) { top = max(top, v) })
						y.data[at] = top
						continue
					}
					sum := float64(bias[o])
					for i := range ci {
						taps := w.data[(o*ci+i)*kh*kw:]
						visit(x.data[(n*ci+i)*h*wd:][:h*wd], r, c, func(tap int, v float32) { sum += float64(taps[tap]) * float64(v) })
					}
					y.data[at] = float32(sum)
				}
			}
		}
	}
	return y
}
