package reports

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/xml"
	"fmt"
	"image/color"
	"image/png"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	cdpbrowser "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	cdppage "github.com/chromedp/cdproto/page"
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
	return openPage(t, ctx, writeHTML(t, r), scheme)
}

func openPage(t *testing.T, ctx context.Context, page []byte, scheme string) *tab {
	t.Helper()
	file := filepath.Join(t.TempDir(), "report.html")
	if err := os.WriteFile(file, page, 0o644); err != nil {
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
		b.until("[...document.querySelectorAll('[data-chart]')].every(e => { if (e.closest('[hidden]')) return true; const r = e.getBoundingClientRect(); return r.top > innerHeight || r.bottom < 0 || e.dataset.drawn && e.dataset.stale !== 'yes' })")
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
func (b *tab) fits(widths ...int64) {
	b.t.Helper()
	for _, width := range widths {
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

// pictures are the charts' drawings, each as a number that changes with it.
const pictures = "Object.fromEntries([...document.querySelectorAll('[data-chart][data-drawn]')].filter(e => !e.closest('[hidden]')).map(e => { let h = 0; for (const c of e.querySelector('svg').innerHTML.replace(/zr\\d+/g, '')) h = h * 31 + c.charCodeAt(0) | 0; return [e.dataset.chart, String(h)] }))"

func TestBrowser(t *testing.T) {
	ctx := browser(t)
	parent := t // what is opened for all steps outlives the first

	t.Run("whole", func(t *testing.T) { whole(t, ctx) })

	// One reader of a shorter report, who reads through, points, filters, turns the year and the
	// light, and prints.
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
		b = open(parent, ctx, cut(realistic()), "dark")
		b.t = t
		b.readThrough()
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
		if some := eval[int](b, shown); all != len(cut(realistic()).Assumptions) || some != 1 {
			t.Errorf("%d rows, and %d of them with discount", all, some)
		}
	})
	step("year", func(t *testing.T) {
		before := b.atRest()
		rows := func(year string) (n int) {
			return eval[int](b, "[...document.querySelectorAll('tr.chosen')].filter(r => r.cells[0].textContent === '"+year+"').length")
		}
		if n := rows("2029"); n < 30 || n != eval[int](b, "document.querySelectorAll('tr.chosen').length") {
			t.Errorf("%d rows of 2029 are marked", n)
		}
		eval[bool](b, "(() => { const s = document.getElementById('year'); s.value = 0; s.dispatchEvent(new Event('input')); return true })()")
		for _, handle := range []string{"#year-out", ".aside output"} {
			if got := eval[string](b, "document.querySelector('"+handle+"').textContent"); got != "2027" {
				t.Errorf("%s says %q", handle, got)
			}
		}
		if n := rows("2027"); n < 30 || rows("2029") > 0 {
			t.Errorf("%d rows of 2027 are marked, and %d of 2029", n, rows("2029"))
		}
		b.readThrough() // a chart follows when it is in sight
		after := b.atRest()
		for id := range before {
			still := strings.HasSuffix(id, "-npv") || strings.HasSuffix(id, "-drivers") || strings.HasSuffix(id, "-convergence") || id == "loss-exceedance" || id == "money"
			if changed := before[id] != after[id]; changed == still {
				t.Errorf("the year changed chart %s: %v", id, changed)
			}
		}
		// The second handle, and a click on a chart over the years, do the same.
		eval[bool](b, "(() => { const s = document.getElementById('year-of-all'); s.value = 1; s.dispatchEvent(new Event('input')); return true })()")
		if got := eval[string](b, "document.getElementById('year-out').textContent + document.getElementById('year').value"); got != "20281" {
			t.Errorf("the second handle makes it %q", got)
		}
		b.look("aws-exposure")
		xy := eval[[]float64](b, "(() => { const r = document.querySelector('[data-chart=aws-exposure]').getBoundingClientRect(); return [r.right - 40, r.top + r.height / 2] })()")
		if err := chromedp.Do(b.ctx, chromedp.MouseClickXY(xy[0], xy[1])); err != nil {
			t.Fatal(err)
		}
		b.until("document.getElementById('year-out').textContent === '2029'")
		if err := chromedp.Do(b.ctx, chromedp.MouseEvent("mouseMoved", 1, 1)); err != nil {
			t.Fatal(err)
		}
		b.readThrough()
	})
	step("theme", func(t *testing.T) {
		paper := func() string { return eval[string](b, "getComputedStyle(document.body).backgroundColor") }
		dark, inDark := paper(), b.atRest()
		press := func(value string) {
			eval[bool](b, fmt.Sprintf("(document.querySelector('#theme [value=%s]').click(), true)", value))
		}
		press("light")
		light := paper()
		b.readThrough()
		inLight := b.atRest()
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
	step("widths", func(t *testing.T) { b.fits(360, 768, 1440) })
	step("print", func(t *testing.T) {
		eval[bool](b, "(document.querySelector('#theme [value=dark]').click(), true)")
		b.print(8.27, 11.69, 10, 50)
		if n := eval[int](b, "document.querySelectorAll('main details[open]').length"); n > 0 {
			t.Errorf("%d folds stay open after the print", n)
		}
		if theme := eval[string](b, "document.documentElement.dataset.theme"); theme != "dark" {
			t.Errorf("after the print the theme is %q", theme)
		}

		// The same, to look at: a sheet is as wide as what the margins leave of a page.
		b.drawAll()
		if _, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"}); err != nil {
			t.Fatal(err)
		}
		b.size(680, 930)
		time.Sleep(300 * time.Millisecond) // what follows the width has followed it
		how := `[...document.querySelectorAll("details.how")].filter(d => getComputedStyle(d).display !== "none").map(d => d.textContent)`
		if told := eval[[]string](b, how); len(told) < 8 || len(told) != len(slices.Compact(slices.Sorted(slices.Values(told)))) {
			t.Errorf("how to read a chart is said %d times: %q", len(told), told)
		}
		if open, all := eval[int](b, "document.querySelectorAll('figure details.numbers[open]').length"), eval[int](b, "document.querySelectorAll('figure details.numbers').length"); open != all || all == 0 {
			t.Errorf("%d of %d tables are unfolded", open, all)
		}
		if shut := eval[int](b, "document.querySelectorAll('.printed:not([open])').length"); shut > 0 || eval[int](b, "document.querySelectorAll('.printed').length") == 0 {
			t.Errorf("%d lists that stand nowhere else are not printed", shut)
		}
		if w := eval[int](b, "document.documentElement.scrollWidth"); w > 680 {
			t.Errorf("the sheet is 680 wide, the page %d", w)
		}
		for _, cut := range eval[[]string](b, `[...document.querySelectorAll("figure.chart")].flatMap(f => {
			const o = f.getBoundingClientRect(), s = f.querySelector("svg").getBoundingClientRect(), p = f.querySelector(".plot").getBoundingClientRect(), bad = [];
			if (s.left < o.left - 1 || s.right > o.right + 1 || s.bottom > p.bottom + 1 || s.width < 600 || s.height < 140) bad.push("chart " + f.id + " leaves its place");
			if (p.bottom - o.top > 900) bad.push("chart " + f.id + " is higher than a page");
			if (getComputedStyle(f.querySelector(".plot")).breakInside !== "avoid" || getComputedStyle(f.querySelector("figcaption")).breakAfter !== "avoid") bad.push("chart " + f.id + " may be cut by the end of a page");
			return bad;
		}).concat([...document.querySelectorAll("main table")].filter(e => e.getBoundingClientRect().right > 681).map(e => "the table " + e.caption.textContent + " is cut"))`) {
			t.Error(cut)
		}
		if ink := eval[string](b, "getComputedStyle(document.querySelector('h1')).color"); ink != "rgb(28, 29, 31)" {
			t.Errorf("a dark page prints %s", ink)
		}
		if dir := os.Getenv("ENTENTE_SCREENSHOTS"); dir != "" {
			b.size(680, 6000)
			png, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, "print.png"), png, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	})
	step("accessible", func(t *testing.T) {
		forScreen(b)
		eval[bool](b, "(document.querySelector('#theme [value=light]').click(), true)")
		b.accessible(contrast, structure)
		eval[bool](b, "(document.documentElement.dataset.theme = 'dark', true)") // there are no charts any more to follow a click
		b.accessible(contrast)
	})

	t.Run("take along", func(t *testing.T) { takeAlong(t, ctx) })
	t.Run("links", func(t *testing.T) { links(t, ctx) })

	t.Run("hostile", func(t *testing.T) {
		b := open(t, ctx, cut(hostile()), "light")
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
		b.noScroll()
		b.fits(360)
		b.harmless()
		b.accessible(structure)
		b.quiet()
	})

	t.Run("little", func(t *testing.T) {
		for name, r := range odd() {
			b := open(t, ctx, cut(r), "light")
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
		b.finds()
		b.print(8.5, 11, 2, 16) // Letter
	})

	if dir := os.Getenv("ENTENTE_SCREENSHOTS"); dir != "" {
		screenshots(t, ctx, dir)
	}
}

// whole is a report of the usual size: it is there soon, every chart is drawn, no label is cut, and
// no table of a wide page needs scrolling.
func whole(t *testing.T, ctx context.Context) {
	b := open(t, ctx, realistic(), "light")
	b.until("!!document.querySelector('[data-drawn]')")
	t.Logf("the first chart is there %.0f ms after the page began to load", eval[float64](b, "performance.getEntriesByName('first chart')[0].startTime"))
	b.readThrough()
	for id, marks := range eval[map[string]int](b, "Object.fromEntries([...document.querySelectorAll('[data-chart]')].filter(e => !e.closest('[hidden]')).map(e => [e.dataset.chart, [...e.querySelectorAll('svg path')].filter(p => { const r = p.getBoundingClientRect(); return r.width > 1 || r.height > 1 }).length]))") {
		if marks < 4 && (marks < 2 || !strings.HasSuffix(id, "-drivers")) { // whose bars are one path
			t.Errorf("chart %s has %d marks", id, marks)
		}
	}
	cut := func() {
		t.Helper()
		if cut := eval[[]string](b, "[...document.querySelectorAll('[data-chart]')].filter(e => { const o = e.getBoundingClientRect(); return [...e.querySelectorAll('text')].some(x => { const r = x.getBoundingClientRect(); return r.left < o.left - 1 || r.right > o.right + 1 || r.bottom > o.bottom + 1 || r.top < o.top - 1 }) }).map(e => e.dataset.chart + ': ' + [...e.querySelectorAll('text')].map(x => [x.textContent, ...['left', 'right', 'top', 'bottom'].map(k => Math.round(x.getBoundingClientRect()[k] - e.getBoundingClientRect()[k]))].join(' ')).slice(0, 30).join(', '))"); len(cut) > 0 {
			t.Errorf("labels are cut in %v", cut)
		}
	}
	cut()
	// Areas have patterns beside their colours, and lines dashes.
	if n := eval[int](b, "document.querySelectorAll('[data-chart=openai-alliances-share] pattern').length"); n < 3 {
		t.Errorf("the stack has %d patterns", n)
	}
	if dashes := eval[[]string](b, "[...new Set([...document.querySelectorAll('[data-chart=openai-alliances-share-spread] path[stroke-width=\"2\"]')].map(p => p.getAttribute('stroke-dasharray')))]"); len(dashes) < 4 {
		t.Errorf("the lines have the dashes %q", dashes)
	}
	b.noScroll()
	b.size(360, 800)
	b.until("document.querySelector('[data-chart=aws-exposure-drivers]').dataset.narrow === 'yes'")
	b.until("document.querySelector('[data-chart=aws-exposure] svg').clientWidth < 360")
	cut()
	b.quiet()
}

// noScroll fails if a table that is unfolded on a page of 1280 does not fit.
func (b *tab) noScroll() {
	b.t.Helper()
	b.size(1280, 900)
	eval[bool](b, "(document.querySelectorAll('details.numbers, details.folded').forEach(d => d.open = true), document.querySelectorAll('[data-view]').forEach(v => v.hidden = false), true)")
	wide := "[...document.querySelectorAll('.scroll, .pan')].filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.getAttribute('aria-label').slice(0, 80) + ': ' + e.scrollWidth + ' of ' + e.clientWidth)"
	for deadline := time.Now().Add(5 * time.Second); len(eval[[]string](b, wide)) > 0 && time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
	}
	if found := eval[[]string](b, wide); len(found) > 0 {
		b.t.Errorf("at 1280 these scroll: %q", found)
	}
	eval[bool](b, "(document.querySelectorAll('details').forEach(d => d.open = false), document.querySelector('#views [aria-pressed=true]').click(), true)")
}

// forScreen brings the page back from what it looked like on paper.
func forScreen(b *tab) {
	b.t.Helper()
	if _, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "screen"}); err != nil {
		b.t.Fatal(err)
	}
	eval[bool](b, "(window.dispatchEvent(new Event('afterprint')), true)")
	b.size(1280, 900)
}

// print fails if the page does not print to so many sheets, whose sides are in inches.
func (b *tab) print(width, height float64, least, most int) {
	b.t.Helper()
	pdf, err := chromedp.Call(b.ctx, cdppage.PrintToPDF, cdppage.PrintToPDFParams{PaperWidth: width, PaperHeight: height, PreferCSSPageSize: new(bool)})
	if err != nil {
		b.t.Fatal(err)
	}
	sheets := len(regexp.MustCompile(`/Type /Page\b[^s]`).FindAll(pdf.Data, -1))
	if b.t.Logf("%d sheets, %d bytes", sheets, len(pdf.Data)); sheets < least || sheets > most {
		b.t.Errorf("it prints to %d sheets", sheets)
	}
}

// take presses a button that saves a file, and returns the file.
func (b *tab) take(button string) (name string, data []byte) {
	b.t.Helper()
	dir := b.t.TempDir()
	if _, err := chromedp.CallBrowser(b.ctx, cdpbrowser.SetDownloadBehavior, cdpbrowser.SetDownloadBehaviorParams{
		Behavior: cdpbrowser.SetDownloadBehaviorBehaviorAllow, DownloadPath: dir,
	}); err != nil {
		b.t.Fatal(err)
	}
	eval[bool](b, fmt.Sprintf("(document.querySelector(%q).click(), true)", button))
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		files, err := os.ReadDir(dir)
		if err != nil {
			b.t.Fatal(err)
		}
		if len(files) != 1 || strings.HasSuffix(files[0].Name(), ".crdownload") || strings.HasPrefix(files[0].Name(), ".") {
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, files[0].Name()))
		if err != nil {
			b.t.Fatal(err)
		}
		return files[0].Name(), data
	}
	b.t.Fatalf("%s saves nothing", button)
	return "", nil
}

