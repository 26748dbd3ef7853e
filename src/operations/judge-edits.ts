import {messageOf} from '../errors.ts'
import {judgeItems} from '../letters/diagnose.ts'
import type {LetterEdit} from '../letters/edit/run-edit.ts'
import {type Obstacle, Obstacles} from '../letters/obstacles.ts'
import type {Items} from '../record/items.ts'
import {USUAL_SINK, withBoundSinks} from './bound-sink.ts'
import type {Context} from './context.ts'
import type {FoundLetters} from './find-letters.ts'

/** What would become of items that an edit makes, if they were replayed now. */
export interface Judged {
  /** Letters that were judged, the first of those edited. */
  letters: number
  passing: number
  failing: number
  /** Letters that could not be judged. */
  unknown: number
  /** What they would fail for, most letters first. */
  obstacles: Obstacle[]
}

/** Most obstacles named. */
const NAMED = 3

/** Items that are judged in one transaction. */
const PAGE = 500

/**
 * Asks Postgres what would become of edited letters. @returns null if there are none, if no worker has bound the queue to a
 * table, or if Postgres cannot be asked, which is noted: an edit does not need it
 */
export async function judgeEdits(
  context: Context,
  found: FoundLetters,
  edits: readonly LetterEdit[],
): Promise<Judged | null> {
  const {queue, note, withProgress} = context
  if (edits.length === 0 || !found.binding) return null
  const judge = () =>
    withBoundSinks(context, found, USUAL_SINK, async (client, sinks) => {
      const read = (texts: Items) => queue.readItems(texts, sinks.readOptions)
      const counts = {passing: 0, failing: 0, unknown: 0}
      const obstacles = new Obstacles()
      for (let at = 0; at < edits.length; at += PAGE) {
        const page = edits.slice(at, at + PAGE)
        const items = page.map(({item}) => item)
        for (const [i, verdict] of (await judgeItems(client, sinks, items, {read, all: true})).entries()) {
          counts[verdict.state]++
          if (verdict.state !== 'passing') obstacles.add(verdict, page[i].letter.id)
        }
      }
      return {letters: edits.length, ...counts, obstacles: obstacles.most(NAMED).obstacles}
    })
  return withProgress({doing: 'asking Postgres what would pass'}, judge).catch((error: unknown) => {
    note(`Postgres could not be asked what would pass: ${messageOf(error)}`)
    return null
  })
}
