/** Colours that red-green colour-blind readers can tell apart; each series also has its own stroke pattern. */
const LIGHT = `color-scheme: light;
  --paper: #fff; --card: #f6f7f9; --ink: #1a1f26; --soft: #56606c; --rule: #d8dde3; --fine: #e6e9ed; --band: #f1f3f6; --shade: rgb(20 30 45 / 0.2);
  --link: #0b5cad; --good: #0a6640; --bad: #b3261e; --target: #6b7480;
  --s1: #0068b3; --s2: #c24e00; --s3: #00795a; --s4: #9a3d83; --s5: #7a6200; --s6: #3d4650;`
const DARK = `color-scheme: dark;
  --paper: #13171c; --card: #1c2229; --ink: #e8ebef; --soft: #a3adb9; --rule: #3a434e; --fine: #272e37; --band: #1b2128; --shade: rgb(0 0 0 / 0.75);
  --link: #7fbcff; --good: #58cf98; --bad: #ff8f85; --target: #98a2ae;
  --s1: #5cb3f5; --s2: #ff9a52; --s3: #3fc79f; --s4: #e091cb; --s5: #d9bd45; --s6: #c3cbd5;`

const PAGE = `
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 40px 28px 56px; max-width: 1120px; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  overflow-wrap: break-word; -webkit-text-size-adjust: 100%; }
h1 { margin: 0; font-size: 28px; line-height: 1.2; letter-spacing: -0.01em; }
h2 { margin: 0 0 12px; font-size: 21px; line-height: 1.25; }
h3 { margin: 0; font-size: 16px; display: flex; flex-wrap: wrap; gap: 4px 10px; align-items: baseline; }
p { margin: 0 0 10px; }
ul { margin: 0; padding: 0; list-style: none; }
a { color: var(--link); text-underline-offset: 2px; }
a:focus-visible, .scroll:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
header p, .id, .note, caption { color: var(--soft); }
header p { margin: 4px 0 0; }
section { margin-top: 36px; }
section + section { padding-top: 28px; border-top: 1px solid var(--rule); }
.id { margin-top: 14px; font-size: 13px; }
`

const VERDICTS = `
.verdicts { display: grid; gap: 12px; grid-template-columns: repeat(auto-fit, minmax(min(320px, 100%), 1fr)); }
.verdicts > li { padding: 14px 16px 12px; background: var(--card); border: 1px solid var(--rule); border-radius: 8px; }
.verdicts p { margin: 4px 0 8px; }
.verdict { font-size: 17px; }
.state { font-size: 13px; font-weight: 600; letter-spacing: 0.02em; white-space: nowrap; }
.verdict .state { margin-right: 6px; }
.good { color: var(--good); }
.bad { color: var(--bad); }
.checks { display: flex; flex-wrap: wrap; gap: 2px 18px; font-size: 14px; font-variant-numeric: tabular-nums; }
.checks span { color: var(--ink); }
.checks .bad span { font-weight: 600; }
section > .checks { margin-bottom: 4px; }
`

const TABLES = `
.scroll { overflow-x: auto; margin-top: 18px;
  background: linear-gradient(to right, var(--paper) 40%, transparent) left / 40px 100% local no-repeat,
    linear-gradient(to left, var(--paper) 40%, transparent) right / 40px 100% local no-repeat,
    radial-gradient(farthest-side at 0 50%, var(--shade), transparent) left / 12px 100% no-repeat,
    radial-gradient(farthest-side at 100% 50%, var(--shade), transparent) right / 12px 100% no-repeat; }
table { border-collapse: collapse; font-size: 14px; font-variant-numeric: tabular-nums; }
caption { text-align: left; padding-bottom: 6px; font-size: 13px; }
caption span { display: block; position: sticky; left: 0; max-width: min(100%, calc(100vw - 32px)); }
th, td { padding: 5px 0 5px 18px; white-space: nowrap; text-align: left; font-weight: 400; vertical-align: baseline; }
tr > :first-child { padding-left: 0; }
td.figure:first-child { color: var(--soft); }
td.figure:first-child + th { padding-left: 10px; }
th.figure:first-child + th { padding-left: 10px; }
tbody th, td.words { white-space: normal; }
tbody th { min-width: 9em; }
thead th { color: var(--soft); font-size: 13px; border-bottom: 1px solid var(--rule); }
tbody tr + tr > * { border-top: 1px solid var(--fine); }
.figure { text-align: right; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 6px 18px; margin: 18px 0 0; font-size: 15px;
  font-variant-numeric: tabular-nums; }
dt { color: var(--soft); }
dd { margin: 0; min-width: 0; }
dd ul { font-size: 14px; color: var(--soft); }
.notes { margin-top: 14px; padding-left: 18px; list-style: disc; font-size: 14px; color: var(--soft); }
`

