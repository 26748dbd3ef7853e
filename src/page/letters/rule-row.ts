import {h} from '../dom.ts'

/** Kinds of rules, by the name that an operation knows. */
const KINDS = {
  set: {says: 'set', path: 'path, e.g. device.id', value: 'value, e.g. 7', joint: '='},
  'rename-key': {says: 'rename', path: 'key, e.g. orderNo', value: 'new key, e.g. order_no', joint: '='},
  'drop-key': {says: 'drop', path: 'key, e.g. debug', value: '', joint: ''},
  convert: {says: 'convert', path: 'path, e.g. amount', value: 'e.g. comma-decimal', joint: ':'},
}
type Kind = keyof typeof KINDS

/** What was typed into a row. */
export interface TypedRule {
  kind: Kind
  path: string
  value: string
}

/** One rule that is typed. */
export class RuleRow {
  readonly node: HTMLElement
  readonly #kind: HTMLSelectElement
  readonly #path = input('path', 'Path')
  readonly #value = input('value', 'Value')

  constructor() {
    const options = Object.entries(KINDS).map(([value, {says}]) => h('option', {value}, says))
    this.#kind = h('select', {'aria-label': 'Rule', on: {change: () => this.#paint()}}, ...options)
    this.node = h('div', {class: 'assignment'}, this.#kind, this.#path, this.#value)
    this.#paint()
  }

  get typed(): TypedRule {
    const kind = this.#kind.value as Kind
    return {kind, path: this.#path.value.trim(), value: kind === 'drop-key' ? '' : this.#value.value}
  }

  focus(): void {
    this.#path.focus()
  }

  #paint(): void {
    const {path, value} = KINDS[this.#kind.value as Kind]
    this.#path.placeholder = path
    this.#value.placeholder = value
    this.#value.hidden = value === ''
  }
}

function input(className: string, label: string): HTMLInputElement {
  const usual = {type: 'text', autocomplete: 'off', autocapitalize: 'off', spellcheck: 'false'}
  return h('input', {...usual, class: className, 'aria-label': label})
}

/** The rules of rows that are not empty, as an operation takes them, or what is wrong with them. */
export function rulesIn(typed: readonly TypedRule[]): {rules: Record<string, string[]>; fault?: string} {
  const rules: Record<string, string[]> = {}
  for (const {kind, path, value} of typed) {
    if (path === '' && value === '') continue
    const fault = faultIn({kind, path, value})
    if (fault !== undefined) return {rules, fault}
    rules[kind] = [...(rules[kind] ?? []), `${path}${KINDS[kind].joint}${value}`]
  }
  return Object.keys(rules).length > 0 ? {rules} : {rules, fault: 'give the path of a value, e.g. device.id'}
}

/** An empty string must be given on purpose. */
function faultIn({kind, path, value}: TypedRule): string | undefined {
  if (path === '') return `give the path at which ${value} is to be set`
  if (kind !== 'drop-key' && kind !== 'convert' && path.includes('='))
    return `a path has no "=": write the value of ${path.split('=')[0]} into the other field`
  if (kind === 'drop-key' || value !== '') return undefined
  if (kind === 'set') return `give a value for ${path}; "" is the empty text`
  return kind === 'convert'
    ? `give a conversion for ${path}, e.g. comma-decimal`
    : `give a new key for ${path}`
}
