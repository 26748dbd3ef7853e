import {get} from '../api.ts'
import {fill, h} from '../dom.ts'
import {bindKeys} from '../keys.ts'
import {complain} from '../notices.ts'
import {ReadFromLine} from '../read-from.ts'
import {Actions} from './actions.ts'
import {DiagnosisPanel} from './diagnosis.ts'
import {jobView} from './job-view.ts'
import {openEditor} from './payload-editor.ts'
import {PayloadView} from './payload-view.ts'
import {ofQueue} from './places.ts'
import {openReplay} from './replay-dialog.ts'
import {scopeOfIds} from './scope.ts'
import type {LetterAnswer} from './shapes.ts'
import {historyOf, whyItFailed} from './why.ts'

/** What is known of one letter, with what can be done with it. */
export class LetterBoard {
  readonly node = h('div', {}, h('p', {class: 'hint', role: 'status'}, 'reading …'))
  readonly #queue: string
  readonly #id: string
  readonly #diagnosis: DiagnosisPanel
  readonly #actions: Actions
  readonly #reading = new AbortController()
  #letter: LetterAnswer | undefined
  #payload: PayloadView | undefined

  constructor(queue: string, id: string) {
    this.#queue = queue
    this.#id = id
    this.#diagnosis = new DiagnosisPanel(queue, (scope) => openReplay(queue, scope))
    this.#actions = new Actions({
      queue,
      scope: () => scopeOfIds([id]),
      onDiagnose: (scope) => void this.#diagnosis.ask(scope),
      onEdit: () => this.#edit(),
    })
    this.#actions.paint()
  }

  /** Reads the letter, also after it was changed. */
  async read(): Promise<void> {
    const {signal} = this.#reading
    const path = ofQueue(this.#queue, `dead-letters/${encodeURIComponent(this.#id)}`)
    try {
      this.#show(await get<LetterAnswer>(path, signal))
    } catch (error) {
      if (!signal.aborted) this.#showGone(error)
    }
  }

  bind(): () => void {
    const readAgain = () => void this.read()
    addEventListener('letterschange', readAgain)
    const unbind = [
      () => removeEventListener('letterschange', readAgain),
      this.#actions.bind(),
      bindKeys(
        {keys: 'p', says: 'pretty payload, or as it is', run: () => this.#payload?.togglePretty()},
        {keys: 'c', says: 'copy the payload', run: () => this.#payload?.copy()},
      ),
    ]
    return () => {
      for (const end of unbind) end()
    }
  }

  close(): void {
    this.#reading.abort()
  }

  #show(letter: LetterAnswer): void {
    this.#letter = letter
    this.#payload = new PayloadView(letter)
    const source = new ReadFromLine()
    source.show(letter.readFrom)
    const parts = [
      source.node,
      whyItFailed(letter),
      ...jobView(letter),
      this.#payload.node,
      ...historyOf(letter),
    ]
    fill(this.node, this.#actions.node, this.#diagnosis.node, ...parts)
  }

  #showGone(error: unknown): void {
    const {message} = error instanceof Error ? error : new Error(String(error))
    this.#letter = undefined
    fill(this.node, h('p', {class: 'complaint', role: 'alert'}, message))
  }

  #edit(): void {
    if (!this.#letter) return
    const isText = this.#letter.payloadEncoding === 'utf8'
    if (isText) openEditor(this.#letter, () => void this.read())
    else complain('this payload is not UTF-8, so it cannot be edited as text')
  }
}
