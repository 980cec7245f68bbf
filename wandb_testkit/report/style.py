"""Owns the style sheet of the page: light and dark, from 400 pixels up."""

CSS = """
:root { color-scheme: light dark; --page: #f6f7f9; --card: #ffffff; --text: #1c2127; --quiet: #5d6672; --edge: #d9dee5;
  --line: #0b7285; --good: #1b6e3c; --good-back: #dff3e6; --bad: #a3221c; --bad-back: #fbe3e1; --wait: #7a5200;
  --wait-back: #fdf0d0; }
@media (prefers-color-scheme: dark) { :root { --page: #14171b; --card: #1d2126; --text: #e6e9ed; --quiet: #9aa4b0;
  --edge: #343a42; --line: #4cc9e0; --good: #7fdba1; --good-back: #17351f; --bad: #ff9d96; --bad-back: #42201e;
  --wait: #f3c969; --wait-back: #3c2f12; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 15px/1.45 system-ui, sans-serif; }
header, main { max-width: 1160px; margin: 0 auto; padding: 0 16px; }
header { padding-top: 20px; }
main { padding-bottom: 48px; }
h1 { font-size: 1.5rem; margin: 0; }
h2 { font-size: 1.05rem; margin: 36px 0 8px; overflow-wrap: anywhere; }
h3 { font-size: 1rem; margin: 0; overflow-wrap: anywhere; font-weight: 600; }
h4 { font-size: .8rem; margin: 0 0 4px; color: var(--quiet); font-weight: 600; }
p { margin: 4px 0; overflow-wrap: anywhere; }
a { color: inherit; text-decoration-color: var(--edge); text-underline-offset: 3px; }
:focus-visible { outline: 2px solid var(--line); outline-offset: 2px; border-radius: 4px; }
a:hover { text-decoration-color: currentColor; }
code, pre { font: .92em ui-monospace, monospace; overflow-wrap: anywhere; }
.quiet, .file { color: var(--quiet); font-weight: 400; }
.file { display: block; font-size: .8rem; }
.badge, .tag { display: inline-block; padding: 0 8px; border-radius: 9px; font-size: .8rem; font-weight: 600;
  border: 1px solid var(--edge); white-space: nowrap; }
.tag { font-weight: 400; margin-right: 4px; }
.passed, .finished { color: var(--good); background: var(--good-back); border-color: transparent; }
.failed, .crashed, .error { color: var(--bad); background: var(--bad-back); border-color: transparent; }
.running { color: var(--wait); background: var(--wait-back); border-color: transparent; }
.warning { color: var(--wait); background: var(--wait-back); padding: 4px 10px; border-radius: 6px; }
.notes { white-space: pre-wrap; }
article, .wide { background: var(--card); border: 1px solid var(--edge); border-radius: 10px; padding: 14px 16px;
  margin: 10px 0; }
.wide { padding: 0; overflow-x: auto; margin-top: 16px; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: 3px 10px 3px 0; font-weight: 400; overflow-wrap: anywhere; }
.columns th { color: var(--quiet); width: 42%; }
.overview th, .overview td { padding: 6px 12px; }
.overview thead th { color: var(--quiet); font-size: .8rem; font-weight: 600; }
.overview tbody { border-top: 1px solid var(--edge); }
.overview .test { width: 45%; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
.unit { color: var(--quiet); display: none; margin-left: .3em; }
.metric { display: inline-flex; flex-direction: column; margin-right: 12px; font-size: .72rem; line-height: 1.2; }
.sparks { white-space: nowrap; }
.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 260px), 1fr)); gap: 16px;
  margin: 14px 0; }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 300px), 1fr)); gap: 14px 32px;
  margin-top: 12px; font-size: .87rem; }
figure { margin: 0; }
figcaption { font-size: .85rem; overflow-wrap: anywhere; }
svg { display: block; width: 100%; height: auto; }
.spark { width: 80px; height: 20px; }
.curve { fill: none; stroke: var(--line); stroke-width: 1.8; stroke-linejoin: round; stroke-linecap: round; }
.dot { fill: var(--line); }
.grid { stroke: var(--edge); stroke-width: 1; }
svg text { fill: var(--quiet); font-size: 12px; }
.y { text-anchor: end; }
.x, .none { text-anchor: middle; }
details { margin-top: 10px; }
summary { cursor: pointer; color: var(--quiet); font-size: .87rem; }
pre { overflow-x: auto; white-space: pre-wrap; margin: 6px 0 0; }
li { overflow-wrap: anywhere; }
@media (max-width: 640px) {
  .overview thead, .overview .sparks { display: none; }
  .overview tr { display: flex; flex-wrap: wrap; gap: 2px 10px; padding: 8px 12px; align-items: baseline; }
  .overview td { padding: 0; }
  .overview .test { width: 100%; }
  .overview .test:empty { display: none; }
  .unit { display: inline; }
  article { padding: 12px; }
}
"""
