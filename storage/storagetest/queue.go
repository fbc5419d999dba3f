package storagetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"mailroom/storage"
)

// Store is a ledger with its queue.
type Store interface {
	storage.Ledger
	storage.Queue
}

// Queue tests a queue together with its ledger. open returns an empty one. The
// tests all run at once, for most of them wait.
func Queue(t *testing.T, open func(t *testing.T) Store) {
	tests := map[string]func(*testing.T, Store){
		"every job runs once":                         testEachOnce,
		"an equal job that waits is not put twice":    testEqualWaits,
		"an equal job that runs runs once more":       testEqualRuns,
		"a job that asks for itself is not put":       testAsksItself,
		"what ended can be put again":                 testPutAfterEnd,
		"the last wish is always seen":                testLastWish,
		"after the last attempt it is given up":       testGaveUp,
		"what is unavailable costs no attempt":        testUnavailable,
		"a panic is an error":                         testPanicInHandler,
		"the first priority comes first":              testPriority,
		"readers do not hold up others":               testBounds,
		"work returns when the last handler has":      testWorkEnds,
		"a handler that is told to end is not judged": testInterrupted,
		"two do not work in one name":                 testOneWorker,
		"a node may only read":                        testOnlyReads,
	}
	var wg sync.WaitGroup
	for name, test := range tests {
		wg.Go(func() { t.Run(name, func(t *testing.T) { test(t, open(t)) }) })
	}
	wg.Wait()
}

func enqueue(t *testing.T, s Store, jobs ...storage.Job) {
	t.Helper()
	do(t, s, func(ctx context.Context, tx storage.Tx) error {
		for _, j := range jobs {
			if err := tx.Enqueue(ctx, j); err != nil {
				return err
			}
		}
		return nil
	})
}

// work lets s work until the test, or stop, ends it.
func work(t *testing.T, s Store, w storage.Work) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Work(ctx, w) }()
	stop = sync.OnceFunc(func() {
		cancel()
		select {
		case err := <-done:
			if err != nil {
				t.Errorf("Work: %v", err)
			}
		case <-time.After(30 * time.Second):
			t.Error("Work did not return")
		}
	})
	t.Cleanup(stop)
	return stop
}

// next waits for a value.
func next[T any](t *testing.T, c <-chan T, within time.Duration) (v T) {
	t.Helper()
	select {
	case v = <-c:
	case <-time.After(within):
		t.Fatalf("nothing came within %s", within)
	}
	return v
}

// none fails if a value comes.
func none[T any](t *testing.T, c <-chan T, within time.Duration) {
	t.Helper()
	select {
	case v := <-c:
		t.Fatalf("%v came, want nothing", v)
	case <-time.After(within):
	}
}

// recorder is a handler that passes jobs on and answers nil.
func recorder(c chan<- storage.Job) func(context.Context, storage.Job) error {
	return func(_ context.Context, j storage.Job) error {
		c <- j
		return nil
	}
}

func settle(n int) storage.Job {
	return storage.Job{Step: storage.StepTidy, Batch: batchID(n), Priority: 2}
}

func testEachOnce(t *testing.T, s Store) {
	var jobs []storage.Job
	for i, step := range []string{storage.StepUnpack, storage.StepRead, storage.StepCut, storage.StepKeep, storage.StepRoute, storage.StepTidy} {
		for n := range 4 {
			jobs = append(jobs, storage.Job{Step: step, Batch: batchID(i), Number: n, Priority: n%4 + 1})
		}
	}
	jobs = append(jobs, storage.Job{Step: storage.StepVerify, Batch: batchID(9)})
	enqueue(t, s, jobs...)
	jobs[len(jobs)-1].Priority = 2
	got := make(chan storage.Job, 100)
	work(t, s, storage.Work{Readers: 2, Others: 2, Handle: recorder(got)})
	seen := map[storage.Job]int{}
	for range jobs {
		seen[next(t, got, 10*time.Second)]++
	}
	none(t, got, 200*time.Millisecond)
	for _, j := range jobs {
		if seen[j] != 1 {
			t.Errorf("%+v ran %d times, want once", j, seen[j])
		}
	}
}

func testEqualWaits(t *testing.T, s Store) {
	enqueue(t, s, settle(1), settle(2), settle(1))
	enqueue(t, s, settle(1))
	got := make(chan storage.Job, 10)
	work(t, s, storage.Work{Others: 2, Handle: recorder(got)})
	both := []storage.Job{next(t, got, 5*time.Second), next(t, got, 5*time.Second)}
	if both[0] == both[1] {
		t.Errorf("%+v ran twice", both[0])
	}
	none(t, got, 300*time.Millisecond)
}

