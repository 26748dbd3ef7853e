import {beforeAll, inject} from 'vitest'
import type {Context} from '../../src/operations/context.ts'
import {carryOn} from '../../src/operations/kept/carry-on.ts'
import type {KeptOperation} from '../../src/operations/kept/kept-operation.ts'
import {type Proposal, proposeOperation} from '../../src/operations/kept/propose.ts'
import {applyOperation} from '../../src/operations/kept/steer.ts'
import {type TestContext, useServers} from './context.ts'
import {type LetterSeed, seedLetters} from './letters.ts'

/** The input of a replay that decides nothing. */
export const REPLAY = {strict: false, 'allow-special-values': false, 'max-bytes': 1000, 'only-passing': false}

/** Letters `{"n":0}`, `{"n":1}` and so on. */
export function numbered(count: number, more: Partial<LetterSeed> = {}): LetterSeed[] {
  return Array.from({length: count}, (_, n) => ({payload: `{"n":${n}}`, ...more}))
}

/** A queue with so many dead letters. */
export async function queueOfLetters(context: TestContext, count: number) {
  const at = context.newQueue()
  await seedLetters(context, at, numbered(count))
  return at
}

/** Plans an operation and applies it; nobody carries it on yet. */
export async function applied(caller: Context, proposal: Proposal): Promise<KeptOperation> {
  const {id} = await proposeOperation(caller, proposal)
  return applyOperation(caller, id, 'a test')
}

/** Carries an operation on in this process. */
export async function carried(
  caller: Context,
  id: string,
  {runner = 'one', signal = new AbortController().signal} = {},
): Promise<KeptOperation | undefined> {
  return carryOn(caller, id, {runner, signal})
}

/**
 * The Redis of the test run, in another database: a server of another test file would carry on the operations that it
 * finds in its own.
 */
export function ownDatabase(database = 1): string {
  return Object.assign(new URL(inject('redisUrl')), {pathname: `/${database}`}).href
}

/** `useServers` on that database. */
export function useOwnServers(database = 1): TestContext {
  const context = useServers()
  beforeAll(async () => {
    await context.redis.select(database)
  })
  return context
}
