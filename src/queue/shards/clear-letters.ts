import type {LetterPlan} from '../letters/letter-plan.ts'
import type {NamedPurge} from '../operation-book/hold.ts'
import {newTrashId, type Trash} from '../trash-list.ts'
import {joinTrash} from './join-trash.ts'
import {type Member, sum} from './shard-set.ts'

/** Clears every shard at once; one that has changed since it was counted letter by letter, under the same id. */
export async function clearAllLetters(
  members: readonly Member[],
  {plan, count, kept}: {plan: LetterPlan; count: number; kept?: NamedPurge},
): Promise<Trash | undefined> {
  const counts = await Promise.all(members.map(({queue}) => queue.letters.countPlanned(plan)))
  if (sum(counts) !== count || count === 0) return undefined
  const purge: NamedPurge = kept ?? {trash: newTrashId()}
  const trash = await Promise.all(
    members.map(async ({queue}, at) => {
      if (counts[at] === 0) return undefined
      const whole = await queue.letters.clear({plan, count: counts[at], kept: purge})
      return whole ?? clearOneByOne(queue, plan, purge)
    }),
  )
  return joinTrash(trash.filter((one) => one !== undefined))
}

async function clearOneByOne(
  queue: Member['queue'],
  plan: LetterPlan,
  {trash: id, hold}: NamedPurge,
): Promise<Trash | undefined> {
  const scan = queue.letters.scan({plan})
  for await (const page of scan.pages()) {
    await queue.letters.discard(id, page, hold)
    scan.removed(page)
  }
  return (await queue.trash()).find((one) => one.id === id)
}
