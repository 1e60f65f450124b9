package match

import (
	"fmt"
	"math"
)

// Solver holds the work space of Assign, so that a training step can match thousands of times without allocating. The zero
// value is ready; it grows to the largest problem seen. A Solver must not be used by two goroutines at once.
type Solver struct {
	// The workers are the shorter side of the matrix, the jobs the longer, so that every worker gets a job.
	workerDual []float64
	jobDual    []float64
	pathCost   []float64 // per job: length of the shortest known path to it
	pathFrom   []int     // per job: the worker before it on that path
	jobOf      []int     // per worker
	workerOf   []int     // per job
	remaining  []int     // jobs not yet reached by the search
	scanned    []int     // jobs reached by the search, in order
}

// matrix is a cost matrix seen with the shorter side first, shifted to be non-negative, with forbidden pairs priced.
type matrix struct {
	cost                 []float64
	workers, jobs        int
	workerStep, jobStep  int
	shift, priceOfForbid float64
}

func (m *matrix) at(worker, job int) float64 {
	c := m.cost[worker*m.workerStep+job*m.jobStep]
	if c > math.MaxFloat64 {
		return m.priceOfForbid
	}
	return c - m.shift
}

// Assign sets for each of rows the column assigned to it, or Unmatched. The cost matrix is [rows, cols] row-major; it is not
// changed. See the package comment for the contract, +Inf included. The length of rowToCol must be rows. It allocates only to grow
// the work space.
func (s *Solver) Assign(cost []float64, rows, cols int, rowToCol []int) error {
	if err := checkShape(cost, rows, cols); err != nil {
		return err
	}
	if len(rowToCol) != rows {
		return fmt.Errorf("%w: %d rows but room for %d results", ErrShape, rows, len(rowToCol))
	}
	for i := range rowToCol {
		rowToCol[i] = Unmatched
	}
	if rows == 0 || cols == 0 {
		return nil
	}
	var sp spread
	for i, c := range cost {
		if math.IsNaN(c) || math.IsInf(c, -1) {
			return fmt.Errorf("%w: %g at row %d, column %d: only finite costs and +Inf (forbidden) are allowed", ErrCost, c, i/cols, i%cols)
		}
		if !math.IsInf(c, 1) {
			sp.add(c)
		}
	}
	price, err := sp.forbidden(min(rows, cols))
	if err != nil {
		return err
	}
	m := matrix{cost: cost, workers: rows, jobs: cols, workerStep: cols, jobStep: 1, shift: sp.min, priceOfForbid: price}
	if rows > cols {
		m.workers, m.jobs, m.workerStep, m.jobStep = cols, rows, 1, cols
	}
	s.reset(m.workers, m.jobs)
	for w := range m.workers {
		s.augment(&m, w)
	}
	for w, j := range s.jobOf {
		row, col := w, j
		if rows > cols {
			row, col = j, w
		}
		if !math.IsInf(cost[row*cols+col], 1) {
			rowToCol[row] = col
		}
	}
	return nil
}

func (s *Solver) reset(workers, jobs int) {
	s.workerDual = zeroed(s.workerDual, workers)
	s.jobDual = zeroed(s.jobDual, jobs)
	s.pathCost = zeroed(s.pathCost, jobs)
	s.pathFrom = zeroed(s.pathFrom, jobs)
	s.jobOf = zeroed(s.jobOf, workers)
	s.workerOf = zeroed(s.workerOf, jobs)
	s.remaining = zeroed(s.remaining, jobs)
	s.scanned = zeroed(s.scanned, jobs)
	for i := range s.jobOf {
		s.jobOf[i] = Unmatched
	}
	for j := range s.workerOf {
		s.workerOf[j] = Unmatched
	}
}

// augment gives worker a job along the cheapest path of reassignments.
func (s *Solver) augment(m *matrix, worker int) {
	remaining := s.remaining[:m.jobs]
	for j := range remaining {
		remaining[j] = j
		s.pathCost[j] = math.Inf(1)
	}
	scanned := s.scanned[:0]
	length := 0.0
	sink := Unmatched
	for w := worker; sink == Unmatched; {
		best, bestAt := math.Inf(1), Unmatched
		for at, j := range remaining {
			through := length + m.at(w, j) - s.workerDual[w] - s.jobDual[j]
			if through < s.pathCost[j] {
				s.pathCost[j] = through
				s.pathFrom[j] = w
			}
			// On a tie a free job ends the search sooner.
			if s.pathCost[j] < best || (s.pathCost[j] == best && s.workerOf[j] == Unmatched) {
				best, bestAt = s.pathCost[j], at
			}
		}
		j := remaining[bestAt]
		length = best
		remaining[bestAt] = remaining[len(remaining)-1]
		remaining = remaining[:len(remaining)-1]
		if s.workerOf[j] == Unmatched {
			sink = j
		} else {
			scanned = append(scanned, j)
			w = s.workerOf[j]
		}
	}
	s.workerDual[worker] += length
	for _, j := range scanned {
		slack := length - s.pathCost[j]
		s.workerDual[s.workerOf[j]] += slack
		s.jobDual[j] -= slack
	}
	for j := sink; ; {
		w := s.pathFrom[j]
		s.workerOf[j] = w
		j, s.jobOf[w] = s.jobOf[w], j
		if w == worker {
			return
		}
	}
}

func checkShape(cost []float64, rows, cols int) error {
	if rows < 0 || cols < 0 {
		return fmt.Errorf("%w: %d x %d", ErrShape, rows, cols)
	}
	// The division guards the product against overflow.
	if (cols > 0 && rows > len(cost)/cols) || rows*cols != len(cost) {
		return fmt.Errorf("%w: %d x %d needs as many costs, got %d", ErrShape, rows, cols, len(cost))
	}
	return nil
}

// zeroed returns buf cut or grown to n zeros.
func zeroed[T int | float64](buf []T, n int) []T {
	if cap(buf) < n {
		return make([]T, n)
	}
	buf = buf[:n]
	clear(buf)
	return buf
}
