import {QtoolError} from '../../errors.ts'
import {relevantParts} from '../environment/fingerprint.ts'
import type {BenchRun} from '../shape/run.ts'

/** Parameters that may differ: another seed only gives another sample of the same load. */
const NO_DIFFERENCE = ['seed']

/** What differs between runs besides qtool itself, one line each; empty if they can be compared. */
export function findDifferences(runs: readonly BenchRun[]): string[] {
  const [first, ...others] = runs.map((run) => ({id: run.id, parts: partsOf(run)}))
  const differences = new Map<string, string>()
  for (const {id, parts} of others) {
    for (const name of new Set([...first.parts.keys(), ...parts.keys()])) {
      const [here, there] = [first.parts.get(name), parts.get(name)]
      if (here === there || differences.has(name)) continue
      differences.set(
        name,
        `${name} is ${here ?? 'not set'} in ${first.id} and ${there ?? 'not set'} in ${id}`,
      )
    }
  }
  return [...differences.values()]
}

function partsOf(run: BenchRun): Map<string, string> {
  const parts = new Map([['scenario', String(run.scenario)]])
  for (const [name, value] of Object.entries(run.parameters)) {
    if (!NO_DIFFERENCE.includes(name)) parts.set(`parameters.${name}`, String(value))
  }
  for (const [name, value] of relevantParts(run.environment)) parts.set(`environment.${name}`, value)
  return parts
}

/** @throws QtoolError (refused) that lists the differences, if there are any */
export function assertComparable(differences: readonly string[]): void {
  if (differences.length === 0) return
  throw new QtoolError(`the runs differ in more than qtool: ${differences.join('; ')}`, {
    code: 'DIFFERENT_RUNS',
    kind: 'refused',
    suggestions: [
      'run both with the same machine, servers, settings and parameters',
      '--allow-different compares them anyway, but a difference may then have another cause',
    ],
  })
}
