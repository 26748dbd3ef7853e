import type {Settings} from './settings.ts'

/**
 * Which servers a command works with, and by which profile, for the head of a view: without login and parameters.
 * e.g. `Redis localhost:6379, Postgres localhost:5432/app, profile prod`
 */
export function serversLine({redisUrl, databaseUrl, profile}: Settings): string {
  const isStack = [redisUrl, databaseUrl].every((url) => url?.source === 'stack')
  return [
    `Redis ${redisUrl ? placeOf(redisUrl.value).replace(/\/0$/, '') : 'not set'}`,
    `Postgres ${databaseUrl ? placeOf(databaseUrl.value) : 'not set'}`,
    ...(isStack ? ['the local stack'] : []),
    ...(profile ? [`profile ${profile.name}${profile.mode === 'normal' ? '' : ` (${profile.mode})`}`] : []),
  ].join(', ')
}

/** Host, port and path. The last @ ends a login, whatever it contains. */
function placeOf(url: string): string {
  return url
    .replace(/^[a-z][a-z0-9+.-]*:\/\//i, '')
    .replace(/^.*@/s, '')
    .replace(/[?#].*$/s, '')
    .replace(/\/$/, '')
}
