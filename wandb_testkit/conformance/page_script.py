"""Owns what makes the page answer: filters, the tip of a clause, moving about with arrows, and the details of a cell.

Without it the matrix is whole and readable. Texts of a target are only ever set as text, never as HTML.
"""

from __future__ import annotations

import base64
import hashlib

SCRIPT = r"""
(() => {
  "use strict";
  const data = JSON.parse(document.getElementById("wandb-testkit-conformance").textContent);
  const text = (at) => data.texts[at];
  const grid = document.querySelector(".matrix"), dialog = document.querySelector("dialog");
  const tip = document.getElementById("tip"), told = document.getElementById("told");
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  document.documentElement.classList.add("answers");

  function make(tag, className, content) {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (content !== undefined) element.append(content);
    return element;
  }

  // Filters.
  const chapter = one("#chapter"), profile = one("#profile"), find = one("#find");
  const outcomes = all(".outcomes input");
  function filter() {
    const chosen = new Set(outcomes.filter((box) => box.checked).map((box) => box.value));
    const words = find.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    const columns = data.targets.map((target) => profile.value === "all" || target.profile === profile.value);
    all("[data-column]", grid).forEach((cell) => { cell.hidden = !columns[cell.dataset.column]; });
    all("[data-profile]", grid).forEach((cell) => {
      cell.hidden = profile.value !== "all" && profile.value !== cell.dataset.profile;
    });
    let shown = 0;
    all("tbody", grid).forEach((body) => {
      let here = 0;
      all("tr.clause", body).forEach((row) => {
        const clause = data.clauses[row.dataset.clause];
        const cells = all("td", row).filter((cell) => columns[cell.dataset.column]);
        const fits = cells.filter((cell) => !chosen.size || chosen.has(cell.dataset.outcome));
        cells.forEach((cell) => cell.classList.toggle("aside", chosen.size > 0 && !fits.includes(cell)));
        const said = (clause.id + " " + clause.sentence).toLowerCase();
        row.hidden = !fits.length || !words.every((word) => said.includes(word));
        if (!row.hidden) here += 1;
      });
      body.hidden = !here || (chapter.value !== "all" && chapter.value !== body.dataset.chapter);
      if (!body.hidden) shown += here;
    });
    told.textContent = `${shown} of ${data.clauses.length} clauses`;
    one("#nothing").hidden = shown > 0;
    if (!focusable().includes(current)) settle(focusable()[0]);
  }
  [chapter, profile, ...outcomes].forEach((input) => input.addEventListener("change", filter));
  find.addEventListener("input", filter);
  one("form.filters").addEventListener("reset", () => setTimeout(filter));
  one("form.filters").addEventListener("submit", (event) => event.preventDefault());

  // One stop for the tab key, arrows within.
  let current = null;
  const isShown = (element) => !element.closest("[hidden]");
  const focusable = () => all("button", grid).filter(isShown);
  function settle(button) {
    if (current) current.tabIndex = -1;
    current = button || null;
    if (current) current.tabIndex = 0;
  }
  all("button", grid).forEach((button) => { button.tabIndex = -1; });
  grid.addEventListener("focusin", (event) => { if (event.target.matches("button")) settle(event.target); });
  const column = (button) => [...button.closest("tr").children].indexOf(button.closest("td, th"));
  grid.addEventListener("keydown", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const row = all("button", button.closest("tr")).filter(isShown), at = row.indexOf(button);
    const rows = all("tr.clause", grid).filter(isShown), line = rows.indexOf(button.closest("tr"));
    const below = (step) => {
      for (let next = line + step; rows[next]; next += step) {
        const there = all("button", rows[next]).find((other) => column(other) === column(button));
        if (there) return there;
      }
    };
    const steps = {ArrowLeft: () => row[at - 1], ArrowRight: () => row[at + 1], Home: () => row[0],
      End: () => row[row.length - 1], ArrowUp: () => below(-1), ArrowDown: () => below(1)};
    if (!steps[event.key]) return;
    event.preventDefault();
    const next = steps[event.key]();
    if (next) { next.focus(); next.scrollIntoView({block: "nearest", inline: "nearest"}); }
  });

  // The sentence of a clause: at the pointer, and at the focus.
  let tipped = null, waiting = 0;
  function hide() { clearTimeout(waiting); tip.hidden = true; tipped = null; }
  function show(button) {
    clearTimeout(waiting);
    if (button === tipped) return;
    tipped = button;
    const clause = data.clauses[button.closest("tr").dataset.clause];
    tip.replaceChildren(make("b", "", clause.id), make("p", "", clause.sentence), make("p", "quiet", clause.about));
    tip.hidden = false;
    const box = button.getBoundingClientRect(), size = tip.getBoundingClientRect();
    const room = innerHeight - box.bottom;
    tip.style.left = `${Math.max(8, Math.min(box.left, innerWidth - size.width - 8))}px`;
    tip.style.top = `${room > size.height + 12 ? box.bottom + 4 : Math.max(8, box.top - size.height - 4)}px`;
  }
  const named = (event) => event.target.closest && event.target.closest("th button");
  all("th button", grid).forEach((button) => button.removeAttribute("title"));
  grid.addEventListener("mouseover", (event) => { if (named(event)) show(named(event)); });
  grid.addEventListener("focusin", (event) => {
    if (named(event) && event.target.matches(":focus-visible")) show(named(event)); else hide();
  });
  grid.addEventListener("mouseout", (event) => { if (named(event)) waiting = setTimeout(hide, 200); });
  tip.addEventListener("mouseenter", () => clearTimeout(waiting));
  tip.addEventListener("mouseleave", hide);
  grid.addEventListener("focusout", hide);
  grid.addEventListener("scroll", hide, true);
  addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });

  // What a case came to.
  const badge = (outcome) => make("span", "badge o-" + outcome, data.outcomes[outcome].words);
  function block(title, content, copies) {
    const section = make("div", "block"), head = make("h4", "", title);
    section.append(head, make("pre", "", content));
    if (copies) {
      const button = make("button", "copy", "copy");
      button.type = "button";
      button.addEventListener("click", async () => {
        try {
          await navigator.clipboard.writeText(content);
          button.textContent = "copied";
        } catch (error) {
          getSelection().selectAllChildren(section.querySelector("pre"));
          button.textContent = "selected";
        }
      });
      head.append(button);
    }
    return section;
  }
  function told_case(result) {
    const [name, outcome, reason, expected, got, differences, crossed, script, seconds] = result;
    const article = make("article"), head = make("h3", "", make("code", "", text(name)));
    head.append(" ", badge(outcome), " ", make("span", "quiet", `${seconds} s`));
    article.append(head);
    if (text(reason)) article.append(make("p", "reason", text(reason)));
    if (!text(expected) && !text(got) && differences.length) {
      article.append(block("differences", differences.map(text).join("\n")));
    } else if (text(expected) || text(got)) {
      const pair = make("div", "pair");
      pair.append(block("expected", text(expected)), block("got", text(got)));
      article.append(pair);
    }
    if (text(script)) article.append(block("reproduce it", text(script), true));
    if (crossed.length) article.append(block("what crossed the line", crossed.map(text).join("\n")));
    return article;
  }
  function told_clause(clause) {
    const head = make("p", "sentence", clause.sentence);
    head.append(" ", make("span", "quiet", clause.about));
    return head;
  }
  let opener = null;
  function open(title, parts, place, from) {
    opener = from;
    one("h2", dialog).textContent = title;
    one(".content", dialog).replaceChildren(...parts);
    history.replaceState(null, "", "#" + place);
    if (!dialog.open) dialog.showModal();
    dialog.scrollTop = 0;
  }
  function open_cell(button) {
    const clause = data.clauses[button.closest("tr").dataset.clause], column = button.closest("td").dataset.column;
    const target = data.targets[column];
    const found = target.results.filter((result) => data.cases[result[0]].includes(clause.id));
    const order = Object.keys(data.outcomes);
    found.sort((mine, other) => order.indexOf(mine[1]) - order.indexOf(other[1]));
    open(`${clause.id} on ${target.title}`, [told_clause(clause), ...found.map(told_case)],
      `${clause.id}/${target.anchor}`, button);
  }
  function open_clause(button) {
    const row = button.closest("tr"), clause = data.clauses[row.dataset.clause];
    const list = make("table", "targets");
    all("td", row).forEach((cell) => {
      const line = list.insertRow(), inner = one("button", cell);
      const name = make("td", "", data.targets[cell.dataset.column].title), came = make("td");
      if (inner) {
        const go = make("button", "badge o-" + cell.dataset.outcome, data.outcomes[cell.dataset.outcome].words);
        go.type = "button";
        go.addEventListener("click", () => open_cell(inner));
        came.append(go, make("span", "quiet", " " + inner.dataset.told));
      } else came.append(make("span", "quiet", "not judged in this profile"));
      line.append(name, came);
    });
    open(clause.id, [told_clause(clause), list], clause.id, button);
  }
  grid.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    hide();
    if (button.closest("td")) open_cell(button); else open_clause(button);
  });
  one(".close", dialog).addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  dialog.addEventListener("close", () => {
    history.replaceState(null, "", location.pathname + location.search);
    if (opener && isShown(opener)) opener.focus({preventScroll: true});
    hide();
  });

  filter();
  function follow() {
    const [id, anchor] = decodeURIComponent(location.hash.slice(1)).split("/");
    const at = data.clauses.findIndex((clause) => clause.id === id);
    if (at < 0) return;
    const row = one(`tr[data-clause="${at}"]`, grid);
    const column = data.targets.findIndex((target) => target.anchor === anchor);
    const cell = one(`td[data-column="${column}"] button`, row);
    row.scrollIntoView({block: "center"});
    (cell || one("th button", row)).click();
  }
  addEventListener("hashchange", follow);
  follow();
})();
"""

_DIGEST = base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()

POLICY = (
    f"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; script-src 'sha256-{_DIGEST}'"
)
"""This script runs; nothing else runs, and nothing is fetched, whatever a target printed."""
