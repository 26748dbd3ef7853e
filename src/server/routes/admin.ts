import {type Static, Type} from 'typebox'
import {messageOf} from '../../errors.ts'
import type {JudgedRow} from '../../monitor/judged-row.ts'
import {USUAL_SINK} from '../../operations/bound-sink.ts'
import type {Caller} from '../../operations/context.ts'
import {type Operation, type Plan, perform} from '../../operations/operation.ts'
import {PURGE} from '../../operations/purge.ts'
import {PURGE_LETTERS} from '../../operations/purge-letters.ts'
import {REPLAY_LETTERS} from '../../operations/replay-letters.ts'
import {callerFor} from '../caller.ts'
import {forceProcess} from '../force-process.ts'
import type {Server} from '../server.ts'
import {AdminHealth, AdminStats, Cleaned, Cleared, Processed, Replayed} from '../shape/admin.ts'
import {closed, type Named, QueueParams} from '../shape/params.ts'
import {unconfirmed} from '../unconfirmed.ts'

const tags = ['admin']

/**
 * The routes of the service that qtool grew from. Each has done its work when it answers; POST /operations outlives its
 * client.
 */
export function addAdmin(server: Server): void {
  addHealth(server)
  addStats(server)
  addReplay(server)
  addClear(server)
  addCleanup(server)
  addForced(server)
}

function addHealth({app, monitors}: Server): void {
  const schema = {tags, summary: 'A verdict for every queue.', response: {200: AdminHealth, 207: AdminHealth}}
  app.get('/admin/queue/health', {schema}, async (_, reply) => {
    const {queues} = await monitors.survey.current()
    const status = statusOf(queues)
    const verdicts = queues.map(({queue, verdict}) => ({queue, ...verdict}))
    return reply.code(status === 'critical' ? 207 : 200).send({status, queues: verdicts})
  })
}

function statusOf(queues: JudgedRow[]): JudgedRow['verdict']['level'] {
  const levels = queues.map(({verdict}) => verdict.level)
  if (levels.includes('critical')) return 'critical'
  return levels.includes('warning') ? 'warning' : 'ok'
}

function addStats({app, monitors}: Server): void {
  const schema = {tags, summary: 'Figures of every queue, and their sums.', response: {200: AdminStats}}
  app.get('/admin/queue/stats', {schema}, async () => {
    const {queues} = await monitors.survey.current()
    const sum = (name: 'ready' | 'leased' | 'deadLetters') =>
      queues.reduce((all, row) => all + (row[name] ?? 0), 0)
    const totals = {ready: sum('ready'), leased: sum('leased'), deadLetters: sum('deadLetters')}
    return {queues, totals: {queues: queues.length, ...totals}}
  })
}

const DryRun = Type.Optional(Type.Boolean({description: 'Only count; true if left out.'}))
const DryRunQuery = closed({dry_run: DryRun})

function addReplay({app, resources}: Server): void {
  const schema = {
    tags,
    summary: 'Puts all dead letters of a queue back into it.',
    params: QueueParams,
    querystring: DryRunQuery,
    response: {200: Replayed},
  }
  type Route = Named & {Querystring: Static<typeof DryRunQuery>}
  app.post<Route>('/admin/queue/process-dlq/:queue', {schema}, async (request) => {
    const {dry_run: dryRun = true} = request.query
    const caller = callerFor(resources, request, request.params.queue)
    const result = await run(caller, REPLAY_LETTERS, {'only-passing': false, ...USUAL_SINK}, dryRun)
    return {...result, dryRun}
  })
}

const ClearQuery = closed({
  confirm: Type.Optional(Type.Boolean({description: 'Without it nothing is removed.'})),
  include_dlq: Type.Optional(Type.Boolean({description: 'Remove the dead letters as well.'})),
})

function addClear({app, resources}: Server): void {
  const schema = {
    tags,
    summary: 'Removes all ready items of a queue; `qtool undo` restores them for a day.',
    params: QueueParams,
    querystring: ClearQuery,
    response: {200: Cleared},
  }
  type Route = Named & {Querystring: Static<typeof ClearQuery>}
  app.delete<Route>('/admin/queue/clear/:queue', {schema}, async (request) => {
    const {confirm = false, include_dlq: withLetters = false} = request.query
    const caller = callerFor(resources, request, request.params.queue)
    const items = await run(caller, PURGE, {}, !confirm)
    const letters = withLetters ? await run(caller, PURGE_LETTERS, {}, !confirm) : null
    if (!confirm) throw unconfirmed(items, letters)
    return {queue: items.queue, items, letters}
  })
}

const CleanupQuery = closed({
  max_age_hours: Type.Optional(
    Type.Number({exclusiveMinimum: 0, maximum: 87_600, description: '168 if left out.'}),
  ),
  dry_run: DryRun,
})

function addCleanup({app, resources, monitors}: Server): void {
  const schema = {
    tags,
    summary: 'Removes dead letters of every queue that failed long ago.',
    querystring: CleanupQuery,
    response: {200: Cleaned, 207: Cleaned},
  }
  type Route = {Querystring: Static<typeof CleanupQuery>}
  app.post<Route>('/admin/queue/cleanup', {schema}, async (request, reply) => {
    const {max_age_hours: maxAgeHours = 168, dry_run: dryRun = true} = request.query
    const input = {'older-than': `${Math.max(1, Math.round(maxAgeHours * 3600))}s`}
    const {queues} = await monitors.survey.current()
    const cleaned = []
    const failed = []
    for (const {queue} of queues.filter(({deadLetters}) => deadLetters)) {
      const caller = callerFor(resources, request, queue)
      if (!dryRun) caller.actor.assertMayWrite()
      // One queue that cannot be read must not keep the others from being cleaned
      const result = await run(caller, PURGE_LETTERS, input, dryRun).catch((error: unknown) => error)
      if (result instanceof Error) failed.push({queue, message: resources.redact(messageOf(result))})
      else cleaned.push(result)
    }
    return reply.code(failed.length > 0 ? 207 : 200).send({dryRun, maxAgeHours, queues: cleaned, failed})
  })
}

const ForceQuery = closed({
  batch_size: Type.Optional(
    Type.Integer({minimum: 1, maximum: 20_000, description: 'Records, about; 100 if left out.'}),
  ),
})

function addForced({app, resources}: Server): void {
  const schema = {
    tags,
    summary: 'Writes one batch of a queue to Postgres, now and by this server.',
    params: QueueParams,
    querystring: ForceQuery,
    response: {200: Processed},
  }
  type Route = Named & {Querystring: Static<typeof ForceQuery>}
  app.post<Route>('/admin/queue/force-process/:queue', {schema}, async (request) => {
    const {queue} = request.params
    const caller = callerFor(resources, request, queue)
    const result = await forceProcess(resources, caller, {queue, batch: request.query.batch_size ?? 100})
    return {...result, notes: caller.notes}
  })
}

async function run<Input, P extends Plan, Result>(
  caller: Caller,
  operation: Operation<Input, P, Result>,
  input: Input,
  dryRun: boolean,
): Promise<Result> {
  return (await perform(caller, operation, input, {dryRun, confirm: async () => {}})).result
}
