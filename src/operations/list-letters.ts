import {conditionsOf, type Expression} from '../filter/expression.ts'
import {DEAD_LETTERS} from '../filter/fields.ts'
import {type ByPath, parseBy, ValueCounter, type ValuesBy} from '../letters/values-by.ts'
import {type FilterFlags, firstFilterFlag} from '../queue/letters/filter-flags.ts'
import type {Letter} from '../queue/letters/letter.ts'
import type {LetterFilter} from '../queue/letters/letter-filter.ts'
import type {LetterSurvey} from '../queue/letters/letter-survey.ts'
import type {ReadFrom} from '../redis/replica/read-from.ts'
import {notePathsThatNoneHas} from './absent-paths.ts'
import type {Caller, Context} from './context.ts'
import {findLetters} from './find-letters.ts'
import {jobsFor} from './jobs.ts'
import {requireQueue} from './known-queue.ts'
import {readingLetters} from './letter-progress.ts'
import {requireNamedLetters} from './named-letters.ts'

export interface ListResult extends LetterSurvey {
  queue: string
  /** The values of a path or a field, if they were asked for. */
  by: ValuesBy | null
  /** The replicas from which this was read; null if it was read from primaries. */
  readFrom: ReadFrom
}

/** Which dead letters to list. */
export interface ListInput {
  /** Its limit is left out. */
  filter: FilterFlags
  /** Most letters to show one by one. */
  show: number
  /** Reads every letter even without a filter, however many there are. */
  all: boolean
  /** Path or field whose values are counted, instead of showing letters one by one; every letter is read. */
  by?: string
}

/** As many letters are all read in about a second; of more, only the newest are, which may miss whole kinds. */
const READ_WHOLE = 100_000

/**
 * Groups dead letters: if there are many and no filter, only the newest, unless all are wanted. Once the signal is aborted,
 * those read so far.
 */
export async function listLetters(caller: Caller, input: ListInput): Promise<ListResult> {
  return caller.withQueue(async (context) => {
    await requireQueue(context.queue)
    const readFrom = await context.queue.readFrom()
    const found = await survey(context, input)
    if (found.matched === 0) await requireNamedLetters(context, input.filter)
    return {queue: context.queue.name, ...found, readFrom}
  })
}

async function survey(
  context: Context,
  {filter: flags, show, all, by}: ListInput,
): Promise<LetterSurvey & {by: ValuesBy | null}> {
  const {queue} = context
  const {letters} = queue
  const path = by === undefined ? undefined : parseBy(by)
  const {filter, mapping} = await findLetters(context, flags)
  const total = await letters.count()
  if (total > READ_WHOLE && !all && !path && firstFilterFlag(flags) === undefined) {
    return {...(await letters.surveyNewest({show, records: filter.records})), by: null}
  }
  const jobs =
    path && 'path' in path ? (filter.jobs ?? jobsFor(queue, mapping)(anyValueAt(path.path))) : filter.jobs
  const values = path && new ValueCounter(path, {queue: queue.name, jobs})
  const stage = await readingLetters(queue, 'reading', filter)
  return context.withProgress({...stage, continued: () => ({isAfresh: true})}, async (report) => {
    const onProgress = (done: number, matched: number) =>
      report({
        done,
        also: filter.expression && [{count: matched, what: 'matched'}],
        did: {verb: 'read', count: done, unit: 'letter', of: stage.total},
      })
    const onLetter = values && ((letter: Letter) => values.add(letter))
    const found = await letters.survey({
      filter: {...filter, jobs},
      show: values ? 0 : show,
      onLetter,
      onProgress,
      signal: context.signal,
    })
    const counted = (by !== undefined && values?.result(by, show)) || null
    await notePathsInVain(context, {...filter, jobs}, {path, isFound: counted?.distinct !== 0, ...found})
    return {...found, by: counted}
  })
}

/** A path that leads to no letter, or to no value of them, may be mistyped. */
async function notePathsInVain(
  context: Context,
  filter: LetterFilter,
  {path, isFound, matched}: {path?: ByPath; isFound: boolean; matched: number},
): Promise<void> {
  const {expression} = filter
  const asked = matched === 0 && expression ? conditionsOf(expression) : []
  const paths = asked.flatMap((one) => ('path' in one ? [one.path] : []))
  await notePathsThatNoneHas(context, filter, paths)
  if (matched === 0 || isFound || !path || !('path' in path)) return
  const fields = DEAD_LETTERS.fields.map(({name}) => name)
  await notePathsThatNoneHas(context, filter, [path.path], fields)
}

/** A condition that looks at this path, for reading jobs as far as it needs. */
function anyValueAt(path: readonly string[]): Expression {
  return {kind: 'value-is', path, pattern: ['', '']}
}
