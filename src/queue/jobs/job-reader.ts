import type {Expression} from '../../filter/expression.ts'
import {conditionsOf} from '../../filter/expression.ts'
import {payloadObjects} from '../../filter/payload.ts'
import {elementsOf} from '../../json/path.ts'
import {Items} from '../../record/items.ts'
import {envelopePath, type ReadItems, type ReadOptions} from '../../record/payload/read-items.ts'

/** Shows a filter what is in jobs, whose own bytes do not show it. */
export interface JobReader {
  /** Unpacks the records of some items; the others are dropped. */
  prepare(items: readonly Buffer[]): Promise<void>
  /** The JSON objects in which a filter looks for values: see `payloadObjects`. */
  objects(item: Buffer): readonly Buffer[]
  /** The JSON text of the records. */
  text(item: Buffer): string
}

/**
 * Makes a reader of jobs for a filter.
 * @returns undefined if the items are no jobs, or the filter asks for nothing that is in them
 */
export function jobReader(
  read: (items: Items) => Promise<ReadItems>,
  expression: Expression | undefined,
  options: ReadOptions,
): JobReader | undefined {
  if (options.kind === 'json' || !expression || !conditionsOf(expression).some(looksInside)) return undefined
  const path = envelopePath(options.kind, options.records)
  let texts = new Map<string, Buffer>()
  const textOf = (item: Buffer) => texts.get(item.toString('latin1')) ?? NOTHING
  return {
    async prepare(items) {
      const found = await read(Items.from(items))
      texts = new Map(items.map((item, i) => [item.toString('latin1'), found.texts.item(i)]))
    },
    objects: (item) => objectsIn(textOf(item), path),
    text: (item) => textOf(item).toString(),
  }
}

function looksInside({kind}: {kind: string}): boolean {
  return kind === 'value-is' || kind === 'value-bound' || kind === 'contains'
}

/** Around a list of records there is nothing. */
function objectsIn(text: Buffer, path: readonly string[]): readonly Buffer[] {
  if (text[0] !== OPENING_BRACKET) return payloadObjects(text.length === 0 ? NOTHING : text, path)
  return [NOTHING, ...elementsOf(text).map(({start, end}) => text.subarray(start, end))]
}

const OPENING_BRACKET = 0x5b
const NOTHING = Buffer.from('{}')
