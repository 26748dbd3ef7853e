import {readFileSync} from 'node:fs'
import {Redis} from 'ioredis'
import {afterAll, beforeAll, expect, it} from 'vitest'
import {listOperations, readOperation} from '../../../src/operations/kept/find.ts'
import {proposeOperation} from '../../../src/operations/kept/propose.ts'
import {
  applyOperation,
  pauseOperation,
  resumeOperation,
  undoOperation,
} from '../../../src/operations/kept/steer.ts'
import {KEYS, NEEDED} from '../../support/acl.ts'
import {callerOf} from '../../support/caller.ts'
import {carried, ownDatabase, queueOfLetters, REPLAY, useOwnServers} from '../../support/kept.ts'

const context = useOwnServers()
const docs = readFileSync('docs/configuration.md', 'utf8').replaceAll('\\|', '|')
const users: string[] = []
let redis: Redis | undefined

/** The commands that the documentation names after these words. */
function documented(words: string): string[] {
  const [, commands = ''] = docs.split(words)[1]?.match(/^[^`]*`([^`]*)`/) ?? []
  return commands.split(/\s+/)
}

beforeAll(() => expect(documented('Kept operations need')).toContain('persist'))

afterAll(async () => {
  redis?.disconnect()
  for (const user of users) await context.redis.call('ACL', 'DELUSER', user)
})

/** The servers of this test for a user who may run only these commands. */
async function asUser(commands: string[]) {
  const user = `kept${users.length}`
  users.push(user)
  const rules = [
    'on',
    '>only',
    ...KEYS,
    '-@all',
    '+client|setname',
    '+select',
    '+info',
    ...commands.map((one) => `+${one}`),
  ]
  await context.redis.call('ACL', 'SETUSER', user, 'reset', ...rules)
  redis?.disconnect()
  redis = new Redis(Object.assign(new URL(ownDatabase()), {username: user, password: 'only'}).href)
  return {...context, redis}
}

it.each([
  ['dlq replay', {...REPLAY, canary: 1, 'canary-timeout': 1}, ['hkeys', 'zmscore']],
  ['dlq purge', {}, []],
  ['dlq purge', {limit: 1}, []],
  ['dlq edit', {set: ['n=9']}, []],
] as const)(
  'a user with the documented rights can have a %s carried on (%#)',
  async (operation, input, more) => {
    const {queue} = await queueOfLetters(context, 3)
    const own = (NEEDED[operation] ?? '').split(' ').slice(1)
    const caller = callerOf(await asUser([...own, ...documented('Kept operations need'), ...more]), queue)
    const {id} = await proposeOperation(caller, {operation, input})
    await applyOperation(caller, id, 'a test')
    await pauseOperation(caller, id)
    await resumeOperation(caller, id)
    const over = await carried(caller, id)
    expect(over?.error?.code ?? 'none').toBe(operation === 'dlq replay' ? 'CANARY_FAILED' : 'none')
    if (operation === 'dlq replay') return
    const undoer = callerOf(
      await asUser([...(NEEDED.undo ?? '').split(' ').slice(1), ...documented('Kept operations need')]),
      queue,
    )
    await undoOperation(undoer, id)
    expect(await carried(undoer, id)).toMatchObject({state: 'undone'})
  },
)

it('a user with the documented rights can list and show', async () => {
  const {queue} = await queueOfLetters(context, 1)
  const {id} = await proposeOperation(callerOf(context, queue), {operation: 'dlq purge', input: {}})
  const few = await asUser(documented('To list and show them,'))
  const callers = (name: string) => callerOf(few, name)
  const [one] = await listOperations(callers, {home: callers(queue), queue, limit: 1})
  expect(one.id).toBe(id)
  expect(await readOperation(callers(queue), id)).toMatchObject({id})
})
