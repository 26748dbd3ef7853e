import type {ConsumerGroup} from '../../redis/consumer-groups.ts'
import type {LinkFacts} from '../link.ts'
import type {ClusterFacts} from './cluster-facts.ts'

/** A Redis server; a part that it did not tell is null. */
export interface RedisFacts {
  /** Its URL, with the password masked. */
  server: string
  /** Whether it runs on the machine that the doctor runs on. */
  isLocal: boolean
  link: LinkFacts
  /** The fields of INFO. */
  info: Record<string, string> | null
  /** Some settings: name → value. */
  config: Record<string, string> | null
  /** What changed within about a second. */
  change: ChangeFacts | null
  /** Clients with the same name, those with the most first. */
  clients: ClientGroup[] | null
  /** The newest entries of the slow log. */
  slowlog: SlowEntry[] | null
  /** Consumer groups of all streams that were found within a second. */
  groups: ConsumerGroup[] | null
  /** Null too if it is not a node of a Cluster. */
  cluster: ClusterFacts | null
}

export interface ChangeFacts {
  overMs: number
  /** CPU time of the main thread, ms. */
  cpuMs: number
  usedBytes: number
  /** Bytes that replicas have to be sent. */
  replicatedBytes: number
}

export interface ClientGroup {
  /** As set by CLIENT SETNAME; empty if it was not. */
  name: string
  count: number
  /** Bytes that wait for them. */
  outputBytes: number
}

/** An entry of the slow log without its arguments, which may be payloads. */
export interface SlowEntry {
  /** RFC 3339. */
  at: string
  micros: number
  command: string
  /** The script of qtool that was run; null for anything else. */
  script: string | null
  /** The key, if it is one of a queue. */
  key: string | null
}
