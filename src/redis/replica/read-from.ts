/** How far a replica is behind its primary. */
export interface ReplicaLag {
  /** Host and port of the replica. */
  server: string
  /** Bytes that the primary has written and the replica has not; null if the primary could not be asked. */
  behindBytes: number | null
  /** Seconds since the replica last heard from its primary; null if it is not connected to it. */
  heardSecondsAgo: number | null
}

/** The replicas from which something was read, each once; null if it was read from primaries. */
export type ReadFrom = ReplicaLag[] | null

/** The replicas of several readings. */
export function joinReadFrom(all: readonly ReadFrom[]): ReadFrom {
  const lags = all.flatMap((one) => one ?? [])
  const byServer = new Map(lags.map((lag) => [lag.server, lag]))
  if (byServer.size === 0) return null
  return [...byServer.values()].sort((a, b) => (a.server < b.server ? -1 : 1))
}
