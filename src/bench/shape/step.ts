import {type Static, Type} from 'typebox'
import {pair} from './pair.ts'

export const PerSecond = Type.Object(
  {
    p10: Type.Number({description: '10th percentile.', minimum: 0}),
    p50: Type.Number({description: 'Median.', minimum: 0}),
    p90: Type.Number({description: '90th percentile.', minimum: 0}),
    min: Type.Number({description: 'Slowest second.', minimum: 0}),
    max: Type.Number({description: 'Fastest second.', minimum: 0}),
  },
  {description: 'Distribution of the operations per whole second.'},
)
export type PerSecond = Static<typeof PerSecond>

export const LatencyFigure = Type.Union([
  Type.Literal('p50'),
  Type.Literal('p90'),
  Type.Literal('p99'),
  Type.Literal('p999'),
  Type.Literal('max'),
  Type.Literal('raw99'),
])
export type LatencyFigure = Static<typeof LatencyFigure>

export const Latency = Type.Object(
  {
    samples: Type.Integer({description: 'Operations that were timed.', minimum: 0}),
    p50: Type.Union([Type.Number({minimum: 0}), Type.Null()], {description: '50th percentile.'}),
    p90: Type.Union([Type.Number({minimum: 0}), Type.Null()], {description: '90th percentile.'}),
    p99: Type.Union([Type.Number({minimum: 0}), Type.Null()], {description: '99th percentile.'}),
    p999: Type.Union([Type.Number({minimum: 0}), Type.Null()], {description: '99.9th percentile.'}),
    max: Type.Number({description: 'Slowest operation.', minimum: 0}),
    raw99: Type.Union([Type.Number({minimum: 0}), Type.Null()], {
      description:
        '99th percentile from the actual send, as most tools measure it; it leaves out the wait before sending.',
    }),
    atLeast: Type.Optional(
      Type.Array(LatencyFigure, {
        description:
          'Figures that are lower bounds, because some operations were unanswered when the run ended; left out if there are none.',
      }),
    ),
  },
  {
    description:
      'Times in ms from the scheduled send of an operation to its end. A percentile with fewer than 10 samples beyond it is null.',
  },
)
export type Latency = Static<typeof Latency>

export const ProcessUsage = Type.Object(
  {
    cpu: Type.Union([Type.Number({minimum: 0}), Type.Null()], {
      description: 'Percent of one core, on average; 200 is two cores.',
    }),
    memory: Type.Union([Type.Number({minimum: 0}), Type.Null()], {description: 'Peak memory in bytes.'}),
    source: Type.Union([Type.Literal('process'), Type.Literal('server')], {
      description: '`process`: read from the system; `server`: reported by the server.',
    }),
  },
  {description: 'CPU and memory of a process.'},
)
export type ProcessUsage = Static<typeof ProcessUsage>

export const Usage = Type.Object(
  {
    qtool: ProcessUsage,
    redis: Type.Union([ProcessUsage, Type.Null()], {description: 'The Redis server.'}),
    postgres: Type.Union([ProcessUsage, Type.Null()], {description: 'All processes of the Postgres server.'}),
    loopLagMs: Type.Number({
      description: 'Delay of the event loop of this process, 99th percentile, ms.',
      minimum: 0,
    }),
  },
  {description: 'What the processes used during a step.'},
)
export type Usage = Static<typeof Usage>

export const Step = Type.Object(
  {
    name: Type.String({
      description: 'Name of the step: `batch of 1,000`, `10 workers × 500`, `2,000 ops/s`.',
    }),
    parameters: Type.Record(
      Type.String(),
      Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()]),
      {description: 'Parameters of this step by name.'},
    ),
    target: Type.Union([Type.Number({minimum: 0}), Type.Null()], {
      description: 'Requested operations per second; null if the step ran as fast as it could.',
    }),
    achieved: Type.Number({description: 'Operations per second that were completed.', minimum: 0}),
    perSecond: Type.Union([PerSecond, Type.Null()], {
      description: 'Distribution of the operations per whole second; null if there were too few seconds.',
    }),
    latency: Type.Union([Latency, Type.Null()], {
      description: 'Latency of the operations; null if not measured.',
    }),
    lagMs: Type.Union([Type.Number({minimum: 0}), Type.Null()], {
      description: 'Delay between the scheduled and the actual send, 99th percentile, ms.',
    }),
    errors: Type.Number({
      description: 'Share of the operations that failed, 0 to 1.',
      minimum: 0,
      maximum: 1,
    }),
    backlogPerSecond: Type.Union([Type.Number(), Type.Null()], {
      description: 'Growth of the queue in items per second; negative if it shrank.',
    }),
    usage: Type.Union([Usage, Type.Null()], {
      description: 'CPU and memory of the processes; null if not measured.',
    }),
    verdict: Type.String({description: 'Result of the step in a word or two: `ok`, `KNEE`.'}),
    throughput: Type.Array(Type.Number({description: 'Operations of one second.', minimum: 0}), {
      description: 'Operations of each whole second.',
    }),
    spectrum: Type.Array(
      pair(
        [
          Type.Number({description: 'Percentile.', minimum: 0, maximum: 100}),
          Type.Number({description: 'Latency, ms.', minimum: 0}),
        ],
        {description: 'Percentile (0 to 100) and latency in ms.'},
      ),
      {description: 'Latency by percentile, rising.'},
    ),
  },
  {description: 'One row of the capacity table.'},
)
export type Step = Static<typeof Step>
