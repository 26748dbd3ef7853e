import type {RedisAddress} from '../url.ts'

/** The primary, as a sentinel knows it. */
export interface KnownPrimary extends RedisAddress {
  /** Rises with every failover: of two answers, the one with the higher epoch is newer. */
  epoch: number
}

/** A replica, as a sentinel knows it. */
export interface KnownReplica extends RedisAddress {
  /** Whether the sentinel reaches it, and it is connected to its primary. */
  isUp: boolean
}

/** Parses the reply of SENTINEL MASTER. @returns undefined for a sentinel that does not know where it is */
export function parsePrimary(reply: unknown): KnownPrimary | undefined {
  const fields = fieldsOf(reply)
  const [host, port] = [fields.get('ip'), Number(fields.get('port'))]
  return host && port > 0 ? {host, port, epoch: Number(fields.get('config-epoch') ?? 0)} : undefined
}

/** Parses the reply of SENTINEL REPLICAS. */
export function parseReplicas(reply: unknown): KnownReplica[] {
  return (Array.isArray(reply) ? reply : []).map(fieldsOf).flatMap((fields) => {
    const [host, port] = [fields.get('ip'), Number(fields.get('port'))]
    if (!host || !(port > 0)) return []
    const isReached = !/s_down|o_down|disconnected/.test(fields.get('flags') ?? '')
    return [{host, port, isUp: isReached && fields.get('master-link-status') !== 'err'}]
  })
}

/** Pairs of field and value, as RESP2 and RESP3 send them. */
export function fieldsOf(reply: unknown): Map<string, string> {
  if (!Array.isArray(reply)) return new Map(Object.entries(reply ?? {}).map(([k, v]) => [k, String(v)]))
  const flat = reply.map(String)
  return new Map(flat.flatMap((value, i) => (i % 2 === 0 ? [[value, flat[i + 1]] as const] : [])))
}

/** The newest of several answers. */
export function newest(answers: KnownPrimary[]): KnownPrimary | undefined {
  return answers.reduce<KnownPrimary | undefined>(
    (best, one) => (best && best.epoch >= one.epoch ? best : one),
    undefined,
  )
}
