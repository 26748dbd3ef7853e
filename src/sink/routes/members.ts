import type {Route} from '../../config/routes.ts'
import {Kind} from '../../json/kind.ts'
import {findMember} from '../../json/member.ts'
import type {JsonScanner} from '../../json/scanner.ts'
import {type Frame, ONLY_ROUTE} from '../decode/record-place.ts'
import type {Sink} from '../sink.ts'

/** A route by a member of envelopes. */
export interface MemberRoute {
  sink: Sink
  /** Of the member, with dots. */
  name: string
  /** As it was written: with brackets for a list. */
  selector: string
  path: Buffer[]
  isList: boolean
  /** What makes an envelope of one of its records, or of its value. */
  ofRecord: Frame
  ofValue: Frame
}

/** What a route found in an envelope: `bytes[start..end]`. */
export interface FoundMember {
  route: MemberRoute
  start: number
  end: number
  kind: Kind
  /** The envelope came back for this route alone. */
  isMarked: boolean
}

export function memberRoutes(routes: ReadonlyArray<{route: Route; sink: Sink}>): MemberRoute[] {
  return routes.flatMap(({route: {takes}, sink}) => {
    if (takes.kind !== 'member') return []
    const {path, isList} = takes
    const ofValue = frameOf(path)
    return [
      {
        sink,
        name: path.join('.'),
        selector: `${path.join('.')}${isList ? '[]' : ''}`,
        path: path.map((key) => Buffer.from(key)),
        isList,
        ofRecord: isList ? {before: `${ofValue.before}[`, after: `]${ofValue.after}`} : ofValue,
        ofValue,
      },
    ]
  })
}

const MARK = Buffer.from(ONLY_ROUTE)

function frameOf(path: readonly string[]): Frame {
  return {before: path.map((key) => `{${JSON.stringify(key)}:`).join(''), after: '}'.repeat(path.length)}
}

/**
 * The members that the routes name, of the object at `start`, which the scanner has just read; null counts as none. An
 * envelope that came back for one route is for this alone.
 */
export function findMembers(
  routes: readonly MemberRoute[],
  scanner: JsonScanner,
  bytes: Buffer,
  start: number,
): FoundMember[] {
  const mark = findMember(scanner, bytes, MARK)
  const only = mark < 0 ? undefined : bytes.toString('utf8', scanner.valueStart[mark], scanner.valueEnd[mark])
  return routes.flatMap((route) => {
    if (only !== undefined && only !== JSON.stringify(route.selector)) return []
    const found = findAt(scanner, bytes, start, route.path)
    return found && found.kind !== Kind.Null ? [{route, ...found, isMarked: mark >= 0}] : []
  })
}

function findAt(
  scanner: JsonScanner,
  bytes: Buffer,
  start: number,
  path: Buffer[],
): {start: number; end: number; kind: Kind} | undefined {
  let at = scanner.space(start)
  for (let level = 0; ; level++) {
    scanner.object(at, level + 1)
    const member = findMember(scanner, bytes, path[level])
    if (member < 0) return undefined
    at = scanner.valueStart[member]
    const kind = scanner.kind[member] as Kind
    if (level === path.length - 1) return {start: at, end: scanner.valueEnd[member], kind}
    if (kind !== Kind.Object) return undefined
  }
}
