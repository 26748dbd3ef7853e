import type {Redis} from 'ioredis'
import {profilePath, readProfiles} from '../../config/profiles.ts'
import type {QueueEngine} from '../../queue/engine.ts'
import type {Line} from './at-cursor.ts'
import {lendQueue} from './lend-queue.ts'
import {type Offers, offerWords} from './offer.ts'
import type {Source} from './offers.ts'

/** Names of profiles, and what Redis knows. @throws whatever keeps it from answering */
export async function askOutside(source: Source, word: string, from: number, line: Line): Promise<Offers> {
  if (source.of === 'filter') {
    const {filterOffers} = await import('./filter-offers.ts')
    const ofLetters = line.id.startsWith('dlq:')
    return filterOffers(word, from, {ofLetters, withQueue: (use) => lendQueue(line, use)})
  }
  const found = source.of === 'profiles' ? await profileNames() : await lendQueue(line, wordsOf(source))
  return offerWords(word, from, found)
}

async function profileNames(): Promise<string[]> {
  const {profiles} = await readProfiles(profilePath(process.env))
  return profiles.map(({name}) => name)
}

type Word = string | {text: string; summary: string}

/** How long Redis may take to list its keys, ms: what was found by then is offered. */
const LOOK_MS = 150

function wordsOf(source: Exclude<Source, {of: 'profiles'} | {of: 'filter'}>) {
  return async (queue: QueueEngine, redis: Redis): Promise<Word[]> => {
    if (source.of === 'queues') return queueNames(redis)
    if (source.of === 'trash') return trashWords(queue)
    const {letterValues} = await import('../../operations/letter-values.ts')
    return (await letterValues(queue))[source.field]
  }
}

async function queueNames(redis: Redis): Promise<string[]> {
  const {knownQueues} = await import('../../queue/known-queues.ts')
  return (await knownQueues(redis, {lookMs: LOOK_MS}))?.names ?? []
}

async function trashWords(queue: QueueEngine): Promise<Word[]> {
  const trash = await queue.trash()
  return trash.map(({id, kind, count}) => ({text: id, summary: `${count} by ${kind}`}))
}
