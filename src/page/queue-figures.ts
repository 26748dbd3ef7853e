import type {Observation} from '../monitor/observation.ts'
import type {QueueInspection} from '../queue/inspect.ts'
import {h, setText} from './dom.ts'
import {forecastWords} from './forecast.ts'
import {count, duration, NONE, orNone, plural, rate} from './format.ts'
import type {ShownRow} from './keyed-rows.ts'

interface Figure {
  title: string
  value(observation: Observation): string
  /** What belongs to it, in small letters. */
  more?(observation: Observation): string
  /** Whether the queue has such a figure at all; always if left out. */
  isOf?(observation: Observation): boolean
}

const FIGURES: Figure[] = [
  {title: 'ready', value: ({inspection}) => count(inspection.ready)},
  {title: 'leased', value: leasedWords, more: leaseWords},
  {
    title: 'oldest item',
    value: ({inspection}) => orNone(inspection.oldestMs, duration),
    more: ({inspection}) =>
      inspection.ready > 0 && inspection.oldestMs === null ? 'its time is not known' : '',
    isOf: ({inspection}) => hasAges(inspection.engine),
  },
  {title: 'in', value: ({rates}) => perSecond(rates.in)},
  {title: 'out', value: ({rates}) => perSecond(rates.out)},
  {
    title: 'dead letters',
    value: ({inspection}) => count(inspection.deadLetters),
    more: ({rates}) => (rates.deadLettered ? `${rate(rates.deadLettered)}/s more` : ''),
  },
  {title: 'forecast', value: ({forecast}) => forecastWords(forecast)},
]

/** Whether items say when they came: those of a list do not. */
export function hasAges(engine: QueueInspection['engine']): boolean {
  return engine !== 'list'
}

/** The figures of a queue in one row. */
export function makeFigures(): ShownRow<Observation> {
  const shown = FIGURES.map(({title, value, more, isOf}) => {
    const big = h('dd', {}, NONE)
    const small = h('dd', {class: 'muted'})
    const node = h('div', {'data-figure': title}, h('dt', {}, title), big, small)
    const show = (observation: Observation) => {
      setText(big, value(observation))
      setText(small, more?.(observation) ?? '')
      node.hidden = isOf?.(observation) === false
    }
    return {node, show}
  })
  return {
    node: h('dl', {class: 'figures'}, ...shown.map(({node}) => node)),
    show: (observation) => {
      for (const figure of shown) figure.show(observation)
    },
  }
}

function leasedWords({inspection}: Observation): string {
  return `${inspection.isLeasedEstimate ? 'about ' : ''}${count(inspection.leased)}`
}

function leaseWords({inspection}: Observation): string {
  const {leases, overdueLeases} = inspection
  if (leases === 0) return ''
  return `in ${plural(leases, 'lease')}${overdueLeases > 0 ? `, ${count(overdueLeases)} overdue` : ''}`
}

function perSecond(value: number | null): string {
  return value === null ? NONE : `${rate(value)}/s`
}
