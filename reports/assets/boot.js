"use strict";
(function () {
  var root = document.documentElement;
  var drawings = JSON.parse(document.getElementById("charts").textContent);
  var encode = echarts.format.encodeHTML;
  var plots = new Map(); // element -> chart
  var year = -1; // of the drawings that have one for each

  // Numbers of axes and of bins only: all others come with their digits already right.
  function plain(x) {
    var a = Math.abs(x);
    if (a !== 0 && a < 0.001) return x.toExponential(0).replace("-", "\u2212");
    var s = a >= 1000 ? Math.round(a).toLocaleString("en-US") : String(+a.toPrecision(3));
    return (x < 0 ? "\u2212" : "") + s;
  }
  function rows(title, pairs) {
    var h = '<div class="tip"><b>' + encode(title) + "</b><table>";
    pairs.forEach(function (p) { h += "<tr><td>" + encode(p[0]) + "</td><td>" + encode(p[1]) + "</td></tr>"; });
    return h + "</table></div>";
  }
  function clip(points, box) {
    points.forEach(function (p) { p[1] = isFinite(p[1]) ? Math.max(box.y, Math.min(box.y + box.height, p[1])) : box.y + box.height; });
    return points;
  }

  // What the options name. Each takes the drawing and gives the function.
  var functions = {
    "@number": function () { return plain; },
    "@percent": function () { return function (x) { return plain(x) + " %"; }; },
    "@tips": function (d) {
      return function (ps) {
        var t = d.tips[ps[0].dataIndex];
        return rows(t[0][0] + (t[0][1] ? ", " + t[0][1] : ""), t.slice(1));
      };
    },
    "@bins": function () {
      return function (ps) {
        var v = ps[0].value;
        return rows(plain(v[2]) + " to " + plain(v[3]), [["share of futures", (v[1] > 0 && v[1] < 0.1 ? "<0.1" : plain(Math.round(v[1] * 10) / 10)) + " %"]]);
      };
    },
    "@exceed": function () {
      return function (ps) {
        return rows("More than " + plain(ps[0].value[0]), ps.map(function (p) {
          return [p.seriesName, plain(+p.value[1].toPrecision(2)) + " % above " + plain(p.value[0])];
        }));
      };
    },
    // A band between two quantiles: one polygon for each run of years that have both.
    "@band": function () {
      return function (params, api) {
        if (params.dataIndexInside > 0) return null;
        var n = params.dataInsideLength, runs = [], run = null, i;
        for (i = 0; i < n; i++) {
          var lo = api.value(1, i), hi = api.value(2, i);
          if (isNaN(lo) || isNaN(hi)) { run = null; continue; }
          if (!run) { run = { up: [], down: [] }; runs.push(run); }
          run.up.push(api.coord([i, hi]));
          run.down.unshift(api.coord([i, lo]));
        }
        var fill = api.visual("color");
        return { type: "group", children: runs.map(function (r) {
          if (r.up.length === 1) {
            var w = 9, u = clip(r.up, params.coordSys)[0], l = clip(r.down, params.coordSys)[0];
            return { type: "rect", shape: { x: u[0] - w, y: u[1], width: 2 * w, height: l[1] - u[1] }, style: { fill: fill } };
          }
          return { type: "polygon", shape: { points: clip(r.up.concat(r.down), params.coordSys) }, style: { fill: fill } };
        }) };
      };
    },
    "@bar": function () {
      return function (params, api) {
        var a = api.coord([api.value(2), api.value(1)]), b = api.coord([api.value(3), 0]);
        return { type: "rect", shape: { x: a[0] + 0.5, y: a[1], width: Math.max(1, b[0] - a[0] - 1), height: b[1] - a[1] }, style: { fill: api.visual("color") } };
      };
    }
  };

  var named = { formatter: 1, renderItem: 1 };
  var coloured = { color: 1, borderColor: 1, backgroundColor: 1 };
  var style;
  function colour(name) { // "$c0" or "$c0/14"
    var part = name.slice(1).split("/");
    var hex = style.getPropertyValue("--" + part[0]).trim();
    if (part.length < 2) return hex;
    var n = parseInt(hex.slice(1), 16);
    return "rgba(" + (n >> 16) + "," + (n >> 8 & 255) + "," + (n & 255) + "," + part[1] / 100 + ")";
  }
  function bind(v, key, d) {
    if (Array.isArray(v)) return v.map(function (x) { return bind(x, key, d); });
    if (v && typeof v === "object") {
      var o = {};
      Object.keys(v).forEach(function (k) { o[k] = k === "data" ? v[k] : bind(v[k], k, d); });
      return o;
    }
    if (typeof v === "string") {
      if (named[key] && Object.prototype.hasOwnProperty.call(functions, v)) return functions[v](d);
      if (coloured[key] && v[0] === "$") return colour(v);
    }
    return v;
  }
  function draw(el) {
    var d = drawings[el.dataset.chart];
    if (!d) return;
    if (d.years) d = d.years[year < 0 ? d.years.length - 1 : Math.min(year, d.years.length - 1)];
    style = getComputedStyle(root);
    var o = bind(d.option, "", d);
    o.animation = false;
    o.textStyle = { fontFamily: getComputedStyle(document.body).fontFamily };
    o.tooltip.confine = true;
    o.tooltip.backgroundColor = colour("$paper");
    o.tooltip.borderColor = colour("$axis");
    o.tooltip.borderWidth = 1;
    o.tooltip.padding = [6, 9];
    o.tooltip.extraCssText = "box-shadow:none;border-radius:2px;max-width:min(84vw,32em);white-space:normal;overflow-wrap:anywhere";
    o.tooltip.transitionDuration = 0;
    o.tooltip.axisPointer = { type: "line", lineStyle: { color: colour("$axis"), type: "solid", width: 1 } };
    var c = plots.get(el);
    if (!c) {
      c = echarts.init(el, null, { renderer: "svg" });
      plots.set(el, c);
      if (window.ResizeObserver) new ResizeObserver(function () { c.dispatchAction({ type: "hideTip" }); c.resize(); }).observe(el);
    }
    c.setOption(o, true);
    el.dataset.drawn = root.dataset.theme + "/" + year;
  }
  var all = Array.prototype.slice.call(document.querySelectorAll("[data-chart]"));
  function again() { plots.forEach(function (c, el) { draw(el); }); }
  function drawAll() { all.forEach(function (el) { if (!plots.has(el)) draw(el); }); }

  // The theme: the reader's system decides until the button is pressed.
  var dark = window.matchMedia("(prefers-color-scheme: dark)");
  var button = document.getElementById("theme");
  var chosen = "";
  function theme(t) {
    root.dataset.theme = t;
    button.textContent = t === "dark" ? "Light" : "Dark";
    button.setAttribute("aria-label", "Switch to the " + (t === "dark" ? "light" : "dark") + " theme");
    again();
  }
  function fitting() { return chosen || (dark.matches ? "dark" : "light"); }
  button.hidden = false;
  button.addEventListener("click", function () { chosen = fitting() === "dark" ? "light" : "dark"; theme(chosen); });
  dark.addEventListener("change", function () { theme(fitting()); });
  theme(fitting());

  // Charts are drawn when they come near.
  if ("IntersectionObserver" in window) {
    var near = new IntersectionObserver(function (es) {
      es.forEach(function (e) { if (e.isIntersecting) { near.unobserve(e.target); draw(e.target); } });
    }, { rootMargin: "400px" });
    all.forEach(function (el) { near.observe(el); });
  } else drawAll();
  window.addEventListener("beforeprint", function () { theme("light"); drawAll(); });
  window.addEventListener("afterprint", function () { theme(fitting()); });

  var slider = document.getElementById("year");
  if (slider) {
    var years = slider.dataset.years.split("|"), out = document.getElementById("year-out");
    var set = function () {
      year = +slider.value;
      out.textContent = years[year];
      slider.setAttribute("aria-valuetext", "end of " + years[year]);
      all.forEach(function (el) { if (drawings[el.dataset.chart].years && plots.has(el)) draw(el); });
    };
    slider.parentNode.hidden = years.length < 2;
    slider.addEventListener("input", set);
    set();
  }

  var filter = document.getElementById("filter");
  if (filter) {
    var lines = Array.prototype.slice.call(document.querySelectorAll("#assumption-table tbody tr"));
    var texts = lines.map(function (l) { return l.textContent.toLowerCase(); });
    var told = document.getElementById("filter-out");
    filter.parentNode.hidden = false;
    filter.addEventListener("input", function () {
      var want = filter.value.toLowerCase(), n = 0;
      lines.forEach(function (l, i) { var on = texts[i].indexOf(want) >= 0; l.hidden = !on; if (on) n++; });
      told.textContent = want ? n + " of " + lines.length : "";
    });
  }
})();
