package reports

import (
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"entente/sim/result"
)

// The report is looked at with a real browser, without a network. Where there is none, the
// tests fail, unless ENTENTE_NO_BROWSER=1 says that this is known.
func browser(t *testing.T) context.Context {
	t.Helper()
	if os.Getenv("ENTENTE_NO_BROWSER") == "1" {
		t.Skip("ENTENTE_NO_BROWSER=1")
	}
	var path string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			path = p
			break
		}
	}
	if path == "" {
		t.Fatal("no chromium in the path: install it, or set ENTENTE_NO_BROWSER=1 to leave the report untested in a browser")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND"),
		chromedp.Flag("proxy-server", "127.0.0.1:9"),
		chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-quic", true),
	)
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 5*time.Minute)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	return ctx
}

// A tab shows one report, and remembers what it complained about and what it asked for.
type tab struct {
	t   *testing.T
	ctx context.Context
	url string

	mu       sync.Mutex
	troubles []string
	requests []string
}

func open(t *testing.T, ctx context.Context, r *result.Result, scheme string) *tab {
	t.Helper()
	file := filepath.Join(t.TempDir(), "report.html")
	if err := os.WriteFile(file, writeHTML(t, r), 0o644); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	b := &tab{t: t, ctx: ctx, url: "file://" + file}
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(ctx, network.Enable, network.EnableParams{}); err != nil {
		t.Fatal(err)
	}
	b.prefer(scheme)
	err := chromedp.Listen(ctx, func(ev any) {
		b.mu.Lock()
		defer b.mu.Unlock()
		switch e := ev.(type) {
		case *runtime.EventConsoleAPICalled:
			text := string(e.Type)
			for _, a := range e.Args {
				text += " " + string(a.Value) + a.Description
			}
			b.troubles = append(b.troubles, text)
		case *runtime.EventExceptionThrown:
			b.troubles = append(b.troubles, "exception "+e.ExceptionDetails.Text+fmt.Sprintf("%+v", e.ExceptionDetails.Exception))
		case *log.EventEntryAdded:
			b.troubles = append(b.troubles, string(e.Entry.Level)+" "+e.Entry.Text)
		case *network.EventRequestWillBeSent:
			b.requests = append(b.requests, e.Request.URL)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	b.size(1280, 900)
	if err := chromedp.Do(ctx, chromedp.Navigate(b.url)); err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *tab) prefer(scheme string) {
	b.t.Helper()
	if _, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	}); err != nil {
		b.t.Fatal(err)
	}
}

func (b *tab) size(width, height int64) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, chromedp.EmulateViewport(width, height)); err != nil {
		b.t.Fatal(err)
	}
}

// eval is the value of a JavaScript expression.
func eval[T any](b *tab, js string) T {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](js))
	if err != nil {
		b.t.Fatalf("%s: %v", js, err)
	}
	return v
}

// until waits until a JavaScript expression is true.
func (b *tab) until(js string) {
	b.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if eval[bool](b, js) {
			return
		}
		if time.Now().After(deadline) {
			b.t.Fatalf("not true after 20 s: %s", js)
		}
	}
}

// readThrough scrolls from top to bottom, as a reader does, until every chart is drawn.
func (b *tab) readThrough() {
	b.t.Helper()
	for y := 0; y < eval[int](b, "document.documentElement.scrollHeight"); y += 700 {
		eval[bool](b, fmt.Sprintf("(window.scrollTo({top: %d, behavior: 'instant'}), true)", y))
		b.until("[...document.querySelectorAll('[data-chart]')].every(e => { if (e.closest('[hidden]')) return true; const r = e.getBoundingClientRect(); return r.top > innerHeight || r.bottom < 0 || e.dataset.drawn })")
	}
	b.until("[...document.querySelectorAll('[data-chart]')].every(e => e.dataset.drawn || e.closest('[hidden]'))")
}

