"""Owns how the page of the matrix looks; colours and type are those of all pages of the kit (report.style)."""

CSS = """
:root { --aside: .22; --pass: var(--good-back); --skip: transparent; --known: var(--wait-back); }
header, main { max-width: none; padding-left: 20px; padding-right: 20px; }
body > header { max-width: 76rem; margin: 0; padding-top: 20px; }
main { margin: 0; }
:focus-visible { outline: 2px solid var(--line); outline-offset: 2px; border-radius: 3px; }
[hidden] { display: none !important; }
.lead { max-width: 62rem; margin-top: 6px; }
.skip-link { position: absolute; left: -9999px; }
.skip-link:focus { left: 16px; top: 8px; background: var(--card); padding: 6px 10px; z-index: 9; }
button { font: inherit; color: inherit; background: none; border: 0; padding: 0; cursor: pointer; }
.o-PASS { color: var(--good); background: var(--good-back); }
.o-FAIL, .o-ERROR { color: var(--bad); background: var(--bad-back); }
.o-KNOWN, .o-UNEXPECTED_PASS { color: var(--wait); background: var(--wait-back); }
.o-SKIP, .o-NOT_RUN { color: var(--quiet); }
.badge[class*="o-"] { border-color: transparent; }
.badge.o-SKIP, .badge.o-NOT_RUN { border-color: var(--edge); }

.wide { width: fit-content; max-width: 100%; }
.summary { width: max-content; font-size: .87rem; }
.summary th, .summary td { padding: 5px 14px 5px 0; white-space: nowrap; overflow-wrap: normal; }
.summary th:first-child, .summary td:last-child { padding-left: 14px; }
.summary thead th { color: var(--quiet); font-weight: 600; font-size: .8rem; border-bottom: 1px solid var(--edge); }
.summary tbody th { font-weight: 600; }
.summary small { display: none; font-weight: 400; color: var(--quiet); }
.summary tr + tr > * { border-top: 1px solid var(--edge); }
.summary .number { padding-right: 18px; }
.bar { display: inline-block; width: 90px; height: 8px; border-radius: 4px; background: var(--bad-back);
  margin-right: 8px; overflow: hidden; vertical-align: middle; }
.bar.none { background: var(--edge); }
.bar i { display: block; height: 100%; background: var(--good); }

.filters { display: none; flex-wrap: wrap; gap: 8px 18px; align-items: center; margin: 18px 0 8px; font-size: .87rem; }
.answers .filters { display: flex; }
.filters > label { color: var(--quiet); max-width: 100%; }
.filters select, .filters input[type=search], .filters [type=reset] { font: inherit; color: var(--text);
  background: var(--card); border: 1px solid var(--edge); border-radius: 6px; padding: 4px 8px;
  max-width: min(20rem, 100%); }
.outcomes { border: 0; margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: 6px; }
.outcomes legend { position: absolute; left: -9999px; }
.outcomes label { cursor: pointer; }
.outcomes input { position: absolute; opacity: 0; }
.outcomes span { display: inline-block; padding: 2px 10px; border-radius: 12px; border: 1px solid var(--edge); }
.outcomes input:checked + span { box-shadow: 0 0 0 2px var(--text); }
.outcomes input:focus-visible + span { outline: 2px solid var(--line); outline-offset: 3px; }
.without { color: var(--quiet); font-size: .87rem; }
.answers .without { display: none; }

.frame { background: var(--card); border: 1px solid var(--edge); border-radius: 10px; overflow: auto;
  width: fit-content; max-width: 100%; max-height: calc(100vh - 24px); margin-bottom: 8px; }
.matrix { width: auto; border-collapse: separate; border-spacing: 0; font-size: .82rem; }
.matrix th, .matrix td { padding: 0; vertical-align: middle; overflow-wrap: normal; }
.matrix thead { position: sticky; top: 0; z-index: 3; }
.matrix thead th { background: var(--card); border-bottom: 1px solid var(--edge); vertical-align: bottom; }
.matrix thead .group { padding: 6px 8px 0; border-bottom: 0; color: var(--quiet); font-size: .8rem; font-weight: 600;
  text-align: left; }
.matrix .target { height: 8rem; min-width: 42px; padding: 6px 0 8px; }
.matrix .target span { writing-mode: vertical-rl; transform: rotate(180deg); white-space: nowrap; margin: 0 auto;
  display: block; max-height: 15rem; overflow: hidden; text-overflow: ellipsis; line-height: 1.2; }
.matrix .target b { font-weight: 600; }
.matrix .corner { padding: 6px 12px 8px; color: var(--quiet); }
.matrix .left { position: sticky; left: 0; z-index: 2; background: var(--card); border-right: 1px solid var(--edge); }
.matrix .first { border-left: 1px solid var(--edge); }
.matrix .chapter th, .matrix .chapter td { background: var(--page); border-top: 1px solid var(--edge);
  border-bottom: 1px solid var(--edge); }
.matrix .chapter th { font-weight: 600; padding: 6px 12px; }
.matrix .chapter td { text-align: center; font-variant-numeric: tabular-nums; font-size: .76rem; padding: 0 3px; }
.full { color: var(--good); }
.part { color: var(--wait); }
.low { color: var(--bad); }
.nothing { color: var(--quiet); }
.clause th button { display: flex; align-items: baseline; gap: 12px; width: 34rem; max-width: 46vw; padding: 3px 12px;
  text-align: left; }
.clause th b { font: 600 .92em ui-monospace, monospace; flex: 0 0 7.4rem; }
.clause th span { color: var(--quiet); white-space: nowrap; overflow: hidden; text-overflow: ellipsis; flex: 1 1 auto;
  min-width: 0; }
.clause td button { display: block; width: calc(100% - 2px); min-width: 38px; height: 24px; margin: 1px;
  border-radius: 4px; text-align: center; }
.clause td.empty { text-align: center; color: var(--edge); }
.clause:hover th, .clause:hover td { background: var(--page); }
.clause td.aside { opacity: var(--aside); }
#nothing { padding: 16px; }

#tip { position: fixed; z-index: 8; max-width: min(30rem, calc(100vw - 16px)); background: var(--card);
  border: 1px solid var(--edge); border-radius: 8px; padding: 10px 14px; box-shadow: 0 6px 24px rgb(0 0 0 / .22);
  font-size: .87rem; }
dialog { color: var(--text); background: var(--page); border: 1px solid var(--edge); border-radius: 12px; padding: 0;
  width: min(58rem, calc(100vw - 24px)); max-height: calc(100vh - 32px); }
dialog::backdrop { background: rgb(0 0 0 / .45); }
dialog > header { position: sticky; top: 0; background: var(--page); display: flex; gap: 12px; align-items: baseline;
  justify-content: space-between; padding: 14px 20px 8px; max-width: none; z-index: 1; }
dialog h2 { margin: 0; }
dialog .content { padding: 0 20px 20px; }
.close, .copy { border: 1px solid var(--edge); border-radius: 6px; padding: 1px 10px; color: var(--quiet);
  font-size: .8rem; font-weight: 400; }
.copy { margin-left: 10px; }
.block { margin-top: 12px; min-width: 0; }
.block pre { background: var(--page); border: 1px solid var(--edge); border-radius: 6px; padding: 8px 10px;
  margin: 2px 0 0; max-height: 22rem; overflow: auto; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); gap: 0 14px; }
.reason { margin-top: 8px; }
.targets { font-size: .87rem; width: auto; }
.targets td { padding: 3px 18px 3px 0; }
.foot { margin-top: 20px; max-width: 76rem; }
.unseen { font-size: .87rem; margin-top: 8px; }
.unseen th { font: 600 .92em ui-monospace, monospace; white-space: nowrap; color: var(--text); }
.unseen tr + tr > * { border-top: 1px solid var(--edge); }
@media (max-width: 700px) {
  header, main { padding-left: 12px; padding-right: 12px; }
  .clause th button { width: auto; max-width: none; padding: 3px 8px; }
  .clause th span { display: none; }
  .clause th b { flex-basis: auto; min-width: 5.4rem; }
  .matrix .chapter th { padding: 6px 8px; max-width: 8rem; white-space: normal; }
  .matrix .corner { padding: 6px 8px; }
  .summary tbody th { white-space: normal; }
  .summary small { display: inline; }
  .summary .bar { width: 44px; }
  .frame { max-height: calc(100vh - 12px); }
  dialog > header, dialog .content { padding-left: 12px; padding-right: 12px; }
}
"""
