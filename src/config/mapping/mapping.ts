import type {TimeUnit} from './times.ts'

/**
 * How records find their tables, if there are several, and values their columns, where the names of keys do not say it;
 * as people write it. The same words are in flags, profiles, plans and the binding of a queue.
 */
export interface RecordMapping {
  /** Record key → column. */
  rename: Readonly<Record<string, string>>
  /** Column → where its value comes from; see `parseSource`. */
  map?: Readonly<Record<string, string>>
  /** A key such as `deviceId` gives the column `device_id`, where no column has its own name. */
  camelCase?: boolean
  /** Column → unit of the epoch numbers that are given for it. */
  time?: Readonly<Record<string, TimeUnit>>
  /** Which records go into which table; see `parseRoutes`. */
  routes?: readonly string[]
}

/** The part of some settings that is a mapping; what says nothing is left out. */
export function recordMapping({rename, map, camelCase, time, routes}: RecordMapping): RecordMapping {
  return {
    rename,
    ...(isEmpty(map) ? {} : {map}),
    ...(camelCase ? {camelCase} : {}),
    ...(isEmpty(time) ? {} : {time}),
    ...(isEmpty(routes) ? {} : {routes}),
  }
}

/** Whether columns get anything but the keys of their own names. */
export function isMapping({rename, map, camelCase}: RecordMapping): boolean {
  return !isEmpty(rename) || !isEmpty(map) || camelCase === true
}

/** A mapping with what was not said of it taken from another. */
export function withDefaults<M extends RecordMapping>(said: M, usual: RecordMapping): M {
  const {rename, map, camelCase, time, routes} = said
  return {
    ...said,
    rename: isEmpty(rename) ? usual.rename : rename,
    map: isEmpty(map) ? usual.map : map,
    camelCase: camelCase ?? usual.camelCase,
    time: isEmpty(time) ? usual.time : time,
    routes: isEmpty(routes) ? usual.routes : routes,
  }
}

/** The flags that say the same; the same words for the same mapping. */
export function recordMappingFlags({rename, map, camelCase, time, routes = []}: RecordMapping): string[] {
  const each = (flag: string, pairs: Readonly<Record<string, string>> = {}) =>
    Object.entries(pairs)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([from, to]) => `--${flag} ${from}=${to}`)
  return [
    ...each('rename', rename),
    ...each('map', map),
    ...(camelCase ? ['--camel-case'] : []),
    ...each('time', time),
    ...routes.map((route) => `--route ${route}`),
  ]
}

function isEmpty(pairs: object = {}): boolean {
  return Object.keys(pairs).length === 0
}