// look chooses the view that a chart is in.
func (b *tab) look(chart string) {
	b.t.Helper()
	eval[bool](b, fmt.Sprintf("(() => { const v = document.getElementById(%q).closest('[data-view]'); if (v && v.hidden) document.querySelector(`#views button[value=${v.dataset.view}]`).click(); return true })()", chart))
	b.until(fmt.Sprintf("(() => { const e = document.querySelector('[data-chart=%q]'); e.scrollIntoView({block: 'center', behavior: 'instant'}); return !!e.dataset.drawn })()", chart))
}

// drawAll draws every chart, as a print does.
func (b *tab) drawAll() {
	b.t.Helper()
	eval[bool](b, "(window.dispatchEvent(new Event('beforeprint')), true)")
	b.until("[...document.querySelectorAll('[data-chart]')].every(e => e.dataset.drawn)")
}

// pointAt moves the pointer about in a chart until it tells something with want in it.
func (b *tab) pointAt(chart, want string) {
	b.t.Helper()
	b.look(chart)
	at := fmt.Sprintf("(() => { const e = document.querySelector('[data-chart=%q]'); e.scrollIntoView({block: 'center', behavior: 'instant'}); const r = e.getBoundingClientRect(); return [r.left + r.width * 0.3, r.top + r.height / 2] })()", chart)
	told := fmt.Sprintf("[...document.querySelectorAll('[data-chart=%q] .tip')].some(e => e.textContent.includes(%q))", chart, want)
	for i := range 100 {
		xy := eval[[]float64](b, at)
		if err := chromedp.Do(b.ctx, chromedp.MouseEvent("mouseMoved", xy[0]+float64(i%7), xy[1])); err != nil {
			b.t.Fatal(err)
		}
		if eval[bool](b, told) {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	b.t.Errorf("pointing at %s tells nothing of %q, but %q", chart, want, eval[string](b, fmt.Sprintf("document.querySelector('[data-chart=%q]').textContent", chart)))
}

// atRest takes the pointer off the charts and returns their pictures when they no longer
// change: what points at a value goes away a moment later.
func (b *tab) atRest() map[string]string {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, chromedp.MouseEvent("mouseMoved", 1, 1)); err != nil {
		b.t.Fatal(err)
	}
	before := eval[map[string]string](b, pictures)
	same := 0
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); {
		time.Sleep(100 * time.Millisecond)
		now := eval[map[string]string](b, pictures)
		if same++; !maps.Equal(now, before) {
			same, before = 0, now
		}
		if same == 5 {
			return now
		}
	}
	b.t.Fatal("the charts do not come to rest")
	return nil
}

// fits fails if the page is wider than its window, however wide that is.
func (b *tab) fits() {
	b.t.Helper()
	for _, width := range []int64{360, 768, 1024, 1440} {
		b.size(width, 900)
		// Charts follow the width a moment after it changes, later on a busy machine.
		var w int64
		for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
			if w = eval[int64](b, "document.documentElement.scrollWidth"); w <= width {
				break
			}
		}
		if w > width {
			b.t.Errorf("at %d the page is %d wide", width, w)
		}
	}
}

// quiet fails if the page complained or asked for anything.
func (b *tab) quiet() {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, s := range b.troubles {
		b.t.Errorf("the console says: %s", s)
	}
	// What the page makes itself, a file to save or a picture to draw, is asked of nobody.
	asked := slices.DeleteFunc(slices.Clone(b.requests), func(url string) bool {
		return strings.HasPrefix(url, "data:") || strings.HasPrefix(url, "blob:")
	})
	if len(asked) != 1 || asked[0] != b.url {
		b.t.Errorf("the page asked for %q; want only the page itself", asked)
	}
	b.troubles = nil
}

const pictures = "Object.fromEntries([...document.querySelectorAll('[data-chart][data-drawn]')].filter(e => !e.closest('[hidden]')).map(e => [e.dataset.chart, e.querySelector('svg').innerHTML]))"

