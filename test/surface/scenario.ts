import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {Redis} from 'ioredis'
import pg from 'pg'
import {queueKeys} from '../../src/redis/keys.ts'
import {readStack} from '../../src/stack/state.ts'
import {runningCli, until} from '../support/cli.ts'
import type {Transcript} from './transcript.ts'

/** Where a scenario runs: a local stack of its own, and a folder for files. */
export interface Stage {
  env: NodeJS.ProcessEnv
  folder: string
  transcript: Transcript
}

const ORDERS = `
CREATE TABLE customer (id int PRIMARY KEY);
CREATE TABLE orders (
  id int PRIMARY KEY, customer int REFERENCES customer, amount numeric CHECK (amount > 0), placed timestamptz
);
INSERT INTO customer VALUES (1)`

/** Good lines, a duplicate, an unknown key, a repeated key, and one line for each way to fail. */
const LINES = [
  '{"id":1,"who":1,"amount":5,"placed":"2026-06-01T09:00:00Z"}',
  '{"id":1,"who":1,"amount":5,"placed":"2026-06-01T09:00:00Z"}',
  '{"id":2,"who":1,"amount":7,"note":"names no column"}',
  '{"id":1,"who":1,"amount":6}',
  '{"id":3,"who":77,"amount":1}',
  '{"id":4,"who":1,"amount":-1}',
  '{"id":5,"who":1,"amount":"many"}',
  '{"id":6,"who":1,',
]

const MAPPING = ['--table', 'orders', '--rename', 'who=customer']
const ON_ORDERS = ['-q', 'orders']

/** Starts the stack, and makes what the other parts need. */
export async function startStack({env, transcript}: Stage): Promise<void> {
  const {run} = transcript
  await run(['status'])
  await run(['inspect'])
  await run(['up'])
  await run(['status'])
  await run(['env'])
  await run(['migrate'])
  await run(['migrate', '--sample'])
  await onServers(env, async (redis, postgres) => {
    // Else it would depend on the machine whether there is a slow command
    await redis.config('SET', 'slowlog-log-slower-than', '0')
    await postgres.query(ORDERS)
  })
}

/** A queue from its first item to its last. */
export async function fillAndDrain({folder, transcript}: Stage): Promise<void> {
  const {run} = transcript
  const file = join(folder, 'orders.ndjson')
  writeFileSync(file, LINES.join('\n'))
  const broken = join(folder, 'broken.ndjson.gz')
  writeFileSync(broken, Buffer.from([0x1f, 0x8b, 8, 0]))
  await run(['queues'])
  await run(['check', file, ...MAPPING])
  await run(['check', file])
  await run(['inspect', ...ON_ORDERS])
  await run(['peek', ...ON_ORDERS])
  await run(['enqueue', '-q', 'other', '--count', '50', '--invalid', '10%', '--seed', '1'])
  await run(['enqueue', '-q', 'other', broken])
  await run(['enqueue', '-q', 'other', broken, file])
  await run(['enqueue', ...ON_ORDERS, file, '--rejects', join(folder, 'rejects.ndjson')])
  await run(['enqueue', ...ON_ORDERS, '-'], {input: '{"id":10,"who":1,"amount":1}'})
  await run(['peek', ...ON_ORDERS])
  await run(['pause', ...ON_ORDERS])
  await run(['work', ...ON_ORDERS, ...MAPPING, '--until-empty'])
  await run(['inspect', ...ON_ORDERS])
  await run(['resume', ...ON_ORDERS])
  await run(['pause', ...ON_ORDERS, '--for', '1h'])
  await run(['resume', ...ON_ORDERS])
  await run(['work', ...ON_ORDERS, ...MAPPING, '--until-empty'])
  await run(['inspect', ...ON_ORDERS, '--verify'])
}

