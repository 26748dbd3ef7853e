// A correct worker in 100 lines that can be broken in five ways, all of which the checker must distinguish.
import {randomUUID} from 'node:crypto'
import pg from 'pg'
import {openResp} from './resp.js'

/** A mistake that real workers make. */
export type Mistake =
  | 'pop then insert'
  | 'unfenced acknowledge'
  | 'no count assertion'
  | 'retry after an unknown commit without the ledger'
  | 'dead letter for an administrator shutdown'

/** Points at which a test can interfere; throwing there simulates the worker's death. */
export type Moment = 'taken' | 'written' | 'committed'

export interface Place {
  redisUrl: string
  databaseUrl: string
  queue: string
  /** Has the columns id and body; `TABLE_ledger` has the primary key lease_id. */
  table: string
}

export class Died extends Error {}

interface Held {
  id: string
  fence: string
  items: string[]
}

const LEASE_MS = 30

const TAKE = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local id = redis.call('ZRANGE', KEYS[2], '-inf', now, 'BYSCORE', 'LIMIT', 0, 1)[1]
if not id then
  id = ARGV[1]
  if redis.call('ZRANGESTORE', KEYS[4] .. id, KEYS[1], 0, 3) == 0 then return {redis.call('ZCARD', KEYS[2])} end
  redis.call('ZREMRANGEBYRANK', KEYS[1], 0, 3)
end
local fence = redis.call('HINCRBY', KEYS[5], 'fence', 1)
redis.call('ZADD', KEYS[2], now + ${LEASE_MS}, id)
redis.call('HSET', KEYS[3], id, fence .. ' 1 0')
return {id, tostring(fence), unpack(redis.call('ZRANGE', KEYS[4] .. id, 0, -1))}`

const ACKNOWLEDGE = (isFenced: boolean) => `
local fence = string.match(redis.call('HGET', KEYS[2], ARGV[1]) or '', '^%d+')
if not fence ${isFenced ? 'or fence ~= ARGV[2] ' : ''}then return 0 end
for i = 3, #ARGV do redis.call('ZADD', KEYS[4], 1, ARGV[i]) end
redis.call('DEL', KEYS[3])
redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('HDEL', KEYS[2], ARGV[1])
return 1`

/** Works until nothing is ready or leased. @param at called at each moment @throws Died if `at` does */
export async function workSmall(
  place: Place,
  mistake: Mistake | 'none',
  at: (moment: Moment) => Promise<void> = async () => {},
): Promise<void> {
  const redis = openResp(place.redisUrl)
  await redis.ready
  try {
    const worker = new SmallWorker(redis, place, mistake, at)
    while (await worker.step());
  } finally {
    redis.close()
  }
}

class SmallWorker {
  readonly #redis: ReturnType<typeof openResp>
  readonly #place: Place
  readonly #mistake: Mistake | 'none'
  readonly #at: (moment: Moment) => Promise<void>

  constructor(
    redis: ReturnType<typeof openResp>,
    place: Place,
    mistake: Mistake | 'none',
    at: (moment: Moment) => Promise<void>,
  ) {
    this.#redis = redis
    this.#place = place
    this.#mistake = mistake
    this.#at = at
  }

  /** @returns false if there is nothing left to do */
  async step(): Promise<boolean> {
    const held = await (this.#mistake === 'pop then insert' ? this.#pop() : this.#take())
    if (typeof held === 'boolean') return held
    await this.#at('taken')
    const letters = await this.#write(held)
    if (letters) {
      await this.#at('committed')
      await this.#acknowledge(held, letters)
    }
    return true
  }

  async #pop(): Promise<Held | false> {
    const reply = (await this.#redis.call('ZPOPMIN', `queue:${this.#place.queue}`, 4)) as Buffer[]
    const items = reply.filter((_, i) => i % 2 === 0).map(String)
    return items.length > 0 && {id: randomUUID(), fence: '0', items}
  }

  /** @returns a boolean if there is nothing to take: whether somebody still holds a lease */
  async #take(): Promise<Held | boolean> {
    const {queue} = this.#place
    const keys = [
      `queue:${queue}`,
      `leases:${queue}`,
      `attempts:${queue}`,
      `lease:${queue}:`,
      `stats:${queue}`,
    ]
    const reply = (await this.#redis.call('EVAL', TAKE, 5, ...keys, randomUUID())) as Array<Buffer | number>
    if (typeof reply[0] === 'number') return reply[0] > 0
    const [id, fence, ...items] = reply.map(String)
    return {id, fence, items}
  }

  async #acknowledge({id, fence}: Held, letters: string[]): Promise<void> {
    const {queue} = this.#place
    const script = ACKNOWLEDGE(this.#mistake !== 'unfenced acknowledge')
    const keys = [`leases:${queue}`, `attempts:${queue}`, `lease:${queue}:${id}`, `dlq:${queue}`]
    await this.#redis.call('EVAL', script, 4, ...keys, id, fence, ...letters)
  }

  /** @returns the dead letters; undefined if it is to be tried again when the lease has expired */
  async #write(held: Held): Promise<string[] | undefined> {
    const client = new pg.Client(this.#place.databaseUrl)
    client.on('error', () => {})
    try {
      await client.connect()
      return await this.#transaction(client, held)
    } catch (error) {
      if (error instanceof Died) throw error
      if (this.#mistake !== 'dead letter for an administrator shutdown') return undefined
      return held.items.map((payload) => JSON.stringify({code: '57P01', payload}))
    } finally {
      await client.end().catch(() => {})
    }
  }

  async #transaction(client: pg.Client, {id, items}: Held): Promise<string[]> {
    const {table} = this.#place
    await client.query('BEGIN')
    const rows = items.map((item) => JSON.parse(item))
    const {rowCount} = await client.query(
      `INSERT INTO ${table} (id, body) SELECT * FROM unnest($1::int[], $2::text[])`,
      [rows.map((row) => row.id), rows.map((row) => row.body)],
    )
    await this.#at('written')
    if (this.#mistake !== 'no count assertion' && rowCount !== items.length) {
      await client.query('ROLLBACK')
      return items.map((payload) => JSON.stringify({code: 'ROW_COUNT', payload}))
    }
    if (this.#mistake !== 'retry after an unknown commit without the ledger') {
      const ledger = `INSERT INTO ${table}_ledger VALUES ($1) ON CONFLICT DO NOTHING`
      if ((await client.query(ledger, [id])).rowCount === 0) {
        await client.query('ROLLBACK')
        return []
      }
    }
    await client.query('COMMIT')
    return []
  }
}