// records are the lines of a CSV file as the page writes it.
func records(t *testing.T, data []byte) [][]string {
	t.Helper()
	text, marked := strings.CutPrefix(string(data), "\ufeff")
	if !marked {
		t.Error("the CSV does not say that it is UTF-8")
	}
	r := csv.NewReader(strings.NewReader(text))
	rows, err := r.ReadAll() // which wants as many cells in every row
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// unfold opens what a figure has to save.
func (b *tab) unfold(figure string) {
	b.t.Helper()
	eval[bool](b, fmt.Sprintf("(document.querySelector('#%s .save').open = true)", figure))
	b.until(fmt.Sprintf("!!document.querySelector('#%s .save button')", figure))
}

func takeAlong(t *testing.T, ctx context.Context) {
	r := cut(realistic())
	b := open(t, ctx, r, "dark")
	b.unfold("azure-exposure")
	button := func(what string) string { return "#azure-exposure [data-does='" + what + "']" }

	name, data := b.take(button("CSV"))
	rows := records(t, data)
	if name != "entente-azure-exposure.csv" || len(rows) != 1+r.Run.Years {
		t.Errorf("%s has %d rows", name, len(rows))
	}
	if len(rows[0]) < 5 || rows[0][0] != "Year" || rows[0][1] != "mean" || rows[0][2] != "mean s.e." {
		t.Errorf("its head is %q", rows[0])
	}
	for _, row := range rows[1:] {
		for i, cell := range row {
			if _, err := strconv.ParseFloat(cell, 64); err != nil {
				t.Errorf("%s of %s is %q", rows[0][i], row[0], cell)
			}
		}
	}
	// The file has every digit of what the table rounds, and seven of an error.
	last := final(newFinder(r).metric("azure", "exposure"))
	if got := rows[len(rows)-1]; got[1] != fmt.Sprint(last.Mean) || got[2] != fmt.Sprintf("%.7g", last.SE) || got[3] != fmt.Sprint(last.P5) {
		t.Errorf("the file has %q, the result %v ± %v and %v", got[1:4], last.Mean, last.SE, last.P5)
	}

	// What stands beside no chart can be saved, too; headings within become a column.
	eval[bool](b, "(document.querySelector('#labs .standing + .buttons button, #labs .standing .buttons button').id = 'of-labs', true)")
	_, data = b.take("#of-labs")
	if rows := records(t, data); rows[0][0] != "" || rows[1][0] != "OpenAI" || rows[1][1] != "run rate" || rows[len(rows)-1][0] != "Anthropic" {
		t.Errorf("the labs' table begins %q", rows[:2])
	}

	eval[bool](b, "(document.querySelector('#assumptions .scroll + .buttons button').id = 'of-assumptions', true)")
	_, data = b.take("#of-assumptions")
	for i, a := range r.Assumptions {
		row := records(t, data)[1+i]
		if want := fmt.Sprint(a.Mean); !a.Constant && (row[0] != a.Path || row[2] != want) {
			t.Errorf("the file has %q, the result %s of %s", row[:3], want, a.Path)
		}
	}

	name, data = b.take(button("SVG"))
	if name != "entente-azure-exposure.svg" {
		t.Errorf("the picture is %s", name)
	}
	words := ""
	for d := xml.NewDecoder(bytes.NewReader(data)); ; {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if c, ok := token.(xml.CharData); ok {
			words += string(c) + "\n"
		}
	}
	for _, want := range []string{"exposure", "USD bn", "median", "half of futures", "seed " + fmt.Sprint(r.Run.Seed), "2028"} {
		if !strings.Contains(words, want) {
			t.Errorf("the SVG does not say %q: %q", want, words)
		}
	}

	name, data = b.take(button("PNG"))
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	inks := map[color.Color]int{}
	box := img.Bounds()
	for y := box.Min.Y; y < box.Max.Y; y += 2 {
		for x := box.Min.X; x < box.Max.X; x += 2 {
			inks[img.At(x, y)]++
		}
	}
	if name != "entente-azure-exposure.png" || box.Dx() != 1600 || box.Dy() < 900 || len(inks) < 20 || inks[color.RGBA{21, 23, 26, 255}] == 0 && inks[color.NRGBA{21, 23, 26, 255}] == 0 {
		t.Errorf("%s is %v with %d colours", name, box, len(inks))
	}
	if dir := os.Getenv("ENTENTE_SCREENSHOTS"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}

	// The clipboard is the machine's: a page under test has one of its own.
	eval[bool](b, `(Object.defineProperty(navigator, "clipboard", {value: {
		writeText: async s => { window.copied = s },
		write: async items => { const x = await items[0].getType("image/png"); window.copied = x.type + " " + (x.size > 20000) },
	}}), true)`)
	for what, want := range map[string]string{
		"Copy sentence": eval[string](b, "document.querySelector('[data-chart=azure-exposure]').getAttribute('aria-label')"),
		"Copy link":     b.url + "#azure-exposure",
		"Copy PNG":      "image/png true",
	} {
		eval[bool](b, "(window.copied = '', document.querySelector(\""+button(what)+"\").click(), true)")
		b.until("window.copied !== ''")
		if got := eval[string](b, "window.copied"); got != want {
			t.Errorf("%s copies %q, want %q", what, got, want)
		}
		b.until("document.getElementById('said').textContent.startsWith('Copied')")
	}
	b.quiet()

}

// harmless saves every table as CSV: no cell is a formula, whatever the scenario calls its things.
func (b *tab) harmless() {
	t := b.t
	t.Helper()
	eval[bool](b, `(window.files = [], URL.createObjectURL = blob => { files.push(blob); return "blob:null/none" }, HTMLAnchorElement.prototype.click = () => {},
		document.querySelector("#answer").insertAdjacentHTML("beforeend", "<p></p>"), true)`)
	eval[bool](b, "(document.querySelectorAll('.save').forEach(d => d.open = true), true)")
	b.until("[...document.querySelectorAll('.save')].every(d => d.querySelector('button'))")
	eval[bool](b, `(() => {
		const evil = ["=1+1", "+1+cmd", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\u200e=1", "\uff1d1", "\u22121+1", "a,b\"c", "\u22121,234.5", "-7"];
		const t = document.querySelector("#azure-exposure table");
		t.removeAttribute("data-exact"); // what it would take in place of the cells
		evil.forEach((s, i) => { t.tBodies[0].rows[0].cells[1 + i % 8].textContent = s; t.tBodies[0].rows[1].cells[1 + i % 8].textContent = evil[(i + 8) % 12] });
		document.querySelectorAll(".buttons button[data-does=CSV]").forEach(b => b.click()); return true })()`)
	files, err := chromedp.Run(b.ctx, chromedp.Evaluate[[]string]("Promise.all(files.map(async f => '\ufeff' + await f.text()))", chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	if n := eval[int](b, "document.querySelectorAll('main table:not(.tip table)').length"); len(files) != n {
		t.Errorf("%d files of %d tables", len(files), n)
	}
	number := regexp.MustCompile(`^-\d+(\.\d+)?%?$`)
	for _, f := range files {
		for _, row := range records(t, []byte(f)) {
			for _, cell := range row {
				bare := strings.TrimLeft(cell, " \t\r\n\u200e\u200f")
				if bare != "" && strings.ContainsAny(bare[:1], "=+-@") && !number.MatchString(cell) {
					t.Errorf("a spreadsheet may run %q", cell)
				}
			}
		}
	}
	all := strings.Join(files, "\n")
	for _, want := range []string{"'=1+1", "'+1+cmd", "'-2+3", "'@SUM(A1)", `"a,b""c"`, "-1234.5", ",-7,"} {
		if !strings.Contains(all, want) {
			t.Errorf("no file has %s", want)
		}
	}
}

// links opens places in the page by their addresses.
func links(t *testing.T, ctx context.Context) {
	r := cut(realistic())
	b := open(t, ctx, r, "light")
	first := r.Metrics[0].ByYear
	year := first[len(first)/2].Date[:4]
	b.requests = nil
	visit := func(hash string) {
		t.Helper()
		if err := chromedp.Do(b.ctx, chromedp.Navigate("about:blank"), chromedp.Navigate(b.url+hash)); err != nil {
			t.Fatal(err)
		}
	}
	at := func(id string) bool {
		return eval[bool](b, fmt.Sprintf("(() => { const r = document.getElementById(%q).getBoundingClientRect(); return r.top >= -1 && r.top < innerHeight })()", id))
	}
	chosen := func() string { return eval[string](b, "document.getElementById('year-out').textContent") }
	for i, id := range []string{"azure-exposure", "exposure-exceedance"} {
		if hash := "#" + id + "?year=" + year; i == 0 {
			visit(hash)
		} else { // as a link within the page does
			eval[bool](b, fmt.Sprintf("(location.hash = %q, true)", hash))
		}
		b.until(fmt.Sprintf("document.activeElement.id === %q", id))
		if !at(id) || chosen() != year {
			t.Errorf("%s: in sight %v, year %s, want %s", id, at(id), chosen(), year)
		}
	}
	// Turning the year changes the address, and the address opened anew brings it back.
	eval[bool](b, "(() => { const s = document.getElementById('year'); s.value = 1; s.dispatchEvent(new Event('input')); return true })()")
	second := first[1].Date[:4]
	hash := eval[string](b, "location.hash")
	if hash != "#exposure-exceedance?year="+second {
		t.Errorf("the address is %s", hash)
	}
	visit(hash)
	if chosen() != second {
		t.Errorf("opened anew it shows %s, not %s", chosen(), second)
	}
	// A link within the page keeps it.
	eval[bool](b, "(document.querySelector('.contents a[href=\"#method\"]').click(), true)")
	b.until(`location.hash === "#method?year=` + second + `"`)
	// What is no place is no trouble, and no year is the last, which a page has that is opened anew.
	for _, hash := range []string{"#nowhere?year=1", "#%00?&&=", "#<img src=x onerror=alert(1)>"} {
		eval[bool](b, fmt.Sprintf("(location.hash = %q, true)", hash))
	}
	visit("#?year=%zz")
	if chosen() != first[len(first)-1].Date[:4] {
		t.Errorf("it shows %s", chosen())
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, s := range b.troubles {
		t.Errorf("the console says: %s", s)
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