const PLOTS = `
.plots { display: grid; gap: 28px 40px; grid-template-columns: repeat(auto-fit, minmax(min(400px, 100%), 1fr)); margin-top: 18px; }
.plots > * { min-width: 0; margin: 0; max-width: 560px; }
.plots > .scroll { max-width: none; }
.pair { grid-template-columns: repeat(auto-fit, minmax(min(440px, 100%), 1fr)); }
figcaption { font-weight: 600; font-size: 15px; }
figure > svg { display: block; width: 100%; height: auto; margin-top: 8px; }
.legend { display: flex; flex-wrap: wrap; gap: 2px 16px; margin-top: 4px; font-size: 13px; color: var(--soft); }
.legend li { display: flex; align-items: center; gap: 6px; }
.swatch { width: 26px; height: 12px; flex: none; }
.note { margin: 4px 0 0; font-size: 13px; }
svg text { font-size: 12px; fill: var(--soft); font-variant-numeric: tabular-nums; }
svg .name { fill: var(--ink); font-size: 13px; paint-order: stroke; stroke: var(--paper); stroke-width: 5px; }
svg .inside { font-size: 11.5px; }
.grid { stroke: var(--fine); fill: none; }
.stroke { stroke: var(--soft); fill: none; }
.mark { stroke: var(--soft); stroke-dasharray: 2 3; fill: none; }
.band { fill: var(--band); }
.line { fill: none; stroke: var(--c); stroke-width: 1.75; stroke-linejoin: round; }
.dot { fill: var(--c); stroke: var(--paper); stroke-width: 1; }
.diamond { fill: var(--paper); stroke: var(--c); stroke-width: 1.75; }
.bar { fill: var(--c); }
.s1 { --c: var(--s1); }
.s2 { --c: var(--s2); stroke-dasharray: 7 3; }
.s3 { --c: var(--s3); stroke-dasharray: 2 3; }
.s4 { --c: var(--s4); stroke-dasharray: 9 3 2 3; }
.s5 { --c: var(--s5); stroke-dasharray: 4 2; }
.s6 { --c: var(--s6); stroke-dasharray: 12 3; }
.dot, .diamond { stroke-dasharray: none; }
.plain { --c: var(--soft); }
.target { --c: var(--target); stroke-dasharray: 5 4; stroke-width: 1.25; }
.spread { --c: var(--s1); stroke-width: 5; opacity: 0.4; }
.better { --c: var(--s1); }
.worse { --c: var(--s2); }
`

const PHONE = `
@media (max-width: 600px) {
  body { padding: 24px 16px 40px; }
  svg text { font-size: 14.5px; }
  svg .name { font-size: 15px; }
  dl { grid-template-columns: 1fr; gap: 0; }
  dd + dt { margin-top: 10px; }
  .scroll tbody th { min-width: 11em; position: sticky; left: 0; background: var(--paper); padding-right: 10px; }
}
`

const PRINT = `
@page { margin: 14mm; }
@media print {
  :root { ${LIGHT} }
  body { max-width: none; padding: 0; font-size: 10.5pt; }
  h1 { font-size: 20pt; }
  h2, .verdict, section > .checks { break-after: avoid; }
  figure, tr, .scroll, .verdicts > li, dl { break-inside: avoid; }
  .verdicts { grid-template-columns: repeat(3, 1fr); gap: 8px; font-size: 9pt; }
  .verdicts > li { padding: 9px 10px 8px; }
  .verdicts .checks, .state, .legend, .note, .notes, .id, dl, dd ul { font-size: 8.5pt; }
  .verdict { font-size: 11pt; }
  .scroll { overflow: visible; margin-top: 12px; background: none; }
  tbody th { min-width: 0; }
  .plots { grid-template-columns: 1fr 1fr; gap: 16px 24px; }
  .pair { grid-template-columns: 0.85fr 1fr; }
  svg text, svg .name { font-size: 14px; }
  table { font-size: 8pt; }
  th, td { padding: 2.5px 0 2.5px 9px; }
  thead th, caption { font-size: 8pt; }
  section { margin-top: 22px; }
  section + section { padding-top: 18px; }
  a { color: inherit; text-decoration: none; }
  .band, .bar, .dot, .verdicts > li { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`

/** The style of the report: light, dark, for print and for phones. */
export const STYLE = `
:root { ${LIGHT} }
@media (prefers-color-scheme: dark) { :root { ${DARK} } }
${PAGE}${VERDICTS}${TABLES}${PLOTS}${PHONE}${PRINT}`
