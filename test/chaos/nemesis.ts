import {setTimeout as wait} from 'node:timers/promises'
import pg from 'pg'
import type {FaultProxy} from '../support/proxy.ts'
import type {TestServer} from '../support/server.ts'
import type {Random} from './random.ts'
import {openResp} from './resp.js'
import type {Store} from './stores/store.ts'
import type {Workers} from './workers.ts'

export interface Targets {
  store: Store
  /** Name of the queue under load. */
  queue: string
  postgres: TestServer
  postgresProxy: FaultProxy
  workers: Workers
}

type Fault = (targets: Targets, random: Random) => Promise<string>

/** Texts as sent to Postgres; the BEGIN and COMMIT that set up a connection are sent differently. */
const LEASE_STEPS = ['\u000bCOMMIT\0', '\u000bCOMMIT\0', 'COPY', 'BEGIN; SET CONSTRAINTS', 'applied_lease']

const REQUESTS = ['EVALSHA', 'ZADD', 'LPUSH', 'XADD', 'HSET']

/** Every fault ends by itself and returns a line for the log. */
const FAULTS: Record<string, {weight: number; fault: Fault}> = {
  killWorker: {
    weight: 5,
    fault: async ({workers}, random) => signal(workers, random, 'SIGKILL'),
  },
  endWorker: {
    weight: 2,
    fault: async ({workers}, random) => signal(workers, random, 'SIGTERM'),
  },
  stopWorker: {
    weight: 3,
    fault: async ({workers}, random) => {
      const child = random.pick(workers.children)
      const ms = random.between(300, 4000)
      child?.kill('SIGSTOP')
      void wait(ms).then(() => child?.kill('SIGCONT'))
      return `worker stands still for ${ms} ms`
    },
  },
  restartRedis: {
    weight: 1,
    fault: async ({store, queue}, random) => restart(await store.serverOf(queue), random, 'Redis'),
  },
  restartPostgres: {
    weight: 1,
    fault: async ({postgres}, random) => restart(postgres, random, 'Postgres'),
  },
  cut: {
    weight: 3,
    fault: async (targets, random) => {
      const [name, proxy] = server(targets, random)
      proxy.cut()
      return `connections to ${name} cut`
    },
  },
  cutAtRedis: {
    weight: 5,
    fault: async ({store}, random) => {
      const pattern = random.pick(REQUESTS)
      const action = random.pick(['cut', 'cut-after-reply'] as const)
      void store.proxy.onRequest(pattern, action, random.between(1, 3))
      return `${action} at ${pattern}`
    },
  },
  cutAtPostgres: {
    weight: 5,
    fault: async ({postgresProxy}, random) => {
      const pattern = random.pick(LEASE_STEPS)
      const action = random.pick(['cut', 'cut-after-reply'] as const)
      void postgresProxy.onRequest(pattern, action, random.between(1, 3))
      return `${action} at ${JSON.stringify(pattern)}`
    },
  },
  blackhole: {
    weight: 1,
    fault: async (targets, random) => {
      const [name, proxy] = server(targets, random)
      const ms = random.between(300, 3000)
      const what = random.pick([true, 'replies'] as const)
      proxy.blackhole(what)
      await wait(ms)
      proxy.blackhole(false)
      proxy.cut()
      return `black hole (${what === true ? 'both ways' : what}) before ${name} for ${ms} ms`
    },
  },
  refuse: {
    weight: 1,
    fault: async (targets, random) => {
      const [name, proxy] = server(targets, random)
      proxy.refuse(true)
      proxy.cut()
      await wait(random.between(100, 1500))
      proxy.refuse(false)
      return `connections to ${name} refused`
    },
  },
  delay: {
    weight: 1,
    fault: async (targets, random) => {
      const [name, proxy] = server(targets, random)
      proxy.delay(random.between(5, 120))
      await wait(random.between(300, 1500))
      proxy.delay(0)
      return `${name} was slow`
    },
  },
  terminateBackends: {
    weight: 2,
    fault: async ({postgres}) => {
      const client = new pg.Client(postgres.url)
      await client.connect()
      await client.query(
        'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND usename IS NOT NULL',
      )
      await client.end()
      return 'backends terminated'
    },
  },
  bother: {
    weight: 2,
    fault: async ({store, queue}, random) => {
      const command = random.pick([
        ['SCRIPT', 'FLUSH'],
        ['CLIENT', 'KILL', 'TYPE', 'normal'],
        ['CLIENT', 'PAUSE', '700', 'WRITE'],
        ['CLIENT', 'PAUSE', '500', 'ALL'],
      ])
      const client = openResp((await store.serverOf(queue)).url)
      await client.ready
      await Promise.race([client.call(...command), wait(1000)])
      client.close()
      return command.join(' ')
    },
  },
}

function signal(workers: Workers, random: Random, name: 'SIGKILL' | 'SIGTERM'): string {
  const child = random.pick(workers.children)
  child?.kill(name)
  return `worker got ${name}`
}

function server(targets: Targets, random: Random): ['Redis' | 'Postgres', FaultProxy] {
  return random.next() < 0.5 ? ['Redis', targets.store.proxy] : ['Postgres', targets.postgresProxy]
}

async function restart(
  target: Pick<TestServer, 'crash' | 'start'>,
  random: Random,
  name: string,
): Promise<string> {
  const ms = random.between(0, 1500)
  await target.crash()
  await wait(ms)
  await target.start()
  return `${name} killed, back after ${ms} ms`
}

/** Weight of all faults together that only one kind of store has: after a failover, it takes a while to be in step. */
const OWN_WEIGHT = 6

/** Injects faults one after another until told to stop. @returns how many it injected */
export async function torment(
  targets: Targets,
  random: Random,
  until: AbortSignal,
  log: (line: string) => void,
): Promise<number> {
  const {store, queue} = targets
  const special = Object.entries(store.faults)
  const weight = Math.floor(OWN_WEIGHT / special.length)
  const own = special.map(([name, fault]) => [name, {weight, fault: () => fault(queue)}])
  const faults: typeof FAULTS = {...FAULTS, ...Object.fromEntries(own)}
  const bag = Object.entries(faults).flatMap(([name, {weight}]) => Array<string>(weight).fill(name))
  let count = 0
  while (!until.aborted) {
    await wait(random.between(50, 350))
    const name = random.pick(bag)
    // This fault does not count if its server is unreachable because of another one
    const said = await faults[name].fault(targets, random).catch((error: unknown) => `not done: ${error}`)
    log(`${name}: ${said}`)
    if (!said.startsWith('not done')) count++
  }
  return count
}

/** Undoes all faults. */
export function heal({store, postgresProxy, workers}: Targets): void {
  for (const proxy of [store.proxy, postgresProxy]) {
    proxy.blackhole(false)
    proxy.delay(0)
    proxy.refuse(false)
    proxy.forget()
  }
  for (const child of workers.children) child.kill('SIGCONT')
}
