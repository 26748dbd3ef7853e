import {createHash} from 'node:crypto'
import type {Environment} from '../shape/environment.ts'

type Parts = Omit<Environment, 'fingerprint'>

/** Memory is rounded to GiB, since a machine may report slightly less after a reboot. */
const GIB = 2 ** 30

/**
 * Everything that changes figures, by name, e.g. `redis.settings.appendfsync`. It excludes qtool's version, which is
 * what is compared, and the round trip, which is itself a figure.
 */
export function relevantParts({
  cpu,
  cores,
  memory,
  system,
  node,
  redis,
  postgres,
}: Parts): Map<string, string> {
  const parts = new Map(
    Object.entries({cpu, cores: String(cores), memory: `${Math.round(memory / GIB)} GiB`, system, node}),
  )
  for (const [name, server] of Object.entries({redis, postgres})) {
    if (!server) continue
    parts.set(`${name}.version`, server.version)
    parts.set(`${name}.local`, String(server.local))
    for (const [setting, value] of Object.entries(server.settings)) {
      parts.set(`${name}.settings.${setting}`, value)
    }
  }
  return parts
}

/** 12 hex digits, the same for the same relevant parts. */
export function fingerprintOf(environment: Parts): string {
  const parts = [...relevantParts(environment)].sort(([a], [b]) => (a < b ? -1 : 1))
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 12)
}
