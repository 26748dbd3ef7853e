import type {ReplayResult} from '../letters/run-replay.ts'
import type {DeadLetterView} from '../queue/letter.ts'
import type {LetterSurvey} from '../queue/letter-groups.ts'
import {escapeLine} from './escape.ts'
import {count, duration, plural} from './format.ts'
import {clipWidth, grid, pairs} from './table.ts'

/** Other producers write whole sentences as reasons. */
const LONGEST_REASON = 24

/** Most groups shown; JSON has them all. */
const GROUPS = 20

/** Dead letters by reason and error, and the first of them. */
export function renderSurvey(queue: string, survey: LetterSurvey, width: number): string {
  if (survey.total === 0) return `queue ${queue} has no dead letters`
  const {matched, total, groups, items} = survey
  const of = matched === total ? '' : `${count(matched)} of `
  const head = `queue ${queue}: ${of}${plural(total, 'dead letter')}`
  if (matched === 0) return `${head}; none is meant by this filter`
  const parts = [`${head}\n${renderGroups(survey, width)}`]
  if (groups.length > GROUPS)
    parts.push(`and ${plural(groups.length - GROUPS, 'more error')}; --json has all`)
  if (items.length > 0) parts.push(renderItems(items, width))
  if (items.length > 0 && items.length < matched) {
    parts.push(`the first ${count(items.length)}; -n shows more, "qtool dlq show ID" one of them whole`)
  }
  return parts.join('\n\n')
}

function renderGroups({groups}: LetterSurvey, width: number): string {
  const rows = groups
    .slice(0, GROUPS)
    .map((group) => [
      clipWidth(escapeLine(group.reason), LONGEST_REASON),
      escapeLine(group.code ?? '-'),
      count(group.letters),
      count(group.records),
      moment(group.lastFailedAt),
      escapeLine(group.error ?? '-'),
    ])
  return grid(
    [
      {title: 'reason'},
      {title: 'code'},
      {title: 'letters', align: 'right'},
      {title: 'records', align: 'right', from: 100},
      {title: 'last failed', from: 100},
      {title: 'error', flexible: true},
    ],
    rows,
    width,
  )
}

function renderItems(items: DeadLetterView[], width: number): string {
  const rows = items.map((letter) => [
    moment(letter.failedAt),
    clipWidth(escapeLine(letter.reason), LONGEST_REASON),
    escapeLine(letter.id),
    escapeLine(letter.detail ?? letter.message ?? letter.payload),
  ])
  const columns = [
    {title: 'failed', from: 110},
    {title: 'reason', from: 80},
    {title: 'id'},
    {title: 'why', flexible: true} as const,
  ]
  return grid(columns, rows, width)
}

/** To the second: 2026-11-24 06:30:00Z. */
function moment(time: string | null): string {
  return time === null ? '-' : `${time.slice(0, 19).replace('T', ' ')}Z`
}

/** One dead letter whole. */
export function renderLetter(letter: DeadLetterView): string {
  const rows: Array<[string, string]> = [
    ['id', escapeLine(letter.id)],
    ['failed', letter.failedAt ?? '-'],
    ['reason', escapeLine(letter.reason)],
    ['code', escapeLine(letter.code ?? '-')],
    ['message', escapeLine(letter.message ?? '-')],
  ]
  for (const name of ['detail', 'column', 'constraint'] as const) {
    const value = letter[name]
    if (value !== null) rows.push([name, escapeLine(value)])
  }
  rows.push(['attempts', letter.attempts === null ? '-' : count(letter.attempts)])
  for (const past of letter.history) {
    rows.push(['failed before', escapeLine(`${past.failedAt ?? '-'} ${past.reason}: ${past.message ?? '-'}`)])
  }
  rows.push([letter.payloadEncoding === 'utf8' ? 'payload' : 'payload (base64)', escapeLine(letter.payload)])
  return pairs(rows)
}

/** The line shown while a replay goes on. */
export function replayLine(replayed: number, read: number, startedAt: number): string {
  const seconds = Math.max((performance.now() - startedAt) / 1000, 0.001)
  return `${count(replayed)} replayed of ${count(read)} read, ${count(replayed / seconds)} items/s`
}

/** What a replay did. */
export function renderReplay(queue: string, result: ReplayResult, dryRun: boolean): string {
  if (result.matched === 0) return `queue ${queue} has no such dead letters`
  const rows: Array<[string, string]> = [
    ['matched', count(result.matched)],
    dryRun
      ? ['would be replayed', count(result.replayed)]
      : [
          'replayed',
          `${count(result.replayed)} in ${duration(result.seconds * 1000)}, ${count(result.itemsPerSecond)} items/s`,
        ],
  ]
  if (result.canary) {
    rows.push(['canary', `${count(result.canary.failedAgain)} of ${count(result.canary.items)} failed again`])
  }
  if (result.waiting > 0) rows.push(['left: an identical item is ready', count(result.waiting)])
  if (result.failing > 0) rows.push(['left: would fail again', count(result.failing)])
  if (result.unknown > 0) rows.push(['skipped: cannot be judged here', count(result.unknown)])
  if (result.gone > 0) rows.push(['taken away meanwhile', count(result.gone)])
  if (result.later > 0) rows.push(['left: failed later than this began', count(result.later)])
  rows.push(['dead letters now', count(result.remaining)])
  return `queue ${queue}${canaryWords(result)}\n${pairs(rows)}`
}

function canaryWords({aborted, canary}: ReplayResult): string {
  if (!aborted || !canary) return ''
  if (canary.open === 0) return ': the canary failed, so the rest was left'
  const why = canary.paused ? 'the queue is paused: qtool resume' : 'start a worker: qtool work'
  return `: workers are not done with ${count(canary.open)} of the canary, so the rest was left; ${why}`
}
