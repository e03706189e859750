// Package parallel shares numbered work out among workers.
package parallel

import (
	"sync"
	"sync/atomic"
)

// Each calls the functions that start makes, one for each worker, with 0 … n−1.
func Each(workers, n int, start func() func(int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range max(1, min(workers, n)) {
		wg.Go(func() {
			work := start()
			for i := int(next.Add(1) - 1); i < n; i = int(next.Add(1) - 1) {
				work(i)
			}
		})
	}
	wg.Wait()
}
