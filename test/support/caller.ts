import {resolveSettings} from '../../src/config/settings.ts'
import {QtoolError} from '../../src/errors.ts'
import type {Actor, Context} from '../../src/operations/context.ts'
import {openAudit} from '../../src/queue/audit.ts'
import {composeQueue} from '../../src/queue/compose-queue.ts'
import {ZSET} from '../../src/queue/zset/zset.ts'
import {queueKeys} from '../../src/redis/keys.ts'
import type {TestContext} from './context.ts'

/** What an operation is given: a caller who may do everything, unless `given` says otherwise. */
export function callerOf(servers: TestContext, queue: string, given: Partial<Context> = {}): Context {
  const context: Context = {
    queue: composeQueue({redis: servers.redis, name: queue, keys: queueKeys(queue), engine: ZSET}),
    audit: openAudit(servers.redis),
    actor: {who: 'ann@host', profile: null, assertMayWrite: () => {}, assertMayTry: () => {}},
    mapping: resolveSettings({flags: {}, env: {}}),
    signal: new AbortController().signal,
    note: () => {},
    withProgress: (_doing, work) => work(() => {}),
    withQueue: (use) => use(context),
    withPostgres: (_options, use) => use(servers.pool),
    ...given,
  }
  return context
}

/** Somebody who may only read. */
export const READER: Actor = {
  who: 'bob@host',
  profile: 'look',
  assertMayWrite: refuse,
  assertMayTry: refuse,
}

function refuse(): never {
  throw new QtoolError('may only read', {code: 'READ_ONLY', kind: 'refused'})
}
