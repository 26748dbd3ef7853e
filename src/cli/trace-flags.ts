import {parseSampling} from '../config/sampling.ts'
import type {Traces} from '../metrics/tracing/open-tracing.ts'
import {sampling} from './flags.ts'

const VARIABLE = 'QTOOL_TRACE'

/** The flag for how much of what happens is traced. */
export const traceFlags = {
  trace: sampling({
    summary: 'Trace one in N, over OTLP (default: QTOOL_TRACE, else nothing).',
    helpValue: '1/N',
  }),
}

/** Runs `use` with tracing, if the flag or the variable asks for it; otherwise nothing of it is loaded. */
export async function withTraces<R>(
  {trace}: {trace?: number},
  {note}: {note(text: string): void},
  use: (traces?: Traces) => Promise<R>,
): Promise<R> {
  const variable = process.env[VARIABLE]
  const oneIn = trace ?? (variable === undefined ? undefined : parseSampling(VARIABLE, variable))
  if (oneIn === undefined) return use()
  const {withTracing} = await import('../metrics/tracing/open-tracing.ts')
  return withTracing(oneIn, note, use)
}
