import {marked, ONLY_ROUTE_KEY} from '../../config/route-mark.ts'
import {cutsOf, type Span, textWithout} from '../../json/cut.ts'
import {hasKeyOf} from '../../json/member.ts'
import {JsonScanner} from '../../json/scanner.ts'

/** What makes an item of a record. */
export interface Frame {
  before: Buffer
  after: Buffer
}

/** How a record of a lease for several tables was found. */
export interface Finding {
  /** Its number among the records for all tables. */
  number: number
  /** The object that directly holds it or its list; undefined if it is an item itself. */
  parent?: Span
  /** What a route has taken away from it; made once it is needed. */
  frame?: () => Frame
  /** Keys of its members that are not for its table. */
  elsewhere?: readonly Buffer[]
  /** Those of them that are not kept with it. */
  unused?: readonly Buffer[]
  /** The routes that alone may take records from its item if it comes back. */
  only?: readonly string[]
  /** They have to be named even if nothing else is in the item. */
  isMarked?: boolean
}

/** An item of a record alone, so that the same routes find it again and no others take anything. */
export function keptAs({frame, only, isMarked, ...members}: Finding, bytes: Buffer, place: Span): Buffer {
  const {text, hasOthers} = withoutMembers(bytes, place, members)
  const parts = frame?.()
  const item = parts ? Buffer.concat([parts.before, text, parts.after]) : text
  return only && (isMarked || hasOthers) ? marked(item, only) : item
}

/** Exact bytes of a record, without the mark that qtool has put into it. */
export function withoutMark(bytes: Buffer, place: Span, {elsewhere}: Finding): Buffer {
  const unused = elsewhere?.includes(ONLY_ROUTE_KEY) ? [ONLY_ROUTE_KEY] : []
  return withoutMembers(bytes, place, {unused}).text
}

/** It reads what was checked before, and nobody needs it beyond one call. */
const scanner = new JsonScanner()

/** A record without some of its members. @returns whether it has members that are for other tables, too */
function withoutMembers(
  bytes: Buffer,
  {start, end}: Span,
  {elsewhere = [], unused = []}: Pick<Finding, 'elsewhere' | 'unused'>,
): {text: Buffer; hasOthers: boolean} {
  scanner.open(bytes, end)
  if (elsewhere.length + unused.length === 0 || scanner.object(scanner.space(start), 0) < 0) {
    return {text: bytes.subarray(start, end), hasOthers: false}
  }
  const isAmong = (keys: readonly Buffer[]) => (i: number) =>
    keys.some((key) => hasKeyOf(scanner, bytes, i, key))
  const isOther = isAmong(elsewhere)
  let hasOthers = false
  for (let i = 0; i < scanner.count && !hasOthers; i++) hasOthers = isOther(i)
  return {text: textWithout(bytes, {start, end}, cutsOf(scanner, isAmong(unused))), hasOthers}
}
