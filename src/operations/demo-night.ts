import type {Redis} from 'ioredis'
import type {Pool} from 'pg'
import type {Settings} from '../config/settings.ts'
import type {Report} from '../progress/stage.ts'
import {addForeignLetters} from '../queue/letters/add-foreign.ts'
import {openQueue} from '../queue/open.ts'
import {
  billingLetters,
  CUSTOMER_QUEUE,
  lateCustomers,
  NIGHT_QUEUE,
  NIGHT_SCHEMA,
  nightOrders,
} from '../sample/night.ts'
import {resetSchema} from '../sample/own-schema.ts'
import {drainStage} from '../worker/drain-stage.ts'
import {USUAL} from '../worker/policy.ts'
import {runWork} from '../worker/run-work.ts'
import type {DemoCaller} from './demo.ts'
import {readyDemoQueue} from './demo-queue.ts'

/** What the night has left. */
export interface NightResult {
  queue: string
  table: string
  enqueued: number
  inserted: number
  deadLetters: number
  deadLettersByReason: Record<string, number>
  foreignDeadLetters: number
  /** The queue in which the customers wait, and how many. */
  waiting: {queue: string; items: number}
}

/** Leaves a queue with a night in it: most orders written, the others dead letters of several kinds. */
export async function demoNight(caller: DemoCaller, report: Report): Promise<NightResult> {
  caller.actor.assertMayWrite()
  return caller.withRedis((redis) =>
    caller.withPostgres({max: 3}, (pool) => makeNight(redis, pool, {...caller, report})),
  )
}

async function makeNight(
  redis: Redis,
  pool: Pool,
  {settings, signal, report}: Pick<DemoCaller, 'settings' | 'signal'> & {report: Report},
): Promise<NightResult> {
  report({doing: 'creating the tables'})
  const client = await pool.connect()
  await resetSchema(client, NIGHT_SCHEMA).finally(() => client.release())
  await fill(redis, CUSTOMER_QUEUE, lateCustomers())
  const enqueued = await fill(redis, NIGHT_QUEUE, nightOrders())
  report({doing: 'simulating the night'})
  const table = `${NIGHT_SCHEMA.name}.orders`
  const {inserted} = await runWork(redis, pool, {
    settings: nightSettings(settings, table),
    policy: {...USUAL, workers: 2, batch: 500, untilEmpty: true},
    sink: {strict: false, allowSpecialValues: false, maxItemBytes: 1_048_576},
    signal,
    tell: () => {},
    onProgress: (progress) => report(drainStage(progress)),
  })
  await addForeignLetters(redis, NIGHT_QUEUE, billingLetters())
  const {deadLetters, deadLettersByReason, foreignDeadLetters} = await (
    await openQueue(redis, {name: NIGHT_QUEUE})
  ).inspect()
  const waiting = {queue: CUSTOMER_QUEUE, items: lateCustomers().length}
  return {
    queue: NIGHT_QUEUE,
    table,
    enqueued,
    inserted,
    deadLetters,
    deadLettersByReason,
    foreignDeadLetters,
    waiting,
  }
}

function nightSettings(settings: Settings, table: string): Settings {
  return {
    ...settings,
    queue: {value: NIGHT_QUEUE, source: 'default'},
    said: {},
    conflict: {},
    table: {value: table, source: 'default'},
  }
}

/** @returns how many items were put in */
async function fill(redis: Redis, name: string, texts: readonly string[]): Promise<number> {
  const queue = await readyDemoQueue(redis, name)
  const producer = await queue.openProducer({mode: 'batch', batch: 1000, priority: 0})
  for (const text of texts) {
    const bytes = Buffer.from(text)
    await producer.add(bytes, 0, bytes.length)
  }
  await producer.finish()
  await producer.close()
  return producer.items
}
