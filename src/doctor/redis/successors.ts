/** A replica, which would take over if its primary died. */
export interface Successor {
  /** Host and port. */
  address: string
  /** Why it would not, as the end of a sentence about it; null if it would. */
  fault: string | null
}

/** Whether nobody would take over. */
export function isWithoutSuccessor(replicas: readonly Successor[]): boolean {
  return replicas.every(({fault}) => fault !== null)
}

/** `10.0.0.2:6379 is down, 10.0.0.3:6379 has replica-priority 0` */
export function describeFaults(replicas: readonly Successor[]): string {
  return replicas.map(({address, fault}) => `${address} ${fault}`).join(', ')
}
