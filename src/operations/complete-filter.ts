import {type Candidate, complete} from '../filter/complete.ts'
import {DEAD_LETTERS, READY_ITEMS} from '../filter/fields.ts'
import type {Caller} from './context.ts'
import {recordTexts} from './jobs.ts'
import {requireQueue} from './known-queue.ts'
import {letterValues} from './letter-values.ts'
import {payloadPaths} from './payload-paths.ts'

/** Records whose payloads are looked at. */
const SAMPLE = 20

export interface CompleteInput {
  of: 'letters' | 'items'
  text: string
  /** Offset in the text. */
  cursor: number
}

/** What may be typed next in a filter, with the values and the payload paths that the queue holds. */
export async function completeFilter(
  caller: Caller,
  {of, text, cursor}: CompleteInput,
): Promise<Candidate[]> {
  return caller.withQueue(async ({queue, mapping}) => {
    await requireQueue(queue)
    const pathsOf = async (items: Buffer[]) => payloadPaths(await recordTexts(queue, mapping, items))
    const names = {queue: [queue.name]}
    if (of === 'items') {
      const items = await queue.peek(SAMPLE)
      const paths = await pathsOf(
        items.map(({payload, payloadEncoding}) => Buffer.from(payload, payloadEncoding)),
      )
      return complete(text, cursor, {...READY_ITEMS, values: names, paths})
    }
    const {id, group, ...values} = await letterValues(queue)
    const {letters} = await queue.letters.window({show: SAMPLE, most: SAMPLE})
    const paths = await pathsOf(letters.map(({item}) => item))
    const ids = {id: id.map((one) => one.text), group: group.map((one) => one.text)}
    return complete(text, cursor, {...DEAD_LETTERS, values: {...values, ...names, ...ids}, paths})
  })
}
