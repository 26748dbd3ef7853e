import {QtoolError} from '../errors.ts'
import {assertItem} from '../letters/edit/run-edit.ts'
import type {DeadLetterView, Letter} from '../queue/letters/letter.ts'
import {newTrashId} from '../queue/trash-list.ts'
import {change} from './change.ts'
import type {Caller, Context} from './context.ts'
import type {EditResult} from './edit-letters.ts'
import {findLetter} from './find-letter.ts'
import {findLetters} from './find-letters.ts'
import {requireQueue} from './known-queue.ts'

export interface EditLetterInput {
  id: string
  /** Makes the new payload of the old one. @param shown the letter as it is shown at this moment */
  edit(item: Buffer, shown: DeadLetterView): Promise<Buffer>
}

const UNCHANGED = {
  matched: 1,
  edited: 0,
  skipped: 0,
  later: 0,
  leftAlone: [],
  examples: [],
  judged: null,
  trash: null,
}

/** Corrects the payload of one dead letter. @throws QtoolError (usage) for an id that no letter has, or no item */
export async function editLetter(caller: Caller, {id, edit}: EditLetterInput): Promise<EditResult> {
  caller.actor.assertMayWrite()
  return caller.withQueue(async (context) => {
    await requireQueue(context.queue)
    const letters = await findLetters(context, {})
    const letter = await findLetter(context, letters, id)
    const item = await edit(letter.item, letter.view())
    if (item.equals(letter.item)) return {queue: context.queue.name, ...UNCHANGED}
    assertItem(item)
    return replace(context, {letter, item, at: letters.planned.plan.at})
  })
}

/** @param at ms since 1970 by the clock of Redis */
async function replace(
  context: Context,
  {letter, item, at}: {letter: Letter; item: Buffer; at: number},
): Promise<EditResult> {
  const {actor, note, queue} = context
  const {id} = letter
  const run = {trash: newTrashId(), by: actor.who, at}
  return change(context, {action: 'dlq edit', filter: `--id ${id}`}, async (progress) => {
    const [edited] = await queue.letters.edit(run, [{letter, item}])
    if (!edited) throw isGone(id)
    progress.count = 1
    // A letter of another producer has a hash of its bytes as its id, and the bytes have changed
    if (edited.id !== id) note(`new id: ${edited.id}`)
    const examples = [{id, before: letter.item.toString(), after: item.toString()}]
    return {queue: queue.name, ...UNCHANGED, edited: 1, examples, trash: run.trash}
  })
}

function isGone(id: string): QtoolError {
  return new QtoolError(`dead letter ${id} is gone: someone replayed, purged or edited it meanwhile`, {
    code: 'GONE',
    suggestions: ['nothing changed; see qtool audit'],
  })
}
