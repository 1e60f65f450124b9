package kernel

// The Winograd kernels take their strides in bytes and return how far they got.

func winogradWeightsVec(u []float32, uStep int, g []float32, gStep, n int) int {
	n = whole(n)
	switch {
	case n == 0:
	case active == avx512:
		winogradWeightsAVX512(&u[0], 4*uStep, &g[0], 4*gStep, n)
	default:
		winogradWeightsAVX2(&u[0], 4*uStep, &g[0], 4*gStep, n)
	}
	return n
}

func winogradInVec(v []float32, vStep int, x []float32, row, pixel, c int, tmp []float32) int {
	n := whole(c)
	switch {
	case n == 0:
	case active == avx512:
		winogradInputAVX512(&v[0], 4*vStep, &x[0], 4*row, 4*pixel, &tmp[0], n/16)
	default:
		winogradInputAVX2(&v[0], 4*vStep, &x[0], 4*row, 4*pixel, &tmp[0], n/8)
	}
	return n
}

func winogradOutVec(y, res []float32, row, pixel int, m []float32, mStep int, bias []float32, floor float32, c int, tmp []float32) int {
	n := whole(c)
	row, pixel, mStep = 4*row, 4*pixel, 4*mStep
	switch {
	case n == 0:
	case active == avx512 && res == nil:
		winogradOutputAVX512(&y[0], row, pixel, &m[0], mStep, &bias[0], &tmp[0], floor, n/16)
	case active == avx512:
		winogradOutputResAVX512(&y[0], &res[0], row, pixel, &m[0], mStep, &bias[0], &tmp[0], floor, n/16)
	case res == nil:
		winogradOutputAVX2(&y[0], row, pixel, &m[0], mStep, &bias[0], &tmp[0], floor, n/8)
	default:
		winogradOutputResAVX2(&y[0], &res[0], row, pixel, &m[0], mStep, &bias[0], &tmp[0], floor, n/8)
	}
	return n
}

func winogradGradVec(z []float32, zStep int, dy []float32, row, pixel, c int, tmp []float32) int {
	n := whole(c)
	switch {
	case n == 0:
	case active == avx512:
		winogradGradAVX512(&z[0], 4*zStep, &dy[0], 4*row, 4*pixel, &tmp[0], n/16)
	default:
		winogradGradAVX2(&z[0], 4*zStep, &dy[0], 4*row, 4*pixel, &tmp[0], n/8)
	}
	return n
}

func winogradWeightGradVec(dw []float32, wStep int, u []float32, uStep, n int, tmp []float32) int {
	n = whole(n)
	switch {
	case n == 0:
	case active == avx512:
		winogradWeightGradAVX512(&dw[0], 4*wStep, &u[0], 4*uStep, &tmp[0], n)
	default:
		winogradWeightGradAVX2(&dw[0], 4*wStep, &u[0], 4*uStep, &tmp[0], n)
	}
	return n
}
