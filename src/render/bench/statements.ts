import type {Environment, ServerEnvironment} from '../../bench/shape/environment.ts'
import type {Ledger, Limit} from '../../bench/shape/findings.ts'
import type {ScalabilityFit} from '../../bench/shape/fit.ts'
import type {BenchRun} from '../../bench/shape/run.ts'
import {count, plural} from '../format.ts'
import {figure, percent, shortFigure} from './figures.ts'

/** Words for the states of a run. */
export const STATE_WORDS: Record<BenchRun['state'], string> = {
  ok: 'ok',
  failed: 'FAILED',
  invalid: 'INVALID',
  interrupted: 'INTERRUPTED',
}

/** `sustained: 1,000 ops/s …`, with the state if it is not ok. */
export function headline({scenario, state, verdict}: BenchRun): string {
  return state === 'ok' ? `${scenario}: ${verdict}` : `${scenario} ${STATE_WORDS[state]}: ${verdict}`
}

/** `50,000 in = 49,996 rows + …; lost 0, duplicated 0`. */
export function ledgerWords(ledger: Ledger): string {
  const {enqueued, rows, alreadyThere, deadLetters, leased, ready, lost, duplicated} = ledger
  const parts = [
    `${count(rows)} rows`,
    `${count(alreadyThere)} already there`,
    `${count(deadLetters)} dead letters`,
    `${count(leased)} leased`,
    `${count(ready)} ready`,
  ]
  const equal = enqueued === rows + alreadyThere + deadLetters + leased + ready
  return `${count(enqueued)} in ${equal ? '=' : '≠'} ${parts.join(' + ')}; lost ${count(lost)}, duplicated ${count(duplicated)}`
}

export function limitWords({what, evidence}: Limit): string {
  return evidence.length === 0 ? what : `${what}; ${evidence.join(' · ')}`
}

/** `best 10 workers at 1,020 ops/s, peak at 14.2 workers, …`. */
export function fitWords(fit: ScalabilityFit): string {
  const [first, ...rest] = fit.points
  const best = first && rest.reduce((most, point) => (point[1] > most[1] ? point : most), first)
  const words = best ? [`best ${plural(best[0], 'worker')} at ${figure(best[1], 0, 'down')} ops/s`] : []
  return [...words, ...(fit.state === 'fitted' ? fittedWords(fit) : ['too few points for a fit'])].join(', ')
}

function fittedWords({peakAt, peak, lambda, sigma, kappa, error}: ScalabilityFit): string[] {
  const atPeak = peak === null ? '' : ` (${figure(peak, 0, 'down')} ops/s)`
  return [
    peakAt === null ? 'no peak in range' : `peak at ${shortFigure(peakAt, 'down')} workers${atPeak}`,
    ...(lambda === null ? [] : [`λ ${shortFigure(lambda, 'down')}`]),
    ...(sigma === null ? [] : [`σ ${coefficient(sigma)}`]),
    ...(kappa === null ? [] : [`κ ${coefficient(kappa)}`]),
    ...(error === null ? [] : [`± ${percent(error, 1, 'up')}`]),
  ]
}

/** Two significant digits, because κ is often about 0.0004. */
function coefficient(value: number): string {
  return value === 0
    ? '0'
    : Math.abs(value) < 1e-6
      ? value.toExponential(1)
      : String(Number(value.toPrecision(2)))
}

/** The parameters of a run: `seconds 60, rate 1,000`. */
export function parameterWords(parameters: BenchRun['parameters']): string {
  return Object.entries(parameters)
    .flatMap(([name, value]) => {
      if (value === null) return []
      return [`${name} ${typeof value === 'number' ? shortFigure(value, 'down') : String(value)}`]
    })
    .join(', ')
}

/** `run ID, Redis 7.2.4, Postgres 16.3, Node 20.20.2`. */
export function runLine({id, label, environment}: BenchRun): string {
  return [`run ${id}`, ...(label === null ? [] : [`label ${label}`]), ...versions(environment)].join(', ')
}

export function versions({redis, postgres, node}: Environment): string[] {
  return [
    ...serverWords('Redis', redis),
    ...serverWords('Postgres', postgres),
    named('Node', node.replace(/^v/, '')),
  ]
}

function serverWords(name: string, server: ServerEnvironment | null): string[] {
  return server === null ? [] : [named(name, server.version)]
}

/** The version of some servers includes their name: `Valkey 8.1.1`. */
function named(name: string, version: string): string {
  return /^[a-z]/i.test(version) ? version : `${name} ${version}`
}
