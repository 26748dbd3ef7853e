import type {Field} from '../../config/mapping/fields.ts'
import {EACH, type Step, sourceText} from '../../config/mapping/source.ts'
import {JsonScanner} from '../../json/scanner.ts'
import {RecordMap} from './record-map.ts'

/** A column that a list gives, and the steps from the array to the values of it, of which the first is EACH. */
export interface ListOf {
  column: number
  steps: readonly Step[]
}

/** What is done with one value of a record. */
export interface Use {
  /** Columns that it gives, as indexes into `Table.columns`. */
  columns: number[]
  /** Lists of what its elements hold. */
  lists: ListOf[]
  /** Of these lists: what they use of each element, for finding what they do not use. */
  each: {use: Use; scanner: JsonScanner} | undefined
  /** A list has the whole value. */
  isListed: boolean
  /** It says what the record does to the table. */
  isOp: boolean
  /** What is done with the values inside it, if anything. */
  inside: Inside | undefined
  /** Some record has given it. */
  seen: boolean
}

/** The parts of an object or array that are used. */
export interface Inside {
  /** Its path, for messages. */
  path: string
  /** Key → index into `uses`. */
  keys: Map<string, number>
  /** Position of an element → index into `uses`. */
  elements: Map<number, number>
  uses: Use[]
  /** Finds the keys; made once all of them are known. */
  map: RecordMap | undefined
  /** Reads the object or array while those around it are being read. */
  scanner: JsonScanner
}

export function newUse(): Use {
  return {
    columns: [],
    lists: [],
    each: undefined,
    isListed: false,
    isOp: false,
    inside: undefined,
    seen: false,
  }
}

export function newInside(path = ''): Inside {
  const keys = new Map<string, number>()
  return {path, keys, elements: new Map(), uses: [], map: undefined, scanner: new JsonScanner()}
}

/** The use at the end of a path, with all that lead to it. @param steps at least one, and no EACH among them */
export function useAt(root: Inside, steps: readonly Step[]): Use {
  return steps
    .slice(1)
    .reduce((use, step, i) => useInside(use, step, steps.slice(0, i + 1)), stepInto(root, steps[0]))
}

/** Lets a list of what a path leads to in each element of an array give a column. @returns the use of the array */
export function listAt(root: Inside, steps: readonly Step[], column: number): Use {
  const at = steps.indexOf(EACH)
  const use = useAt(root, steps.slice(0, at))
  use.lists.push({column, steps: steps.slice(at)})
  let part = use
  for (let i = at; i < steps.length; i++) part = useInside(part, steps[i], steps.slice(0, i))
  part.isListed = true
  return use
}

/** @param path the steps to the use, without this one */
function useInside(use: Use, step: Step, path: readonly Step[]): Use {
  if (step === EACH) {
    use.each ??= {use: newUse(), scanner: new JsonScanner()}
    return use.each.use
  }
  use.inside ??= newInside(sourceText({kind: 'path', of: 'record', steps: path}))
  return stepInto(use.inside, step)
}

function stepInto({keys, elements, uses}: Inside, step: Step): Use {
  if (step === EACH) throw new Error('the elements of an array have one use')
  const known = typeof step === 'number' ? elements.get(step) : keys.get(step)
  if (known !== undefined) return uses[known]
  if (typeof step === 'number') elements.set(step, uses.length)
  else keys.set(step, uses.length)
  const use = newUse()
  uses.push(use)
  return use
}

/** A field, and the value that gives it. */
export interface WatchedField {
  field: Field
  use: Use
}

/** The map of the keys of an object that is used in parts. */
export function mapOf(inside: Inside): RecordMap {
  inside.map ??= new RecordMap(inside.keys)
  return inside.map
}