func testEqualRuns(t *testing.T, s Store) {
	started, proceed := make(chan storage.Job, 10), make(chan bool)
	var mu sync.Mutex
	at, most := 0, 0
	work(t, s, storage.Work{Others: 4, Handle: func(_ context.Context, j storage.Job) error {
		mu.Lock()
		at++
		most = max(at, most)
		mu.Unlock()
		started <- j
		<-proceed
		mu.Lock()
		at--
		mu.Unlock()
		return nil
	}})
	enqueue(t, s, settle(1))
	next(t, started, 5*time.Second)
	enqueue(t, s, settle(1))
	enqueue(t, s, settle(1))
	none(t, started, 200*time.Millisecond)
	proceed <- true
	next(t, started, 5*time.Second)
	proceed <- true
	none(t, started, 300*time.Millisecond)
	if most != 1 {
		t.Errorf("%d equal jobs ran at once", most)
	}
}

func testAsksItself(t *testing.T, s Store) {
	started := make(chan storage.Job, 10)
	work(t, s, storage.Work{Others: 2, Handle: func(ctx context.Context, j storage.Job) error {
		started <- j
		return s.Do(ctx, func(tx storage.Tx) error { return tx.Enqueue(ctx, j) })
	}})
	enqueue(t, s, settle(1))
	next(t, started, 5*time.Second)
	none(t, started, 500*time.Millisecond)
}

func testPutAfterEnd(t *testing.T, s Store) {
	got := make(chan storage.Job, 10)
	work(t, s, storage.Work{Others: 1, Handle: recorder(got)})
	for range 3 {
		enqueue(t, s, settle(1))
		next(t, got, 5*time.Second)
	}
}

