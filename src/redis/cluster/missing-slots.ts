import type {Redis} from 'ioredis'
import {messageOf, QtoolError} from '../../errors.ts'
import {askOnce} from '../ask-once.ts'
import {isClusterDown} from '../failure.ts'
import {hasSlots, isDown, type KnownNode, knownNodes} from './known-nodes.ts'
import {clusterOf} from './slot-connector.ts'

const SLOTS = 16_384

/**
 * The error of a cluster that serves nothing while some of its slots are not served: it says which, and whose they are.
 * @param redis the client of the cluster that got the error
 * @returns undefined for another error, or if no node tells what is missing
 */
export async function missingSlots(redis: Redis, error: unknown): Promise<QtoolError | undefined> {
  const topology = clusterOf(redis)?.topology
  if (!topology?.latest || !isClusterDown(error)) return undefined
  const asked = askOnce(topology.latest.answeredBy, topology.login, (node) => node.cluster('NODES'))
  const text = await asked.then(String).catch(() => '')
  const missing = describeMissing(knownNodes(text))
  if (missing === '') return undefined
  return new QtoolError(`the Redis Cluster serves nothing: ${missing} (${messageOf(error)})`, {
    code: 'CLUSTERDOWN',
    kind: 'connect',
    suggestions: [
      'start that node again; "redis-cli --cluster check HOST:PORT" says what else is missing',
      'CONFIG SET cluster-require-full-coverage no, on every node, lets the others serve their slots',
    ],
    cause: error,
  })
}

/** `slots 0-99 belong to 10.0.0.1:6379, which does not answer`; empty if none is missing. */
function describeMissing(nodes: KnownNode[]): string {
  const silent = nodes
    .filter((node) => hasSlots(node) && isDown(node))
    .map(({slots, address}) => `slots ${rangesText(slots)} belong to ${address}, which does not answer`)
  const unassigned = gapsIn(nodes.flatMap(({slots}) => slots))
  const gaps = unassigned.length > 0 ? [`slots ${rangesText(unassigned)} belong to no node`] : []
  return nodes.length === 0 ? '' : [...silent, ...gaps].join('; ')
}

type Range = [first: number, last: number]

function rangesText(ranges: Range[]): string {
  return ranges.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(',')
}

function gapsIn(ranges: Range[]): Range[] {
  const ends = ranges.toSorted(([a], [b]) => a - b)
  const gaps: Range[] = []
  let next = 0
  for (const [first, last] of [...ends, [SLOTS, SLOTS] as Range]) {
    if (first > next) gaps.push([next, first - 1])
    next = Math.max(next, last + 1)
  }
  return gaps
}
