import type {ProcessUsage} from '../run.ts'

/** Reads what one server spends. Whatever it throws, the measurement goes on without it. */
export interface UsageMeter {
  /** CPU time so far, ms; undefined where it cannot be told. */
  cpuMs(): Promise<number | undefined>
  /** Looks at the memory; often. */
  sample(): Promise<void>
  /** @param cpu percent of one core, between the first and the last `cpuMs` */
  usage(cpu: number | null): ProcessUsage
}
