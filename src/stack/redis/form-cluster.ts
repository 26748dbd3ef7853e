import {setTimeout as delay} from 'node:timers/promises'
import {Redis} from 'ioredis'
import {QtoolError} from '../../errors.ts'

/** A node of a cluster on this machine. */
export interface ClusterNode {
  port: number
  /** Port of the bus on which nodes speak to each other. */
  busPort: number
}

const SLOTS = 16_384
const HOST = '127.0.0.1'

/** How long the nodes may take to agree, ms. */
const AGREE_MS = 60_000

/** Settings of a node: lines of redis.conf. @param nodeTimeoutMs after which a silent node counts as dead */
export function nodeSettings({
  busPort,
  password,
  nodeTimeoutMs,
}: {
  busPort: number
  password: string
  nodeTimeoutMs: number
}): string[] {
  return [
    'cluster-enabled yes',
    `cluster-port ${busPort}`,
    `cluster-node-timeout ${nodeTimeoutMs}`,
    `masterauth ${password}`,
    // A replica takes over whatever its age: there is no other copy
    'cluster-replica-validity-factor 0',
  ]
}

/**
 * Makes a cluster of empty nodes: the first ones become primaries that share the slots evenly, the others their
 * replicas.
 * @throws QtoolError `NO_CLUSTER` if they do not agree in time
 */
export async function formCluster(
  nodes: ClusterNode[],
  {primaries, password}: {primaries: number; password: string},
): Promise<void> {
  const clients = nodes.map(({port}) => new Redis({host: HOST, port, password, lazyConnect: true}))
  try {
    const ids = await Promise.all(clients.map(async (client) => String(await client.cluster('MYID'))))
    for (const [i, client] of clients.slice(0, primaries).entries()) {
      await client.call('CLUSTER', 'SET-CONFIG-EPOCH', i + 1)
      await client.call('CLUSTER', 'ADDSLOTSRANGE', firstSlot(i, primaries), firstSlot(i + 1, primaries) - 1)
    }
    const [first] = clients
    for (const {port, busPort} of nodes.slice(1)) await first.call('CLUSTER', 'MEET', HOST, port, busPort)
    await untilAll(clients, async (client) => (await namesOf(client)) === nodes.length)
    for (const [i, client] of clients.entries()) {
      if (i >= primaries) await client.call('CLUSTER', 'REPLICATE', ids[i % primaries])
    }
    await untilAll(clients, isHealthy)
    await untilAll(clients, async (client) => (await replicasOf(client)) === nodes.length - primaries)
  } finally {
    for (const client of clients) client.disconnect()
  }
}

function firstSlot(index: number, primaries: number): number {
  return Math.round((index * SLOTS) / primaries)
}

async function untilAll(clients: Redis[], isSo: (client: Redis) => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + AGREE_MS
  for (const client of clients) {
    while (!(await isSo(client))) {
      if (performance.now() > deadline) {
        throw new QtoolError('the nodes of the cluster did not agree in time', {code: 'NO_CLUSTER'})
      }
      await delay(25)
    }
  }
}

/** How many nodes one of them knows by name. */
async function namesOf(client: Redis): Promise<number> {
  const lines = String(await client.cluster('NODES'))
    .trim()
    .split('\n')
  return lines.filter((line) => !line.includes('handshake')).length
}

/** How many replicas a node knows that are connected. */
async function replicasOf(client: Redis): Promise<number> {
  const slots = (await client.cluster('SLOTS')) as unknown[][]
  const replicas = slots.flatMap((range) => range.slice(3) as Array<[string, number]>)
  return new Set(replicas.map(([, port]) => port)).size
}

/** Whether every slot is served, and a replica has its copy. */
async function isHealthy(client: Redis): Promise<boolean> {
  const state = String(await client.cluster('INFO')).includes('cluster_state:ok')
  const replication = await client.info('replication')
  return state && (replication.includes('role:master') || replication.includes('master_link_status:up'))
}
