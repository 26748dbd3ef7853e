import type {Expression} from './expression.ts'

/** What an expression says of every record that it means, so that others need not be read. The matcher still judges each. */
export interface Bounds {
  /** At or after, ms since 1970. */
  sinceMs?: number
  /** Before, ms since 1970. */
  beforeMs?: number
  ids?: Set<string>
}

/** Reads the bounds of an expression. With a time bound, records whose time nobody knows are not meant. */
export function boundsOf(expression: Expression): Bounds {
  switch (expression.kind) {
    case 'and':
      return expression.parts.map(boundsOf).reduce(both)
    case 'or':
      return expression.parts.map(boundsOf).reduce(either)
    case 'bound':
      if (expression.field !== 'time') return {}
      if (expression.operator.startsWith('>')) return {sinceMs: expression.limit}
      return {beforeMs: expression.operator === '<' ? expression.limit : expression.limit + 1}
    case 'is':
      return expression.field === 'id' && expression.pattern.length === 1
        ? {ids: new Set(expression.pattern)}
        : {}
    default:
      return {}
  }
}

function both(a: Bounds, b: Bounds): Bounds {
  return tidy({
    sinceMs: Math.max(a.sinceMs ?? FIRST, b.sinceMs ?? FIRST),
    beforeMs: Math.min(a.beforeMs ?? LAST, b.beforeMs ?? LAST),
    ids: a.ids && b.ids ? new Set([...a.ids].filter((id) => b.ids?.has(id))) : (a.ids ?? b.ids),
  })
}

function either(a: Bounds, b: Bounds): Bounds {
  return tidy({
    sinceMs: Math.min(a.sinceMs ?? FIRST, b.sinceMs ?? FIRST),
    beforeMs: Math.max(a.beforeMs ?? LAST, b.beforeMs ?? LAST),
    ids: a.ids && b.ids && new Set([...a.ids, ...b.ids]),
  })
}

const FIRST = Number.NEGATIVE_INFINITY
const LAST = Number.POSITIVE_INFINITY

/** Without bounds that bound nothing. */
function tidy({sinceMs, beforeMs, ids}: Bounds): Bounds {
  return {
    ...(sinceMs === FIRST ? {} : {sinceMs}),
    ...(beforeMs === LAST ? {} : {beforeMs}),
    ...(ids && {ids}),
  }
}
