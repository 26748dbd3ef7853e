import type {BenchRun} from '../../bench/shape/run.ts'
import {comparisonSheet} from './comparison-sheet.ts'
import {html, Markup} from './html/markup.ts'
import {drawChecks, drawRun, drawState, drawVerdict} from './html/section.ts'
import {STYLE} from './html/style.ts'
import {drawTable} from './html/table.ts'
import {documentedPlot} from './plot/documented.ts'
import {allComparisons, environmentPairs, environments, REPORT_TITLE, reportSpan} from './report.ts'

/** Allows only the style inside this file: no scripts, no requests. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'"

/** One run, or all of `bench all`, as one self-contained page that starts with verdicts and documented figures. */
export function renderHtml(runs: BenchRun[]): string {
  return html`${new Markup('<!DOCTYPE html>')}
<html lang="en"><head><meta charset="utf-8" />
<meta http-equiv="Content-Security-Policy" content="${POLICY}" />
<meta name="viewport" content="width=device-width, initial-scale=1" />
<meta name="color-scheme" content="light dark" />
<title>${REPORT_TITLE}: ${reportSpan(runs)}</title>
<style>${new Markup(STYLE)}</style></head>
<body><header><h1>${REPORT_TITLE}</h1><p>${reportSpan(runs)}</p></header>
<main>${drawVerdicts(runs)}${drawComparisons(runs)}${runs.map((run, i) => drawRun(run, sectionId(i), runs.length > 1 ? drawVerdict(run) : null))}${drawEnvironments(runs)}</main></body></html>
`.toString()
}

/** Uses a number, because ids of runs come from files and may hold anything. */
function sectionId(index: number): string {
  return `run-${index + 1}`
}

function drawVerdicts(runs: BenchRun[]): Markup | null {
  if (runs.length === 0) return null
  const items = runs.map(
    (run, i) => html`<li><h3><a href="#${sectionId(i)}">${run.scenario}</a> ${drawState(run.state)}</h3>
<p>${run.verdict}</p>${drawChecks(run.checks)}</li>
`,
  )
  return html`<section aria-labelledby="verdicts"><h2 id="verdicts">Verdicts</h2><ul class="verdicts">${items}</ul></section>
`
}

function drawComparisons(runs: BenchRun[]): Markup | null {
  const comparisons = allComparisons(runs)
  if (comparisons.length === 0) return null
  return html`<section aria-labelledby="documented"><h2 id="documented">Documented vs. measured</h2>
<div class="plots pair">${documentedPlot('documented-plot', comparisons)}${drawTable(
    'Ratio to documented: above 1 is better, whichever direction is better',
    comparisonSheet(comparisons),
  )}</div></section>
`
}

function drawEnvironments(runs: BenchRun[]): Markup | null {
  const found = environments(runs)
  if (found.length === 0) return null
  const lists = found.map(
    (environment) =>
      html`<dl>${environmentPairs(environment).map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>
`,
  )
  const several = 'These runs come from different environments; their figures cannot be compared.'
  return html`<section aria-labelledby="where"><h2 id="where">Environment</h2>${
    found.length > 1 ? html`<p>${several}</p>` : null
  }${lists}</section>
`
}
