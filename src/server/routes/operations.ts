import {type Static, Type} from 'typebox'
import {USUAL_SINK} from '../../operations/bound-sink.ts'
import type {Caller} from '../../operations/context.ts'
import {checkInput} from '../../operations/kept/check-input.ts'
import {callerOfOperation, listOperations, readOperation} from '../../operations/kept/find.ts'
import type {KeptOperation} from '../../operations/kept/kept-operation.ts'
import {proposeOperation} from '../../operations/kept/propose.ts'
import {
  applyOperation,
  cancelOperation,
  pauseOperation,
  resumeOperation,
  undoOperation,
} from '../../operations/kept/steer.ts'
import {callerFor} from '../caller.ts'
import {EVENT_STREAM} from '../described.ts'
import {EventStream} from '../event-stream.ts'
import {callersFor} from '../operation-callers.ts'
import {sendOperation} from '../operation-events.ts'
import type {Server} from '../server.ts'
import {Kept, KeptList, OperationParams, Proposed} from '../shape/operations.ts'
import {closed, limit} from '../shape/params.ts'

const tags = ['operations']

const ListQuery = closed({
  queue: Type.Optional(Type.String({description: 'Only operations on this queue.'})),
  limit: limit(1000, 50),
})

type Named = {Params: Static<typeof OperationParams>}

/** What may be asked of an operation. */
interface Step {
  name: string
  summary: string
  step(caller: Caller, id: string): Promise<KeptOperation>
  /** It reads everything that is affected. */
  isSearch?: boolean
}

const STEPS: Step[] = [
  {
    name: 'apply',
    summary: 'Lets a planned operation run, if it would affect exactly what was planned.',
    step: (caller, id) => applyOperation(caller, id, 'qtool serve'),
    isSearch: true,
  },
  {name: 'pause', summary: 'Stops an operation where it is, at once.', step: pauseOperation},
  {name: 'resume', summary: 'Lets a paused operation go on where it was.', step: resumeOperation},
  {name: 'cancel', summary: 'Ends an operation; what is done stays done.', step: cancelOperation},
  {name: 'undo', summary: 'Puts back what a purge removed or an edit replaced.', step: undoOperation},
]

/** Operations that go on when whoever asked for them is gone. */
export function addOperations(server: Server): void {
  addLists(server)
  addProposing(server)
  for (const step of STEPS) addStep(server, step)
}

function addLists({app, resources}: Server): void {
  const list = {
    tags,
    summary: 'Kept operations, newest first.',
    querystring: ListQuery,
    response: {200: KeptList},
  }
  app.get<{Querystring: Static<typeof ListQuery>}>('/operations', {schema: list}, async (request) => {
    const {queue, limit: most = 50} = request.query
    const {home, callerOf} = callersFor(resources, request)
    return {operations: await listOperations(callerOf, {home, queue, limit: most})}
  })

  const one = {tags, summary: 'One kept operation.', params: OperationParams, response: {200: Kept}}
  app.get<Named>('/operations/:id', {schema: one}, async (request) => {
    const {id} = request.params
    const {home, callerOf} = callersFor(resources, request)
    return readOperation(await callerOfOperation(home, callerOf, id), id)
  })

  const events = {
    tags,
    summary: 'An operation as it goes on: `operation` with each change, until it is over.',
    description: 'Server-sent events. They also end when the server stops; connect again then.',
    params: OperationParams,
    response: EVENT_STREAM,
  }
  app.get<Named>('/operations/:id/events', {schema: events}, async (request, reply) => {
    const {id} = request.params
    const {home, callerOf} = callersFor(resources, request)
    // An unknown one is refused before the stream begins
    const {queue} = await readOperation(await callerOfOperation(home, callerOf, id), id)
    void sendOperation(resources, new EventStream(request, reply, resources.stopping), {queue, id})
  })
}

function addProposing({app, resources}: Server): void {
  const schema = {
    tags,
    summary: 'Plans an operation and keeps the plan; nothing is changed yet.',
    description: 'Reads everything that it would affect: 100,000 dead letters take about a second.',
    body: Proposed,
    response: {201: Kept},
  }
  app.post<{Body: Static<typeof Proposed>}>('/operations', {schema}, async (request, reply) => {
    const {operation, queue, input: given, mapping} = request.body
    const input = operation === 'dlq replay' ? {'only-passing': false, ...USUAL_SINK, ...given} : given
    checkInput(operation, input)
    const caller = callerFor(resources, request, queue)
    const propose = () => proposeOperation(caller, {operation, input, mapping})
    return reply.code(201).send(await resources.searches.pass(propose))
  })
}

function addStep({app, resources, runner}: Server, {name, summary, step, isSearch}: Step): void {
  const schema = {tags, summary, params: OperationParams, response: {202: Kept}}
  app.post<Named>(`/operations/:id/${name}`, {schema}, async (request, reply) => {
    const {id} = request.params
    const {home, callerOf} = callersFor(resources, request)
    const caller = await callerOfOperation(home, callerOf, id)
    const run = () => step(caller, id)
    const kept = await (isSearch ? resources.searches.pass(run) : run())
    runner.poke()
    return reply.code(202).send(kept)
  })
}