/** Dead letters of every kind, judged, corrected, put back and removed. */
export async function handleLetters({env, folder, transcript}: Stage): Promise<void> {
  const {run} = transcript
  const dlq = (...words: string[]) => run(['dlq', words[0], ...ON_ORDERS, ...words.slice(1)])
  await dlq('list')
  const {items} = await dlq('list', '--reason', 'foreign_key')
  transcript.name(items[0].id, 'ID')
  await dlq('show', items[0].id)
  await dlq('diagnose')
  await onServers(env, (_, postgres) => postgres.query('INSERT INTO customer VALUES (77)'))
  await dlq('diagnose')
  await dlq('replay', '--dry-run')
  await dlq('replay', '--only-passing', '--dry-run')
  await dlq('export', '-o', join(folder, 'letters.ndjson'))
  await dlq('edit', '--code', '23514', '--set', 'amount=1', '--dry-run')
  const {trash} = await dlq('edit', '--code', '23514', '--set', 'amount=1', '--yes')
  transcript.name(trash, 'TRASH')
  await run(['undo', ...ON_ORDERS])
  await run(['undo', trash, ...ON_ORDERS])
  await dlq('replay', '--only-passing')
  await dlq('replay', '--code', '23514')
  await dlq('purge', '--dry-run')
  await dlq('purge', '--yes')
  await run(['undo', '--last', ...ON_ORDERS])
  await run(['audit', ...ON_ORDERS])
}

/** A queue that is emptied by hand, and a worker that is there while others look. */
export async function purgeAndWatch({env, folder, transcript}: Stage): Promise<void> {
  const {run} = transcript
  await run(['purge', ...ON_ORDERS, '--dry-run'])
  await run(['purge', ...ON_ORDERS, '--plan', join(folder, 'plan.json')])
  await run(['apply', join(folder, 'plan.json'), '--yes'])
  await run(['apply', join(folder, 'plan.json'), '--yes'])
  await run(['undo', '--last', ...ON_ORDERS])
  await run(['purge', ...ON_ORDERS, '--yes'])
  await run(['undo', '--last', ...ON_ORDERS])
  await run(['purge', ...ON_ORDERS, '--yes'])
  const words = ['work', ...ON_ORDERS]
  const worker = runningCli([...words, ...MAPPING, '--json'], env)
  await onServers(env, (redis) => until(async () => (await redis.hlen(queueKeys('orders').workers)) > 0))
  await run(['inspect', ...ON_ORDERS])
  await run(['queues', '--memory'])
  await run(['top', '--once'])
  await run(['top', '--once', ...ON_ORDERS])
  await run(['dlq', 'replay', ...ON_ORDERS, '--canary', '1'])
  worker.child.kill('SIGTERM')
  transcript.add(words, await worker.ended)
}

/** A queue that is spread over shards. */
export async function changeShards({transcript: {run}}: Stage): Promise<void> {
  const shards = ['-q', 'other', '--shards', '2']
  await run(['shards', 'status', '-q', 'other'])
  await run(['shards', 'rebalance', ...shards, '--shard-by', 'flight_uuid', '--dry-run'])
  await run(['shards', 'rebalance', ...shards, '--shard-by', 'flight_uuid', '--yes'])
  await run(['shards', 'status', '-q', 'other'])
}

/** Operations that are kept in Redis, and that no server carries on. */
export async function keepOperations({folder, transcript}: Stage): Promise<void> {
  const {run} = transcript
  const plan = join(folder, 'kept.json')
  await run(['operations'])
  await run(['enqueue', '-q', 'other', '--count', '50', '--seed', '2'])
  await run(['purge', '-q', 'other', '--plan', plan])
  const {id} = await run(['apply', plan, '--background', '--yes'])
  transcript.name(id, 'OPERATION')
  await run(['operations', 'pause', id])
  await run(['operations', 'resume', id])
  await run(['operations', 'apply', id, '--yes'])
  await run(['operations', 'run', id])
  await run(['operations', 'watch', id])
  await run(['operations', 'show', id])
  await run(['operations', 'undo', id])
  await run(['operations', 'run', id])
  await run(['operations', 'cancel', id])
  await run(['operations', 'show', 'nobody'])
  await run(['operations'])
}

