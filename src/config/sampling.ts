import {usageError} from '../errors.ts'

/** `1/1000` → 1000: one in so many. @param name of the flag or variable @throws QtoolError (usage) */
export function parseSampling(name: string, text: string): number {
  const [, digits] = /^1\/(\d+)$/.exec(text) ?? []
  const oneIn = Number(digits)
  if (Number.isSafeInteger(oneIn) && oneIn >= 1) return oneIn
  throw usageError(`expected ${name} to be 1/N, such as 1/1000 or 1/1 for all, got ${JSON.stringify(text)}`)
}

/** 1000 → `1/1000`. */
export function samplingText(oneIn: number): string {
  return `1/${oneIn}`
}
