import {cutsOf, type Span, textWithout} from '../../json/cut.ts'
import {hasKeyOf} from '../../json/member.ts'
import {JsonScanner} from '../../json/scanner.ts'
import type {Items} from '../../record/items.ts'

/** Where a record stands among the texts of a lease. */
export interface RecordPlace extends Span {
  item: number
}

/** A list of records, and the object that directly holds it, if there is one. */
export interface RecordList extends Span {
  parent?: Span
}

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

/** An envelope with a list of no other record; everything else around it stays. */
export function enveloped({bytes, starts}: Items, item: number, list: Span, text: Buffer): Buffer {
  const [start, end] = [starts[item], starts[item + 1]]
  return Buffer.concat([bytes.subarray(start, list.start + 1), text, bytes.subarray(list.end - 1, end)])
}

/** It reads what was checked before, and nobody needs it beyond one call. */
const scanner = new JsonScanner()

/** A record without some of its members. @returns whether it has members that are for other tables, too */
export function withoutMembers(
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
