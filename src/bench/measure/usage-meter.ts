import type {ProcessUsage} from '../shape/step.ts'

/** Reads the usage of one server. If it throws, the measurement goes on without it. */
export interface UsageMeter {
  /** CPU time so far, ms; undefined if unknown. */
  cpuMs(): Promise<number | undefined>
  /** Reads the memory; called often, since the highest value is kept. */
  sample(): Promise<void>
  /** @param cpu percent of one core between the first and the last `cpuMs` */
  usage(cpu: number | null): ProcessUsage
}
