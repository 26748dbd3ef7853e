/**
 * Options of Node with which time passes a hundred times slower for a program: what it gives a tenth of a second must not
 * be over on a busy machine.
 */
export const PATIENT_CLOCK = preloaded(`
const {setTimeout: set} = globalThis
globalThis.setTimeout = (act, ms, ...rest) => set(act, ms * 100, ...rest)
const now = performance.now.bind(performance)
performance.now = () => now() / 100`)

/** Options of Node with which a wait of so many ms or more never ends: a program that ends all the same has none. */
export const endlessFrom = (least: number) =>
  preloaded(`
import timers from 'node:timers/promises'
import {syncBuiltinESMExports} from 'node:module'
const long = (ms) => (ms >= ${least} ? 2 ** 31 - 1 : ms)
const {setTimeout: set} = globalThis
globalThis.setTimeout = (act, ms, ...rest) => set(act, long(ms), ...rest)
const wait = timers.setTimeout
timers.setTimeout = (ms, ...rest) => wait(long(ms), ...rest)
syncBuiltinESMExports()`)

function preloaded(program: string): string {
  return `--import data:text/javascript,${encodeURIComponent(program)}`
}
