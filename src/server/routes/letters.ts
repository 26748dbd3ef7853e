import {type Static, Type} from 'typebox'
import {browseLetters} from '../../operations/browse-letters.ts'
import {diagnoseLetters} from '../../operations/diagnose-letters.ts'
import {showLetter} from '../../operations/show-letter.ts'
import type {Letter} from '../../queue/letters/letter.ts'
import {callerFor} from '../caller.ts'
import type {Server} from '../server.ts'
import {LetterGroups, LetterPage, WholeLetter} from '../shape/letters.ts'
import {closed, LetterParams, limit, QueueParams, Where} from '../shape/params.ts'

const Place = Type.Optional(Type.String({maxLength: 100, description: '`next` of the answer before.'}))
const ListQuery = closed({where: Where, limit: limit(500, 50), from: Place})
const GroupQuery = closed({where: Where, limit: limit(1_000_000, 5000), from: Place})
const DiagnoseBody = closed({
  where: Where,
  id: Type.Optional(Type.Array(Type.String(), {maxItems: 1000})),
  limit: limit(100_000, 1000),
  show: limit(1000, 20),
})

type Named = {Params: Static<typeof QueueParams>}

const tags = ['dead letters']

/** Most letters that one request asks Postgres about, unless it asks for more. */
const DIAGNOSED = 1000

/** Dead letters: lists never carry payloads, which may hold a MiB each. */
export function addLetters({app, resources}: Server): void {
  const list = {
    tags,
    summary: 'Dead letters, newest first, without their payloads.',
    params: QueueParams,
    querystring: ListQuery,
    response: {200: LetterPage},
  }
  app.get<Named & {Querystring: Static<typeof ListQuery>}>(
    '/queue/:queue/dead-letters',
    {schema: list},
    async (request) => {
      const {where, from, limit: show = 50} = request.query
      const caller = callerFor(resources, request, request.params.queue)
      const {letters, groups: _, read: searched, ...found} = await browseLetters(caller, {where, from, show})
      return {...found, searched, letters: letters.map(headOf), notes: caller.notes}
    },
  )

  const groups = {
    tags,
    summary: 'Dead letters by reason and error, the largest group first.',
    description: 'Reads the newest `limit` letters; `next` tells whether there are more.',
    params: QueueParams,
    querystring: GroupQuery,
    response: {200: LetterGroups},
  }
  app.get<Named & {Querystring: Static<typeof GroupQuery>}>(
    '/queue/:queue/dead-letters/groups',
    {schema: groups},
    async (request) => {
      const {where, from, limit: most} = request.query
      const caller = callerFor(resources, request, request.params.queue)
      const read = () => browseLetters(caller, {where, from, show: 0, most})
      const {letters: _, read: searched, ...found} = await resources.searches.pass(read)
      return {...found, searched, notes: caller.notes}
    },
  )

  const one = {
    tags,
    summary: 'One dead letter with its payload and its earlier failures.',
    params: LetterParams,
    response: {200: WholeLetter},
  }
  app.get<{Params: Static<typeof LetterParams>}>(
    '/queue/:queue/dead-letters/:id',
    {schema: one},
    async (request) => {
      const {queue, id} = request.params
      const caller = callerFor(resources, request, queue)
      return resources.searches.pass(() => showLetter(caller, {id}))
    },
  )

  const diagnosing = {
    tags,
    summary: 'Asks Postgres which of them would be written now.',
    description:
      'Really writes them, in a transaction that is rolled back. The result is that of `qtool dlq diagnose`.',
    params: QueueParams,
    body: DiagnoseBody,
    response: {200: Type.Object({queue: Type.String(), table: Type.String()})},
  }
  app.post<Named & {Body: Static<typeof DiagnoseBody>}>(
    '/queue/:queue/dead-letters/diagnose',
    {schema: diagnosing},
    async (request) => {
      const {where, id, limit: most = DIAGNOSED, show = 20} = request.body
      const caller = callerFor(resources, request, request.params.queue)
      return diagnoseLetters(caller, {filter: {where, id, limit: most}, show, ...USUAL_SINK})
    },
  )
}

const USUAL_SINK = {strict: false, 'allow-special-values': false, 'max-bytes': 1024 * 1024}

function headOf(letter: Letter): Static<typeof LetterPage>['letters'][number] {
  const {id, failedAt, reason, code, message, column, constraint, attempts, records, item, history} = letter
  const bytes = item.length
  return {
    ...{id, failedAt, reason, code, message, column, constraint, attempts, records},
    bytes,
    failures: history.length + 1,
  }
}
