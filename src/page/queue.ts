import type {Observation, Sample} from '../monitor/observation.ts'
import type {QueueInspection} from '../queue/inspect.ts'
import {fill, h, setText} from './dom.ts'
import {duration, plural} from './format.ts'
import type {ShownRow} from './keyed-rows.ts'
import {LateCharts} from './late-charts.ts'
import {followLive} from './live.ts'
import {makeMemory, makeSlowLog} from './memory.ts'
import {Painter} from './paint.ts'
import {makePause} from './pause.ts'
import {hasAges, makeFigures} from './queue-figures.ts'
import {ReadFromLine} from './read-from.ts'
import {makeReasons} from './reasons.ts'
import {type Place, to} from './router.ts'
import {bindRowKeys} from './row-keys.ts'
import {Samples} from './samples.ts'
import {makeShards, spreadWords} from './shards.ts'
import {makeTotals} from './totals.ts'
import {VerdictLine} from './verdict.ts'
import type {View} from './view.ts'
import {makeWorkers} from './workers.ts'

/** One queue: what it holds, how that changes, who works on it, and what is wrong. */
export function open({names: {queue}}: Place): View {
  const verdict = new VerdictLine()
  const samples = new Samples()
  const charts = new LateCharts()
  const slowLog = makeSlowLog()
  const title = makeTitle(queue)
  const source = new ReadFromLine()
  const warnings = h('div', {class: 'warnings'})
  const [figures, workers, shards, reasons, memory, totals] = [
    makeFigures(),
    makeWorkers(),
    makeShards(),
    makeReasons(queue),
    makeMemory(),
    makeTotals(),
  ]
  const parts: Array<ShownRow<Observation>> = [title, figures, workers, shards, reasons, memory, totals]
  const painter = new Painter((observation: Observation) => {
    const {level, text, reason} = observation.verdict
    verdict.show({level, text, reason: [h('span', {}, reason)]})
    source.show(observation.inspection.readFrom)
    showWarnings(warnings, warningsOf(observation.inspection))
    for (const part of parts) part.show(observation)
    slowLog.show(observation.inspection.slowlog)
    charts.show(samples.all, {hasAges: hasAges(observation.inspection.engine)})
  })
  const end = followLive(
    `queue/${encodeURIComponent(queue)}/events`,
    {
      history: (kept: Sample[]) => samples.begin(kept),
      observation: (observation: Observation) => {
        samples.add(sampleOf(observation))
        painter.show(observation)
      },
    },
    (error) => verdict.fail(error),
  )
  const left = h('div', {}, workers.node, shards.node, reasons.node, slowLog.node)
  const right = h('div', {}, memory.node, totals.node)
  const panels = h('div', {class: 'panels'}, left, right)
  const live = [verdict.node, source.node, warnings, figures.node, charts.node, panels]
  const node = h('section', {}, title.node, h('div', {class: 'live'}, ...live))
  const unbind = bindRowKeys(node)
  return {
    node,
    title: queue,
    close() {
      end()
      unbind()
      painter.close()
      charts.close()
    },
  }
}

function makeTitle(queue: string): ShownRow<Observation> {
  const state = h('span', {class: 'muted'})
  const pause = makePause(queue)
  const letters = h('a', {class: 'button', href: to.letters(queue)}, 'Dead letters')
  const spring = h('span', {class: 'spring'})
  return {
    node: h('div', {class: 'title'}, h('h1', {tabindex: -1}, queue), state, spring, pause.node, letters),
    show(observation) {
      const {paused, pauseEndsInMs, deadLetters} = observation.inspection
      const left = pauseEndsInMs === null ? '' : `, ${duration(pauseEndsInMs)} left`
      const {spread} = observation.inspection
      const words = [placeWords(observation.inspection), spreadWords(spread), paused ? `paused${left}` : '']
      setText(state, words.filter(Boolean).join(', '))
      setText(letters, plural(deadLetters, 'dead letter'))
      pause.show(observation)
    },
  }
}

/** Where its ready items are and who wrote them, if that is not a sorted set of records in its usual key. */
function placeWords({engine, readyKey, payload}: QueueInspection): string {
  const jobs = payload === null || payload === 'json' ? '' : `, jobs of ${payload}`
  const name = engine === 'zset' ? 'sorted set' : engine
  if (readyKey !== null) return `${name} in key ${readyKey}${jobs}`
  return engine === 'zset' && jobs === '' ? '' : `${name}${jobs}`
}

/** A misspelt name in the address must not look like a queue that is empty. */
function warningsOf(inspection: QueueInspection): string[] {
  const {ready, leased, deadLetters, paused, workers, totals} = inspection
  const known = [ready, leased, deadLetters, Number(paused), workers.length, ...Object.values(totals)]
  if (known.some((figure) => figure > 0)) return inspection.warnings
  return ['nothing was ever put into a queue of this name; is it spelt right?', ...inspection.warnings]
}

function showWarnings(node: HTMLElement, warnings: string[]): void {
  if (node.dataset.shown === warnings.join('\n')) return
  node.dataset.shown = warnings.join('\n')
  fill(node, ...warnings.map((text) => h('p', {}, text)))
}

function sampleOf({inspection, rates}: Observation): Sample {
  const {ready, leased, deadLetters, oldestMs} = inspection
  return {atMs: Date.parse(inspection.at), ready, leased, deadLetters, oldestMs, in: rates.in, out: rates.out}
}
