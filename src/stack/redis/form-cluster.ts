import {setTimeout as delay} from 'node:timers/promises'
import {Redis} from 'ioredis'
import {QtoolError} from '../../errors.ts'

const SLOTS = 16_384
const HOST = '127.0.0.1'

/** How long the nodes may take to agree, ms. */
const AGREE_MS = 60_000

/** Settings of a node: lines of redis.conf. @param nodeTimeoutMs after which a silent node counts as dead */
export function nodeSettings({busPort, nodeTimeoutMs}: {busPort: number; nodeTimeoutMs: number}): string[] {
  return [
    'cluster-enabled yes',
    `cluster-port ${busPort}`,
    `cluster-node-timeout ${nodeTimeoutMs}`,
    // A replica takes over whatever its age: there is no other copy
    'cluster-replica-validity-factor 0',
  ]
}

interface Node {
  client: Redis
  id: string
  port: number
  /** Of the bus on which nodes speak to each other. */
  busPort: number
}

/**
 * Makes a cluster of nodes on this machine, or lets those of one find each other again, on whatever ports. In a new one
 * the first nodes become primaries that share the slots evenly, the others their replicas.
 * @throws QtoolError `NO_CLUSTER` if they do not agree in time
 */
export async function joinCluster(
  servers: ReadonlyArray<{port: number}>,
  {primaries, password}: {primaries: number; password: string},
): Promise<void> {
  const clients = servers.map(({port}) => new Redis({host: HOST, port, password, lazyConnect: true}))
  try {
    const nodes = await Promise.all(clients.map((client, i) => nodeOf(client, servers[i].port)))
    const assigned = await Promise.all(nodes.map(assignedSlots))
    if (assigned.every((slots) => slots < SLOTS)) await shareSlots(nodes, primaries)
    await meet(nodes)
    await assignReplicas(nodes, primaries)
    await untilAll(nodes, isHealthy)
    await untilAll(nodes, async (node) => (await replicasSeenBy(node)) === nodes.length - primaries)
  } finally {
    for (const client of clients) client.disconnect()
  }
}

async function nodeOf(client: Redis, port: number): Promise<Node> {
  const [, busPort] = (await client.config('GET', 'cluster-port')) as string[]
  return {client, id: String(await client.cluster('MYID')), port, busPort: Number(busPort)}
}

/** Slots that belong to some node, as one of them sees it. */
async function assignedSlots({client}: Node): Promise<number> {
  return Number(/cluster_slots_assigned:(\d+)/.exec(String(await client.cluster('INFO')))?.[1])
}

/** Starts over, since an earlier attempt may have been cut off halfway. */
async function shareSlots(nodes: Node[], primaries: number): Promise<void> {
  for (const {client} of nodes) await client.call('CLUSTER', 'RESET', 'SOFT')
  for (const [i, {client}] of nodes.slice(0, primaries).entries()) {
    await client.call('CLUSTER', 'SET-CONFIG-EPOCH', i + 1).catch(unlessSet)
    await client.call('CLUSTER', 'ADDSLOTSRANGE', firstSlot(i, primaries), firstSlot(i + 1, primaries) - 1)
  }
}

function unlessSet(error: Error): void {
  if (!/config epoch is already non-zero/.test(error.message)) throw error
}

function firstSlot(index: number, primaries: number): number {
  return Math.round((index * SLOTS) / primaries)
}

/** All with all: a node that knew another under another port hears of the new one only from that node itself. */
async function meet(nodes: Node[]): Promise<void> {
  for (const {client} of nodes) {
    for (const {port, busPort} of nodes) await client.call('CLUSTER', 'MEET', HOST, port, busPort)
  }
  await untilAll(nodes, async (node) => (await namesSeenBy(node)) === nodes.length)
}

async function assignReplicas(nodes: Node[], primaries: number): Promise<void> {
  for (const [i, {client}] of nodes.entries()) {
    const [own] = linesOf(await client.cluster('NODES')).filter((line) => line.includes('myself'))
    const isSpare = own.split(' ')[2].includes('master') && own.split(' ').length === 8
    if (isSpare) await client.call('CLUSTER', 'REPLICATE', nodes[i % primaries].id)
  }
}

async function untilAll(nodes: Node[], isSo: (node: Node) => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + AGREE_MS
  for (const node of nodes) {
    while (!(await isSo(node))) {
      if (performance.now() > deadline) {
        throw new QtoolError('the nodes of the cluster did not agree in time', {code: 'NO_CLUSTER'})
      }
      await delay(25)
    }
  }
}

/** How many nodes one of them knows by name. */
async function namesSeenBy({client}: Node): Promise<number> {
  return linesOf(await client.cluster('NODES')).filter((line) => !line.includes('handshake')).length
}

function linesOf(reply: unknown): string[] {
  return String(reply).trim().split('\n')
}

async function replicasSeenBy({client}: Node): Promise<number> {
  const slots = (await client.cluster('SLOTS')) as unknown[][]
  const replicas = slots.flatMap((range) => range.slice(3) as Array<[string, number]>)
  return new Set(replicas.map(([, port]) => port)).size
}

/** Whether every slot is served, and a replica has its copy. */
async function isHealthy({client}: Node): Promise<boolean> {
  const isServed = String(await client.cluster('INFO')).includes('cluster_state:ok')
  const replication = await client.info('replication')
  return isServed && (replication.includes('role:master') || replication.includes('master_link_status:up'))
}