// testLastWish counts up and asks for a look each time. Whenever the counting
// ends, a look must have come after it.
func testLastWish(t *testing.T, s Store) {
	const writers, each = 4, 25
	table(t, s)
	do(t, s, func(ctx context.Context, tx storage.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO things (id, n) VALUES (1, 0)`)
		return err
	})
	looks := make(chan int, writers*each+1)
	work(t, s, storage.Work{Others: 2, Handle: func(ctx context.Context, _ storage.Job) error {
		return s.View(ctx, func(tx storage.Tx) error {
			var n int
			err := tx.QueryRow(ctx, `SELECT n FROM things WHERE id = 1`).Scan(&n)
			looks <- n
			return err
		})
	}})
	parallel(writers, func(int) {
		for range each {
			do(t, s, func(ctx context.Context, tx storage.Tx) error {
				if _, err := tx.Exec(ctx, `UPDATE things SET n = n + 1 WHERE id = 1`); err != nil {
					return err
				}
				return tx.Enqueue(ctx, settle(1))
			})
		}
	})
	for n := 0; n < writers*each; {
		n = next(t, looks, 5*time.Second)
	}
}

func testGaveUp(t *testing.T, s Store) {
	type end struct {
		job storage.Job
		err error
	}
	tried, ended := make(chan time.Time, 10), make(chan end, 10)
	work(t, s, storage.Work{Others: 1,
		Handle: func(context.Context, storage.Job) error {
			tried <- time.Now()
			return fmt.Errorf("attempt: %w", storage.ErrBroken)
		},
		GaveUp: func(_ context.Context, j storage.Job, err error) { ended <- end{j, err} },
	})
	start := time.Now()
	enqueue(t, s, settle(1))
	got := next(t, ended, 30*time.Second)
	if got.job != settle(1) || !errors.Is(got.err, storage.ErrBroken) {
		t.Errorf("gave up %+v with %v", got.job, got.err)
	}
	if took := time.Since(start); len(tried) != 5 || took < 4*time.Second || took > 20*time.Second {
		t.Errorf("%d attempts in %s, want 5 with pauses of seconds", len(tried), took)
	}
	none(t, ended, 300*time.Millisecond)
	for range 5 {
		<-tried
	}
	enqueue(t, s, settle(1)) // a person tries again
	next(t, tried, 5*time.Second)
}

func testUnavailable(t *testing.T, s Store) {
	var mu sync.Mutex
	calls := 0
	got := make(chan storage.Job, 10)
	stop := work(t, s, storage.Work{Others: 1, Handle: func(_ context.Context, j storage.Job) error {
		mu.Lock()
		defer mu.Unlock()
		if calls++; calls < 3 {
			return fmt.Errorf("put: %w", storage.ErrUnavailable)
		}
		got <- j
		return nil
	}})
	enqueue(t, s, settle(1))
	next(t, got, 20*time.Second)
	stop()
	if n := count(t, s, `SELECT attempt FROM river_job`); n != 1 {
		t.Errorf("%d attempts were counted, want 1", n)
	}
}

func testPanicInHandler(t *testing.T, s Store) {
	var once sync.Once
	got := make(chan storage.Job, 10)
	work(t, s, storage.Work{Others: 1, Handle: func(_ context.Context, j storage.Job) error {
		once.Do(func() { panic("bad page") })
		got <- j
		return nil
	}})
	enqueue(t, s, settle(1))
	next(t, got, 10*time.Second)
}

func testPriority(t *testing.T, s Store) {
	for _, p := range []int{3, 1, 4, 2} {
		enqueue(t, s, storage.Job{Step: storage.StepRead, Batch: batchID(1), Number: p, Priority: p})
	}
	got := make(chan storage.Job, 10)
	work(t, s, storage.Work{Readers: 1, Handle: recorder(got)})
	var order []int
	for range 4 {
		order = append(order, next(t, got, 5*time.Second).Priority)
	}
	if !slices.IsSorted(order) {
		t.Errorf("priorities came in order %v", order)
	}
}

func testBounds(t *testing.T, s Store) {
	reads, others, proceed := make(chan storage.Job, 10), make(chan storage.Job, 10), make(chan bool)
	for n := range 5 {
		enqueue(t, s, storage.Job{Step: storage.StepRead, Batch: batchID(1), Number: n}, storage.Job{Step: storage.StepKeep, Batch: batchID(1), Number: n})
	}
	work(t, s, storage.Work{Readers: 2, Others: 1, Handle: func(_ context.Context, j storage.Job) error {
		if j.Step == storage.StepRead {
			reads <- j
			<-proceed
			return nil
		}
		others <- j
		return nil
	}})
	t.Cleanup(func() { close(proceed) })
	for range 5 {
		next(t, others, 5*time.Second)
	}
	next(t, reads, 5*time.Second)
	next(t, reads, 5*time.Second)
	none(t, reads, 300*time.Millisecond)
}

func testWorkEnds(t *testing.T, s Store) {
	started, ended := make(chan storage.Job, 1), make(chan bool, 1)
	stop := work(t, s, storage.Work{Others: 1, Handle: func(ctx context.Context, j storage.Job) error {
		started <- j
		time.Sleep(300 * time.Millisecond)
		ended <- true
		return ctx.Err()
	}})
	enqueue(t, s, settle(1))
	next(t, started, 5*time.Second)
	stop()
	if len(ended) != 1 {
		t.Error("Work returned before its handler")
	}
	if n := count(t, s, `SELECT count(*) FROM river_job WHERE state = 'completed'`); n != 1 {
		t.Errorf("%d jobs are completed, want 1", n)
	}
}

func testInterrupted(t *testing.T, s Store) {
	started := make(chan storage.Job, 1)
	stop := work(t, s, storage.Work{Others: 1,
		Handle: func(ctx context.Context, j storage.Job) error {
			started <- j
			<-ctx.Done()
			return fmt.Errorf("interrupted: %w", ctx.Err())
		},
		GaveUp: func(context.Context, storage.Job, error) { t.Error("gave up") },
	})
	enqueue(t, s, settle(1))
	next(t, started, 5*time.Second)
	stop()
	got := make(chan storage.Job, 1)
	stop = work(t, s, storage.Work{Others: 1, Handle: recorder(got)})
	next(t, got, 5*time.Second)
	stop()
	if n := count(t, s, `SELECT attempt FROM river_job`); n != 1 {
		t.Errorf("%d attempts were counted, want 1", n)
	}
}

func testOneWorker(t *testing.T, s Store) {
	got := make(chan storage.Job, 1)
	stop := work(t, s, storage.Work{Others: 1, Handle: recorder(got)})
	enqueue(t, s, settle(1))
	next(t, got, 5*time.Second)
	want(t, "second Work", s.Work(context.Background(), storage.Work{Others: 1, Handle: recorder(got)}), storage.ErrConflict)
	stop()
	work(t, s, storage.Work{Others: 1, Handle: recorder(got)})
	enqueue(t, s, settle(2))
	next(t, got, 5*time.Second)
}

func testOnlyReads(t *testing.T, s Store) {
	enqueue(t, s, settle(1), storage.Job{Step: storage.StepRead, Batch: batchID(1)})
	got := make(chan storage.Job, 10)
	work(t, s, storage.Work{Readers: 1, Handle: recorder(got)})
	if j := next(t, got, 5*time.Second); j.Step != storage.StepRead {
		t.Errorf("got %+v", j)
	}
	none(t, got, 200*time.Millisecond)
	if err := s.Work(context.Background(), storage.Work{}); err == nil {
		t.Error("work without workers was taken")
	}
}
