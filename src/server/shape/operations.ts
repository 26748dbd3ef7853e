import {Type} from 'typebox'
import {mapping} from '../../operations/plans/shape.ts'
import {Nullable} from './nullable.ts'
import {closed} from './params.ts'

const Time = Type.String({description: 'RFC 3339, by the clock of Redis.'})

const Action = Type.Union(
  [Type.Literal('purge'), Type.Literal('dlq purge'), Type.Literal('dlq edit'), Type.Literal('dlq replay')],
  {description: 'What is done: the name of its command.'},
)

const States = ['planned', 'running', 'paused', 'done', 'failed', 'cancelled', 'undoing', 'undone'] as const

export const Kept = Type.Object({
  id: Type.String(),
  operation: Action,
  queue: Type.String(),
  input: Type.Object({}, {description: 'What decides what is affected and how, as it was given.'}),
  state: Type.Union(States.map((state) => Type.Literal(state))),
  plan: Type.Object({
    affected: Type.Integer({minimum: 0, description: 'Letters or items that it affects.'}),
    byReason: Type.Record(Type.String(), Type.Integer()),
    fingerprint: Type.String(),
    madeAt: Time,
    madeBy: Type.String(),
    ask: Type.String({description: 'What a person is to agree to.'}),
  }),
  done: Type.Integer({minimum: 0, description: 'Letters or items changed so far.'}),
  result: Nullable(Type.Object({}, {description: 'What its command prints with --json.'})),
  error: Nullable(
    Type.Object({code: Type.String(), message: Type.String(), suggestions: Type.Array(Type.String())}),
  ),
  actor: Type.String({description: 'Who applied it; empty before.'}),
  runner: Nullable(Type.String({description: 'Process that carries it on.'})),
  createdAt: Time,
  startedAt: Nullable(Time),
  endedAt: Nullable(Time),
  updatedAt: Time,
  canUndo: Type.Boolean(),
})

export const KeptList = Type.Object({operations: Type.Array(Kept)})

export const Proposed = closed({
  operation: Action,
  queue: Type.String({description: 'Name of the queue.'}),
  input: Type.Object(
    {},
    {
      additionalProperties: true,
      description: 'As `input` in a plan file of this operation, see schemas/plan.json; {} means all.',
    },
  ),
  mapping: Type.Optional(mapping),
})

export const OperationParams = closed({id: Type.String({description: 'Id of the operation.'})})
