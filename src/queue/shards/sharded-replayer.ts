import type {Letter} from '../letters/letter.ts'
import type {LetterReplayer} from '../letters/replay.ts'
import type {Whereabouts} from './merged-scan.ts'
import {sum} from './shard-set.ts'

/** Puts the item of each letter back into the shard in which the letter is. */
export class ShardedReplayer implements LetterReplayer {
  readonly #opening: Promise<LetterReplayer[]>
  readonly #where: Whereabouts

  constructor(opening: Promise<LetterReplayer[]>, where: Whereabouts) {
    this.#opening = opening
    this.#where = where
  }

  async replay(letters: Letter[], run?: string) {
    const all = await this.#opening
    const parts = byMember(letters, this.#where, all.length)
    const replayed = await Promise.all(
      parts.flatMap((part, at) => (part.length > 0 ? [all[at].replay(part, run)] : [])),
    )
    return {
      moved: replayed.flatMap(({moved}) => moved),
      waiting: sum(replayed.map(({waiting}) => waiting)),
      gone: replayed.flatMap(({gone}) => gone),
    }
  }
}

/** Letters by the member in which they are; one that nobody has read yet is looked for under the queue's own name. */
export function byMember(letters: readonly Letter[], where: Whereabouts, members: number): Letter[][] {
  const parts: Letter[][] = Array.from({length: members}, () => [])
  for (const letter of letters) parts[where.get(letter) ?? 0].push(letter)
  return parts
}
