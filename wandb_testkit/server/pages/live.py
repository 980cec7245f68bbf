"""Owns what makes a page live: a script that asks for the page again, and changes the parts that are different now.

Without it the page is whole, and stays as it was when it was asked for.
"""

from __future__ import annotations

import base64
import hashlib

SCRIPT = """
(() => {
  "use strict";
  const every = 1500, status = document.getElementById("live");
  let tag = null, shown = null;
  const parts = (root) => new Map([...root.querySelectorAll("[data-part]")].map((part) => [part.dataset.part, part]));
  const texts = (root) => new Map([...parts(root)].map(([name, part]) => [name, part.outerHTML]));
  const say = (text, kind) => {
    if (status.textContent !== text) { status.textContent = text; status.className = "live " + kind; }
  };
  shown = texts(document);
  say("live", "on");

  function replace(old, fresh) {
    const open = [...old.querySelectorAll("details")].map((one) => one.open);
    const active = old.contains(document.activeElement) ? document.activeElement : null;
    const focusable = (root) => [...root.querySelectorAll("a, summary, [tabindex]")];
    const href = active && active.getAttribute("href"), place = active ? focusable(old).indexOf(active) : -1;
    const offsets = [...old.querySelectorAll(".wide")].map((one) => one.scrollLeft);
    fresh = document.importNode(fresh, true);
    [...fresh.querySelectorAll("details")].forEach((one, at) => { if (at < open.length) one.open = open[at]; });
    old.replaceWith(fresh);
    [...fresh.querySelectorAll(".wide")].forEach((one, at) => { one.scrollLeft = offsets[at] || 0; });
    if (active) {
      const again = focusable(fresh);
      const next = (href && again.find((one) => one.getAttribute("href") === href)) || again[place];
      if (next) next.focus({preventScroll: true});
    }
  }

  function change(page) {
    const now = parts(document), next = parts(page), text = texts(page);
    const same = now.size === next.size && [...next.keys()].every((name) => now.has(name));
    if (!same) replace(document.querySelector("main"), page.querySelector("main"));
    for (const [name, part] of next) {
      const old = now.get(name);
      if (old && text.get(name) !== shown.get(name) && (same || !old.closest("main"))) replace(old, part);
    }
    shown = text;
    document.title = page.title;
  }

  async function look() {
    if (!document.hidden) {
      try {
        const answer = await fetch(location.href, {headers: tag ? {"If-None-Match": tag} : {}, cache: "no-store"});
        if (answer.status === 200) {
          tag = answer.headers.get("ETag");
          change(new DOMParser().parseFromString(await answer.text(), "text/html"));
        }
        if (answer.ok || answer.status === 304) say("live", "on"); else say("refused: " + answer.status, "off");
      } catch (error) {
        say("the server is away", "off");
      }
    }
    setTimeout(look, every);
  }
  setTimeout(look, every);
})();
"""

_DIGEST = base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()

POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; connect-src 'self'; base-uri 'none'; form-action 'self'; "
    f"script-src 'sha256-{_DIGEST}'"
)
"""This script runs and asks this server; nothing else runs or is fetched, whatever was logged."""

CSS = """
header nav { font-size: .87rem; overflow-wrap: anywhere; }
.bar { display: flex; flex-wrap: wrap; gap: 2px 14px; align-items: baseline; justify-content: space-between; }
.live { font-size: .8rem; color: var(--quiet); white-space: nowrap; }
.live.on::before { content: "\\25cf\\a0"; color: var(--good); }
.live.off { color: var(--bad); }
:focus-visible { outline: 2px solid var(--line); outline-offset: 2px; border-radius: 3px; }
.overview .name { width: 34%; }
.overview .when { white-space: nowrap; color: var(--quiet); font-size: .87rem; }
.client pre { background: var(--card); border: 1px solid var(--edge); border-radius: 8px; padding: 8px 12px; }
.rows { font-size: .87rem; }
.rows th, .rows td { padding: 3px 12px; white-space: nowrap; max-width: 28em; overflow: hidden;
  text-overflow: ellipsis; }
.rows thead th { color: var(--quiet); font-weight: 600; }
.rows td { font-variant-numeric: tabular-nums; }
.rows .word { white-space: normal; overflow-wrap: anywhere; min-width: 10em; }
details pre { max-height: 26rem; overflow-y: auto; }
section > h2 { margin-top: 28px; }
.pages { display: flex; gap: 16px; margin-top: 8px; font-size: .87rem; }
.who { display: flex; gap: 10px; align-items: baseline; font-size: .87rem; color: var(--quiet); }
.who form { margin: 0; }
.who button { font: inherit; color: var(--line); background: none; border: 0; padding: 0; cursor: pointer;
  text-decoration: underline; }
.enter { max-width: 30em; display: grid; gap: 8px; }
.enter input, .enter button { font: inherit; padding: 7px 10px; border: 1px solid var(--edge); border-radius: 8px; }
.enter input { color: inherit; background: var(--card); }
.enter button { justify-self: start; cursor: pointer; color: inherit; background: var(--card); }
.enter .wrong { color: var(--bad); margin: 0; }
@media (max-width: 640px) { .overview .name { width: 100%; } .overview .when { display: none; } }
"""
