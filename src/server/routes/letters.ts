import {type Static, Type} from 'typebox'
import {USUAL_SINK} from '../../operations/bound-sink.ts'
import {browseLetters} from '../../operations/browse-letters.ts'
import {diagnoseLetters} from '../../operations/diagnose-letters.ts'
import {showLetter} from '../../operations/show-letter.ts'
import type {Letter} from '../../queue/letters/letter.ts'
import {callerFor} from '../caller.ts'
import type {Server} from '../server.ts'
import {Diagnosis, LetterGroups, type LetterHead, LetterPage, WholeLetter} from '../shape/letters.ts'
import {closed, LetterParams, limit, type Named, QueueParams, Where} from '../shape/params.ts'

const tags = ['dead letters']

/** Dead letters. Lists never carry payloads, which may hold a MiB each. */
export function addLetters(server: Server): void {
  addList(server)
  addGroups(server)
  addOne(server)
  addDiagnosis(server)
}

const Place = Type.Optional(Type.String({maxLength: 100, description: '`next` of the answer before.'}))
const ListQuery = closed({where: Where, limit: limit(500, 50), from: Place})

function addList({app, resources}: Server): void {
  const schema = {
    tags,
    summary: 'Dead letters, newest first, without their payloads.',
    params: QueueParams,
    querystring: ListQuery,
    response: {200: LetterPage},
  }
  type Route = Named & {Querystring: Static<typeof ListQuery>}
  app.get<Route>('/queue/:queue/dead-letters', {schema}, async (request) => {
    const {where, from, limit: show = 50} = request.query
    const caller = callerFor(resources, request, request.params.queue)
    const {letters, groups: _, read: searched, ...found} = await browseLetters(caller, {where, from, show})
    return {...found, searched, letters: letters.map(headOf), notes: caller.notes}
  })
}

function headOf(letter: Letter): Static<typeof LetterHead> {
  const {id, failedAt, reason, code, message, column, constraint, table, attempts, records, item, history} =
    letter
  const known = {id, failedAt, reason, code, message, column, constraint, table, attempts, records}
  return {...known, bytes: item.length, failures: history.length + 1}
}

const GroupQuery = closed({where: Where, limit: limit(1_000_000, 5000), from: Place})

function addGroups({app, resources}: Server): void {
  const schema = {
    tags,
    summary: 'Dead letters by reason and error; the group with the most records comes first.',
    description: 'Reads the newest `limit` letters; `next` tells whether there are more.',
    params: QueueParams,
    querystring: GroupQuery,
    response: {200: LetterGroups},
  }
  type Route = Named & {Querystring: Static<typeof GroupQuery>}
  app.get<Route>('/queue/:queue/dead-letters/groups', {schema}, async (request) => {
    const {where, from, limit: most} = request.query
    const caller = callerFor(resources, request, request.params.queue)
    const read = () => browseLetters(caller, {where, from, show: 0, most})
    const {letters: _, read: searched, ...found} = await resources.searches.pass(read)
    return {...found, searched, notes: caller.notes}
  })
}

function addOne({app, resources}: Server): void {
  const schema = {
    tags,
    summary: 'One dead letter with its payload and its earlier failures.',
    params: LetterParams,
    response: {200: WholeLetter},
  }
  type Route = {Params: Static<typeof LetterParams>}
  app.get<Route>('/queue/:queue/dead-letters/:id', {schema}, async (request) => {
    const {queue, id} = request.params
    const caller = callerFor(resources, request, queue)
    return resources.searches.pass(() => showLetter(caller, {id}))
  })
}

/** Letters that one request asks Postgres about, unless it asks for more. */
const DIAGNOSED = 1000

const DiagnoseBody = closed({
  where: Where,
  id: Type.Optional(Type.Array(Type.String(), {maxItems: 1000})),
  limit: limit(100_000, DIAGNOSED),
  show: limit(1000, 20),
})

function addDiagnosis({app, resources}: Server): void {
  const schema = {
    tags,
    summary: 'Asks Postgres which dead letters would be written now.',
    description:
      'Really writes them, in a transaction that is rolled back. The result is that of `qtool dlq diagnose`.',
    params: QueueParams,
    body: DiagnoseBody,
    response: {200: Diagnosis},
  }
  type Route = Named & {Body: Static<typeof DiagnoseBody>}
  app.post<Route>('/queue/:queue/dead-letters/diagnose', {schema}, async (request) => {
    const {where, id, limit: most = DIAGNOSED, show = 20} = request.body
    const caller = callerFor(resources, request, request.params.queue)
    return diagnoseLetters(caller, {filter: {where, id, limit: most}, show, ...USUAL_SINK})
  })
}
