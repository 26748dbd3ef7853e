import type {Field} from '../../config/mapping/fields.ts'
import {type Step, sourceText} from '../../config/mapping/source.ts'
import {JsonScanner} from '../../json/scanner.ts'
import {RecordMap} from './record-map.ts'

/** What is done with one value of a record. */
export interface Use {
  /** Columns that it gives, as indexes into `Table.columns`. */
  columns: number[]
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
  return {columns: [], isOp: false, inside: undefined, seen: false}
}

export function newInside(path = ''): Inside {
  const keys = new Map<string, number>()
  return {path, keys, elements: new Map(), uses: [], map: undefined, scanner: new JsonScanner()}
}

/** The use at the end of a path, with all that lead to it. @param steps at least one */
export function useAt(root: Inside, steps: readonly Step[]): Use {
  let inside = root
  let use = stepInto(inside, steps[0])
  for (let i = 1; i < steps.length; i++) {
    use.inside ??= newInside(sourceText({kind: 'path', of: 'record', steps: steps.slice(0, i)}))
    inside = use.inside
    use = stepInto(inside, steps[i])
  }
  return use
}

function stepInto({keys, elements, uses}: Inside, step: Step): Use {
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
