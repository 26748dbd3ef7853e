import type {FaultProxy} from '../../support/proxy.ts'

/** The Redis of a run: one server, a cluster, or two servers that sentinels watch. */
export interface Store {
  /** For qtool, behind the proxy. */
  url: string
  proxy: FaultProxy
  /** Replicas that have to confirm a write before it counts, since a failover may forget others. */
  replicas: number
  /** Records of a round: fewer where each has to be confirmed by a replica, which after a failover takes a while. */
  records: number
  /** How the name of a queue stands in its keys. */
  tag(queue: string): string
  /** The server that has a queue now, not behind the proxy. */
  serverOf(queue: string): Promise<{url: string; crash(): Promise<void>; start(): Promise<void>}>
  /** The same for a producer: its URL behind the proxy. */
  producerUrl(queue: string): Promise<string>
  /** Every server, for those who watch. */
  servers: string[]
  /** Faults that this store has beside those of all. */
  faults: Record<string, (queue: string) => Promise<string>>
  stop(): Promise<void>
}

/** What was answered is on disk. */
export const DURABLE = ['appendonly yes', 'appendfsync always']

/** The URL of a server at another port. */
export function through(url: string, port: number): string {
  return Object.assign(new URL(url), {port: String(port)}).href
}
