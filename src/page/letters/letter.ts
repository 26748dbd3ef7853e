import {get} from '../api.ts'
import {fill, h} from '../dom.ts'
import {moment, plural} from '../format.ts'
import {bindKeys} from '../keys.ts'
import {type Place, to} from '../router.ts'
import type {View} from '../view.ts'
import {Actions} from './actions.ts'
import {DiagnosisPanel} from './diagnosis.ts'
import {facts} from './facts.ts'
import {failureTable} from './failures.ts'
import {PayloadView} from './payload-view.ts'
import {ofQueue} from './places.ts'
import {openReplay} from './replay-dialog.ts'
import {scopeOfIds} from './scope.ts'
import type {LetterAnswer} from './shapes.ts'

/** One dead letter: why it failed, its exact payload, and what can be done with it. */
export function open(place: Place): View {
  const {queue, id} = place.names
  const body = h('div', {}, h('p', {class: 'hint', role: 'status'}, 'reading …'))
  const diagnosis = new DiagnosisPanel(queue, (scope) => openReplay(queue, scope))
  const scope = () => scopeOfIds([id])
  const actions = new Actions({queue, scope, onDiagnose: (asked) => void diagnosis.ask(asked)})
  actions.paint()
  const reading = new AbortController()
  const unbind = [bindBack(to.letters(queue, place.query.get('where') ?? ''))]
  const show = (letter: LetterAnswer) => {
    const payload = new PayloadView(letter)
    fill(body, actions.node, diagnosis.node, whyItFailed(letter), payload.node, ...historyOf(letter))
    unbind.push(actions.bind(), bindPayload(payload))
  }
  get<LetterAnswer>(ofQueue(queue, `dead-letters/${encodeURIComponent(id)}`), reading.signal)
    .then(show)
    .catch((error: unknown) => {
      if (!reading.signal.aborted) showGone(body, error)
    })
  return {
    title: `dead letter of ${queue}`,
    node: h('section', {class: 'dead-letter'}, makeTitle(place), body),
    close() {
      reading.abort()
      for (const end of unbind) end()
    },
  }
}

function makeTitle({names: {queue, id}, query}: Place): HTMLElement {
  const back = h('a', {href: to.letters(queue, query.get('where') ?? '')}, queue)
  const heading = h('h1', {tabindex: -1}, 'Dead letter of ', back)
  return h('div', {class: 'title'}, heading, h('code', {class: 'muted id'}, id))
}

function bindBack(href: string): () => void {
  const run = () => {
    location.hash = href
  }
  return bindKeys({keys: 'Escape', says: 'back to the list', run})
}

function bindPayload(payload: PayloadView): () => void {
  return bindKeys(
    {keys: 'p', says: 'payload with a line for each value, or as it is', run: () => payload.togglePretty()},
    {keys: 'c', says: 'copy the payload', run: () => payload.copy()},
  )
}

function whyItFailed(letter: LetterAnswer): HTMLElement {
  const {reason, code, message, detail, column, constraint, failedAt, attempts, records, history} = letter
  return h(
    'div',
    {class: 'why'},
    h('p', {class: 'message'}, message ?? 'no message'),
    detail !== null && h('p', {class: 'muted'}, detail),
    facts([
      ['reason', reason],
      ['code', code],
      ['column', column],
      ['constraint', constraint],
      ['failed at', moment(failedAt)],
      ['deliveries', attempts],
      ['records', records === 1 ? null : records],
      ['failures', history.length === 0 ? null : plural(history.length + 1, 'failure')],
    ]),
  )
}

function historyOf({failedAt, reason, code, message, history}: LetterAnswer): HTMLElement[] {
  if (history.length === 0) return []
  const failures = [...history, {failedAt, reason, code, message}].reverse()
  return [h('h2', {}, 'Failures'), failureTable(failures)]
}

function showGone(body: HTMLElement, error: unknown): void {
  const {message} = error instanceof Error ? error : new Error(String(error))
  fill(body, h('p', {class: 'complaint', role: 'alert'}, message))
}
