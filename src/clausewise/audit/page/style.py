"""How the page looks: light and dark, on a phone, on paper; no font and no picture from elsewhere."""

from __future__ import annotations

STYLE = """
:root{color-scheme:light dark;--ink:#182126;--page:#ffffff;--soft:#f3f6f7;--line:#6c757b;--link:#07648d;
--quiet:#414b52;--unknown:#4c565d;--focus:#6a35c9;--tab:#182126;--ontab:#ffffff;--bar:#07648d}
@media(prefers-color-scheme:dark){:root{--ink:#eef2f4;--page:#12181c;--soft:#1b2328;--line:#8a969e;--link:#82c8ea;
--quiet:#c6cfd5;--unknown:#b4bfc6;--focus:#ffcf5c;--tab:#dfe6ea;--ontab:#12181c;--bar:#82c8ea}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:1.0625rem/1.55 "Public Sans",system-ui,sans-serif}
p,li,dd,code,h1,h2,h3,figcaption{overflow-wrap:anywhere}td,th{overflow-wrap:break-word}
main,header{max-width:62rem;margin:0 auto;padding:1rem}header+main{padding-top:0}
h1{font-size:1.75rem;line-height:1.2;margin:.5rem 0}h2{font-size:1.35rem;line-height:1.25;margin:0 0 .75rem}
h3{font-size:1.0625rem;margin:1.5rem 0 .5rem}section{margin-top:3rem}p,ul{max-width:66ch}
.quiet{color:var(--quiet);font-size:.9375rem}.number{white-space:nowrap}
a{color:var(--link)}a:focus,summary:focus,[tabindex]:focus{outline:3px solid var(--focus);outline-offset:2px}
.tab{display:inline-block;min-width:2.5rem;padding:0 .5rem;margin-right:.5rem;border-radius:4px;background:var(--tab);
color:var(--ontab);text-align:center;font-variant-numeric:tabular-nums}
.wide{overflow-x:auto;margin:.5rem 0}
table{border-collapse:collapse;width:100%;min-width:32rem;font-size:.9375rem}
caption{text-align:left;font-weight:700;padding:.5rem 0}
th,td{text-align:left;padding:.4rem .6rem;border-bottom:1px solid var(--line);vertical-align:top}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}td.n{white-space:nowrap}
thead th{border-bottom-width:2px}tbody th{font-weight:400}
.unknown{border:2px dashed var(--unknown);color:var(--unknown);padding:.5rem .75rem;border-radius:4px}
.unknown::before{content:"? ";font-weight:700}td .unknown{border-width:1px;padding:0 .3rem;white-space:nowrap}
figure{margin:1rem 0}figcaption{font-weight:700;max-width:66ch}
details{margin:.5rem 0}summary{cursor:pointer;padding:.25rem 0;color:var(--link)}
blockquote{margin:0;padding-left:1rem;border-left:4px solid var(--line);font-family:Merriweather,Georgia,serif}
dl{display:grid;grid-template-columns:12rem minmax(0,1fr);gap:.4rem 1rem;max-width:52rem}dt{font-weight:700}dd{margin:0}
code{font-size:.875rem;background:var(--soft);padding:0 .2rem}
.skip{position:absolute;left:-999rem}.skip:focus{position:static}
svg.chart{display:block;width:100%;min-width:38rem;height:auto}
.chart text{font:13px "Public Sans",system-ui,sans-serif;fill:var(--ink);stroke:none}
.chart .background{fill:none}.chart .line,.chart .guide{stroke:var(--line);stroke-width:.5;fill:none}
.chart .bar-graph .axis.x path{stroke:none}.chart .axis .guides text{text-anchor:middle}.chart .axis.y .guides text{text-anchor:end}
.chart .bar rect{fill:var(--bar)}.chart .gap rect{fill:none;stroke:var(--unknown);stroke-width:1.5;stroke-dasharray:4 3}
.chart .text-overlay text{text-anchor:middle}.chart .horizontal .text-overlay text{text-anchor:start}
@media(max-width:40rem){dl{grid-template-columns:minmax(0,1fr);gap:0}dd{margin-bottom:.75rem}section{margin-top:2rem}}
@media(forced-colors:active){.tab,.unknown{border:1px solid}}
@page{margin:18mm}
@media print{:root{--ink:#000000;--page:#ffffff;--soft:#ffffff;--link:#000000;--quiet:#000000;--unknown:#000000;
--tab:#ffffff;--ontab:#000000;--bar:#444444}body{font-size:10pt}.skip{display:none}.tab{border:1px solid}
main,header{max-width:none;padding:0}.wide{overflow:visible}table,svg.chart{min-width:0}
details::details-content{content-visibility:visible;display:block;height:auto}summary{color:inherit;list-style:none}
section,figure,tr{break-inside:avoid}section.clause{break-inside:auto}h2,h3{break-after:avoid}}
"""