func TestBrowser(t *testing.T) {
	ctx := browser(t)
	parent := t // what is opened for all steps outlives the first

	// One reader, who reads through, points, filters, turns the year and the light, and prints.
	var b *tab
	step := func(name string, f func(t *testing.T)) {
		t.Run(name, func(t *testing.T) {
			if b != nil {
				b.t = t
			}
			f(t)
			b.quiet()
		})
	}
	step("read", func(t *testing.T) {
		b = open(parent, ctx, realistic(), "dark")
		b.t = t
		t.Logf("loaded after %.0f ms", eval[float64](b, "performance.getEntriesByType('navigation')[0].loadEventEnd"))
		b.readThrough()
		for id, marks := range eval[map[string]int](b, "Object.fromEntries([...document.querySelectorAll('[data-chart]')].filter(e => !e.closest('[hidden]')).map(e => [e.dataset.chart, [...e.querySelectorAll('svg path')].filter(p => { const r = p.getBoundingClientRect(); return r.width > 1 || r.height > 1 }).length]))") {
			if marks < 4 {
				t.Errorf("chart %s has %d marks", id, marks)
			}
		}
		if cut := eval[[]string](b, "[...document.querySelectorAll('[data-chart]')].filter(e => { const o = e.getBoundingClientRect(); return [...e.querySelectorAll('text')].some(x => { const r = x.getBoundingClientRect(); return r.left < o.left - 1 || r.right > o.right + 1 || r.bottom > o.bottom + 1 || r.top < o.top - 1 }) }).map(e => e.dataset.chart)"); len(cut) > 0 {
			t.Errorf("labels are cut in %v", cut)
		}
	})
	step("point", func(t *testing.T) {
		for _, c := range []struct{ chart, want string }{
			{"aws-exposure", "mean"}, {"azure-npv", "share of futures"}, {"exposure-exceedance", "above"}, {"openai-alliances-share", "Microsoft Azure"},
		} {
			b.pointAt(c.chart, c.want)
		}
	})
	step("filter", func(t *testing.T) {
		shown := "document.querySelectorAll('#assumption-table tbody tr:not([hidden])').length"
		all := eval[int](b, shown)
		if err := chromedp.Do(b.ctx, chromedp.SendKeys(chromedp.ID("filter"), "Discount")); err != nil {
			t.Fatal(err)
		}
		if some := eval[int](b, shown); all != len(realistic().Assumptions) || some != 1 {
			t.Errorf("%d rows, and %d of them with discount", all, some)
		}
	})
	step("year", func(t *testing.T) {
		before := b.atRest()
		eval[bool](b, "(() => { const s = document.getElementById('year'); s.value = 0; s.dispatchEvent(new Event('input')); return true })()")
		if got := eval[string](b, "document.getElementById('year-out').textContent"); got != "2027" {
			t.Errorf("the control says %q", got)
		}
		after := eval[map[string]string](b, pictures)
		for id := range before {
			follows := id == "exposure-exceedance" || strings.HasSuffix(id, "-histogram") || id == "exposure-cumulative"
			if changed := before[id] != after[id]; changed != follows {
				t.Errorf("the year changed chart %s: %v", id, changed)
			}
		}
	})
	step("theme", func(t *testing.T) {
		paper := func() string { return eval[string](b, "getComputedStyle(document.body).backgroundColor") }
		dark, inDark := paper(), b.atRest()
		press := func(value string) {
			eval[bool](b, fmt.Sprintf("(document.querySelector('#theme [value=%s]').click(), true)", value))
		}
		press("light")
		light, inLight := paper(), eval[map[string]string](b, pictures)
		if dark != "rgb(21, 23, 26)" || light != "rgb(253, 252, 249)" {
			t.Errorf("dark is %s, light %s", dark, light)
		}
		for id := range inDark {
			if inDark[id] == inLight[id] {
				t.Errorf("chart %s did not follow the theme", id)
			}
		}
		press("dark")
		b.prefer("light")
		if paper() != dark {
			t.Error("what the reader chose does not hold against the system")
		}
		press("auto")
		if paper() != light || eval[string](b, "document.querySelector('#theme [aria-pressed=true]').value") != "auto" {
			t.Error("the page does not go back to the system's theme")
		}
	})
	step("widths", func(t *testing.T) { b.fits() })
	step("print", func(t *testing.T) {
		pdf, err := chromedp.Run(b.ctx, chromedp.PrintToPDF())
		if err != nil {
			t.Fatal(err)
		}
		if len(pdf) < 50_000 {
			t.Errorf("the PDF has %d bytes", len(pdf))
		}
	})

	t.Run("hostile", func(t *testing.T) {
		b := open(t, ctx, hostile(), "light")
		b.drawAll()
		eval[bool](b, "(document.querySelectorAll('details').forEach(d => d.open = true), true)")
		for _, chart := range []string{"openai-alliances-share", "exposure-exceedance", "labs-alive"} {
			b.pointAt(chart, "")
		}
		if eval[bool](b, "'pwned' in window") {
			t.Error("a text of the scenario was run")
		}
		if n := eval[int](b, "document.querySelectorAll('main img, main script, main iframe, main svg[onload], [onerror], [onmouseover]').length"); n > 0 {
			t.Errorf("%d elements came out of texts", n)
		}
		b.fits()
		b.quiet()
	})

	t.Run("little", func(t *testing.T) {
		for name, r := range odd() {
			b := open(t, ctx, r, "light")
			b.drawAll()
			if eval[int](b, "document.querySelectorAll('section').length") < 3 {
				t.Errorf("%s: no page", name)
			}
			if bad := eval[[]string](b, "[...document.querySelectorAll('[data-chart]')].filter(e => /NaN|Infinity/.test(e.innerHTML)).map(e => e.dataset.chart)"); len(bad) > 0 {
				t.Errorf("%s: charts with NaN: %v", name, bad)
			}
			b.quiet()
		}
	})

	// The browser would say so if the page asked for something: what the tests above rely on.
	t.Run("the policy bites", func(t *testing.T) {
		b := open(t, ctx, small(), "light")
		eval[bool](b, `(() => { const i = new Image(); i.src = "https://example.org/x.png"; document.body.append(i);
			const s = document.createElement("script"); s.textContent = "window.pwned = 1"; document.body.append(s); return true })()`)
		complaints := func() []string {
			b.mu.Lock()
			defer b.mu.Unlock()
			return slices.Clone(b.troubles)
		}
		for deadline := time.Now().Add(10 * time.Second); len(complaints()) < 2 && time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		}
		if eval[bool](b, "'pwned' in window") || len(complaints()) < 2 {
			t.Errorf("the browser let it pass: %q", complaints())
		}
	})

	if dir := os.Getenv("ENTENTE_SCREENSHOTS"); dir != "" {
		screenshots(t, ctx, dir)
	}
}

// screenshots shows the whole report as a reader sees it, for people to look at.
func screenshots(t *testing.T, ctx context.Context, dir string) {
	for _, s := range []struct {
		name, scheme string
		width        int64
		r            *result.Result
	}{
		{"wide-light", "light", 1440, realistic()}, {"wide-dark", "dark", 1440, realistic()},
		{"narrow-light", "light", 400, realistic()}, {"hostile", "light", 1440, hostile()},
		{"hostile-narrow", "light", 400, hostile()}, {"one-trial", "light", 1440, odd()["one trial"]},
		{"little", "light", 1440, odd()["little"]}, {"all-zero", "light", 1440, odd()["all zero"]},
	} {
		b := open(t, ctx, s.r, s.scheme)
		b.size(s.width, 900)
		b.drawAll()
		eval[bool](b, "(window.dispatchEvent(new Event('afterprint')), true)")
		b.size(s.width, eval[int64](b, "document.documentElement.scrollHeight"))
		time.Sleep(300 * time.Millisecond)
		png, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, s.name+".png"), png, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
