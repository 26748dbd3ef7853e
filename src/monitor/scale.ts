import type {Observation} from './observation.ts'
import {workersOf} from './reading.ts'

/** How many workers a queue needs. Rates are records a second. */
export interface Scale {
  queue: string
  /** Items that are not settled yet: ready ones, and those in leases. */
  backlog: number
  /** Items in leases. */
  inFlight: number
  /** Null if producers do not count, or too few readings are there. */
  arrivalRate: number | null
  /** Of a worker that has a lease all the time; null if none had one. */
  perWorkerRate: number | null
  /** Until the backlog is gone, with the workers that there are; null if unknown, or if it does not clear. */
  drainSeconds: number | null
  /** Leases handled in parallel, as in `qtool work --workers`; the present number where too little is known. */
  wantedWorkers: number
}

export interface ScaleOptions {
  /** In how many seconds the backlog is to be gone. */
  targetSeconds: number
  /** The rate of all workers together by their number, in any unit: more of them may get in each other's way. */
  curve?: (workers: number) => number
}

/** More than any queue needs: a curve without a peak ends here. */
const MOST_WORKERS = 10_000

/** With workers less busy than this, the rate of one cannot be told. */
const LEAST_BUSY = 0.2

/** How many workers drain the backlog in time at the rate at which records arrive now. */
export function scaleOf(observation: Observation, options: ScaleOptions): Scale {
  const {inspection, rates, forecast} = observation
  const {queue, ready, leased} = inspection
  const perWorkerRate = perWorker(observation)
  const drained = forecast.state === 'empty' ? 0 : null
  return {
    queue,
    backlog: ready + leased,
    inFlight: leased,
    arrivalRate: rates.in,
    perWorkerRate,
    drainSeconds: forecast.state === 'clears' ? forecast.seconds : drained,
    wantedWorkers: wanted(observation, perWorkerRate, options),
  }
}

/** Workers without a lease say nothing of how fast they would be with one. */
function perWorker({rates, busyWorkers}: Observation): number | null {
  if (!rates.out || busyWorkers === null || busyWorkers < LEAST_BUSY) return null
  return rates.out / busyWorkers
}

function wanted(observation: Observation, perWorkerRate: number | null, options: ScaleOptions): number {
  const {inspection, rates} = observation
  const {ready, leased, leases, paused, workers} = inspection
  const present = workersOf(workers)
  const least = leases > 0 || (ready > 0 && !paused) ? 1 : 0
  if (paused) return Math.max(least, present)
  if (ready + leased === 0 && !rates.in && !rates.out) return least
  const needed = neededRate(observation, options.targetSeconds)
  if (needed === null || perWorkerRate === null) return Math.max(least, present)
  return Math.max(least, leastWorkers(needed, capacityOf(observation, perWorkerRate, options.curve)))
}

/** Records a second that keep up with arrivals and drain the backlog in time; null if unknown. */
function neededRate({inspection, rates, recordsPerItem}: Observation, targetSeconds: number): number | null {
  const backlog = inspection.ready + inspection.leased
  if (rates.in === null || (backlog > 0 && recordsPerItem === null)) return null
  return rates.in + (backlog * (recordsPerItem ?? 0)) / targetSeconds
}

/** Records a second by the number of workers: the curve gives the form, and the measured rate its height. */
function capacityOf(
  {busyWorkers}: Observation,
  perWorkerRate: number,
  curve: ScaleOptions['curve'],
): (workers: number) => number {
  const busy = Math.max(1, Math.round(busyWorkers ?? 1))
  const height = curve ? curve(busy) : 0
  if (!curve || !(height > 0)) return (workers) => workers * perWorkerRate
  return (workers) => (curve(workers) / height) * busy * perWorkerRate
}

/** The least number that is enough, or that of the peak if none is. */
function leastWorkers(needed: number, capacity: (workers: number) => number): number {
  let workers = needed > 0 ? 1 : 0
  while (workers < MOST_WORKERS && capacity(workers) < needed && capacity(workers + 1) > capacity(workers)) {
    workers++
  }
  return workers
}
