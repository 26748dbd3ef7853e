import {type Static, Type} from 'typebox'
import {Agent} from './agent.ts'
import {Environment} from './environment.ts'
import {Check, Comparison, Ledger, Limit} from './findings.ts'
import {ScalabilityFit} from './fit.ts'
import {Step} from './step.ts'

export const BenchRun = Type.Object(
  {
    format: Type.Literal(2, {description: 'Version of this shape.'}),
    id: Type.String({
      description:
        'Id of the run: its start time (UTC), the scenario, and four random hex digits. Sorts by time.',
      pattern: '^\\d{8}-\\d{6}-[a-z]+-[0-9a-f]{4}$',
      examples: ['20261125-034012-sustained-4f2a'],
    }),
    scenario: Type.Union(
      [
        Type.Literal('connections'),
        Type.Literal('modes'),
        Type.Literal('bombard'),
        Type.Literal('sustained'),
        Type.Literal('workers'),
        Type.Literal('recovery'),
        Type.Literal('capacity'),
        Type.Literal('api'),
      ],
      {description: 'What was measured.'},
    ),
    label: Type.Union([Type.String(), Type.Null()], {
      description: 'Name given with --label; `bench compare` takes all runs of a label together.',
    }),
    startedAt: Type.String({
      description: 'Start time, RFC 3339, UTC.',
      pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?Z$',
    }),
    seconds: Type.Number({description: 'Duration of the whole run, in seconds.', minimum: 0}),
    state: Type.Union(
      [Type.Literal('ok'), Type.Literal('failed'), Type.Literal('invalid'), Type.Literal('interrupted')],
      {
        description:
          '`ok`; `failed`: a check failed; `invalid`: the generator or the machine was at its limit, so the figures mean nothing; `interrupted`: stopped by the user.',
      },
    ),
    verdict: Type.String({description: 'The result in one line.'}),
    checks: Type.Array(Check, {description: 'Conditions that the run had to meet.'}),
    parameters: Type.Record(
      Type.String(),
      Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()]),
      {
        description:
          'Effective settings of the run by name. Runs with different parameters are not compared.',
      },
    ),
    steps: Type.Array(Step, {description: 'Rows of the capacity table, in order.'}),
    comparisons: Type.Array(Comparison, {description: 'Documented and measured figures.'}),
    limit: Type.Union([Limit, Type.Null()], {description: 'The bottleneck; null if it was not looked for.'}),
    ledger: Type.Union([Ledger, Type.Null()], {
      description: 'Account of every item; null if the scenario moves none.',
    }),
    agents: Type.Optional(
      Type.Array(Agent, {
        description: 'The processes that sent the load; left out if it was this one alone.',
      }),
    ),
    fit: Type.Union([ScalabilityFit, Type.Null()], {
      description: 'How throughput scales with workers; null if the scenario does not vary them.',
    }),
    notes: Type.Array(Type.String({description: 'One note.'}), {
      description: "Remarks: warm-up left out, why a figure is missing, why it differs from another tool's.",
    }),
    metrics: Type.Record(Type.String(), Type.Number(), {
      description:
        'Figures of the whole run by name, e.g. rate, p50, p99, raw99, errors (a share, 0 to 1), lost. Figures that were not measured are left out.',
    }),
    rounds: Type.Record(Type.String(), Type.Array(Type.Number()), {
      description: 'The same figures for each round: every list has one value per round.',
    }),
    environment: Environment,
  },
  {
    description:
      'Result of one run of a scenario. Rates are in operations per second, times in ms, memory in bytes, CPU in percent of one core. null means not measured, never zero. Later versions may add fields.',
  },
)
export type BenchRun = Static<typeof BenchRun>
export type Scenario = BenchRun['scenario']
