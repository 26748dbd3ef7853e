import type {Items} from '../../record/items.ts'

/** Where a record stands among the texts of a lease. */
export interface RecordPlace {
  item: number
  start: number
  end: number
  /** The list in its envelope that it is an element of. */
  list?: {start: number; end: number}
}

/** What makes an envelope of a record. */
export interface Frame {
  before: string
  after: string
}

/** How a record of a lease for several tables was found. */
export interface Finding {
  /** Its number among the records for all tables. */
  number: number
  /** What a route has taken away from it. */
  frame?: Frame
  /** Where it stands in an envelope from which the mapping takes values. */
  list?: {start: number; end: number}
  /** The route that alone may take records from such an envelope if it comes back. */
  only?: string
}

/** The member of an envelope that names the only route which may take records from it. */
export const ONLY_ROUTE = '$route'

/** The envelope of a record alone, so that the same route finds it. */
export function framed({before, after}: Frame, text: Buffer): Buffer {
  return Buffer.concat([Buffer.from(before), text, Buffer.from(after)])
}

/** An envelope with a list of no other record; everything else around it stays. */
export function enveloped(
  {bytes, starts}: Items,
  item: number,
  list: {start: number; end: number},
  text: Buffer,
): Buffer {
  const [start, end] = [starts[item], starts[item + 1]]
  return Buffer.concat([bytes.subarray(start, list.start + 1), text, bytes.subarray(list.end - 1, end)])
}

/** The same envelope, for one route alone: its other members must not become records again. */
export function onlyFor(route: string, envelope: Buffer): Buffer {
  const end = envelope.lastIndexOf('}')
  const mark = Buffer.from(`,${JSON.stringify(ONLY_ROUTE)}:${JSON.stringify(route)}`)
  return Buffer.concat([envelope.subarray(0, end), mark, envelope.subarray(end)])
}
