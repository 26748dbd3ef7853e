import {availableParallelism, cpus, machine, release, totalmem, type} from 'node:os'
import type {Redis} from 'ioredis'
import type {Pool} from 'pg'
import {qtoolVersion} from '../../version.ts'
import type {Environment} from '../shape/environment.ts'
import {fingerprintOf} from './fingerprint.ts'
import {readPostgresEnvironment, readRedisEnvironment} from './server-environment.ts'

/** The machine, and the servers that the scenario uses. */
export async function readEnvironment({redis, pool}: {redis?: Redis; pool?: Pool}): Promise<Environment> {
  const parts: Omit<Environment, 'fingerprint'> = {
    // All cores of a machine are taken to be of one model
    cpu: cpus().at(0)?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memory: totalmem(),
    system: `${type()} ${release()} ${machine()}`,
    node: process.version,
    qtool: qtoolVersion(),
    redis: redis ? await readRedisEnvironment(redis) : null,
    postgres: pool ? await readPostgresEnvironment(pool) : null,
  }
  return {...parts, fingerprint: fingerprintOf(parts)}
}
