import {describe, expect, inject, it} from 'vitest'
import {watchFences} from '../chaos/fences.js'
import {Died, type Mistake, type Moment, type Place, workSmall} from '../chaos/small-worker.ts'
import {useCheckedQueues} from '../support/checked-queue.ts'
import {until} from '../support/cli.ts'
import {useServers} from '../support/context.ts'
import {startProxy} from '../support/proxy.ts'

const context = useServers()
const newCheckedQueue = useCheckedQueues(context)

/** Runs `act` once, at the first such moment. */
function once(moment: Moment, act: () => Promise<void>): (at: Moment) => Promise<void> {
  let isDone = false
  return async (at) => {
    if (at !== moment || isDone) return
    isDone = true
    await act()
  }
}

const die = async () => {
  throw new Died()
}

/** The fault that reveals each mistake, applied to a worker that makes it or not; a correct worker then finishes. */
const FAULTS: Record<Mistake, (place: Place, mistake: Mistake | 'none') => Promise<void>> = {
  'pop then insert': async (place, mistake) => {
    await expect(workSmall(place, mistake, once('taken', die))).rejects.toThrow(Died)
  },
  'unfenced acknowledge': async (place, mistake) => {
    // After its commit, the worker sleeps until another one holds the lease
    const other = once('committed', async () => {
      await until(async () => (await context.redis.zcount(`leases:${place.queue}`, '-inf', Date.now())) > 0)
      await workSmall(place, 'none', once('taken', die)).catch(() => {})
    })
    await workSmall(place, mistake, other)
  },
  'no count assertion': async (place, mistake) => {
    await context.pool.query(`CREATE FUNCTION ${place.table}_drop() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER t BEFORE INSERT ON ${place.table} FOR EACH ROW WHEN (NEW.id = 4) EXECUTE FUNCTION ${place.table}_drop()`)
    await workSmall(place, mistake)
  },
  'retry after an unknown commit without the ledger': async (place, mistake) => {
    const proxy = await startProxy(Number(new URL(place.databaseUrl).port))
    const databaseUrl = Object.assign(new URL(place.databaseUrl), {port: String(proxy.port)}).href
    void proxy.onRequest('COMMIT', 'cut-after-reply')
    await workSmall({...place, databaseUrl}, mistake)
    await proxy.close()
  },
  'dead letter for an administrator shutdown': async (place, mistake) => {
    const shutDown = once('written', async () => {
      await context.pool.query(
        'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE $1 AND pid <> pg_backend_pid()',
        [`INSERT INTO ${place.table} %`],
      )
    })
    await workSmall(place, mistake, shutDown)
  },
}

/** What the checker or the watcher of fences must report for each mistake. */
const FINDINGS: Record<Mistake, Record<string, number>> = {
  'pop then insert': {lost: 4},
  'unfenced acknowledge': {unfenced: 1},
  'no count assertion': {lost: 1},
  'retry after an unknown commit without the ledger': {duplicated: 4},
  'dead letter for an administrator shutdown': {misjudged: 4},
}

const CLEAN = {lost: 0, unexpected: 0, duplicated: 0, wrongBytes: 0, unfenced: 0}

async function judge(mistake: Mistake, made: Mistake | 'none') {
  const {queue, table, check} = await newCheckedQueue()
  const place = {redisUrl: inject('redisUrl'), databaseUrl: inject('databaseUrl'), queue, table}
  const watch = watchFences(place.redisUrl, place.queue)
  await until(() => watch.isWatching)
  await FAULTS[mistake](place, made)
  await workSmall(place, 'none')
  // Wait until the watcher has seen the last lease settled; popped items have no lease
  const taken = Number(await context.redis.hget(`stats:${place.queue}`, 'fence'))
  await until(() => taken === 0 || watch.last === taken)
  const report: Record<string, unknown> = {...(await check()), unfenced: watch.violations.length}
  watch.close()
  return report
}

describe.each(Object.keys(FAULTS) as Mistake[])('%s', (mistake) => {
  it('is caught', async () => {
    expect(await judge(mistake, mistake)).toMatchObject(FINDINGS[mistake])
  })

  it('is not seen where a worker does it right', async () => {
    expect(await judge(mistake, 'none')).toMatchObject(CLEAN)
  })
})
