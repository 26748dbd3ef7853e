import type {DeadLetters} from '../letters/dead-letters.ts'
import type {LetterPlan} from '../letters/letter-plan.ts'
import {clearAllLetters} from './clear-letters.ts'
import {LateScan} from './late-scan.ts'
import {mergeSurveys} from './merge-letters.ts'
import {MergedScan, type Whereabouts} from './merged-scan.ts'
import {readMerged} from './merged-window.ts'
import {type Member, type ShardSet, sum} from './shard-set.ts'
import {byMember, ShardedReplayer} from './sharded-replayer.ts'

/** The dead letters of all shards as those of one queue. */
export function openShardedLetters(set: ShardSet): DeadLetters {
  const where: Whereabouts = new WeakMap()
  const letters = async () => (await set.members()).map(({queue}) => queue.letters)
  const each = async <T>(call: (one: DeadLetters) => Promise<T>) => Promise.all((await letters()).map(call))
  const total = async (call: (one: DeadLetters) => Promise<number>) => sum(await each(call))
  return {
    count: () => total((one) => one.count()),
    countToRead: (filter) => total((one) => one.countToRead(filter)),
    scan: (filter = {}) => {
      const {limit, ...all} = filter
      return new LateScan(
        async () =>
          new MergedScan(
            (await letters()).map((one) => one.scan(all)),
            where,
            limit,
          ),
      )
    },
    countMatching: async (options) => {
      const {limit, ...filter} = options.filter
      const scan = new MergedScan(
        (await letters()).map((one) => one.scan(filter)),
        where,
        limit,
      )
      let count = 0
      for await (const page of scan.pages()) {
        count += page.length
        options.onLetters?.(page)
        options.onProgress?.(scan.read, count)
        if (options.signal?.aborted) break
      }
      return count
    },
    find: async (id, options) => {
      const found = await each((one) => one.find(id, options))
      const at = found.findIndex((letter) => letter !== undefined)
      const letter = found[at]
      if (letter) where.set(letter, at)
      return letter
    },
    surveyNewest: async (options) =>
      mergeSurveys(await each((one) => one.surveyNewest(options)), options.show),
    survey: async (options = {}) => {
      const progress = new Map<DeadLetters, [number, number]>()
      const surveys = await each((one) =>
        one.survey({
          ...options,
          onProgress: (read, matched) => {
            progress.set(one, [read, matched])
            const all = [...progress.values()]
            options.onProgress?.(sum(all.map(([first]) => first)), sum(all.map(([, second]) => second)))
          },
        }),
      )
      return mergeSurveys(surveys, options.show ?? 0)
    },
    window: async (options) => {
      const all = await letters()
      return readMerged(all.length, (at, own) => all[at].window(own), where, options)
    },
    plan: async () => joinPlans(await each((one) => one.plan())),
    countPlanned: (plan) => total((one) => one.countPlanned(plan)),
    edit: async (run, edits) => {
      const all = await letters()
      const parts = all.map((_, at) => edits.filter(({letter}) => (where.get(letter) ?? 0) === at))
      const edited = await Promise.all(
        parts.map((part, at) => (part.length > 0 ? all[at].edit(run, part) : [])),
      )
      for (const [at, some] of edited.entries()) for (const letter of some) where.set(letter, at)
      return edited.flat()
    },
    discard: async (trashId, some, hold) => {
      const members = await set.members()
      const parts = byMember(some, where, members.length)
      // A shard that discards nothing now may already hold some under this id
      const counts = members.map(({queue}, at) =>
        parts[at].length > 0 ? queue.letters.discard(trashId, parts[at], hold) : held(queue, trashId),
      )
      return sum(await Promise.all(counts))
    },
    clear: async ({plan, count, kept}) => clearAllLetters(await set.members(), {plan, count, kept}),
    replayer: (now, hold) => {
      const opening = letters().then((all) => all.map((one) => one.replayer(now, hold)))
      opening.catch(() => {})
      return new ShardedReplayer(opening, where)
    },
    areReady: async (items) => {
      const all = await each((one) => one.areReady(items))
      return items.map((_, i) => all.some((ready) => ready[i]))
    },
    outcomes: async (marks) => {
      const all = await each((one) => one.outcomes(marks))
      return marks.map(
        (_, i) => all.map((outcomes) => outcomes[i]).find((outcome) => outcome !== null) ?? null,
      )
    },
    marksOf: async (run) => (await each((one) => one.marksOf(run))).flat(),
    forgetOutcomes: async (marks) => {
      await each((one) => one.forgetOutcomes(marks))
    },
  }
}

async function held(queue: Member['queue'], trashId: string): Promise<number> {
  return (await queue.trash()).find(({id}) => id === trashId)?.count ?? 0
}

/** Of clocks that differ a little the earliest counts: letters that came in later are left alone. */
function joinPlans(plans: LetterPlan[]): LetterPlan {
  return {
    at: Math.min(...plans.map(({at}) => at)),
    leases: new Set(plans.flatMap(({leases}) => [...leases])),
  }
}
