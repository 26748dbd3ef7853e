import type {RedisAddress} from '../url.ts'

/** Slots next to each other, and the nodes that hold them. */
export interface SlotRange {
  first: number
  last: number
  primary: RedisAddress
  replicas: RedisAddress[]
}

/** Where a cluster has its slots, as one node sees it. */
export interface SlotMap {
  ranges: SlotRange[]
  /** The node that was asked: it is alive. */
  answeredBy: RedisAddress
}

/** Names an address as a NAT map does, and as nodes announce themselves: `host:port`. */
export function addressName({host, port}: RedisAddress): string {
  return `${host}:${port}`
}

type Node = [host: string | null, port: number, ...rest: unknown[]]

/**
 * Reads the reply to CLUSTER SLOTS.
 * @param at the node that was asked, which does not name its own host if it does not know it
 * @param nat announced address → the one under which this machine reaches it
 */
export function readSlotMap(
  reply: unknown,
  at: RedisAddress,
  nat: ReadonlyMap<string, RedisAddress>,
): SlotMap {
  const address = ([host, port]: Node): RedisAddress => {
    const announced = {host: host || at.host, port}
    return nat.get(addressName(announced)) ?? announced
  }
  const rows = reply as Array<[first: number, last: number, ...nodes: [Node, ...Node[]]]>
  const ranges = rows.flatMap(([first, last, primary, ...replicas]) => {
    // Nobody knows yet where a node is whose host is "?"
    if (primary[0] === '?') return []
    const known = replicas.filter(([host]) => host !== '?')
    return [{first, last, primary: address(primary), replicas: known.map(address)}]
  })
  return {ranges, answeredBy: at}
}

/** What a node is for the slots that it holds. */
export type Role = 'primary' | 'replica'

/** The nodes that hold a slot in a role: its primary, or any number of replicas; none if no node serves it. */
export function holdersOf({ranges}: SlotMap, slot: number, role: Role): RedisAddress[] {
  const range = ranges.find(({first, last}) => first <= slot && slot <= last)
  return range ? nodesIn(range, role) : []
}

/** The same for the slots of each primary. */
export function holdersOfEach({ranges}: SlotMap, role: Role): RedisAddress[][] {
  const byPrimary = new Map(ranges.map((range) => [addressName(range.primary), nodesIn(range, role)]))
  return [...byPrimary.values()]
}

function nodesIn({primary, replicas}: SlotRange, role: Role): RedisAddress[] {
  return role === 'primary' ? [primary] : replicas
}

/** All nodes, each once. */
export function nodesOf({ranges}: SlotMap): RedisAddress[] {
  return unique(ranges.flatMap(({primary, replicas}) => [primary, ...replicas]))
}

/** Addresses, each once, in the order of their first appearance. */
export function unique(addresses: RedisAddress[]): RedisAddress[] {
  return [...new Map(addresses.map((one) => [addressName(one), one])).values()]
}
