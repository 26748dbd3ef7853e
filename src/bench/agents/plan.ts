import type {ArrivalKind} from '../measure/arrivals.ts'

/** What the coordinator of a run tells each agent before it joins. */
export interface Plan {
  /** Makes it unique. */
  id: string
  agents: number
  /** Records a second, of all agents together. */
  rate: number
  seconds: number
  warmupSeconds: number
  arrivals: ArrivalKind
  seed: number
  /** 0: nothing is drained. */
  workers: number
  /** Name of the queue. */
  queue: string
  flights: string[]
  /** How long the coordinator waits for all agents, ms. */
  waitMs: number
}

/** What the coordinator tells all agents; times are those of Redis. */
export type Message =
  /** Start at that moment. */
  | {kind: 'start'; at: number}
  /** The rows of these records were committed at that moment. */
  | {kind: 'rows'; at: number; numbers: number[]}
  /** The run is over. */
  | {kind: 'stop'; why: string}

/** What an agent says of itself when it joins. */
export interface Introduction {
  host: string
  pid: number
  version: string
}

/** Where the agents of a run meet: a name of the kind that the place of a bench has. */
export function meetingName(run: string): string {
  return `qtool-bench-${run.replaceAll('-', '_')}`
}

/** The run that has its place in a queue. */
export function runOf(queue: string): string {
  return queue.slice(meetingName('').length)
}

/** The share of the load that one agent sends. */
export interface Share {
  rate: number
  /** See `arrivals`. */
  phase: number
  seed: number
  /** The number of the record that it sends as its own number `i`; no two agents have a number in common. */
  numberOf(i: number): number
  /** Its own numbers of those of all records that are its own. */
  ownOf(numbers: number[]): number[]
}

/** @param agent from 0 */
export function shareOf({agents, rate, seed}: Pick<Plan, 'agents' | 'rate' | 'seed'>, agent: number): Share {
  return {
    rate: rate / agents,
    phase: agent / agents,
    // Seeds next to each other give unrelated numbers
    seed: seed + agent,
    numberOf: (i) => i * agents + agent,
    ownOf: (numbers) =>
      numbers.flatMap((number) => (number % agents === agent ? (number - agent) / agents : [])),
  }
}
