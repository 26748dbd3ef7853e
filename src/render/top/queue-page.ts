import type {Observation} from '../../monitor/observation.ts'
import {hasAges} from '../../queue/kinds.ts'
import {count, duration, plural} from '../format.ts'
import {jobWords, placeWords} from '../place.ts'
import {spreadWords} from '../spread.ts'
import {charts} from './charts.ts'
import {lineOf, wrapped} from './line.ts'
import {reasonTable, slowTable, workerTable} from './queue-tables.ts'
import {type Section, stack} from './section.ts'
import type {Place, TopView} from './view.ts'

/** All that is known of the chosen queue, in at most `height` lines. */
export function queuePage(view: TopView, place: Place, height: number): string[] {
  const {observation} = view
  if (!observation) return [lineOf([{text: 'reading the queue', as: 'faint'}], place.width, place.style)]
  return stack(
    [
      figures(observation, place),
      reasonTable(observation, view.reason, place),
      workerTable(observation, place),
      charts(view.history, place),
      slowTable(observation, place),
    ],
    height,
    lineOf([], place.width, place.style),
  )
}

function figures(observation: Observation, {width, style}: Place): Section {
  const lines = wrapped(figureWords(observation).join('   '), width)
  return {
    least: Math.min(lines.length, 3),
    wanted: lines.length,
    lines: (height) => lines.slice(0, height).map((line) => lineOf([line], width, style)),
  }
}

/** Words that belong together have spaces that do not break. */
function figureWords({inspection, rates, forecast, busyWorkers}: Observation): string[] {
  const {ready, leased, leases, overdueLeases, isLeasedEstimate, oldestMs, deadLetters} = inspection
  const rate = (value: number | null) => (value === null ? '-' : `${count(value)}/s`)
  const overdue = overdueLeases > 0 ? `, ${count(overdueLeases)} overdue` : ''
  return [
    `ready ${count(ready)}`,
    `leased ${isLeasedEstimate ? '~' : ''}${count(leased)} in ${plural(leases, 'lease')}${overdue}`,
    hasAges(inspection.engine) ? `oldest ${oldestMs === null ? '-' : duration(oldestMs)}` : '',
    `in ${rate(rates.in)}`,
    `out ${rate(rates.out)}`,
    `dead ${count(deadLetters)}, ${rate(rates.deadLettered)}`,
    ...(busyWorkers === null ? [] : [`busy workers ${busyWorkers.toFixed(1)}`]),
    forecastWords(forecast),
    pauseWords(inspection),
    placeWords(inspection),
    jobWords(inspection.payload),
    inspection.spread ? spreadWords(inspection.spread) : '',
  ].flatMap((words) => (words === '' ? [] : [words.replaceAll(' ', '\u00a0')]))
}

function forecastWords(forecast: Observation['forecast']): string {
  if (forecast.state !== 'clears') return ''
  const {seconds, marginSeconds} = forecast
  return `empty in ${duration(seconds * 1000)} ± ${duration(marginSeconds * 1000)}`
}

function pauseWords({paused, pauseEndsInMs}: Observation['inspection']): string {
  if (!paused) return ''
  return pauseEndsInMs === null ? 'paused' : `paused for ${duration(pauseEndsInMs)} more`
}
