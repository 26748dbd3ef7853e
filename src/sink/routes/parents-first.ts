import {QtoolError} from '../../errors.ts'
import type {ForeignKey} from '../catalog/table.ts'
import type {Sink} from '../sink.ts'

/** Whether a key of one table refers to the other. */
export function refersTo({parentTable}: ForeignKey, {table}: Sink): boolean {
  return parentTable === table.quoted
}

/** The other tables that a table refers to. */
export function parentsOf(sink: Sink, all: readonly Sink[]): Sink[] {
  return all.filter((other) => other !== sink && sink.table.foreignKeys.some((key) => refersTo(key, other)))
}

/**
 * Sorts tables so that each comes after those it refers to; otherwise they stay as they are.
 * @throws QtoolError (refused) if they refer to each other in a circle, so that none can be written first
 */
export function parentsFirst(sinks: readonly Sink[]): Sink[] {
  const sorted: Sink[] = []
  const visit = (sink: Sink, children: readonly Sink[]) => {
    if (sorted.includes(sink)) return
    if (children.includes(sink)) throw circle([...children.slice(children.indexOf(sink)), sink])
    for (const parent of parentsOf(sink, sinks)) visit(parent, [...children, sink])
    sorted.push(sink)
  }
  for (const sink of sinks) visit(sink, [])
  return sorted
}

function circle(path: readonly Sink[]): QtoolError {
  const steps = path.slice(1).map((parent, i) => {
    const key = path[i].table.foreignKeys.find((one) => refersTo(one, parent))
    return `${path[i].name} refers to ${parent.name} by ${key?.name}`
  })
  return new QtoolError(`the tables of the routes cannot be written parents first: ${steps.join(', and ')}`, {
    code: 'ROUTE_CIRCLE',
    kind: 'refused',
    suggestions: [
      'drain into one of the tables at a time, each from a queue of its own',
      'or drop one of these foreign keys',
    ],
  })
}
