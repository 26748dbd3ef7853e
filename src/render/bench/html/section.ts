import type {Check} from '../../../bench/shape/findings.ts'
import type {BenchRun} from '../../../bench/shape/run.ts'
import {latencyPlot} from '../plot/latency.ts'
import {loadPlot} from '../plot/load.ts'
import {stepsPlot} from '../plot/steps.ts'
import {sweepPlot} from '../plot/sweep.ts'
import {throughputPlot} from '../plot/throughput.ts'
import {fitWords, ledgerWords, parameterWords, runLine, STATE_WORDS} from '../statements.ts'
import {stepSheet, stepUnits} from '../step-sheet.ts'
import {usageSheet, usageUnits} from '../usage-sheet.ts'
import {html, type Markup} from './markup.ts'
import {drawTable} from './table.ts'

/**
 * One run: plots, tables, and what explains the figures.
 * @param head - goes above them
 */
export function drawRun(run: BenchRun, id: string, head: Markup | null): Markup {
  const usage = usageSheet(run.steps)
  // Plots without room for names use the numbers of the steps.
  const rows = run.steps.length > 1 ? 'numbered' : 'named'
  return html`<section id="${id}" aria-labelledby="${id}-h"><h2 id="${id}-h">${run.scenario}</h2>
${head}${drawPlots(run, id)}
${run.steps.length === 0 ? null : drawTable(capitalised(stepUnits(run.steps)), stepSheet(run.steps), rows)}
${usage === null ? null : drawTable(capitalised(usageUnits(run.steps)), usage)}
${drawAccounts(run)}${drawNotes(run)}
<p class="id">${runLine(run)}</p></section>
`
}

export function drawVerdict({state, verdict, checks}: BenchRun): Markup {
  return html`<p class="verdict">${drawState(state)} ${verdict}</p>
${drawChecks(checks)}`
}

/** Shows the state as a sign, a colour and a word, each of which is enough. */
export function drawState(state: BenchRun['state']): Markup {
  return html`<span class="state ${state === 'ok' ? 'good' : 'bad'}">${state === 'ok' ? '✓' : '✗'} ${STATE_WORDS[state]}</span>`
}

export function drawChecks(checks: Check[]): Markup | null {
  if (checks.length === 0) return null
  const items = checks.map(
    ({ok, text}) => html`<li class="${ok ? 'good' : 'bad'}">${ok ? '✓' : '✗'} <span>${text}</span></li>`,
  )
  return html`<ul class="checks">${items}</ul>`
}

function drawPlots({steps, fit}: BenchRun, id: string): Markup | null {
  const plots = [
    fit === null ? null : sweepPlot(`${id}-sweep`, fit),
    throughputPlot(`${id}-time`, steps),
    latencyPlot(`${id}-latency`, steps),
    loadPlot(`${id}-load`, steps),
    stepsPlot(`${id}-steps`, steps),
  ].filter((plot) => plot !== null)
  return plots.length === 0 ? null : html`<div class="plots">${plots}</div>`
}

function drawAccounts({limit, ledger, fit}: BenchRun): Markup | null {
  if (limit === null && ledger === null && fit === null) return null
  return html`<dl>${
    limit === null
      ? null
      : html`<dt>Limited by</dt><dd><strong>${limit.what}</strong>${
          limit.evidence.length === 0
            ? null
            : html`<ul>${limit.evidence.map((one) => html`<li>${one}</li>`)}</ul>`
        }</dd>`
  }${ledger === null ? null : html`<dt>Ledger</dt><dd>${ledgerWords(ledger)}</dd>`}${
    fit === null ? null : html`<dt>Scaling</dt><dd>${fitWords(fit)}</dd>`
  }</dl>
`
}

function drawNotes({parameters, notes}: BenchRun): Markup | null {
  const asked = parameterWords(parameters)
  const lines = [...(asked === '' ? [] : [`parameters: ${asked}`]), ...notes]
  return lines.length === 0
    ? null
    : html`<ul class="notes">${lines.map((line) => html`<li>${line}</li>`)}</ul>`
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
