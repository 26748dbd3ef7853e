import {QtoolError} from '../errors.ts'
import type {Settings} from './settings.ts'

const WANTED = {
  redisUrl: {what: 'Redis', flag: '--redis-url', variable: 'REDIS_URL'},
  databaseUrl: {what: 'Postgres', flag: '--database-url', variable: 'DATABASE_URL'},
} as const

/** The URL of a server. @throws QtoolError that names all four places it could come from. */
export function requireUrl(settings: Settings, name: keyof typeof WANTED): string {
  const found = settings[name]
  if (found) return found.value
  const {what, flag, variable} = WANTED[name]
  if (settings.unset[name]) {
    throw new QtoolError(
      `${settings.unset[name]} is not set; profile "${settings.profile?.name}" takes its ${what} URL from it`,
      {
        code: 'NO_SETTING',
        kind: 'usage',
        suggestions: [`set ${settings.unset[name]}, or name the URL with ${flag}`],
      },
    )
  }
  throw new QtoolError(`no ${what} configured`, {
    code: 'NO_SETTING',
    kind: 'usage',
    suggestions: [
      'qtool up starts a local Redis and Postgres that every command uses',
      `${flag} URL sets it for this command`,
      `the environment variable ${variable} sets it for this shell`,
      'qtool profiles add NAME saves one; --profile NAME uses it',
    ],
  })
}
