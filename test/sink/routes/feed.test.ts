import {expect, it} from 'vitest'
import {useServers} from '../../support/context.ts'
import {follow} from './model/follow.ts'

/** QTOOL_SEEDS=400 follows as many feeds. */
const SEEDS = Number(process.env.QTOOL_SEEDS ?? 6)

const context = useServers()

it(`follows ${SEEDS} feeds of databases with foreign keys, wherever they are cut into leases`, {
  timeout: 3_600_000,
}, async () => {
  const seen: Record<string, number> = {}
  for (let seed = 0; seed < SEEDS; seed++) {
    for (const [kind, n] of Object.entries(await follow(context, seed))) seen[kind] = (seen[kind] ?? 0) + n
  }
  const {alreadyThere: _, alreadyGone: _gone, ...met} = seen
  for (const [kind, n] of Object.entries(met)) expect(n, kind).toBeGreaterThan(0)
})
