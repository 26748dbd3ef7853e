import {JobFault} from '../payload.ts'
import {isDict, isList, isObject, type PickleValue} from './value.ts'

const MARK = Symbol('mark')

/** The stack and the memory of a pickle that is read. @throws JobFault where the pickle takes what is not there */
export class PickleStack {
  readonly #values: Array<PickleValue | typeof MARK> = []
  readonly #memory = new Map<number, PickleValue>()

  push(value: PickleValue): void {
    this.#values.push(value)
  }

  mark(): void {
    this.#values.push(MARK)
  }

  top(): PickleValue {
    const value = this.#values.at(-1)
    if (value === undefined || value === MARK) throw broken()
    return value
  }

  pop(): PickleValue {
    const value = this.top()
    this.#values.pop()
    return value
  }

  /** The topmost values, the lowest of them first. */
  popSeveral(count: number): PickleValue[] {
    return Array.from({length: count}, () => this.pop()).reverse()
  }

  /** Everything above the last mark, which goes as well. */
  marked(): PickleValue[] {
    const at = this.#values.lastIndexOf(MARK)
    if (at < 0) throw broken()
    return this.#values.splice(at).slice(1) as PickleValue[]
  }

  /** Adds values to the list on top. What an object would do with them is not known. */
  append(values: readonly PickleValue[]): void {
    const target = this.top()
    if (isList(target)) for (const value of values) target.values.push(value)
    else if (!isObject(target)) throw broken()
  }

  /** Adds pairs of key and value to the dict on top. */
  set(pairs: readonly PickleValue[]): void {
    const target = this.top()
    if (pairs.length % 2 !== 0 || !(isDict(target) || isObject(target))) throw broken()
    if (isDict(target)) for (let i = 0; i < pairs.length; i += 2) target.members.set(pairs[i], pairs[i + 1])
  }

  /** @param at the next free place if left out */
  remember(at = this.#memory.size): void {
    this.#memory.set(at, this.top())
  }

  recall(at: number): void {
    const value = this.#memory.get(at)
    if (value === undefined) throw broken()
    this.push(value)
  }
}

export function broken(): JobFault {
  return new JobFault('JOB', 'the pickle is broken')
}