export async function keepProfiles({transcript}: Stage): Promise<void> {
  const {run} = transcript
  await run(['completion', 'bash'])
  await run(['profiles', 'list'])
  const urls = ['--redis-url', 'redis://127.0.0.1:1', '--database-url', 'postgres://u@127.0.0.1:1/d']
  await run(['profiles', 'add', 'shop', ...urls, '-q', 'orders', ...MAPPING, '--max-connections', '5'])
  await run(['profiles', 'add', 'bare'])
  await run(['profiles', 'add', 'live', ...urls, '--production'])
  await run(['profiles', 'add', 'look', ...urls, '--read-only'])
  await run(['profiles', 'show', 'shop'])
  await run(['profiles', 'show', 'bare'])
  await run(['profiles', 'use', 'bare'])
  await run(['profiles', 'list'])
  await run(['profiles', 'remove', 'bare', '--yes'])
}

/** One error for each exit code that a command line alone can bring about. */
export async function failInEveryWay({folder, transcript}: Stage): Promise<void> {
  const {run} = transcript
  await run(['peek', '--nope'])
  await run(['peek', '--limit', 'x'])
  await run(['peek', '-q', ''])
  await run(['dlq', 'show'])
  await run(['dlq', 'show', 'nope', ...ON_ORDERS])
  await run(['dlq', 'replay', '-q', 'nope'])
  await run(['enqueue', join(folder, 'nope.ndjson')])
  await run(['work', ...ON_ORDERS, '--table', 'nope', '--rebind'])
  await run(['work', ...ON_ORDERS, '--table', 'customer'])
  const away = ['--redis-url', 'redis://127.0.0.1:1', '--database-url', 'postgres://u@127.0.0.1:1/d']
  await run(['doctor', ...away])
  await run(['doctor', '--from', join(folder, 'orders.ndjson')])
  await run(['profiles', 'show', 'nope'])
  await run(['undo', 'nope', ...ON_ORDERS])
  await run(['bench', 'show', 'nope'])
  await run(['peek', '--profile', 'shop'])
  await run(['migrate', '--profile', 'shop'])
  await run(['dlq', 'purge', ...ON_ORDERS])
  await run(['purge', '--yes'], {env: {QTOOL_PROFILE: 'live'}})
  await run(['purge', '--yes', '--profile', 'look'])
  await run(['work'], {env: {REDIS_MAX_CONNECTIONS: '0'}})
}

export async function measure({transcript}: Stage): Promise<void> {
  const {run} = transcript
  await run(['bench', 'list'])
  await run(['bench', 'bombard', '--count', '500', '--invalid', '10%', '--label', 'a'])
  await run(['bench', 'bombard', '--count', '500', '--label', 'b', '--fail-if', 'rate<900m'])
  await run(['bench', 'list'])
  await run(['bench', 'show', 'a'])
  await run(['bench', 'compare', 'a', 'b', '--allow-different'])
}

export async function stopStack({transcript}: Stage): Promise<void> {
  const {run} = transcript
  await run(['demo', 'night'])
  await run(['demo'])
  await run(['down'])
  await run(['down', '--purge', '--yes'])
}

/** Lends clients of both servers of the stack. */
async function onServers(
  env: NodeJS.ProcessEnv,
  use: (redis: Redis, postgres: pg.Client) => Promise<unknown>,
): Promise<void> {
  const stack = await readStack(env)
  if (!stack) throw new Error('expected the local stack to run')
  const redis = new Redis(stack.redisUrl)
  const postgres = new pg.Client(stack.databaseUrl)
  try {
    await postgres.connect()
    await use(redis, postgres)
  } finally {
    redis.disconnect()
    await postgres.end()
  }
}
