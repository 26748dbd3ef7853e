import type {Span} from '../../json/cut.ts'
import type {Items} from '../../record/items.ts'

/** Where a record stands among the texts of a lease. */
export interface RecordPlace extends Span {
  item: number
}

/** A list of records, and the object that directly holds it, if there is one. */
export interface RecordList extends Span {
  parent?: Span
}

/** An envelope with a list of no other record; everything else around it stays. */
export function enveloped({bytes, starts}: Items, item: number, list: Span, text: Buffer): Buffer {
  const [start, end] = [starts[item], starts[item + 1]]
  return Buffer.concat([bytes.subarray(start, list.start + 1), text, bytes.subarray(list.end - 1, end)])
}
