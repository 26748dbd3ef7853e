import type {Profile} from '../config/profile.ts'
import {maskUrl} from '../config/secrets.ts'
import {escapeLine} from './escape.ts'
import {pairs as columns, grid} from './table.ts'

/** The profile with passwords masked, so that it may be shown. */
export function maskProfile(profile: Profile): Profile {
  const mask = (url: string | undefined) => (url === undefined ? undefined : maskUrl(url))
  return {...profile, redisUrl: mask(profile.redisUrl), databaseUrl: mask(profile.databaseUrl)}
}

export function renderProfiles(profiles: Profile[], current: string | null): string {
  if (profiles.length === 0) return 'no profiles yet; qtool profiles add creates one'
  const rows = profiles.map((profile) => [
    profile.name === current ? '*' : '',
    profile.name,
    profile.mode,
    escapeLine(profile.redisUrl ?? '-'),
    escapeLine(profile.databaseUrl ?? '-'),
  ])
  return grid([{title: ''}, {title: 'name'}, {title: 'mode'}, {title: 'Redis'}, {title: 'Postgres'}], rows)
}

export function renderProfile(profile: Profile): string {
  const pairs = (of: Readonly<Record<string, string>> = {}) =>
    Object.entries(of)
      .map(([from, to]) => `${from}=${to}`)
      .join(', ') || undefined
  const rows: Array<[string, string | undefined]> = [
    ['name', profile.name],
    ['mode', profile.mode],
    ['Redis', profile.redisUrl],
    ['Postgres', profile.databaseUrl],
    ['connections', profile.redisMaxConnections?.toString()],
    ['durability', profile.durability],
    ['replicas', profile.minReplicas?.toString()],
    ['queue', profile.queue],
    ['key', profile.readyKey],
    ['engine', profile.engine],
    ['popped from', profile.listPops],
    ['table', profile.table],
    ['records', profile.records],
    ['payload', profile.payload],
    ['rename', pairs(profile.rename)],
    ['map', pairs(profile.map)],
    ['camel case', profile.camelCase === undefined ? undefined : profile.camelCase ? 'yes' : 'no'],
    ['time', pairs(profile.time)],
    ['key columns', profile.key?.join(', ')],
    ['on conflict', profile.onConflict],
    ['update', profile.updateColumns?.join(', ')],
    ['newest by', profile.newestBy],
    ['op field', profile.opField],
    ['soft delete', profile.softDelete],
    ['routes', profile.routes?.join(', ')],
  ]
  return columns(rows.flatMap(([name, value]) => (value === undefined ? [] : [[name, escapeLine(value)]])))
}
