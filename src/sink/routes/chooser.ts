import type {Route, Selector} from '../../config/routes.ts'
import {findMember} from '../../json/member.ts'
import {JsonScanner} from '../../json/scanner.ts'
import type {Cause} from '../../record/cause.ts'
import type {Sink} from '../sink.ts'

type ByField = Extract<Selector, {kind: 'field'}>

interface FieldRoute {
  sink: Sink
  path: Buffer[]
  takes: ByField
  /** The value as the content of a string, and as it is. */
  quoted: Buffer
  raw: Buffer
}

/** Most characters of a value that a message shows. */
const SHOWN = 100

/** Chooses the table of a record by its fields. */
export class Chooser {
  readonly #routes: FieldRoute[]
  readonly #rest: Sink | undefined
  readonly #scanner = new JsonScanner()

  constructor(routes: ReadonlyArray<{route: Route; sink: Sink}>) {
    this.#routes = routes.flatMap(({route: {takes}, sink}) =>
      takes.kind === 'field'
        ? [
            {
              sink,
              takes,
              path: takes.path.map((key) => Buffer.from(key)),
              quoted: Buffer.from(JSON.stringify(takes.value)),
              raw: Buffer.from(takes.value),
            },
          ]
        : [],
    )
    this.#rest = routes.find(({route}) => route.takes.kind === 'rest')?.sink
  }

  /** The table of the record at `bytes[start..end]`, a JSON object; undefined if no route takes it. */
  choose(bytes: Buffer, start: number, end: number): Sink | undefined {
    for (const route of this.#routes) {
      const value = this.#valueAt(bytes, {start, end}, route.path)
      if (value && isEqual(value, route)) return route.sink
    }
    return this.#rest
  }

  /** Why no route takes a record. */
  refusal(bytes: Buffer, start: number, end: number, members: readonly string[]): Cause {
    const found = this.#routes.map(({path, takes}) => {
      const value = this.#valueAt(bytes, {start, end}, path)?.toString()
      const name = JSON.stringify(takes.path.join('.'))
      return value === undefined ? `has no ${name}` : `has ${value.slice(0, SHOWN)} in ${name}`
    })
    const lacks = members.map((name) => `has no ${JSON.stringify(name)}`)
    const message = `no route takes the record: it ${[...new Set([...lacks, ...found])].join(' and ')}`
    return {reason: 'invalid', code: 'NO_ROUTE', message}
  }

  #valueAt(bytes: Buffer, at: {start: number; end: number}, path: Buffer[]): Buffer | undefined {
    const scanner = this.#scanner
    scanner.open(bytes, at.end)
    let start = scanner.space(at.start)
    let end = at.end
    for (const key of path) {
      if (bytes[start] !== OPENING_BRACE) return undefined
      scanner.object(start)
      const member = findMember(scanner, bytes, key)
      if (member < 0) return undefined
      start = scanner.valueStart[member]
      end = scanner.valueEnd[member]
    }
    return bytes.subarray(start, end)
  }
}

const OPENING_BRACE = 0x7b
const BACKSLASH = 0x5c

function isEqual(value: Buffer, {takes, quoted, raw}: FieldRoute): boolean {
  if (value.equals(quoted) || value.equals(raw)) return true
  return value[0] === 0x22 && value.includes(BACKSLASH) && JSON.parse(value.toString()) === takes.value
}
