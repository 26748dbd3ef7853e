import {ensure, redisRecipe, type Work} from './ensure.ts'
import {freePort} from './process.ts'
import {joinCluster, nodeSettings} from './redis/form-cluster.ts'
import {startRedis} from './redis/redis.ts'
import {NODE_NAMES} from './running.ts'

const PRIMARIES = 3

/** A primary that is silent for this long is replaced, ms. */
const NODE_TIMEOUT_MS = 2000

/** Starts the nodes of a cluster, and lets them find each other: ports may have changed since the last time. */
export async function ensureCluster(work: Work): Promise<boolean> {
  const started: boolean[] = []
  for (const name of NODE_NAMES) {
    const recipe = () =>
      redisRecipe(work, async (binary, place) => {
        const settings = nodeSettings({busPort: await freePort(), nodeTimeoutMs: NODE_TIMEOUT_MS})
        await startRedis(binary, {...place, settings})
      })
    started.push(await ensure(work, name, recipe))
  }
  if (!started.includes(true)) return false
  work.onStep('forming the cluster')
  const nodes = NODE_NAMES.flatMap((name) => work.state[name] ?? [])
  await joinCluster(nodes, {primaries: PRIMARIES, password: nodes[0].password})
  return true
}
