import type {Observation} from '../monitor/observation.ts'
import type {PauseState} from '../queue/pause.ts'
import {post} from './api.ts'
import {isProduction} from './badge.ts'
import {confirm} from './dialog.ts'
import {h, setText} from './dom.ts'
import {duration, plural} from './format.ts'
import type {ShownRow} from './keyed-rows.ts'
import {complain, say} from './notices.ts'

/** How long a queue may be paused; null until somebody resumes it. */
const TIMES: Array<[string, number | null]> = [
  ['10 minutes', 600_000],
  ['1 hour', 3_600_000],
  ['until somebody resumes it', null],
]

/** The button that pauses a queue, or lets it go on. */
export function makePause(queue: string): ShownRow<Observation> {
  let latest: Observation | undefined
  const click = async () => {
    if (!latest) return
    try {
      if (latest.inspection.paused) await resume(queue, latest)
      else await pause(queue, latest)
    } catch (error) {
      complain(error)
    }
  }
  const node = h('button', {type: 'button', disabled: true, on: {click: () => void click()}}, 'Pause…')
  return {
    node,
    show(observation) {
      latest = observation
      node.disabled = false
      setText(node, observation.inspection.paused ? 'Resume…' : 'Pause…')
    },
  }
}

async function pause(queue: string, {inspection: {ready, leased}}: Observation): Promise<void> {
  const options = TIMES.map(([words], i) => h('option', {value: i}, words))
  const select = h('select', {id: 'pause-for'}, ...options)
  const agreed = await confirm({
    title: `Pause ${queue}?`,
    body: [
      h(
        'p',
        {},
        `Workers take no more items until it is resumed: ${plural(ready, 'item')} will wait, and all that come.`,
      ),
      leased > 0 &&
        h('p', {}, `${plural(leased, 'leased item')} will still be written by the workers that hold them.`),
      h('div', {class: 'field'}, h('label', {for: 'pause-for'}, 'For how long'), select),
    ],
    verb: 'Pause',
    ...(isProduction() && {typed: queue}),
  })
  if (!agreed) return
  const forMs = TIMES[Number(select.value)][1]
  await change(queue, 'pause', forMs === null ? {} : {forMs})
  say(`${queue} is paused${forMs === null ? '' : ` for ${duration(forMs)}`}`)
}

async function resume(queue: string, {inspection: {ready}}: Observation): Promise<void> {
  const agreed = await confirm({
    title: `Resume ${queue}?`,
    body: [h('p', {}, `Workers will take its ${plural(ready, 'item')} at once.`)],
    verb: 'Resume',
    ...(isProduction() && {typed: queue}),
  })
  if (!agreed) return
  await change(queue, 'resume', {})
  say(`${queue} resumed`)
}

function change(queue: string, what: 'pause' | 'resume', body: object): Promise<PauseState> {
  return post<PauseState>(`queue/${encodeURIComponent(queue)}/${what}`, body)
}
