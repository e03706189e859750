package sim

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// allocate returns room for n numbers, and how to give it back. It comes from outside Go's
// heap and asks for huge pages: in the trials' values, which are many and each written once,
// small pages cost more time than the values.
func allocate(n int) (room []float64, free func()) {
	b, err := unix.Mmap(-1, 0, 8*max(n, 1), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		return make([]float64, n), func() {}
	}
	_ = unix.Madvise(b, unix.MADV_HUGEPAGE) // a kernel without them is slower, no more
	return unsafe.Slice((*float64)(unsafe.Pointer(&b[0])), n), func() {
		if err := unix.Munmap(b); err != nil {
			panic(err) // these are the bytes of Mmap
		}
	}
}
