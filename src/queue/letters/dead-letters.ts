import type {OpenedBook} from '../engine-calls.ts'
import type {NamedPurge, OperationHold} from '../operation-book/hold.ts'
import type {Trash} from '../trash-list.ts'
import {type EditRun, editLetters, madeByEdit} from './edit-letters.ts'
import type {Letter} from './letter.ts'
import type {LetterFilter} from './letter-filter.ts'
import {countPlanned, type LetterPlan, planLetters} from './letter-plan.ts'
import {countLetters, findLetter, type LetterPages, LetterScan} from './letter-scan.ts'
import {type LetterSurvey, surveyAll, surveyNewest} from './letter-survey.ts'
import {type LetterWindow, readWindow, type WindowOptions} from './letter-window.ts'
import {countLettersToRead} from './letters-to-read.ts'
import {discardLetters, purgeAllLetters} from './purge-letters.ts'
import {type LetterReplayer, Replayer} from './replay.ts'

/** The dead letters of one queue, and what can be done with them. */
export interface DeadLetters {
  count(): Promise<number>
  /** How many of them a scan reads, selected or not. */
  countToRead(filter?: LetterFilter): Promise<number>
  /** Reads those that a filter selects, oldest first. */
  scan(filter?: LetterFilter): LetterPages
  countMatching(options: Parameters<typeof countLetters>[2]): Promise<number>
  /** The letter with an id; undefined if there is none. */
  find(id: string, options: FindOptions): Promise<Letter | undefined>
  /** Groups the newest letters and takes the totals from counters: as fast for a million letters as for one. */
  surveyNewest(options: Parameters<typeof surveyNewest>[1]): Promise<LetterSurvey>
  /** Groups every letter that a filter selects. */
  survey(options: Parameters<typeof surveyAll>[2]): Promise<LetterSurvey>

  /** Reads and groups some of those that a filter selects, newest first, in a time that does not grow with the queue. */
  window(options: WindowOptions): Promise<LetterWindow>

  /** Makes a plan for now: bulk operations act only on letters that were there when they were counted. */
  plan(): Promise<LetterPlan>
  /** How many letters a plan covers. */
  countPlanned(plan: LetterPlan): Promise<number>

  /** Replaces letters, each atomically; returns them in their new form, without those that are gone. */
  edit(run: EditRun, edits: Array<{letter: Letter; item: Buffer}>): Promise<Letter[]>
  /**
   * Moves letters into the trash with this id; returns how many it holds now.
   * @param hold of the operation that this is part of
   */
  discard(trashId: string, letters: readonly Letter[], hold?: OperationHold): Promise<number>
  /** Removes at once all letters that a plan covers; undefined if there are none, or not as many as it counted. */
  clear(planned: {plan: LetterPlan; count: number; kept?: NamedPurge}): Promise<Trash | undefined>

  /** @param now the score of items whose letter does not hold one, ms since 1970 */
  replayer(now: number, hold?: OperationHold): LetterReplayer
  /** For each of these items whether an identical one is ready, so that a replay would leave it; false if they do not collapse. */
  areReady(items: Buffer[]): Promise<boolean[]>
  /** What workers recorded of replayed items under these marks, `RUN:HASH`; null if it has expired. */
  outcomes(marks: string[]): Promise<Array<string | null>>
  /** The marks of one run that are recorded. */
  marksOf(run: string): Promise<string[]>
  forgetOutcomes(marks: string[]): Promise<void>
}

export interface FindOptions {
  /** Path of the records in an envelope. */
  records?: readonly string[]
  /** Told how many letters were read, if the id does not lead to the letter. */
  onProgress?(read: number): void
}

export function openLetters(book: OpenedBook): DeadLetters {
  const {redis, keys, engine, calls} = book
  return {
    count: () => redis.zcard(keys.dead),
    countToRead: (filter) => countLettersToRead(redis, keys.dead, filter),
    scan: (filter) =>
      new LetterScan(redis, keys.dead, filter, (trash, letters) => madeByEdit(redis, keys, trash, letters)),
    countMatching: (options) => countLetters(redis, keys.dead, options),
    find: (id, {records, onProgress}) => findLetter(redis, keys.dead, id, records, onProgress),
    surveyNewest: (options) => surveyNewest(book, options),
    survey: (options) => surveyAll(redis, keys, options),
    window: (options) => readWindow(redis, keys.dead, options),
    plan: () => planLetters(redis, keys),
    countPlanned: (plan) => countPlanned(redis, keys, plan),
    edit: (run, edits) => editLetters(redis, keys, run, edits),
    discard: (trashId, letters, hold) => discardLetters(redis, keys, trashId, letters, hold),
    clear: (planned) => purgeAllLetters(redis, keys, planned),
    replayer: (now, hold) => new Replayer(book, now, hold),
    areReady: async (items) =>
      engine.can.collapse ? calls.areReady(redis, keys, items) : items.map(() => false),
    outcomes: (marks) => redis.hmget(keys.canary, ...marks),
    marksOf: async (run) => (await redis.hkeys(keys.canary)).filter((mark) => mark.startsWith(`${run}:`)),
    forgetOutcomes: async (marks) => {
      await redis.hdel(keys.canary, ...marks)
    },
  }
}
