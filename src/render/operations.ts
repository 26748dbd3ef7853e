import type {KeptOperation} from '../operations/kept/kept-operation.ts'
import {escapeLine} from './escape.ts'
import {count, moment} from './format.ts'
import {grid, pairs} from './table.ts'

/** Renders kept operations, newest first. */
export function renderOperations(operations: KeptOperation[], width: number): string {
  if (operations.length === 0) return 'no operations are kept'
  const rows = operations.map((one) => [
    one.id,
    one.operation,
    one.state,
    count(one.done),
    count(one.plan.affected),
    moment(one.createdAt),
    escapeLine(one.actor || one.plan.madeBy),
    escapeLine(one.queue),
  ])
  return grid(
    [
      {title: 'id'},
      {title: 'operation'},
      {title: 'state'},
      {title: 'done', align: 'right'},
      {title: 'of', align: 'right'},
      {title: 'made'},
      {title: 'by', from: 110},
      {title: 'queue', flexible: true},
    ],
    rows,
    width,
  )
}

/** How far an operation is, in a line. */
export function progressOf({operation, queue, state, done, plan}: KeptOperation): string {
  return `${operation} of queue ${escapeLine(queue)}: ${state}, ${count(done)} of ${count(plan.affected)} done`
}

/** Renders one operation with what can be done next. */
export function renderOperation(operation: KeptOperation): string {
  const {id, plan, actor, runner, error, startedAt, endedAt} = operation
  const rows: Array<[string, string]> = [
    ['id', id],
    ['plan', escapeLine(plan.ask)],
    ['made', `${moment(plan.madeAt)} by ${escapeLine(plan.madeBy)}`],
  ]
  if (startedAt) rows.push(['applied', `${moment(startedAt)} by ${escapeLine(actor)}`])
  if (runner) rows.push(['carried on by', escapeLine(runner)])
  if (endedAt) rows.push(['ended', moment(endedAt)])
  if (error) rows.push(['error', escapeLine(error.message)])
  const next = nextOf(operation)
  return `${progressOf(operation)}\n${pairs(rows)}${next ? `\n${next}` : ''}`
}

/** The command that is likely to come next. */
function nextOf({id, state, canUndo}: KeptOperation): string | undefined {
  const say = (verb: string, what: string) => `"qtool operations ${verb} ${id}" ${what}`
  if (state === 'planned') return say('apply', 'lets it run')
  if (state === 'running' || state === 'undoing') return say('watch', 'follows it')
  if (state === 'paused') return say('resume', 'lets it go on')
  return canUndo ? say('undo', 'puts everything back') : undefined
}
