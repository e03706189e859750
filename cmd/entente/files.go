package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

// An output is a directory that files are written to. All of them appear, each whole, or none:
// they are written under other names beside their own, and are renamed when all are on disk.
type output struct {
	dir     string
	created []string // the directories that were made for it, outermost first

	mu     sync.Mutex
	staged []staged
}

type staged struct{ temporary, final string }

// openOutput makes the directory, if need be, and finds out whether files of these names can be
// written to it. If that fails, nothing of it is left.
func openOutput(dir string, names []string) (*output, error) {
	o := &output{dir: dir}
	if err := o.open(names); err != nil {
		o.discard()
		return nil, fmt.Errorf("can't write to %s: %w", dir, err)
	}
	return o, nil
}

func (o *output) open(names []string) error {
	for dir := filepath.Clean(o.dir); ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
			break // it is there, or there is a reason that MkdirAll gives better
		}
		o.created = append([]string{dir}, o.created...)
	}
	if err := os.MkdirAll(o.dir, 0o777); err != nil {
		return err
	}
	for _, name := range names {
		final := filepath.Join(o.dir, name)
		if info, err := os.Stat(final); err == nil && info.IsDir() {
			return fmt.Errorf("%s is a directory", final)
		}
		f, err := os.OpenFile(o.temporary(name), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o666)
		if err != nil {
			return err
		}
		if err := errors.Join(f.Close(), os.Remove(f.Name())); err != nil {
			return err
		}
	}
	return nil
}

// temporary is where a file is written first: beside its own name, because only within one
// file system is a rename all or nothing.
func (o *output) temporary(name string) string {
	return filepath.Join(o.dir, fmt.Sprintf(".%s.%d.tmp", name, os.Getpid()))
}

// stage writes a file under its temporary name. Several may be written at once.
func (o *output) stage(name string, write func(io.Writer) error) error {
	f, err := os.OpenFile(o.temporary(name), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o666)
	if err != nil {
		return err
	}
	final := filepath.Join(o.dir, name)
	o.mu.Lock()
	o.staged = append(o.staged, staged{f.Name(), final})
	o.mu.Unlock()
	w := bufio.NewWriter(f)
	if err := errors.Join(write(w), w.Flush(), f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("writing %s: %w", final, err)
	}
	return nil
}

// commit gives the staged files their names.
func (o *output) commit() error {
	for len(o.staged) > 0 {
		if err := os.Rename(o.staged[0].temporary, o.staged[0].final); err != nil {
			return err
		}
		o.staged = o.staged[1:]
	}
	o.created = nil
	return nil
}

// discard removes what has not been committed, and the directories that were made for it and
// hold nothing else. After a commit it does nothing.
func (o *output) discard() {
	for _, s := range o.staged {
		os.Remove(s.temporary)
	}
	for i := len(o.created) - 1; i >= 0; i-- {
		os.Remove(o.created[i]) // fails where there is something in it, as it should
	}
}
