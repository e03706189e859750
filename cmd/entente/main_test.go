package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"entente": main})
}

// Stories of the whole program, each in a file of its own.
func TestStories(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			tiny, err := os.ReadFile(filepath.Join("testdata", "tiny.yaml"))
			if err != nil {
				return err
			}
			return os.WriteFile(filepath.Join(env.WorkDir, "tiny.yaml"), tiny, 0o666)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"status":    status,
			"interrupt": interrupt,
		},
	})
}

// status N COMMAND... runs a command that must end with exit status N.
func status(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N COMMAND...")
	}
	checkStatus(ts, args[0], ts.Exec(args[1], args[2:]...))
}

// interrupt DIR STATUS COMMAND... sends SIGINT to a command as soon as it has made DIR or
// something in it, which it does just before it simulates.
func interrupt(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: interrupt DIR STATUS COMMAND...")
	}
	path, err := exec.LookPath(args[2])
	ts.Check(err)
	dir := ts.MkAbs(args[0])
	var before time.Time
	if info, err := os.Stat(dir); err == nil {
		before = info.ModTime()
		time.Sleep(50 * time.Millisecond) // longer than the tick of file times
	}
	cmd := exec.Command(path, args[3:]...)
	cmd.Dir = ts.Getenv("WORK")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	ts.Check(cmd.Start())
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		if info, err := os.Stat(dir); err == nil && info.ModTime() != before {
			break
		}
		if time.Now().After(deadline) {
			cmd.Process.Kill()
			cmd.Wait()
			ts.Fatalf("nothing happened in %s; stderr: %s", dir, stderr.String())
		}
	}
	ts.Check(cmd.Process.Signal(os.Interrupt))
	checkStatus(ts, args[1], cmd.Wait())
	ts.Logf("stderr: %s", stderr.String())
	if !strings.Contains(stderr.String(), "interrupted") {
		ts.Fatalf("it does not say that it was interrupted")
	}
}

func checkStatus(ts *testscript.TestScript, want string, err error) {
	n, convErr := strconv.Atoi(want)
	ts.Check(convErr)
	got := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != n {
		ts.Fatalf("exit status %d, want %d", got, n)
	}
}

// document is what these tests need of result.json.
type document struct {
	Metrics map[string]struct {
		ByYear []statistics `json:"by_year"`
		Total  *statistics  `json:"total"`
	} `json:"metrics"`
}

type statistics struct {
	Defined, Min, Max *float64
}

func runJSON(t *testing.T, args ...string) document {
	t.Helper()
	var stdout, stderr bytes.Buffer
	args = append([]string{"run", "--json", "-q", "-o", t.TempDir()}, args...)
	if status := Main(args, strings.NewReader(""), &stdout, &stderr); status != statusDone {
		t.Fatalf("entente %s: status %d: %s", strings.Join(args, " "), status, stderr.String())
	}
	var d document
	if err := json.Unmarshal(stdout.Bytes(), &d); err != nil {
		t.Fatal(err)
	}
	if len(d.Metrics) == 0 {
		t.Fatal("no metrics")
	}
	return d
}

// What happens in a trial does not depend on how many follow: in a run of two trials the first
// has the value that it has alone, so that value is the lowest or the highest of the two.
func TestFirstTrialOfALongerRun(t *testing.T) {
	tiny := filepath.Join("testdata", "tiny.yaml")
	one, two := runJSON(t, tiny, "-n", "1"), runJSON(t, tiny, "-n", "2")
	compared := 0
	compare := func(name string, one, two statistics) {
		if one.Min == nil || *one.Defined == 0 {
			return
		}
		compared++
		if *one.Min != *two.Min && *one.Min != *two.Max {
			t.Errorf("%s is %v in the first trial alone, but %v and %v in the first two", name, *one.Min, *two.Min, *two.Max)
		}
	}
	for name, m := range one.Metrics {
		for i, s := range m.ByYear {
			compare(name, s, two.Metrics[name].ByYear[i])
		}
		if m.Total != nil {
			compare(name, *m.Total, *two.Metrics[name].Total)
		}
	}
	if compared < 20 {
		t.Errorf("only %d values could be compared", compared)
	}
}
