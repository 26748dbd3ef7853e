import {type Static, Type} from 'typebox'
import {pair} from './pair.ts'

export const WorkersRate = pair(
  [
    Type.Number({description: 'Workers.', minimum: 0}),
    Type.Number({description: 'Operations per second.', minimum: 0}),
  ],
  {description: 'Workers and operations per second.'},
)
export type WorkersRate = Static<typeof WorkersRate>

export const ScalabilityFit = Type.Object(
  {
    state: Type.Union([Type.Literal('fitted'), Type.Literal('too few points')], {
      description: '`too few points`: fewer than four different worker counts, or an error above 0.2.',
    }),
    lambda: Type.Union([Type.Number({minimum: 0}), Type.Null()], {
      description: 'λ: operations per second of one worker.',
    }),
    sigma: Type.Union([Type.Number({minimum: 0}), Type.Null()], {
      description: 'σ: contention, the serial share of the work.',
    }),
    kappa: Type.Union([Type.Number({minimum: 0}), Type.Null()], {
      description: 'κ: coherency, which makes throughput fall again.',
    }),
    error: Type.Union([Type.Number({minimum: 0}), Type.Null()], {
      description: 'Root mean square of the residuals over the mean rate: 0.05 is 5 %.',
    }),
    peakAt: Type.Union([Type.Number({minimum: 0}), Type.Null()], {
      description:
        'Workers at the peak; null if there is none, or if it is beyond twice the largest number measured.',
    }),
    peak: Type.Union([Type.Number({minimum: 0}), Type.Null()], {
      description: 'Operations per second at the peak.',
    }),
    points: Type.Array(WorkersRate, {description: 'What was measured.'}),
    curve: Type.Array(WorkersRate, {
      description: 'The fitted curve over the same range; empty if there is none.',
    }),
  },
  {
    description:
      'Universal Scalability Law, X(n) = λn / (1 + σ(n−1) + κn(n−1)), by least squares. http://www.perfdynamics.com/Manifesto/USLscalability.html',
  },
)
export type ScalabilityFit = Static<typeof ScalabilityFit>
