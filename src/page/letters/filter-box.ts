import type {Candidate} from '../../filter/complete.ts'
import {get} from '../api.ts'
import {h} from '../dom.ts'
import {COMBOBOX, CompletionList} from './completion-list.ts'
import {showFault} from './filter-fault.ts'
import {ofQueue} from './places.ts'

/** Keys that move the cursor, and so what may be typed there. */
const MOVES = ['ArrowLeft', 'ArrowRight', 'Home', 'End']

/** A pause in typing after which the server is asked, ms. */
const PAUSE_MS = 60

export interface FilterBoxOptions {
  queue: string
  /** The filter at first. */
  where: string
  /** Called with a filter that is to be applied; it may be wrong. */
  onSubmit(where: string): void
}

/** A filter, with what may be typed next. Enter applies it. */
export class FilterBox {
  readonly node: HTMLElement
  readonly #options: FilterBoxOptions
  readonly #input = h('input', {
    ...{type: 'search', ...COMBOBOX, 'aria-label': 'Filter', 'aria-describedby': 'filter-fault'},
    ...{placeholder: 'filter, e.g. reason:foreign_key age>2h (/)'},
    ...{autocomplete: 'off', autocapitalize: 'off', spellcheck: 'false', enterkeyhint: 'search'},
  })
  readonly #fault = h('div', {id: 'filter-fault', class: 'fault', role: 'alert', hidden: true})
  readonly #list: CompletionList
  #asking: AbortController | undefined
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(options: FilterBoxOptions) {
    this.#options = options
    this.#list = new CompletionList(this.#input, (candidate) => this.#take(candidate))
    this.#input.value = options.where
    const submit = (event: Event) => {
      event.preventDefault()
      this.#submit()
    }
    const field = h('div', {class: 'combo'}, this.#input, this.#list.node)
    const apply = h('button', {type: 'submit'}, 'Filter')
    this.node = h('form', {class: 'filter', role: 'search', on: {submit}}, field, apply, this.#fault)
    this.#input.addEventListener('input', () => this.#askSoon())
    this.#input.addEventListener('blur', () => this.#close())
    this.#input.addEventListener('keydown', (event) => this.#onKey(event))
    // The cross of a search field empties it
    this.#input.addEventListener('search', () => this.#input.value === '' && this.#submit())
  }

  focus(): void {
    this.#input.focus()
    this.#input.select()
  }

  /** Shows the filter of the address. */
  show(where: string): void {
    if (this.#input.value !== where) this.#input.value = where
    this.complain(undefined)
  }

  /** Shows what is wrong with the filter, or that nothing is. */
  complain(error: unknown): void {
    showFault(this.#fault, this.#input, error)
  }

  close(): void {
    this.#close()
  }

  #submit(): void {
    this.#close()
    this.#options.onSubmit(this.#input.value.trim())
  }

  #onKey(event: KeyboardEvent): void {
    if (event.isComposing || !this.#act(event)) return
    event.preventDefault()
    event.stopPropagation()
  }

  /** @returns whether the key did something that the field itself must not do as well */
  #act({key, shiftKey}: KeyboardEvent): boolean {
    const list = this.#list
    const isAsking = this.#timer !== undefined || this.#asking !== undefined
    if (MOVES.includes(key) && (list.isOpen || isAsking)) this.#askSoon()
    if (key === 'Escape') {
      if (list.isOpen) this.#close()
      else this.#input.blur()
      return true
    }
    if (key === 'ArrowDown' || key === 'ArrowUp') {
      if (list.isOpen && !isAsking) list.move(key === 'ArrowDown' ? 1 : -1)
      else void this.#ask()
      return true
    }
    const taken = key === 'Enter' ? list.marked : key === 'Tab' && !shiftKey ? list.nearest : undefined
    if (taken) this.#take(taken)
    return taken !== undefined
  }

  #take({text, from, kind}: Candidate): void {
    const {value, selectionStart} = this.#input
    const end = selectionStart ?? value.length
    const isWhole = kind === 'value' || (kind === 'keyword' && text !== '(')
    const behind = value.slice(end)
    const added = isWhole && !behind.startsWith(' ') ? `${text} ` : text
    this.#input.value = value.slice(0, from) + added + behind
    this.#input.setSelectionRange(from + added.length, from + added.length)
    void this.#ask()
  }

  #askSoon(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.#ask(), PAUSE_MS)
  }

  /** Without an answer there are no suggestions; the filter itself works all the same. */
  async #ask(): Promise<void> {
    this.#stopAsking()
    const asking = new AbortController()
    this.#asking = asking
    const {signal} = asking
    const {value: text, selectionStart} = this.#input
    const cursor = selectionStart ?? text.length
    const query = {of: 'letters', text, cursor}
    const none = {candidates: [] as Candidate[]}
    const {candidates} = await get<typeof none>(
      ofQueue(this.#options.queue, 'complete', query),
      signal,
    ).catch(() => none)
    if (signal.aborted) return
    this.#asking = undefined
    if (document.activeElement === this.#input) this.#list.show(candidates)
  }

  #stopAsking(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#asking?.abort()
    this.#asking = undefined
  }

  #close(): void {
    this.#stopAsking()
    this.#list.hide()
  }
}
