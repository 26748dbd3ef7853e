import {Kind} from '../../json/kind.ts'
import {kindOf, listed, membersNamed, shown} from './json-text.ts'
import {JobFault} from './payload.ts'

/** The arguments of a job, as JSON texts; `data` for libraries whose jobs have one argument. */
export interface Arguments {
  args?: Buffer
  kwargs?: Buffer
  data?: Buffer
}

/** An argument that may be the record, with its path. */
interface Candidate {
  path: string
  value: Buffer
}

/**
 * Finds the records among the arguments of a job. A path that begins with the name of the arguments (`args.1`,
 * `kwargs.order`, `data.points`) is followed. Without one, the record is the only argument that is an object, or a
 * list of objects; keyword arguments count as one object, if there are any.
 * @throws JobFault if there is none, or several: nothing is guessed
 */
export function chooseRecords(given: Arguments, path: readonly string[]): Buffer {
  const root = given[path[0] as keyof Arguments]
  if (root !== undefined) return records(follow(root, path), path.join('.'))
  if (given.data !== undefined) return records(given.data, 'data')
  const candidates = candidatesOf(given)
  if (candidates.length === 1) return candidates[0].value
  if (candidates.length > 1) throw ambiguous(candidates)
  throw new JobFault(
    'SHAPE',
    `expected an object, or a list of objects, among the arguments, got ${shownAll(given)}`,
  )
}

function candidatesOf({args, kwargs}: Arguments): Candidate[] {
  const positional = args === undefined ? [] : listed(args, 'the arguments')
  const all = positional.map((value, i) => ({path: `args.${i}`, value}))
  if (kwargs !== undefined && !isEmpty(kwargs)) all.push({path: 'kwargs', value: kwargs})
  const found = all.filter(({value}) => kindOf(value) === Kind.Object || isListOfObjects(value))
  // A list without a record says as much as one with records, but only if nothing else could be meant
  return found.length > 0 ? found : all.filter(({value}) => kindOf(value) === Kind.Array && isEmpty(value))
}

/** A list whose first value is an object: what follows is judged record by record. */
function isListOfObjects(value: Buffer): boolean {
  return kindOf(value) === Kind.Array && kindOf(listed(value, 'the argument')[0]) === Kind.Object
}

function isEmpty(container: Buffer): boolean {
  return container.toString('latin1', 1, container.length - 1).trim() === ''
}

function follow(root: Buffer, path: readonly string[]): Buffer {
  let value = root
  for (let level = 1; level < path.length; level++) {
    const inner = child(value, path[level])
    if (inner === undefined) {
      throw new JobFault(
        'SHAPE',
        `expected a value at ${path.slice(0, level + 1).join('.')} of the job, found none`,
      )
    }
    value = inner
  }
  return value
}

function child(value: Buffer, key: string): Buffer | undefined {
  if (kindOf(value) === Kind.Array) return /^\d+$/.test(key) ? listed(value, key)[Number(key)] : undefined
  if (kindOf(value) === Kind.Object) return membersNamed(value, [Buffer.from(key)], key)[0]
  return undefined
}

function records(value: Buffer, path: string): Buffer {
  const kind = kindOf(value)
  if (kind === Kind.Object || kind === Kind.Array) return value
  throw new JobFault(
    'SHAPE',
    `expected an object, or a list of objects, at ${path} of the job, got ${shown(value)}`,
  )
}

function ambiguous(candidates: readonly Candidate[]): JobFault {
  const paths = candidates.map(({path}) => path)
  return new JobFault(
    'SHAPE',
    `${paths.length} arguments could be the record: ${paths.join(', ')}; --records ${paths[0]} would take the first`,
  )
}

function shownAll({args, kwargs}: Arguments): string {
  return [args, kwargs].flatMap((value) => (value === undefined ? [] : shown(value))).join(' and ')
}
