/** A flaw that releases mend. */
export interface Advisory {
  id: string
  /** What it lets somebody do. */
  what: string
  server: 'redis' | 'valkey'
  /** Branch → first release of it without the flaw. Branches that are not named are not known. */
  mended: Record<string, number>
  /** Where this was read. */
  source: string
}

const REDIS_NOTES = 'https://redis.io/docs/latest/operate/oss_and_stack/stack-with-enterprise/release-notes/'

/** The newest first. */
export const ADVISORIES: readonly Advisory[] = [
  {
    id: 'CVE-2026-23479, CVE-2026-25243 and CVE-2026-23631',
    what: 'whoever may log in may run code on the server',
    server: 'redis',
    mended: {'7.4': 9, '8.2': 6, '8.4': 3, '8.6': 3, '8.8': 0},
    source: REDIS_NOTES,
  },
  {
    id: 'CVE-2025-62507',
    what: 'XACKDEL may overflow a buffer',
    server: 'redis',
    mended: {'8.2': 3},
    source: REDIS_NOTES,
  },
  {
    id: 'CVE-2025-49844',
    what: 'whoever may run scripts may run code on the server',
    server: 'redis',
    mended: {'6.2': 20, '7.2': 11, '7.4': 6, '8.0': 4, '8.2': 2},
    source: REDIS_NOTES,
  },
  {
    id: 'CVE-2025-49844',
    what: 'whoever may run scripts may run code on the server',
    server: 'valkey',
    mended: {'7.2': 11, '8.0': 6, '8.1': 4},
    source: 'https://valkey.io/download/releases/',
  },
]

export interface Release {
  server: 'redis' | 'valkey'
  /** E.g. `7.2`. */
  branch: string
  patch: number
}

/** Undefined if INFO names no release. */
export function releaseOf(info: Record<string, string>): Release | undefined {
  const server = info.valkey_version === undefined ? 'redis' : 'valkey'
  const [, branch, patch] = /^(\d+\.\d+)\.(\d+)/.exec(info[`${server}_version`] ?? '') ?? []
  return branch === undefined ? undefined : {server, branch, patch: Number(patch)}
}

/** The advisories that a release is too old for, and whether its branch is in none that could tell. */
export function judgeRelease({server, branch, patch}: Release): {open: Advisory[]; isUnknown: boolean} {
  const all = ADVISORIES.filter((one) => one.server === server)
  const open = all.filter(({mended}) => patch < (mended[branch] ?? 0))
  const newest = Math.max(...all.flatMap(({mended}) => Object.keys(mended).map(orderOf)))
  const isListed = all.some(({mended}) => branch in mended)
  return {open, isUnknown: !isListed && orderOf(branch) < newest}
}

/** 7.4 → 7004, so that 8.10 comes after 8.8. */
export function orderOf(branch: string): number {
  const [major, minor] = branch.split('.').map(Number)
  return major * 1000 + minor
}
