import type {Latency} from '../../shape/step.ts'

/** What the generator is to send. It is told over stdin, for the token is no one else's business. */
export interface Target {
  url: string
  token: string
  connections: number
  warmupMs: number
  ms: number
  /** For uploads: records of each body, none alike. Undefined for a GET. */
  records?: number
}

/** What became of the requests of one step. */
export interface Volley {
  /** Answers by status, also those of the warm-up. */
  answered: Record<string, number>
  /** Requests whose connection failed or that timed out, also in the warm-up. */
  broken: number
  /** Connections that were opened anew, whose request may have been lost without an error. */
  lost: number
  /** Answers that say that all went well, in the measured time. */
  good: number
  /** Other answers and broken requests, in the measured time. */
  bad: number
  /** Those of them that say 503: the server is full, and says when to come again. */
  refused: number
  seconds: number
  /** Good answers of each whole second. */
  perSecond: number[]
  /** ms from sending to the last byte. */
  latency: Latency | null
  spectrum: Array<[number, number]>
  /** CPU time of the generator in the measured time, ms. */
  cpuMs: number
  /** Share of the measured time in which its event loop was busy, 0 to 1. */
  busy: number
}

/** What the generator says, a line each. */
export type Said = {at: 'begin'} | {at: 'end'} | {at: 'done'; volley: Volley}

export function sum(counts: Record<string, number>): number {
  return Object.values(counts).reduce((all, count) => all + count, 0)
}
