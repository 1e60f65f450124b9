package kernel

// The Winograd kernels take their strides in bytes, work on four channels at a time and return how far they got.

func winogradWeightsVec(u []float32, uStep int, g []float32, gStep, n int) int {
	n = whole(n)
	if n > 0 {
		winogradWeightsNEON(&u[0], 4*uStep, &g[0], 4*gStep, n)
	}
	return n
}

func winogradInVec(v []float32, vStep int, x []float32, row, pixel, c int, tmp []float32) int {
	n := whole(c)
	if n > 0 {
		winogradInputNEON(&v[0], 4*vStep, &x[0], 4*row, 4*pixel, &tmp[0], n/4)
	}
	return n
}

func winogradOutVec(y, res []float32, row, pixel int, m []float32, mStep int, bias []float32, floor float32, c int, tmp []float32) int {
	n := whole(c)
	row, pixel, mStep = 4*row, 4*pixel, 4*mStep
	switch {
	case n == 0:
	case res == nil:
		winogradOutputNEON(&y[0], row, pixel, &m[0], mStep, &bias[0], &tmp[0], floor, n/4)
	default:
		winogradOutputResNEON(&y[0], &res[0], row, pixel, &m[0], mStep, &bias[0], &tmp[0], floor, n/4)
	}
	return n
}

func winogradGradVec(z []float32, zStep int, dy []float32, row, pixel, c int, tmp []float32) int {
	n := whole(c)
	if n > 0 {
		winogradGradNEON(&z[0], 4*zStep, &dy[0], 4*row, 4*pixel, &tmp[0], n/4)
	}
	return n
}

func winogradWeightGradVec(dw []float32, wStep int, u []float32, uStep, n int, tmp []float32) int {
	n = whole(n)
	if n > 0 {
		winogradWeightGradNEON(&dw[0], 4*wStep, &u[0], 4*uStep, &tmp[0], n)
	}
	return n
}
