import {isUtf8} from 'node:buffer'
import {KIND_OF, Kind} from '../../json/kind.ts'
import {findMember} from '../../json/member.ts'
import {JsonScanner} from '../../json/scanner.ts'
import {JobFault} from './payload.ts'

/** What is around the records is not written into Postgres, so that it may hold what Postgres cannot store. */
const scanner = new JsonScanner('any')

/** Most bytes of a value that a message shows. */
const SHOWN = 40

/** The values of these members of a JSON object, each with its own text; undefined where there is none. */
export function membersNamed(
  object: Buffer,
  names: readonly Buffer[],
  what: string,
): Array<Buffer | undefined> {
  const at = begin(object, what)
  if (object[at] !== 0x7b) throw notA('a JSON object', object, what)
  end(scanner.object(at), object, what)
  return names.map((name) => {
    const i = findMember(scanner, object, name)
    return i < 0 ? undefined : object.subarray(scanner.valueStart[i], scanner.valueEnd[i])
  })
}

/** The values of a JSON list, each with its own text. */
export function listed(list: Buffer, what: string): Buffer[] {
  const at = begin(list, what)
  if (list[at] !== 0x5b) throw notA('a JSON list', list, what)
  end(scanner.value(at, 0), list, what)
  const values: Buffer[] = []
  let p = scanner.space(at + 1)
  while (list[p] !== 0x5d) {
    const behind = scanner.value(p, 1)
    values.push(list.subarray(p, behind))
    p = scanner.space(behind)
    if (list[p] === 0x2c) p = scanner.space(p + 1)
  }
  return values
}

/** The text of one JSON value of any kind, without the blanks around it. */
export function wholeValue(text: Buffer, what: string): Buffer {
  const at = begin(text, what)
  const behind = scanner.value(at, 0)
  end(behind, text, what)
  return text.subarray(at, behind)
}

/** The kind of a value by its text, which is known to be valid. */
export function kindOf(value: Buffer | undefined): Kind {
  return value === undefined ? Kind.Null : (KIND_OF[value[0]] as Kind)
}

/** The text of a JSON string. @returns undefined for a value of another kind */
export function textOf(value: Buffer | undefined): string | undefined {
  return value !== undefined && kindOf(value) === Kind.String ? JSON.parse(value.toString()) : undefined
}

/** The beginning of a value, for a message. */
export function shown(value: Buffer): string {
  return value.length > SHOWN ? `${value.toString('utf8', 0, SHOWN)}…` : value.toString()
}

function begin(text: Buffer, what: string): number {
  if (!isUtf8(text)) throw new JobFault('UTF8', `${what} is not valid UTF-8`)
  scanner.open(text, text.length)
  return scanner.space(0)
}

function end(behind: number, text: Buffer, what: string): void {
  if (behind < 0) throw new JobFault(scanner.fault, `${what}: ${scanner.faultMessage(0)}`)
  const rest = scanner.space(behind)
  if (rest < text.length)
    throw new JobFault('JSON', `${what}: not valid JSON (text after it at byte ${rest + 1})`)
}

function notA(expected: string, text: Buffer, what: string): JobFault {
  return new JobFault('SHAPE', `expected ${expected} as ${what}, got ${shown(text)}`)
}
