import {QtoolError} from '../../errors.ts'
import {ItemCheck} from '../../json/item.ts'
import type {DeadLetters} from '../../queue/letters/dead-letters.ts'
import type {EditRun} from '../../queue/letters/edit-letters.ts'
import type {Letter} from '../../queue/letters/letter.ts'
import type {PlannedFilter} from '../run-purge.ts'
import {editedItem} from './edited-item.ts'
import {type LeftAlone, LeftAloneCounter} from './left-alone.ts'
import type {EditRule} from './rule.ts'

/** A payload before and after. */
export interface EditExample {
  id: string
  before: string
  after: string
}

/** Most examples shown. */
const EXAMPLES = 3

export interface EditCount {
  matched: number
  /** Letters that were changed or, without a run, would be. */
  edited: number
  /** Letters that stay as they are. */
  skipped: number
  /** Skipped and not counted as matched: they arrived after the plan, or have the time of a clock that is ahead. */
  later: number
  /** Records that the rules do not fit, also in letters of which other records are changed; the most frequent reason first. */
  leftAlone: LeftAlone[]
  /** The first edits. */
  examples: EditExample[]
}

/** A letter with its new item. */
export interface LetterEdit {
  letter: Letter
  item: Buffer
}

export interface EditOptions {
  filter: PlannedFilter
  rules: readonly EditRule[]
  /** If left out, nothing is changed. */
  run?: EditRun
  /** At most this many are changed. */
  most?: number
  signal: AbortSignal
  onProgress?: (read: number, edited: number) => void
  /** Is given what is to be changed, page by page. */
  onEdits?: (edits: readonly LetterEdit[]) => void
  /** @param edited so far */
  onEdited?: (edited: number) => void
}

/** Changes the payloads of dead letters that match a filter by rules, and leaves alone what the rules do not fit. */
export async function editLetters(letters: DeadLetters, options: EditOptions): Promise<EditCount> {
  const {run, rules, most = Number.POSITIVE_INFINITY} = options
  const leftAlone = new LeftAloneCounter()
  const result: EditCount = {matched: 0, edited: 0, skipped: 0, later: 0, leftAlone: [], examples: []}
  const scan = letters.scan(options.filter)
  for await (const page of scan.pages()) {
    if (options.signal.aborted) break
    const {edits, matched} = editsOf(page, rules, most - result.edited, leftAlone)
    options.onEdits?.(edits)
    const edited = run ? (await letters.edit(run, edits)).length : edits.length
    result.examples.push(...edits.slice(0, EXAMPLES - result.examples.length).map(exampleOf))
    result.matched += matched
    result.skipped += matched - edited
    result.later = scan.later
    result.edited += edited
    options.onEdited?.(result.edited)
    options.onProgress?.(scan.read, result.edited)
    if (result.edited >= most) break
  }
  return {...result, leftAlone: leftAlone.list}
}

/** Most passes over the letters while edits change their order. */
const MOST_PASSES = 5

/**
 * Edits as many letters as a plan has counted. Letters of the same score are in the order of their bytes, which edits
 * change, so a pass may miss some of them; no letter is edited twice under the same trash.
 * @returns the number of letters edited
 */
export async function editPlanned(
  letters: DeadLetters,
  options: EditOptions & {run: EditRun; most: number},
): Promise<number> {
  const {most, onEdited, signal} = options
  let edited = 0
  for (let pass = 0; pass < MOST_PASSES && edited < most && !signal.aborted; pass++) {
    const before = edited
    const count = await editLetters(letters, {
      ...options,
      most: most - before,
      onEdited: (more) => onEdited?.(before + more),
    })
    if (count.edited === 0) break
    edited += count.edited
  }
  return edited
}

/** The edits of a page, and how many of its letters were looked at for them. */
function editsOf(
  page: readonly Letter[],
  rules: readonly EditRule[],
  most: number,
  leftAlone: LeftAloneCounter,
): {edits: LetterEdit[]; matched: number} {
  const edits: LetterEdit[] = []
  let matched = 0
  for (const letter of page) {
    const {item, misfits} = editedItem(letter, rules)
    if (item && edits.length >= most) break
    matched++
    leftAlone.add(letter, misfits)
    if (item) edits.push({letter, item})
  }
  return {edits, matched}
}

/** @throws QtoolError (usage) if a text is not an item */
export function assertItem(text: Buffer): void {
  const refusal = new ItemCheck().check(text, 0, text.length)
  if (!refusal) return
  throw new QtoolError(`the payload must be one JSON object: ${refusal.message}`, {
    code: refusal.code,
    kind: 'usage',
    suggestions: ['nothing was changed'],
  })
}

function exampleOf({letter, item}: LetterEdit): EditExample {
  return {id: letter.id, before: letter.item.toString(), after: item.toString()}
}
