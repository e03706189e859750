#!/bin/sh
# Makes echarts.min.js, its licences and its checksum anew from the packages that npm serves.
# Needs npm (to fetch; nothing of the packages is run) and go (which builds esbuild).
set -eu
cd "$(dirname "$0")"
assets=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fetch() { # name version sha256
	(cd "$work" && npm pack --silent "$1@$2" >/dev/null)
	echo "$3  $work/$1-$2.tgz" | sha256sum --check --quiet
	mkdir -p "$work/node_modules/$1"
	tar -xzf "$work/$1-$2.tgz" -C "$work/node_modules/$1" --strip-components=1
}
fetch echarts 5.4.3 89f6b509a83b3694645a8ec0dc8808999bb96610eac9e718fbda4726bb694eaf
fetch zrender 5.4.4 d041db2d5ccb142c00dc058a6c6960389a0bca1ab9c7da06985c138f0f22b652
fetch tslib 2.3.0 ae285639feff7e3c39de4626352181a5d73b815725e42639b411c43848abffdb

cp echarts.entry.js "$work/entry.js"
(cd "$work" && go run github.com/evanw/esbuild/cmd/esbuild@v0.28.2 entry.js --bundle --minify \
	--format=iife --global-name=echarts --target=es2018 --charset=ascii --legal-comments=inline \
	--banner:js='/*! Apache ECharts 5.4.3, Apache-2.0, Copyright 2017-2023 The Apache Software Foundation; with zrender 5.4.4, BSD-3-Clause, and tslib 2.3.0, 0BSD. Tree-shaken. */' \
	--log-level=warning --outfile=echarts.min.js)
mkdir -p licenses
cp "$work/echarts.min.js" .
cp "$work/node_modules/echarts/LICENSE" licenses/echarts.LICENSE
cp "$work/node_modules/echarts/NOTICE" licenses/echarts.NOTICE
cp "$work/node_modules/echarts/licenses/LICENSE-d3" licenses/echarts.LICENSE-d3
cp "$work/node_modules/zrender/LICENSE" licenses/zrender.LICENSE
cp "$work/node_modules/tslib/LICENSE.txt" licenses/tslib.LICENSE
cd "$assets"
sha256sum echarts.min.js >echarts.min.js.sha256
cat echarts.min.js.sha256
