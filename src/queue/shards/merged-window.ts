import {usageError} from '../../errors.ts'
import type {Letter} from '../letters/letter.ts'
import type {LetterWindow, WindowOptions} from '../letters/letter-window.ts'
import {mergeGroups} from './merge-letters.ts'
import type {Whereabouts} from './merged-scan.ts'
import {sum} from './shard-set.ts'

/** Reads a window of one member. */
export type ReadWindow = (member: number, options: WindowOptions) => Promise<LetterWindow>

/** The place of a member before its newest letter, and after its last one. */
const START = ''
const END = 'end'

/**
 * The windows of all shards as one, newest first. Each shard is read as far as its letters belong to the newest of all;
 * of a shard that gave more than is shown the window is read again, so that its place and its groups end there.
 */
export async function readMerged(
  members: number,
  read: ReadWindow,
  where: Whereabouts,
  options: WindowOptions,
): Promise<LetterWindow> {
  const {from, show} = options
  const places = placesOf(from, members)
  const most = Math.max(1, Math.ceil(options.most / members))
  const readAt = (at: number, shown: number) =>
    read(at, {...options, show: shown, most, from: places[at] === START ? undefined : places[at]})
  const windows = await Promise.all(places.map((place, at) => (place === END ? NONE : readAt(at, show))))
  for (const [at, {letters}] of windows.entries()) for (const letter of letters) where.set(letter, at)
  const letters = newest(windows.flatMap((window) => window.letters)).slice(0, show)
  const shown = windows.map((_, at) => letters.filter((letter) => where.get(letter) === at).length)
  const cut = await Promise.all(
    windows.map((window, at) => {
      if (show === 0 || shown[at] === window.letters.length) return window
      return shown[at] === 0 ? {...NONE, next: places[at]} : readAt(at, shown[at])
    }),
  )
  const nexts = cut.map(({next}) => next ?? END)
  return {
    letters,
    groups: mergeGroups(cut.map(({groups}) => groups)),
    matched: sum(cut.map(({matched}) => matched)),
    read: sum(cut.map(({read: count}) => count)),
    next: nexts.every((next) => next === END) ? null : nexts.join('~'),
  }
}

const NONE: LetterWindow = {letters: [], groups: [], matched: 0, read: 0, next: null}

/** Those without a time, whose score is no time, last. */
function newest(letters: Letter[]): Letter[] {
  const at = ({failedAt}: Letter) => failedAt ?? ''
  return letters.sort((a, b) => at(b).localeCompare(at(a)) || b.score - a.score)
}

/** @throws QtoolError (usage) for a place that is none */
function placesOf(from: string | undefined, members: number): string[] {
  if (from === undefined) return Array.from({length: members}, () => START)
  const places = from.split('~')
  // A queue that was spread further since then has members that nobody has read
  if (places.length <= members) return Array.from({length: members}, (_, at) => places[at] ?? START)
  throw usageError(`expected the place to be "next" of an earlier answer, got ${JSON.stringify(from)}`)
}
