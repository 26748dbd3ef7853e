import {type Static, Type} from 'typebox'
import type {JudgedRow} from '../../monitor/judged-row.ts'
import type {Caller} from '../../operations/context.ts'
import {type Operation, type Plan, perform} from '../../operations/operation.ts'
import {PURGE} from '../../operations/purge.ts'
import {PURGE_LETTERS} from '../../operations/purge-letters.ts'
import {REPLAY_LETTERS} from '../../operations/replay-letters.ts'
import {callerFor} from '../caller.ts'
import {forceProcess} from '../force-process.ts'
import type {Server} from '../server.ts'
import {AdminHealth, AdminStats, Cleaned, Cleared, Processed, Replayed} from '../shape/admin.ts'
import {closed, QueueParams} from '../shape/params.ts'
import {unconfirmed} from '../unconfirmed.ts'

type Named = {Params: Static<typeof QueueParams>}

const DryRun = Type.Optional(Type.Boolean({description: 'Only count, which is also done if it is left out.'}))
const DryRunQuery = closed({dry_run: DryRun})
const ClearQuery = closed({
  confirm: Type.Optional(
    Type.Boolean({description: 'Without it, nothing is cleared, and the answer says what would be.'}),
  ),
  include_dlq: Type.Optional(Type.Boolean({description: 'Clear the dead letters as well.'})),
})
const CleanupQuery = closed({
  max_age_hours: Type.Optional(
    Type.Number({exclusiveMinimum: 0, maximum: 87_600, description: '168 if left out.'}),
  ),
  dry_run: DryRun,
})
const ForceQuery = closed({
  batch_size: Type.Optional(
    Type.Integer({minimum: 1, maximum: 20_000, description: 'Records, about; 100 if left out.'}),
  ),
})

const tags = ['admin']
const USUAL_SINK = {strict: false, 'allow-special-values': false, 'max-bytes': 1024 * 1024}

/** The routes of the service that qtool grew from. Each is done when it is answered; POST /operations outlives its client. */
export function addAdmin({app, resources, monitors}: Server): void {
  const health = {tags, summary: 'A verdict for every queue.', response: {200: AdminHealth, 207: AdminHealth}}
  app.get('/admin/queue/health', {schema: health}, async (_, reply) => {
    const {queues} = await monitors.survey.current()
    const isBad = queues.some(({verdict}) => verdict.level === 'critical')
    return reply.code(isBad ? 207 : 200).send({status: statusOf(queues), queues: queues.map(verdictOf)})
  })

  const stats = {tags, summary: 'Figures of every queue, and their sums.', response: {200: AdminStats}}
  app.get('/admin/queue/stats', {schema: stats}, async () => {
    const {queues} = await monitors.survey.current()
    return {queues, totals: totalsOf(queues)}
  })

  const processing = {
    tags,
    summary: 'Puts all dead letters of a queue back into it.',
    params: QueueParams,
    querystring: DryRunQuery,
    response: {200: Replayed},
  }
  app.post<Named & {Querystring: Static<typeof DryRunQuery>}>(
    '/admin/queue/process-dlq/:queue',
    {schema: processing},
    async (request) => {
      const {dry_run: dryRun = true} = request.query
      const caller = callerFor(resources, request, request.params.queue)
      const result = await run(caller, REPLAY_LETTERS, {'only-passing': false, ...USUAL_SINK}, dryRun)
      return {...result, dryRun}
    },
  )

  const clearing = {
    tags,
    summary: 'Removes all ready items of a queue; `qtool undo` restores them for a day.',
    params: QueueParams,
    querystring: ClearQuery,
    response: {200: Cleared},
  }
  app.delete<Named & {Querystring: Static<typeof ClearQuery>}>(
    '/admin/queue/clear/:queue',
    {schema: clearing},
    async (request) => {
      const {confirm = false, include_dlq: withLetters = false} = request.query
      const caller = callerFor(resources, request, request.params.queue)
      const items = await run(caller, PURGE, {}, !confirm)
      const letters = withLetters ? await run(caller, PURGE_LETTERS, {}, !confirm) : null
      if (!confirm) throw unconfirmed(items, letters)
      return {queue: items.queue, items, letters}
    },
  )

  const cleaning = {
    tags,
    summary: 'Removes dead letters of every queue that failed long ago.',
    querystring: CleanupQuery,
    response: {200: Cleaned},
  }
  app.post<{Querystring: Static<typeof CleanupQuery>}>(
    '/admin/queue/cleanup',
    {schema: cleaning},
    async (request) => {
      const {max_age_hours: hours = 168, dry_run: dryRun = true} = request.query
      const {queues} = await monitors.survey.current()
      const cleaned = []
      for (const {queue} of queues.filter(({deadLetters}) => deadLetters)) {
        const caller = callerFor(resources, request, queue)
        const input = {'older-than': `${Math.round(hours * 3600)}s`}
        const {matched, purged, trash} = await run(caller, PURGE_LETTERS, input, dryRun)
        cleaned.push({queue, matched, purged, trash})
      }
      return {dryRun, maxAgeHours: hours, queues: cleaned}
    },
  )

  const forcing = {
    tags,
    summary: 'Writes one batch of a queue to Postgres, now and by this server.',
    params: QueueParams,
    querystring: ForceQuery,
    response: {200: Processed},
  }
  app.post<Named & {Querystring: Static<typeof ForceQuery>}>(
    '/admin/queue/force-process/:queue',
    {schema: forcing},
    async (request) => {
      const {queue} = request.params
      const caller = callerFor(resources, request, queue)
      const batch = request.query.batch_size ?? 100
      const {table, inserted, alreadyThere, suppressed, deadLettered, paused} = await forceProcess(
        resources,
        caller,
        {
          queue,
          batch,
        },
      )
      return {queue, table, inserted, alreadyThere, suppressed, deadLettered, paused, notes: caller.notes}
    },
  )
}

async function run<Input, P extends Plan, Result>(
  caller: Caller,
  operation: Operation<Input, P, Result>,
  input: Input,
  dryRun: boolean,
): Promise<Result> {
  return (await perform(caller, operation, input, {dryRun, confirm: async () => {}})).result
}

function verdictOf({queue, verdict}: JudgedRow) {
  return {queue, ...verdict}
}

function statusOf(queues: JudgedRow[]): JudgedRow['verdict']['level'] {
  const levels = queues.map(({verdict}) => verdict.level)
  if (levels.includes('critical')) return 'critical'
  return levels.includes('warning') ? 'warning' : 'ok'
}

function totalsOf(queues: JudgedRow[]) {
  const sum = (name: 'ready' | 'leased' | 'deadLetters') =>
    queues.reduce((all, row) => all + (row[name] ?? 0), 0)
  return {queues: queues.length, ready: sum('ready'), leased: sum('leased'), deadLetters: sum('deadLetters')}
}
