import {nearest} from '../nearest.ts'

const PREFIX = 'QTOOL_'

/** Variables that only qtool reads, without their prefix. */
const KNOWN = [
  ...[
    'CACHE',
    'CAMEL_CASE',
    'CONFIG',
    'DURABILITY',
    'ENGINE',
    'HOME',
    'LIST_POPS',
    'MAP',
    'MIN_REPLICAS',
    'PAYLOAD',
    'PROFILE',
    'READ_FROM',
    'READY_KEY',
    'QUEUE',
    'RECORDS',
    'ROUTE',
    'TABLE',
    'TIME',
    'TRACE',
  ],
  ...['REDIS_CA', 'REDIS_CERT', 'REDIS_KEY', 'REDIS_SERVER', 'SENTINEL_USER', 'SENTINEL_PASSWORD'],
]

/** What to say of variables that look like misspelt ones of qtool, which would do nothing; others may be anybody's. */
export function misspeltVariables(env: NodeJS.ProcessEnv): string[] {
  return Object.keys(env).flatMap((name) => {
    const own = name.slice(PREFIX.length)
    if (!name.startsWith(PREFIX) || KNOWN.includes(own)) return []
    const near = nearest(own, KNOWN)
    return near ? [`qtool does not read ${name}; did you mean ${PREFIX}${near}?`] : []
  })
}
