import {h} from '../dom.ts'
import {bindKeys} from '../keys.ts'
import {complain} from '../notices.ts'
import {Actions} from './actions.ts'
import {DiagnosisPanel} from './diagnosis.ts'
import {isFilterFault} from './filter-fault.ts'
import {GroupTable} from './group-table.ts'
import {LetterTable} from './letter-table.ts'
import {News} from './news.ts'
import {Pager} from './pager.ts'
import {FIRST_GROUPED, MOST_GROUPED, readGroups, readLetters} from './read-letters.ts'
import {openReplay} from './replay-dialog.ts'
import {type Scope, scopeOfFilter, scopeOfIds} from './scope.ts'
import {Selection} from './selection.ts'
import {SelectionBar} from './selection-bar.ts'
import type {GroupsAnswer, LetterHead} from './shapes.ts'
import {WindowLine} from './window-line.ts'
import {isWhole, matchedInAll} from './window-words.ts'

/** The groups and the letters that a filter selects, with what can be done with them. */
export class LettersBoard {
  readonly node: HTMLElement
  where = ''
  readonly #queue: string
  readonly #onFault: (error: unknown) => void
  readonly #selection = new Selection(() => this.#paintScope())
  readonly #actions: Actions
  readonly #diagnosis: DiagnosisPanel
  readonly #groupTable: GroupTable
  readonly #letterTable: LetterTable
  readonly #line = new WindowLine(() => void this.#readGroups(MOST_GROUPED))
  readonly #bar = new SelectionBar(this.#selection)
  readonly #pager = new Pager(() => void this.#readPage())
  readonly #news: News
  #reading = new AbortController()
  #groups: GroupsAnswer | undefined
  #letters: LetterHead[] = []
  #next: string | null = null
  /** The filter is wrong, so nothing may be done with what it selects. */
  #isFaulty = false

  /** @param onFault called with what is wrong with the filter, or undefined */
  constructor(queue: string, onFault: (error: unknown) => void) {
    this.#queue = queue
    this.#onFault = onFault
    const where = () => this.where
    const scope = () => this.#scope()
    this.#diagnosis = new DiagnosisPanel(queue, (asked) => openReplay(queue, asked, true))
    const ask = (asked: Scope) => void this.#diagnosis.ask(asked)
    this.#actions = new Actions({queue, scope, onDiagnose: ask})
    this.#groupTable = new GroupTable({
      queue,
      where,
      onDiagnose: ({letters}, filter) =>
        ask(scopeOfFilter(filter, this.#groups && isWhole(this.#groups) ? letters : undefined)),
    })
    this.#letterTable = new LetterTable({queue, where, selection: this.#selection})
    this.#news = new News(queue, () => this.read())
    const groups = h('h2', {}, 'By reason and error')
    const letters = h('div', {class: 'heading'}, h('h2', {}, 'Letters'), this.#bar.node)
    this.node = h(
      'div',
      {class: 'board'},
      h('div', {class: 'heading'}, this.#line.node, this.#news.node),
      ...[this.#actions.node, this.#diagnosis.node, groups, this.#groupTable.node],
      ...[letters, this.#letterTable.node, this.#pager.node],
    )
  }

  /** Shows what another filter selects. */
  show(where: string): void {
    this.where = where
    this.#selection.clear()
    this.#diagnosis.hide()
    this.read()
  }

  /** Reads all again. */
  read(): void {
    this.#reading.abort()
    this.#reading = new AbortController()
    this.#groups = undefined
    this.#next = ''
    this.#isFaulty = false
    this.#onFault(undefined)
    this.node.classList.add('reading')
    void this.#readGroups(FIRST_GROUPED)
    void this.#readPage()
  }

  bind(): () => void {
    const choose = () => {
      const id = this.#letterTable.focused
      if (id !== undefined) this.#selection.set([id], !this.#selection.has(id))
    }
    const readAgain = () => this.read()
    addEventListener('letterschange', readAgain)
    const unbind = [
      () => removeEventListener('letterschange', readAgain),
      this.#actions.bind(),
      bindKeys(
        {keys: 'x', says: 'select the letter, or not', run: choose},
        {keys: 'X', says: 'select all that match', run: () => this.#selection.chooseAll()},
        {keys: 'r', says: 'read again', run: () => this.read()},
      ),
    ]
    return () => {
      for (const end of unbind) end()
    }
  }

  close(): void {
    this.#reading.abort()
    this.#news.close()
  }

  #scope(): Scope {
    const {ids} = this.#selection
    if (ids.length > 0) return scopeOfIds(ids)
    if (this.#isFaulty) return scopeOfFilter(this.where, 0)
    return scopeOfFilter(this.where, this.#groups && matchedInAll(this.#groups, this.where))
  }

  async #readGroups(limit: number): Promise<void> {
    const {signal} = this.#reading
    this.#line.showReading()
    const read = readGroups(this.#queue, {where: this.where, limit, signal})
    await this.#with(read, signal, (answer) => {
      this.#groups = answer
      this.#groupTable.show(answer.groups)
      this.#line.show(answer, this.where)
      this.#news.startFrom(answer.deadLetters)
      this.#paintScope()
    })
  }

  async #readPage(): Promise<void> {
    const {signal} = this.#reading
    const from = this.#next ?? ''
    await this.#with(readLetters(this.#queue, {where: this.where, from, signal}), signal, (answer) => {
      this.#letters = from === '' ? answer.letters : [...this.#letters, ...answer.letters]
      this.#next = answer.next
      this.#letterTable.show(this.#letters)
      this.#pager.show(this.#letters.length, answer)
      this.#paintScope()
    })
  }

  /** Shows an answer, unless another one is wanted by now. */
  async #with<T>(read: Promise<T>, signal: AbortSignal, show: (answer: T) => void): Promise<void> {
    try {
      const answer = await read
      if (!signal.aborted) show(answer)
    } catch (error) {
      if (!signal.aborted) this.#fail(error)
    } finally {
      if (!signal.aborted) this.node.classList.remove('reading')
    }
  }

  /** Both requests of one filter fail alike, so the first one is told. */
  #fail(error: unknown): void {
    this.#reading.abort()
    this.#isFaulty = true
    this.#letters = []
    this.#groupTable.show([])
    this.#letterTable.show([])
    this.#line.showNothing()
    this.#pager.hide()
    this.#paintScope()
    this.node.classList.remove('reading')
    if (isFilterFault(error)) this.#onFault(error)
    else complain(error)
  }

  #paintScope(): void {
    this.#actions.paint()
    this.#letterTable.paint()
    this.#bar.show(this.#letters.length, this.#groups && matchedInAll(this.#groups, this.where))
  }
}
