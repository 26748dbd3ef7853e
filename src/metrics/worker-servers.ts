import type {Pool} from 'pg'
import {Gauge, type Registry} from 'prom-client'
import type {BreakerState} from '../worker/breaker.ts'
import type {WorkerObserver} from '../worker/observer.ts'

const VALUES: Record<BreakerState, number> = {closed: 0, 'half-open': 1, open: 2}

/** Shows how a worker process gets on with its servers. */
export function watchServers(registry: Registry, pool: Pool): WorkerObserver {
  const registers = [registry]
  const breaker = new Gauge({
    name: 'qtool_breaker_state',
    help: 'Circuit breaker of a server: 0 closed, it works; 1 half open, it is probed; 2 open, it is away.',
    labelNames: ['target'],
    aggregator: 'max',
    registers,
  })
  for (const target of ['redis', 'postgres']) breaker.set({target}, VALUES.closed)
  new Gauge({
    name: 'qtool_pool_connections',
    help: 'Connections of the pool that are used or idle, and callers that wait for one.',
    labelNames: ['target', 'state'],
    registers,
    collect() {
      const {totalCount, idleCount, waitingCount} = pool
      this.set({target: 'postgres', state: 'used'}, totalCount - idleCount)
      this.set({target: 'postgres', state: 'idle'}, idleCount)
      this.set({target: 'postgres', state: 'waiting'}, waitingCount)
    },
  })
  return {breaker: (target, state) => breaker.set({target}, VALUES[state])}
}
