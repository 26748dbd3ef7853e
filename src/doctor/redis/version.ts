import type {Check} from '../check.ts'
import {judgeRelease, releaseOf} from './advisories.ts'
import type {ToldRedis} from './told.ts'

/** A warning at most: distributions mend a release without changing its number. */
export const VERSION_CHECK: Check<ToldRedis> = {
  id: 'redis.version',
  title: 'no known flaw in this release',
  judge({info}) {
    const release = releaseOf(info)
    if (!release) return []
    const {open, isUnknown} = judgeRelease(release)
    const {server, branch, patch} = release
    const name = `${server === 'valkey' ? 'Valkey' : 'Redis'} ${branch}.${patch}`
    const fix = 'ask your distribution which flaws its package mends, or install a newer release'
    if (open.length > 0) {
      const newest = Math.max(...open.map(({mended}) => mended[branch] ?? 0))
      return [
        {
          level: 'warning',
          what: `${name} has known flaws: ${open.map(({id}) => id).join(', ')}; ${branch}.${newest} has not`,
          why: `${open[0].what}, unless the package of your distribution mends it under the same number`,
          fix,
        },
      ]
    }
    if (!isUnknown) return []
    return [
      {
        level: 'unknown',
        what: `${name} gets no more releases, so its number does not tell whether it is mended`,
        why: 'only the package of a distribution can have mended it',
        fix,
      },
    ]
  },
}
