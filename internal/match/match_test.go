package match

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"testing"
)

// reference is a case of testdata/assign.json: scipy's optimum, written by testdata/gen.py.
type reference struct {
	Name       string
	Rows, Cols int
	Cost       []float64
	Pairs      int
	Total      float64
}

func readReference(t *testing.T) []reference {
	t.Helper()
	raw, err := os.ReadFile("testdata/assign.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []reference
	if err := json.Unmarshal(raw, &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) < 40 {
		t.Fatalf("only %d reference cases", len(cases))
	}
	return cases
}

// total checks that an assignment uses no column twice and no forbidden pair; it returns its size and cost.
func total(t *testing.T, cost []float64, cols int, rowToCol []int) (pairs int, sum float64) {
	t.Helper()
	used := make(map[int]bool)
	for r, c := range rowToCol {
		if c == Unmatched {
			continue
		}
		if c < 0 || c >= cols || used[c] {
			t.Fatalf("row %d got column %d, which is outside or taken", r, c)
		}
		if math.IsInf(cost[r*cols+c], 1) {
			t.Fatalf("forbidden pair (%d, %d) returned", r, c)
		}
		used[c] = true
		pairs++
		sum += cost[r*cols+c]
	}
	return pairs, sum
}

func densePairs(cost []float64, cols int) []Pair {
	pairs := make([]Pair, len(cost))
	for i, c := range cost {
		pairs[i] = Pair{i / cols, i % cols, c}
	}
	return pairs
}

func TestAgainstScipy(t *testing.T) {
	for _, ref := range readReference(t) {
		t.Run(ref.Name, func(t *testing.T) {
			scale := 1.0
			for _, c := range ref.Cost {
				scale = max(scale, math.Abs(c))
			}
			check := func(solver string, got []int, err error) {
				t.Helper()
				if err != nil {
					t.Fatalf("%s: %v", solver, err)
				}
				pairs, sum := total(t, ref.Cost, ref.Cols, got)
				if len(got) != ref.Rows || pairs != ref.Pairs || math.Abs(sum-ref.Total) > 1e-12*scale {
					t.Errorf("%s: %d pairs of total %.17g, scipy has %d of %.17g", solver, pairs, sum, ref.Pairs, ref.Total)
				}
			}
			got, err := assign(ref.Cost, ref.Rows, ref.Cols)
			check("dense", got, err)
			got, err = AssignSparse(ref.Rows, ref.Cols, densePairs(ref.Cost, ref.Cols))
			check("sparse", got, err)
		})
	}
}

// assign is one problem by a new Solver.
func assign(cost []float64, rows, cols int) ([]int, error) {
	if err := checkShape(cost, rows, cols); err != nil {
		return nil, err
	}
	rowToCol := make([]int, rows)
	return rowToCol, new(Solver).Assign(cost, rows, cols, rowToCol)
}

// exhaustive returns the largest number of allowed pairs and the least cost at that number, by trying everything.
func exhaustive(cost []float64, rows, cols int) (pairs int, sum float64) {
	taken := make([]bool, cols)
	var try func(row, n int, cost float64)
	bestPairs, bestSum := -1, math.Inf(1)
	try = func(row, n int, c float64) {
		if row == rows {
			if n > bestPairs || (n == bestPairs && c < bestSum) {
				bestPairs, bestSum = n, c
			}
			return
		}
		try(row+1, n, c)
		for j := range cols {
			if v := cost[row*cols+j]; !taken[j] && !math.IsInf(v, 1) {
				taken[j] = true
				try(row+1, n+1, c+v)
				taken[j] = false
			}
		}
	}
	try(0, 0, 0)
	return bestPairs, bestSum
}

func TestForbiddenPairs(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for k := range 400 {
		rows, cols := 1+rng.IntN(6), 1+rng.IntN(6)
		allowed := rng.Float64()
		cost := make([]float64, rows*cols)
		for i := range cost {
			cost[i] = math.Inf(1)
			if rng.Float64() < allowed {
				cost[i] = float64(rng.IntN(9)) - 3 // whole numbers: ties, and exact sums
			}
		}
		wantPairs, wantSum := exhaustive(cost, rows, cols)
		dense, err := assign(cost, rows, cols)
		if err != nil {
			t.Fatal(err)
		}
		sparse, err := AssignSparse(rows, cols, densePairs(cost, cols)[:len(cost):len(cost)])
		if err != nil {
			t.Fatal(err)
		}
		for _, got := range [][]int{dense, sparse} {
			if pairs, sum := total(t, cost, cols, got); pairs != wantPairs || sum != wantSum {
				t.Fatalf("case %d, %d x %d %v: %v has %d pairs of %g, best is %d of %g", k, rows, cols, cost, got, pairs, sum, wantPairs, wantSum)
			}
		}
	}
}

func TestAllForbidden(t *testing.T) {
	inf := math.Inf(1)
	got, err := assign([]float64{inf, inf, inf, inf, inf, inf}, 3, 2)
	if err != nil || fmt.Sprint(got) != "[-1 -1 -1]" {
		t.Errorf("got %v, %v", got, err)
	}
	got, err = AssignSparse(2, 0, nil)
	if err != nil || fmt.Sprint(got) != "[-1 -1]" {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestSparseKeepsCheaperDuplicate(t *testing.T) {
	got, err := AssignSparse(2, 2, []Pair{{0, 0, 5}, {0, 1, 2}, {0, 0, 0}, {1, 0, 2}, {1, 1, 2}})
	if err != nil || fmt.Sprint(got) != "[0 1]" {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestErrors(t *testing.T) {
	for name, c := range map[string]struct {
		cost       []float64
		rows, cols int
		want       error
	}{
		"NaN":           {[]float64{1, math.NaN()}, 1, 2, ErrCost},
		"-Inf":          {[]float64{1, math.Inf(-1)}, 2, 1, ErrCost},
		"overflow":      {[]float64{-1e308, 1e308}, 2, 1, ErrCost},
		"too few":       {[]float64{1, 2, 3}, 2, 2, ErrShape},
		"too many":      {[]float64{1, 2, 3}, 1, 2, ErrShape},
		"negative size": {nil, -1, 0, ErrShape},
		"size product":  {nil, math.MaxInt, math.MaxInt, ErrShape},
	} {
		if _, err := assign(c.cost, c.rows, c.cols); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
	}
	if err := new(Solver).Assign([]float64{1, 2}, 2, 1, make([]int, 1)); !errors.Is(err, ErrShape) {
		t.Errorf("short result: got %v", err)
	}
	if _, err := AssignSparse(2, 2, []Pair{{0, 2, 1}}); !errors.Is(err, ErrShape) {
		t.Errorf("pair outside: got %v", err)
	}
	if _, err := AssignSparse(2, 2, []Pair{{0, 1, math.NaN()}}); !errors.Is(err, ErrCost) {
		t.Errorf("NaN pair: got %v", err)
	}
}

// A used Solver must give what a fresh one gives, whatever it solved before, without allocating.
func TestSolverReuse(t *testing.T) {
	var s Solver
	cases := readReference(t)
	for _, ref := range append(cases, cases...) {
		got := make([]int, ref.Rows)
		if err := s.Assign(ref.Cost, ref.Rows, ref.Cols, got); err != nil {
			t.Fatal(err)
		}
		want, err := assign(ref.Cost, ref.Rows, ref.Cols)
		if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: got %v, fresh solver %v (%v)", ref.Name, got, want, err)
		}
	}
	last := cases[len(cases)-1]
	got := make([]int, last.Rows)
	if n := testing.AllocsPerRun(10, func() {
		if err := s.Assign(last.Cost, last.Rows, last.Cols, got); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%g allocations in a warm solver", n)
	}
}

// chain is a well of dense beds: every row is allowed the columns next to it, so that all are connected.
func chain(rows, cols int) []Pair {
	rng := rand.New(rand.NewPCG(3, 4))
	var pairs []Pair
	for r := range rows {
		for c := max(0, r*cols/rows-3); c <= min(cols-1, r*cols/rows+3); c++ {
			pairs = append(pairs, Pair{r, c, rng.Float64()})
		}
	}
	return pairs
}

func TestSparseEqualsDenseOnChain(t *testing.T) {
	for _, size := range [][2]int{{80, 80}, {60, 90}, {90, 60}} {
		rows, cols := size[0], size[1]
		pairs := chain(rows, cols)
		cost := make([]float64, rows*cols)
		for i := range cost {
			cost[i] = math.Inf(1)
		}
		for _, p := range pairs {
			cost[p.Row*cols+p.Col] = p.Cost
		}
		dense, err := assign(cost, rows, cols)
		if err != nil {
			t.Fatal(err)
		}
		sparse, err := AssignSparse(rows, cols, pairs)
		if err != nil {
			t.Fatal(err)
		}
		wantPairs, wantSum := total(t, cost, cols, dense)
		if pairs, sum := total(t, cost, cols, sparse); pairs != wantPairs || math.Abs(sum-wantSum) > 1e-9 {
			t.Errorf("%v: sparse %d pairs of %g, dense %d of %g", size, pairs, sum, wantPairs, wantSum)
		}
	}
}

func BenchmarkSolver48x12(b *testing.B) {
	rng := rand.New(rand.NewPCG(5, 6))
	cost := make([]float64, 48*12)
	for i := range cost {
		cost[i] = rng.Float64()
	}
	var s Solver
	got := make([]int, 48)
	for b.Loop() {
		if err := s.Assign(cost, 48, 12, got); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSparseChain(b *testing.B) {
	for _, size := range [][2]int{{10000, 10000}, {10000, 8000}, {8000, 10000}} {
		pairs := chain(size[0], size[1])
		b.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(b *testing.B) {
			for b.Loop() {
				if _, err := AssignSparse(size[0], size[1], pairs); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
