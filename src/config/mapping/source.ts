import {JsonScanner} from '../../json/scanner.ts'

/** Each element of an array: what follows in a path is taken from every one of them, and makes a list. */
export const EACH = Symbol('each')

/** A key of an object, the position of an element in an array, from 0, or each element of it. */
export type Step = string | number | typeof EACH

/**
 * Where a path begins: at the record, at the object that directly holds it or its list, or at the whole item around it.
 */
export type PathRoot = 'record' | 'parent' | 'envelope'

/** A value inside the record, or around it; without steps the whole record. */
export interface PathSource {
  kind: 'path'
  of: PathRoot
  steps: readonly Step[]
}

/** Where the value of a column comes from. */
export type Source =
  /** A key that gives this column in place of the one with its own name. */
  | {kind: 'renamed'; key: string}
  | PathSource
  /** A JSON text, the same for all records. */
  | {kind: 'constant'; json: string}

/** A text that is no source, and why. */
export class SourceFault extends Error {}

const RECORD = '$'
const AROUND = {parent: '$parent', envelope: '$envelope'} as const

/** A name that is written as it is; any other key is written `["the key"]`. */
const NAME = /^[^\s.[\]"'$={}][^.[\]"]*/

/**
 * Reads where a value comes from: `customer.address.city`, `items[0].sku`, `items[].sku`, `["a.b"].c`, `$` for the whole
 * record, `$parent.id` for what directly holds it, `$envelope.device.id` for the whole item around it, or a constant in
 * JSON: `"gps"`, `42`, `true`, `null`, `{"a": 1}`, `[]`, `["a", "b"]`. A list of one text without blanks is the path of
 * that key.
 * @throws SourceFault
 */
export function parseSource(text: string): Source {
  if (text === '') throw new SourceFault('is no path: it is empty')
  const constant = constantOf(text)
  if (constant !== undefined) return {kind: 'constant', json: constant}
  if (text === RECORD) return {kind: 'path', of: 'record', steps: []}
  if (text === AROUND.envelope) {
    throw new SourceFault('names no member of the envelope, as $envelope.device does')
  }
  if (text === AROUND.parent) throw new SourceFault('names no member of the parent, as $parent.id does')
  const [of, rest] = rootOf(text)
  return {kind: 'path', of, steps: stepsOf(rest)}
}

const ROOTS: ReadonlyArray<readonly [string, PathRoot]> = [
  [AROUND.envelope, 'envelope'],
  [AROUND.parent, 'parent'],
  [RECORD, 'record'],
]

function rootOf(text: string): [PathRoot, string] {
  for (const [root, of] of ROOTS) {
    if (text.startsWith(`${root}.`)) return [of, text.slice(root.length + 1)]
    if (text.startsWith(`${root}[`)) return [of, text.slice(root.length)]
  }
  return ['record', text]
}

function stepsOf(text: string): Step[] {
  const steps: Step[] = []
  let rest = text
  while (rest !== '' || steps.length === 0) {
    const bracket = /^\[(?:(0|[1-9]\d{0,8})|("(?:[^"\\]|\\.)*"))?\]/.exec(rest)
    const name = bracket ? undefined : NAME.exec(rest)?.[0]
    if (bracket) steps.push(bracketStep(bracket[1], bracket[2]))
    else if (name !== undefined) steps.push(name)
    else throw new SourceFault(`is no path at ${JSON.stringify(rest)}`)
    rest = rest.slice(bracket?.[0].length ?? name?.length)
    if (rest === '' || rest.startsWith('[')) continue
    if (!rest.startsWith('.') || rest.length === 1)
      throw new SourceFault(`is no path at ${JSON.stringify(rest)}`)
    rest = rest.slice(1)
    if (rest.startsWith('[')) throw new SourceFault(`is no path at ${JSON.stringify(`.${rest}`)}`)
  }
  if (typeof steps[0] !== 'string') throw new SourceFault('begins with an element, but it is an object')
  return steps
}

function bracketStep(position: string | undefined, key: string | undefined): Step {
  if (key !== undefined) return keyOf(key)
  return position === undefined ? EACH : Number(position)
}

function keyOf(json: string): string {
  try {
    return JSON.parse(json)
  } catch {
    throw new SourceFault(`holds ${json}, which is no JSON text`)
  }
}

/** A key in brackets, which as JSON would be a list. */
const KEY = /^\["(?:[^"\\]|\\.)*"\]$/

/** The text if it is a constant. */
function constantOf(text: string): string | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    if (/^\s*["{]/.test(text)) throw new SourceFault('begins like a constant, but is not JSON')
    return undefined
  }
  if (Array.isArray(value) && KEY.test(text)) return undefined
  const bytes = Buffer.from(text.trim())
  const scanner = new JsonScanner()
  scanner.open(bytes, bytes.length, 'unique')
  if (scanner.value(0, 1) < 0)
    throw new SourceFault(`is no constant that can be stored: ${scanner.faultMessage(0)}`)
  return text.trim()
}

/** The source as it is written; the same text for the same source. */
export function sourceText(source: Source): string {
  if (source.kind === 'constant') return source.json
  if (source.kind === 'renamed') return stepsText([source.key])
  const {of, steps} = source
  if (of === 'record') return steps.length === 0 ? RECORD : stepsText(steps)
  const path = stepsText(steps)
  return `${AROUND[of]}${path.startsWith('[') ? '' : '.'}${path}`
}

/** The path of a member of the object at a path, as it is written. */
export function memberPath(path: string, key: string): string {
  return isName(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`
}

function stepsText(steps: readonly Step[]): string {
  return steps.reduce<string>((path, step) => {
    if (step === EACH) return `${path}[]`
    if (typeof step === 'number') return `${path}[${step}]`
    if (!isName(step)) return `${path}[${JSON.stringify(step)}]`
    return path === '' ? step : `${path}.${step}`
  }, '')
}

/** Whether a key can be written as it is, and not be taken for a constant. */
function isName(key: string): boolean {
  if (NAME.exec(key)?.[0] !== key) return false
  try {
    JSON.parse(key)
    return false
  } catch {
    return true
  }
}
