import type {Obstacle} from '../../letters/obstacles.ts'
import type {DiagnoseResult} from '../../operations/diagnose-letters.ts'
import {post} from '../api.ts'
import {fill, h} from '../dom.ts'
import {count, plural} from '../format.ts'
import {speak} from '../notices.ts'
import {obstacleWords, verdictWords} from './obstacle-words.ts'
import {ofQueue, toLetter} from './places.ts'
import type {Scope} from './scope.ts'

/** Letters that Postgres is asked about at a time: about a second of its time. */
const ASKED = 5000

/** Asks Postgres which letters would be written now, and says what it answered. */
export class DiagnosisPanel {
  readonly node = h('div', {class: 'diagnosis', hidden: true})
  readonly #queue: string
  readonly #onReplay: (scope: Scope) => void
  #asked = 0

  /** @param onReplay called if the user wants back those that would be written */
  constructor(queue: string, onReplay: (scope: Scope) => void) {
    this.#queue = queue
    this.#onReplay = onReplay
  }

  hide(): void {
    this.#asked++
    this.node.hidden = true
  }

  async ask(scope: Scope): Promise<void> {
    const mine = ++this.#asked
    this.node.hidden = false
    this.node.dataset.level = 'asking'
    fill(this.node, h('p', {role: 'status'}, `asking Postgres about ${scope.words} …`))
    try {
      const body = {...scope.input, limit: ASKED}
      const result = await post<DiagnoseResult>(ofQueue(this.#queue, 'dead-letters/diagnose'), body)
      if (mine === this.#asked) this.#show(result, scope)
    } catch (error) {
      if (mine === this.#asked) this.#complain(error)
    }
  }

  #show(result: DiagnoseResult, scope: Scope): void {
    const {passing, matched, obstacles, moreObstacles} = result
    const words = verdictWords(result)
    this.node.dataset.level = passing === matched ? 'ok' : 'warning'
    const replay = h('button', {type: 'button', on: {click: () => this.#onReplay(scope)}}, 'Replay those …')
    fill(
      this.node,
      h('p', {}, h('strong', {}, words), ` ${partWords(matched, scope)}`),
      obstacles.length > 0 && h('ul', {}, ...obstacles.map((one) => this.#line(one))),
      moreObstacles > 0 && h('p', {class: 'hint'}, `and ${plural(moreObstacles, 'more obstacle')}`),
      h('div', {class: 'row'}, passing > 0 && replay, this.#closeButton()),
    )
    speak(words)
  }

  #line(obstacle: Obstacle): HTMLElement {
    const {error, code, example} = obstacle
    const href = toLetter(this.#queue, example)
    return h(
      'li',
      {},
      obstacleWords(obstacle),
      ' ',
      h('span', {class: 'muted'}, `${code}: ${error}`),
      ' ',
      h('a', {href}, 'example'),
    )
  }

  #complain(error: unknown): void {
    this.node.dataset.level = 'critical'
    const message = error instanceof Error ? error.message : String(error)
    fill(this.node, h('p', {role: 'alert'}, message), this.#closeButton())
  }

  #closeButton(): HTMLElement {
    return h('button', {type: 'button', class: 'quiet', on: {click: () => this.hide()}}, 'close')
  }
}

/** Whether Postgres was asked about all of them. */
function partWords(matched: number, {letters}: Scope): string {
  if (matched < ASKED || letters === matched) return ''
  return letters === undefined
    ? `The first ${count(matched)} were asked about.`
    : `The first ${count(matched)} of ${count(letters)} were asked about.`
}
