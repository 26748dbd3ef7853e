import type {Redis} from 'ioredis'

/** Says how old what a replica answers may be. */
export async function replicaLine(redis: Redis): Promise<string> {
  const {readLag} = await import('../redis/replica/lag.ts')
  const {renderLag} = await import('../render/replica.ts')
  return renderLag(await readLag(redis))
}
